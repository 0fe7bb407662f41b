import pytest

from tests.conftest import parts_of


def test_version_is_the_identity(make_app):
    app = make_app(pod_namespace="pii-demo", node_name="node-1", image_colour="green")
    assert app.test_client().get("/version").json == {
        "colour": "blue",
        "version": "1.0.0",
        "pod": "pod-1",
        "namespace": "pii-demo",
        "node": "node-1",
        "image_colour": "green",
        "remark": "The image was built as green, but this process runs as blue: what it runs as counts.",
    }


def test_it_is_ready_when_it_can_store(client):
    assert (client.get("/livez").status_code, client.get("/readyz").status_code) == (200, 200)


def test_it_lives_but_is_not_ready_without_its_database_and_recovers(client, tmp_path):
    (tmp_path / "data").write_text("in the way")
    unready = client.get("/readyz")
    assert (unready.status_code, unready.json) == (503, {"ready": False, "reason": "The database does not answer."})
    assert client.get("/livez").status_code == 200
    (tmp_path / "data").unlink()
    assert client.get("/readyz").status_code == 200


def test_it_is_not_ready_on_the_other_colours_database(make_app, tmp_path):
    green = make_app(colour="green")
    green.test_client().get("/readyz")
    parts_of(green).storage.close()
    (tmp_path / "data" / "green.sqlite3").rename(tmp_path / "data" / "blue.sqlite3")
    unready = make_app(colour="blue").test_client().get("/readyz")
    assert unready.status_code == 503
    assert "This is blue, but the database belongs to green" in unready.json["reason"]


@pytest.mark.parametrize("path", ["/version", "/livez", "/readyz", "/metrics", "/", "/nowhere", "/users/new"])
def test_every_response_says_who_answered(client, path):
    for method in ("GET", "POST", "HEAD"):
        headers = client.open(path, method=method).headers
        assert (headers["X-App-Colour"], headers["X-App-Version"], headers["X-App-Pod"]) == ("blue", "1.0.0", "pod-1")
