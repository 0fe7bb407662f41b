"""How an error is described to programs and in the log. Imports no Flask, since gunicorn's master loads this."""

import traceback
from typing import Any

PROBLEM_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str) -> dict[str, Any]:
    """Problem details: https://www.rfc-editor.org/rfc/rfc9457"""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def places(error: BaseException) -> list[str]:
    """Where an error happened. Without its message, which may contain what somebody typed in."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
