"""What browsers send, case by case: Sec-Fetch-Site to trustworthy hosts (HTTPS, localhost), Origin elsewhere."""

import pytest

from tests.support.stores import SQLiteStore

HOST = "pii-demo-blue.apps.hl.test"

ALLOWED = {
    "a form of this site": {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"},
    "the person itself (a reload)": {"Sec-Fetch-Site": "none"},
    "a form of this site over plain HTTP": {"Origin": f"http://{HOST}"},
    "the same behind a gateway that ends TLS": {"Origin": f"https://{HOST}"},
    "capitals": {"Origin": f"http://{HOST.upper()}"},
    "the port of http, written": {"Origin": f"http://{HOST}:80"},
    "the port of https, written": {"Origin": f"https://{HOST}:443"},
    "no browser": {},
    "this host at its port": {"Host": f"{HOST}:8080", "Origin": f"http://{HOST}:8080"},
}
REFUSED = {
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"},
    "the other colour's host": {"Sec-Fetch-Site": "same-site", "Origin": "http://pii-demo-green.apps.hl.test"},
    "another site that claims to be this one in Origin": {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HOST}"},
    "another site over plain HTTP": {"Origin": "http://evil.test"},
    "this host at another port": {"Origin": f"http://{HOST}:8080"},
    "another port than the host's": {"Host": f"{HOST}:8080", "Origin": f"http://{HOST}:9090"},
    "a host that begins like this one": {"Origin": f"http://{HOST}.evil.test"},
    "a sandboxed frame or a stripped referrer": {"Origin": "null"},
    "no address at all": {"Origin": "http://["},
    "the port of another scheme": {"Origin": f"http://{HOST}:443"},
    "a scheme that has no pages": {"Origin": f"ftp://{HOST}"},
    "an extension of this name": {"Origin": f"chrome-extension://{HOST}"},
    "no scheme": {"Origin": f"//{HOST}"},
    "an origin with a path": {"Origin": f"http://{HOST}/"},
    "an origin with a user": {"Origin": f"http://{HOST}@evil.test"},
    "an origin with this host as its user": {"Origin": f"http://{HOST}:80@{HOST}"},
    "a word the browsers do not have": {"Sec-Fetch-Site": "trustworthy"},
}


@pytest.fixture
def store(tmp_path):
    """One kind of database: nothing here depends on it."""
    return SQLiteStore(tmp_path / "data")


@pytest.mark.parametrize("headers", ALLOWED.values(), ids=ALLOWED)
def test_allowed(client, headers):
    assert client.post("/users/new", headers=headers).status_code == 422


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_refused(client, headers, method):
    response = client.open("/users/new", method=method, headers=headers)
    assert response.status_code == 403
    assert "did not come from a page of this site" in response.text
    assert response.headers["X-App-Colour"] == "blue"


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_always_allowed(client, headers, method):
    assert client.open("/users", method=method, headers=headers).status_code == 200
