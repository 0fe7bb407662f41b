"""Ask the edge who answers."""

from contextlib import closing
from email.message import Message
from http.client import HTTPConnection

HOST = "pii-demo{}.localhost"


def ask(port: int, colour: str | None, path: str = "/livez") -> Message:
    """The response's headers from a colour's host, or from the plain host. Raises OSError if there is no 200.

    By http.client, which asks no proxy, whatever the environment says.
    """
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", path, headers={"Host": HOST.format(f"-{colour}" if colour else "")})
        response = connection.getresponse()
        if response.status != 200:
            raise ConnectionError(f"status {response.status}")
        headers: Message = response.headers
        return headers
