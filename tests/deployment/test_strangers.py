"""What a stranger can set in a request, and what comes of it, for each way to start both colours."""

from collections import Counter

import httpx
import pytest

from app.hosts import parse_stay
from tests.support.examples import ADA

BLUE = "pii-demo-blue.localhost"
PLAIN = "pii-demo.apps.hl.test"

# `None` is round robin. Latin-1, as HTTP headers are.
COOKIES = {
    "pii-demo-colour=blue": "blue",
    "pii-demo-colour=green": "green",
    "pii-demo-colour=blue ; x=y": "blue",
    "x=y;  pii-demo-colour = green": "green",
    "x=y;pii-demo-colour=green": "green",
    "x=y;\tpii-demo-colour=green;": "green",
    "x=y,pii-demo-colour=green": "green",  # how two headers arrive
    'pii-demo-colour="green"': "green",
    "pii-demo-colour=green; pii-demo-colour=blue": "blue",
    "pii-demo-colour=green; pii-demo-colour=red": "green",
    "__Host-pii-demo-colour=green": "green",
    "pii-demo-colour=blue; __Host-pii-demo-colour=green": "green",
    "__Host-pii-demo-colour=red; pii-demo-colour=blue": "blue",
    "pii-demo-colour=red": None,
    "pii-demo-colour=Blue": None,
    "pii-demo-colour=": None,
    "pii-demo-colour": None,
    "PII-demo-colour=blue": None,
    "xpii-demo-colour=blue": None,
    "x=pii-demo-colour=blue": None,
    "pii-demo-colour=blue2": None,
    "pii-demo-colour=bl ue": None,
    "x=\xff; pii-demo-colour=blue": "blue",
    "x=é; pii-demo-colour=green": "green",
}


def said(response: httpx.Response) -> str | None:
    """The colour that the page says that the visitor stays on."""
    for colour in ("blue", "green"):
        if f"You stay on {colour}" in response.text or f"Forget {colour}" in response.text:
            return colour
    return None


@pytest.mark.parametrize(("cookie", "meant"), COOKIES.items())
def test_edge_and_page_read_the_cookie_in_one_way(deployment, cookie, meant):
    with deployment.client(PLAIN) as client:
        pages = [client.get("/users/new", headers={"Cookie": cookie.encode("latin-1")}) for _ in range(4)]
    answered = Counter(page.headers["X-App-Colour"] for page in pages)
    assert answered == ({meant: 4} if meant else {"blue": 2, "green": 2})
    assert {said(page) for page in pages} == {meant}
    assert parse_stay(cookie) == meant


def test_two_cookie_headers_are_read_in_one_way(deployment):
    with deployment.client(PLAIN) as client:
        cookies = [("Host", PLAIN), ("Cookie", "x=y"), ("Cookie", "pii-demo-colour=green")]
        pages = [client.get("/users/new", headers=cookies) for _ in range(4)]
    assert {(page.headers["X-App-Colour"], said(page)) for page in pages} == {("green", "green")}


@pytest.mark.parametrize(
    "host",
    [
        "pii-demo-green.localhost:80@pii-demo-blue.localhost",
        "a@pii-demo-blue.localhost",
        "a:b@pii-demo.apps.hl.test:80",
    ],
)
def test_a_host_with_a_user_in_it_is_refused(deployment, host):
    with deployment.client(host) as client:
        assert client.get("/version").status_code == 400


HARMLESS = {
    "SCRIPT_NAME by hyphen": {"Script-Name": "//evil"},
    "X-Script-Name": {"X-Script-Name": "//evil"},
    "X-Forwarded-Prefix": {"X-Forwarded-Prefix": "//evil"},
    "X-Forwarded-Host": {"X-Forwarded-Host": "evil.test"},
    "X-Forwarded-Proto": {"X-Forwarded-Proto": "https"},
    "X-Forwarded-Ssl": {"X-Forwarded-Ssl": "on"},
    "X-Forwarded-Port": {"X-Forwarded-Port": "666"},
    "Forwarded": {"Forwarded": "host=evil.test;proto=https"},
    "Path-Info": {"Path-Info": "/colours"},
    "Remote-User": {"Remote-User": "evil"},
    "X-Http-Method-Override": {"X-Http-Method-Override": "DELETE"},
    "X-Original-Url": {"X-Original-Url": "/colours", "X-Rewrite-Url": "/colours"},
    "X-Envoy-Original-Path": {"X-Envoy-Original-Path": "/colours"},
    "X-Envoy-Upstream-Rq-Timeout-Ms": {"X-Envoy-Upstream-Rq-Timeout-Ms": "1"},
    "X-Envoy-Max-Retries": {"X-Envoy-Max-Retries": "1000", "X-Envoy-Retry-On": "5xx,gateway-error"},
    "X-Envoy-Decorator-Operation": {"X-Envoy-Decorator-Operation": "evil", "X-Envoy-Force-Trace": "1"},
    "Upgrade: TLS/1.2": {"Upgrade": "TLS/1.2", "Connection": "Upgrade"},
    "Upgrade: h2c": {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABk"},
    "Upgrade: websocket": {"Upgrade": "websocket", "Connection": "Upgrade"},
}


@pytest.mark.parametrize("headers", HARMLESS.values(), ids=HARMLESS)
def test_a_header_of_a_stranger_changes_nothing(deployment, headers):
    with deployment.client(BLUE) as client:
        plain, other = client.get("/users/new"), client.get("/users/new", headers=headers)
    form = 'name="id" value="'
    assert other.status_code == 200
    assert [part.partition(form)[0] for part in (plain.text, other.text)] == 2 * [plain.text.partition(form)[0]]
    assert other.headers.get("Set-Cookie") is None
    assert set(other.headers) - set(plain.headers) <= {"connection"}


@pytest.mark.parametrize("path", ["//evil/users/new", "/%2fevil/users/new", "/users/new"])
@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "REMOTE_USER", "X_Forwarded_For"])
def test_a_header_name_with_an_underscore_is_refused(deployment, name, path):
    with deployment.client(BLUE) as client:
        response = client.get(deployment.address + path, headers={name: "//evil"})
    assert response.status_code == 400
    assert "evil" not in response.text


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics/", "//metrics", "/%6Detrics", "/x/../metrics", "/metrics;x", "/METRICS"]
)
@pytest.mark.parametrize("host", ["pii-demo.localhost", "PII-demo-blue.localhost", "pii-demo-green.apps.hl.test:80"])
def test_metrics_are_not_for_visitors(deployment, host, path):
    with deployment.client(host) as client:
        response = client.get(deployment.address + path)
    assert response.status_code == 404
    assert "pii_demo_requests" not in response.text


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_the_cookie_is_kept_from_other_hosts_where_the_visitor_has_https(deployment, secure):
    origin = f"{'https' if secure else 'http'}://{PLAIN}"
    with deployment.client(PLAIN) as client:
        stored = client.post("/users/new", data=ADA, headers={"Origin": origin})
    colour = stored.headers["X-App-Colour"]
    expected = f"pii-demo-colour={colour}; HttpOnly; Path=/; SameSite=Lax"
    if secure:
        expected = f"__Host-pii-demo-colour={colour}; Secure; HttpOnly; Path=/; SameSite=Lax"
    assert stored.headers["Set-Cookie"] == expected
