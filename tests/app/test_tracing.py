import re

import pytest
from werkzeug.test import EnvironBuilder

from app.web.tracing import REQUEST_ID, Trace

ID = "0af7651916cd43dd8448eb211c80319c"
W3C = {"traceparent": f"00-{ID}-b7ad6b7169203331-01", "tracestate": "congo=t61rcWkgMzE"}
B3 = {
    "x-b3-traceid": ID,
    "x-b3-spanid": "e457b5a2e4d86bd1",
    "x-b3-parentspanid": "05e3ac9a4f6e3b90",
    "x-b3-sampled": "1",
    "x-b3-flags": "0",
}
B3_SINGLE = {"b3": f"{ID}-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90"}
ENVOY = {REQUEST_ID: "29f4a5b2-9b2c-4ac8-8a6b-7c1c0a1e7c1f"}


def trace(sent: dict[str, str]) -> Trace:
    return Trace(EnvironBuilder(headers=[(name.upper(), value) for name, value in sent.items()]).get_environ())


def is_new(request_id: str) -> bool:
    return bool(re.fullmatch("[0-9a-f]{32}", request_id))


def test_w3c_b3_and_envoys_request_id_go_on_however_they_are_written():
    sent = W3C | B3 | B3_SINGLE | ENVOY
    assert trace(sent).headers == sent


def test_nothing_else_does():
    sent = {"Cookie": "a=b", "Authorization": "secret", "baggage": "email=ada"}
    assert trace(sent).headers.keys() == {REQUEST_ID}


@pytest.mark.parametrize(
    "sent", [{}, {REQUEST_ID: "ada@example.org"}, {REQUEST_ID: "7"}, {REQUEST_ID: "Lovelace"}, {REQUEST_ID: "a" * 33}]
)
def test_without_a_request_id_it_gets_one_which_it_keeps(sent):
    made = trace(sent)
    assert is_new(made.ids["request_id"])
    assert made.headers[REQUEST_ID] == made.ids["request_id"]


@pytest.mark.parametrize("sent", [W3C, B3, B3_SINGLE, {"b3": f"{ID}-e457b5a2e4d86bd1"}, {"x-b3-traceid": ID}])
def test_the_trace_id_is_that_of_the_header_that_has_one(sent):
    assert trace(sent | ENVOY).ids == {"request_id": ENVOY[REQUEST_ID], "trace_id": ID}


@pytest.mark.parametrize(
    "sent",
    [
        {"traceparent": "00-ada@example.org-b7ad6b7169203331-01"},
        {"traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01"},
        {"traceparent": f"00-{ID}-{'0' * 16}-01"},
        {"traceparent": f"ff-{ID}-b7ad6b7169203331-01"},
        {"traceparent": f"00-{ID}-b7ad6b7169203331-01-Ada"},
        {"x-b3-traceid": "ada"},
        {"b3": "0"},
    ],
)
def test_what_is_no_trace_id_is_not_taken_for_one(sent):
    assert trace(sent).ids.keys() == {"request_id"}
