import json

import pytest

from edge.lines import readable

REQUEST = {"level": "INFO", "logger": "app.access", "message": "request", "time": "2026-11-25T23:59:59+00:00"}


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (REQUEST | {"method": "GET", "path": "/users", "status": 200, "ms": 1.5}, "200  GET    /users  1.5 ms"),
        (
            REQUEST | {"message": "database unavailable", "reason": "It is full."},
            "database unavailable reason: It is full.",
        ),
        (REQUEST | {"message": "unexpected", "frames": ["a:1 b", "c:2 d"]}, "unexpected frames:\na:1 b\nc:2 d"),
        (["not", "an", "entry"], '["not", "an", "entry"]'),
    ],
)
def test_an_entry_of_the_log_is_read_as_words(line, read):
    assert readable(json.dumps(line)) == read


@pytest.mark.parametrize("line", ["", "[warning] caught ENVOY_SIGTERM", "{", "1"])
def test_any_other_line_is_left_as_it_is(line):
    assert readable(line) == line
