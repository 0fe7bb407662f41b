from collections import Counter

import pytest

from app.verify.edge import Edge
from tests.support.one_machine import free_port


@pytest.fixture
def edge(one_machine):
    edge = Edge(one_machine.address, "localhost")
    yield edge
    edge.close()


def test_it_asks_the_hosts_of_its_domain(edge):
    assert [edge.host(colour) for colour in (None, "blue")] == ["pii-demo.localhost", "pii-demo-blue.localhost"]
    assert edge.count(edge.host("blue"), 3) == Counter(blue=3)


def test_what_is_no_colour_is_told_apart(edge):
    assert edge.ask(edge.host("blue"), "/nowhere").who == "HTTP 404"
    assert edge.ask("example.org").json == {}


def test_redirects_are_not_followed_and_cookies_not_kept(edge):
    answer = edge.ask(edge.host(None), "/leave", "POST", "")
    assert answer.status == 303
    assert answer.headers["set-cookie"].startswith("pii-demo-colour=;")


def test_after_one_request_that_nobody_answers_no_more_are_sent():
    nobody = Edge(f"http://127.0.0.1:{free_port()}", "localhost")
    assert nobody.count("pii-demo.localhost", 20) == Counter({"no answer": 1})
