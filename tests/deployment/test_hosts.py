"""Which host goes where: the same checks for each way to start both colours behind a real Envoy."""

import re
from collections import Counter
from uuid import uuid4

import httpx
import pytest

from app.hosts import STAY_COOKIE
from tests.conftest import ADA

DOMAINS = ["apps.hl.test", "localhost"]


def who(response: httpx.Response) -> str:
    assert response.status_code == 200
    return response.headers["X-App-Colour"]


def ask(machine, host, times=1, **headers) -> Counter[str]:
    with machine.client(host) as client:
        return Counter(who(client.get("/version", headers=headers)) for _ in range(times))


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("colour", ["blue", "green"])
@pytest.mark.parametrize("port", ["", ":80", ":8080", ":30080"])
def test_a_colour_host_is_that_colour_at_any_port(deployment, domain, colour, port):
    assert ask(deployment, f"pii-demo-{colour}.{domain}{port}", 4) == {colour: 4}


@pytest.mark.parametrize("host", ["PII-DEMO-GREEN.APPS.HL.TEST", "Pii-Demo-Green.LocalHost:8080"])
def test_the_case_of_letters_does_not_matter(deployment, host):
    assert ask(deployment, host, 4) == {"green": 4}


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_plain_host_is_round_robin_request_by_request(deployment, domain):
    answers = ask(deployment, f"pii-demo.{domain}", 200)
    assert answers.keys() == {"blue", "green"}
    assert 90 <= answers["blue"] <= 110


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


def test_a_visitor_of_the_plain_host_stays_with_their_data(deployment):
    with deployment.client("pii-demo.apps.hl.test") as client:
        stored = client.post("/users/new", data=ADA)
        assert stored.status_code == 303
        client.cookies.set(STAY_COOKIE, stored.cookies[STAY_COOKIE])
        assert {who(client.get(stored.headers["Location"])) for _ in range(10)} == {stored.cookies[STAY_COOKIE]}


def test_what_is_stored_on_blue_is_not_on_green(deployment):
    with deployment.client("pii-demo-blue.localhost") as blue, deployment.client("pii-demo-green.localhost") as green:
        user = blue.post("/users/new", data=ADA).headers["Location"]
        assert (blue.get(user).status_code, green.get(user).status_code) == (200, 404)


@pytest.mark.parametrize("colour", ["blue", "green"])
def test_create_find_update_delete(deployment, colour):
    place = f"Ville {uuid4()}"
    with deployment.client(f"pii-demo-{colour}.apps.hl.test") as client:

        def found() -> int:
            return str(client.get("/users", params={"location": place}).text).count(">Edit</a>")

        user = client.post("/users/new", data=ADA | {"location": place}).headers["Location"].partition("?")[0]
        assert found() == 1
        [revision] = re.findall(r'name="revision" value="(\d+)"', client.get(user).text)
        changed = ADA | {"location": place, "firstname": "Zoë 🦊", "revision": revision}
        assert client.post(user, data=changed).status_code == 303
        assert "Zoë 🦊" in client.get(user).text
        assert client.post(f"{user}/delete").status_code == 303
        assert found() == 0


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
