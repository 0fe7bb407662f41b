from werkzeug.datastructures import Headers

from app.web.tracing import trace_headers

W3C = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "congo=t61rcWkgMzE"}
B3 = {
    "x-b3-traceid": "80f198ee56343ba864fe8b2a57d3eff7",
    "x-b3-spanid": "e457b5a2e4d86bd1",
    "x-b3-parentspanid": "05e3ac9a4f6e3b90",
    "x-b3-sampled": "1",
    "x-b3-flags": "0",
}
B3_SINGLE = {"b3": "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90"}
ENVOY = {"x-request-id": "29f4a5b2-9b2c-4ac8-8a6b-7c1c0a1e7c1f"}


def test_w3c_b3_and_envoys_request_id_go_on_however_they_are_written():
    sent = W3C | B3 | B3_SINGLE | ENVOY
    assert trace_headers(Headers({name.upper(): value for name, value in sent.items()})) == sent


def test_nothing_else_does():
    assert trace_headers(Headers({"Cookie": "a=b", "Authorization": "secret", "baggage": "email=ada"})) == {}
