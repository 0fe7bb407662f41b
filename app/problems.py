"""What is said of an error: to a program, and to the log. Imports no Flask, since gunicorn's master loads this."""

import traceback
from typing import Any

PROBLEM_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str) -> dict[str, Any]:
    """Problem details: https://www.rfc-editor.org/rfc/rfc9457"""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def places(error: BaseException) -> list[str]:
    """Where an error happened, without its message: that may hold what somebody typed in."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
