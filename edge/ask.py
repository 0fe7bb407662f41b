"""Ask the edge who answers."""

from email.message import Message
from urllib.request import Request, urlopen

HOST = "pii-demo{}.localhost"


def ask(port: int, colour: str | None, path: str = "/livez") -> Message:
    """The response's headers from a colour's host, or from the plain host. Raises OSError where that fails."""
    host = HOST.format(f"-{colour}" if colour else "")
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host}), timeout=5) as response:
        headers: Message = response.headers
        return headers
