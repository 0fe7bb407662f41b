"""The addresses at which the edge and the web servers of one machine listen."""

import errno
import os
import socket
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1")  # a browser may try either for *.localhost, so the edge listens on both


def run_folder(port: int) -> Path:
    """The files of the set-up at that port while it runs."""
    return Path("var/run") / str(port)


def web_socket(port: int, colour: str) -> Path:
    """The socket of the web server of that colour: no port, so that the edge's is the only one."""
    return run_folder(port) / f"{colour}.sock"


def web_pid(port: int, colour: str) -> Path:
    """The process id of that web server's master."""
    return run_folder(port) / f"{colour}.pid"


def changed_settings(port: int, colour: str) -> Path:
    """The settings that make break has changed for that web server."""
    return run_folder(port) / f"{colour}.json"


def exchanged_folder(port: int) -> Path:
    """A data folder in which each colour's file is another colour's."""
    return run_folder(port) / "exchanged"


def loopback() -> list[str]:
    """The loopback addresses of this machine: some have no IPv6."""
    return [address for address in LOOPBACK if not _problem(address, 0)]


def port_problem(port: str) -> str | None:
    """Why the edge cannot listen there; None if it can."""
    if not is_port(port):
        return f"“{port}” is not a port, a number from 1 to 65535"
    problems = (_problem(address, int(port)) for address in loopback())
    return next((f"port {port} {problem}" for problem in problems if problem), None)


def free_port() -> int:
    """A port at which the edge could listen."""
    return next(port for port in range(9000, 2**16) if not port_problem(str(port)))


def is_port(text: str) -> bool:
    """Whether it is a number from 1 to 65535."""
    return text.isascii() and text.isdecimal() and 0 < int(text) < 2**16


def _problem(address: str, port: int) -> str | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        socket.create_server((address, port), family=family).close()
    except OSError as error:
        return "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({os.strerror(error.errno or 0)})"
    return None
