"""The lines of `make run` on a terminal: the JSON log, made readable for people."""

import json
from typing import Any

# The prefix says who wrote a line, and ids are for machines.
UNSAID = {"level", "logger", "message", "time", "colour", "version", "pod", "request_id", "trace_id"}
PREFIXES = {"blue": "1;34", "green": "1;32", "edge": "2"}  # ANSI, by the name of the process


def readable(line: str) -> str:
    """A line of the log as words; any other line as it is."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    if not isinstance(entry, dict) or "message" not in entry:
        return line
    if entry["message"] == "request":
        return f"{entry['status']}  {entry['method']:<6} {entry['path']}  {entry['ms']} ms"
    rest = {name: value for name, value in entry.items() if name not in UNSAID}
    return " ".join([entry["message"], *(_words(name, value) for name, value in rest.items())])


def _words(name: str, value: Any) -> str:
    """A further field of an entry; several lines, such as a list of frames, go below."""
    lines = value if isinstance(value, list) else str(value).splitlines()
    return f"{name}: {lines[0]}" if len(lines) == 1 else "\n".join([f"{name}:", *map(str, lines)])
