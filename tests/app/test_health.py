import pytest

from tests.support.waiting import eventually


def test_version_is_the_identity(make_app):
    app = make_app(pod_namespace="pii-demo", node_name="node-1", image_colour="green")
    assert app.test_client().get("/version").json == {
        "colour": "blue",
        "version": "1.0.0",
        "pod": "pod-1",
        "namespace": "pii-demo",
        "node": "node-1",
        "image_colour": "green",
        "remark": "The image was built for green, but this process runs as blue: the pod’s colour wins.",
    }


def test_it_is_ready_when_it_can_store(client):
    assert (client.get("/livez").status_code, client.get("/readyz").status_code) == (200, 200)


def test_it_lives_but_is_not_ready_without_its_database_and_recovers(client, store):
    with store.away():
        unready = client.get("/readyz")
        assert unready.status_code == 503
        assert unready.json["reason"].startswith("The database ")
        assert client.get("/livez").status_code == 200

    @eventually
    def recovered():
        assert client.get("/readyz").status_code == 200

    recovered()


@pytest.mark.parametrize("path", ["/version", "/livez", "/readyz", "/metrics", "/", "/nowhere", "/users/new"])
def test_every_response_says_who_answered(client, path):
    for method in ("GET", "POST", "HEAD"):
        headers = client.open(path, method=method).headers
        assert (headers["X-App-Colour"], headers["X-App-Version"], headers["X-App-Pod"]) == ("blue", "1.0.0", "pod-1")
