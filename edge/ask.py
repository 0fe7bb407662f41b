"""Ask the edge who answers."""

from contextlib import closing
from email.message import Message
from http.client import HTTPConnection, HTTPException

from app.hosts import host_name

DOMAIN = "localhost"


def ask(port: int, colour: str | None, path: str = "/livez") -> Message:
    """The response's headers from a colour's host, or from the plain host. Raises OSError if there is no 200.

    With http.client, which ignores proxies in the environment.
    """
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", path, headers={"Host": host_name(colour, DOMAIN)})
        try:
            response = connection.getresponse()
        except HTTPException as error:
            raise ConnectionError("not an HTTP server") from error
        if response.status != 200:
            raise ConnectionError(f"status {response.status}")
        headers: Message = response.headers
        return headers
