"""Which host goes where, beyond what `verify` checks (test_verify.py), for each way to start both colours."""

from collections import Counter

import httpx
import pytest

from app.hosts import STAY_COOKIE
from tests.support.examples import ADA


def who(response: httpx.Response) -> str:
    assert response.status_code == 200
    return response.headers["X-App-Colour"]


def ask(machine, host, times=1, **headers) -> Counter[str]:
    with machine.client(host) as client:
        return Counter(who(client.get("/version", headers=headers)) for _ in range(times))


def test_it_is_round_robin_for_new_connections_too(deployment):
    answers = sum((ask(deployment, "PII-demo.localhost:8080") for _ in range(40)), Counter())
    assert 18 <= answers["blue"] <= 22


@pytest.mark.parametrize("colour", ["blue", "green"])
@pytest.mark.parametrize("cookie", ["{}={}", "a=b; {}={}", "{}={}; pii-demo-colour-not=x"])
def test_the_plain_host_with_the_cookie_is_that_colour(deployment, colour, cookie):
    sent = cookie.format(STAY_COOKIE, colour)
    assert ask(deployment, "pii-demo.apps.hl.test", 6, Cookie=sent) == {colour: 6}


@pytest.mark.parametrize("cookie", ["pii-demo-colour=red", "pii-demo-colour=", "xpii-demo-colour=blue"])
def test_any_other_cookie_is_round_robin(deployment, cookie):
    assert ask(deployment, "pii-demo.apps.hl.test", 6, Cookie=cookie) == {"blue": 3, "green": 3}


@pytest.mark.parametrize("host", ["pii-demo-green.localhost.", "PII-demo-green.apps.hl.test.:8080"])
def test_a_dot_at_the_end_is_the_same_host(deployment, host):
    with deployment.client(host) as client:
        assert client.get("/version").headers["X-App-Colour"] == "green"
        assert client.post("/users/new", headers={"Origin": f"http://{host}"}).status_code == 422


def test_a_colour_host_minds_no_cookie(deployment):
    assert ask(deployment, "pii-demo-blue.localhost", 4, Cookie=f"{STAY_COOKIE}=green") == {"blue": 4}


@pytest.mark.parametrize(
    "host",
    ["example.org", "127.0.0.1", "localhost", "pii-demo", "pii-demo-red.localhost", "pii-demo.localhost.evil.test"],
)
def test_any_other_host_is_not_found(deployment, host):
    with deployment.client(host) as client:
        response = client.get("/version")
    assert response.status_code == 404
    assert "No such host here" in response.text
    assert "X-App-Colour" not in response.headers


def test_the_host_arrives_as_it_was_sent(deployment):
    """Else the application could not tell its own forms from another site's."""
    with deployment.client("PII-demo-blue.localhost:1234") as client:
        page = client.get("/").text
        same = client.post("/users/new", headers={"Origin": "http://pii-demo-blue.localhost:1234"})
        other = client.post("/users/new", headers={"Origin": "http://pii-demo-blue.localhost"})
    assert "//pii-demo-green.localhost:1234/" in page
    assert (same.status_code, other.status_code) == (422, 403)


@pytest.mark.parametrize("host", ["pii-demo", "pii-demo-blue", "pii-demo-green"])
def test_the_edge_tells_the_page_what_is_live_whatever_the_client_says(deployment, host):
    with deployment.client(f"{host}.localhost") as client:
        for said in ("green", "blue,green", ""):
            answer = client.get("/", headers={"X-Edge-Live": said})
            assert '<body data-live="both">' in answer.text
            assert answer.headers["X-Edge-Live"] == "both"


def test_blue_and_green_are_different_releases(deployment):
    versions = set()
    for colour in ("blue", "green"):
        with deployment.client(f"pii-demo-{colour}.localhost") as client:
            versions.add(client.get("/version").json()["version"])
    assert len(versions) == 2


def test_a_body_over_16_kib_is_refused_with_the_page(deployment):
    with deployment.client("pii-demo-blue.localhost") as client:
        response = client.post("/users/new", data=ADA | {"location": "x" * 200_000})
    assert response.status_code == 413
    assert "larger than 16 KiB" in response.text
