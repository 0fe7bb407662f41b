"""The isolation report: crossed set-ups fail, and it says which part is crossed."""

import threading

import pytest
from flask import request

from app.isolation.peers import REQUESTS
from app.isolation.report import FRESH, OLDEST
from tests.support.clients import services_of


def report(app, **headers):
    return app.test_client().get("/api/v1/colours", headers=headers).json


def results(app) -> dict[str, str]:
    return {check["name"]: check["result"] for check in report(app)["checks"]}


def check(app, name):
    [found] = [check for check in report(app)["checks"] if check["name"] == name]
    return found


def test_all_pass_where_all_are_of_one_colour(make_app, serve):
    peer = serve(make_app()) + "/version"
    app = make_app(image_colour="blue", peer_url=peer)
    assert report(app)["result"] == "pass"
    assert {check["name"]: check["found"] for check in report(app)["checks"]} == {
        "image": {"blue": 1},
        "database": {"blue": 1},
        "peers": {"blue": REQUESTS},
    }


def test_what_there_is_none_of_is_not_checked(make_app):
    app = make_app()
    assert results(app) == {"image": "not checked", "database": "pass", "peers": "not checked"}
    assert report(app)["result"] == "pass"
    assert "PEER_URL is not set" in check(app, "peers")["sentence"]


def test_an_image_of_the_other_colour_fails(make_app):
    app = make_app(image_colour="green")
    assert results(app) == {"image": "fail", "database": "pass", "peers": "not checked"}
    assert "built for green, but this process runs as blue" in check(app, "image")["sentence"]
    assert "label “version”" in check(app, "image")["sentence"]


def test_a_web_server_without_a_colour_fails(make_app):
    app = make_app(colour="")
    assert results(app)["image"] == "fail"
    assert "No colour configured" in check(app, "image")["sentence"]


@pytest.fixture
def crossed(make_app, store):
    """A blue web server on green's database."""
    green = make_app(colour="green")
    green.test_client().get("/users")  # which makes it, where it is a file
    services_of(green).connections.close()
    settings = store.settings("green")
    if "data_dir" in settings:
        (settings["data_dir"] / "green.sqlite3").rename(settings["data_dir"] / "blue.sqlite3")
    return make_app(colour="blue", **settings)


def test_the_other_colours_database_fails_and_is_named(crossed, monkeypatch):
    for seconds in (0.0, FRESH):  # the second report is a new one
        monkeypatch.setattr(services_of(crossed).reporter, "clock", lambda now=seconds: now)
        assert results(crossed) == {"image": "not checked", "database": "fail", "peers": "not checked"}
        assert check(crossed, "database")["found"] == {"green": 1}
        assert "This is blue, but the database belongs to green" in check(crossed, "database")["sentence"]
        assert "MYSQL_HOST" in check(crossed, "database")["sentence"]
        assert report(crossed)["result"] == "fail"


def test_a_database_that_is_away_fails_and_says_why(make_app, store):
    app = make_app()
    with store.away():
        assert check(app, "database")["result"] == "fail"
    assert check(app, "database")["found"] == {}


def test_a_peer_of_the_other_colour_fails_and_is_named(make_app, serve):
    app = make_app(peer_url=serve(make_app(colour="green")) + "/version")
    assert results(app) == {"image": "not checked", "database": "pass", "peers": "fail"}
    assert check(app, "peers")["found"] == {"green": REQUESTS}
    assert "were not answered by blue: green (10). Look at PEER_URL" in check(app, "peers")["sentence"]


def test_a_report_is_given_again_for_a_few_seconds(make_app, monkeypatch):
    app, now = make_app(), [0.0]
    reporter = services_of(app).reporter
    monkeypatch.setattr(reporter, "clock", lambda: now[0])
    first = reporter.latest({})
    now[0] = FRESH - 0.1
    assert reporter.latest({}) is first
    now[0] = FRESH
    assert reporter.latest({}) is not first


def test_an_old_report_is_given_to_nobody(make_app, monkeypatch):
    app, now = make_app(), [0.0]
    reporter = services_of(app).reporter
    monkeypatch.setattr(reporter, "clock", lambda: now[0])
    first = reporter.latest({})
    with reporter.making:  # as while another request makes one
        now[0] = OLDEST - 0.1
        assert reporter.latest({}) is first
        now[0] = OLDEST
        assert reporter.latest({}).findings == []


def test_a_marker_that_is_changed_while_a_web_server_runs_is_found_and_the_database_refused(make_app, store):
    app = make_app()
    client = app.test_client()
    assert client.get("/users").status_code == 200
    with store.marked("blue", ["green"]):
        assert check(app, "database")["found"] == {"green": 1}
        assert client.get("/users").status_code == 503


def test_a_new_label_is_a_new_report(make_app, tmp_path):
    (tmp_path / "labels").write_text('version="blue"\n')
    app = make_app(podinfo_dir=tmp_path)
    assert results(app)["database"] == "pass"
    (tmp_path / "labels.new").write_text('version="green"\n')
    (tmp_path / "labels.new").rename(tmp_path / "labels")
    assert report(app)["identity"]["colour"] == "green"
    assert results(app)["database"] == "fail"


def test_while_one_report_is_made_nobody_waits_for_it(make_app, serve):
    """Otherwise reports of web servers that ask each other could use up all their threads."""
    asked, go_on = threading.Event(), threading.Event()
    peer = make_app()

    @peer.before_request
    def wait() -> None:
        asked.set()
        go_on.wait(10)

    app = make_app(peer_url=serve(peer) + "/version")
    first = threading.Thread(target=report, args=(app,))
    first.start()
    asked.wait(10)
    meanwhile = app.test_client().get("/colours")
    assert report(app)["result"] == "not checked"
    assert "Reload this page in a few seconds" in meanwhile.text
    go_on.set()
    first.join()
    assert report(app)["result"] == "pass"


@pytest.mark.parametrize("path", ["/colours", "/api/v1/colours"])
def test_trace_headers_go_on_to_the_peers(make_app, serve, path):
    seen = []
    peer = make_app()
    peer.before_request(lambda: seen.append(request.headers.get("traceparent")))
    app = make_app(peer_url=serve(peer) + "/version")
    app.test_client().get(path, headers={"traceparent": "00-1-2-01"})
    assert seen == ["00-1-2-01"] * REQUESTS
