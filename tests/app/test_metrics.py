"""docs/metrics.md says what each figure means; here each of them counts what it says."""

import re
import threading
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.identity import IdentitySource
from app.metrics import Metrics
from app.settings import Settings
from app.storage.connections import LANES
from tests.support.clients import services_of
from tests.support.examples import ADA, HOSTS
from tests.support.one_machine import ROOT
from tests.support.stores import SQLiteStore
from tests.support.waiting import eventually

ROW = re.compile(r"\| `(pii_demo_\w+)` \| (\w+) \| ((?:`\w+`(?:, )?)*) *\|")


@pytest.fixture
def store(tmp_path):
    """One kind of database: nothing here depends on it."""
    return SQLiteStore(tmp_path / "data")


def samples(client, name: str) -> dict[tuple[str, ...], float]:
    """The values of a metric, by the values of its labels in the order of their names."""
    text = client.get("/metrics", base_url="http://localhost").text
    found = [each for family in text_string_to_metric_families(text) for each in family.samples if each.name == name]
    return {tuple(value for _, value in sorted(each.labels.items())): each.value for each in found}


def test_the_docs_list_each_metric_with_its_type_and_labels():
    metrics = Metrics(IdentitySource(Settings(colour="blue")).current)
    metrics.requests.labels("GET", "/", 200).inc()
    metrics.seconds.labels("/").observe(1)
    metrics.waits.labels("users").observe(1)
    listed = {
        (name, kind, frozenset(re.findall(r"\w+", labels)))
        for name, kind, labels in ROW.findall((ROOT / "docs" / "metrics.md").read_text(encoding="utf-8"))
    }
    counted = set()
    for family in metrics.registry.collect():
        suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
        labels = frozenset(name for each in family.samples for name in each.labels) - {"le"}
        counted.add((family.name + suffix, family.type.replace("info", "gauge"), labels))
    assert listed == counted


def test_who_this_is(client):
    assert samples(client, "pii_demo_info") == {("blue", "pod-1", "1.0.0"): 1}


def test_a_changed_label_shows(make_app, tmp_path):
    labels = tmp_path / "labels"
    labels.write_text('version="blue"\n')
    client = make_app(podinfo_dir=tmp_path).test_client()
    assert ("blue", "pod-1", "1.0.0") in samples(client, "pii_demo_info")
    labels.write_text('version="green"\napp.kubernetes.io/version="2.0.0"\n')
    assert samples(client, "pii_demo_info") == {("green", "pod-1", "2.0.0"): 1}


@pytest.mark.parametrize("kind", ["form", "api"])
def test_each_form_is_counted_by_what_became_of_it(client, store, kind):
    def send(id: str, **changes: str) -> None:
        if kind == "form":
            client.post("/users/new", data=ADA | {"id": id} | changes)
        else:
            user = ADA | {"age": 36} | changes
            client.post("/api/v1/users", json=user, headers={"Idempotency-Key": id})

    assert samples(client, "pii_demo_forms_total") == dict.fromkeys(
        [("conflict",), ("invalid",), ("moving",), ("repeated",), ("stored",), ("unavailable",)], 0
    )
    id = str(uuid4())
    send(id)
    send(str(uuid4()))
    send(str(uuid4()))
    send(id)
    send(id, firstname="Grace")
    send(str(uuid4()), email="nowhere")
    with store.marked("blue", ["green"]):
        send(str(uuid4()))
    assert samples(client, "pii_demo_forms_total") == {
        ("stored",): 3,
        ("repeated",): 1,
        ("conflict",): 1,
        ("invalid",): 1,
        ("moving",): 0,
        ("unavailable",): 1,
    }


def test_what_the_marker_names_is_one_of_a_few(client, store):
    client.get("/users")
    for markers in (["green"], [], ["blue", "green"], ["purple"]):
        with store.marked("blue", markers):
            client.get("/users")
    refusals = samples(client, "pii_demo_database_refusals_total")
    assert {key: value for key, value in refusals.items() if value} == {("blue", "green"): 1, ("blue", "none"): 3}


@pytest.mark.parametrize(
    ("host", "said", "counted"),
    [
        ("plain", "both", ("plain", "both")),
        ("plain", "green=10", ("plain", "green-share")),
        ("blue", "green", ("own", "green")),
        ("green", "green", ("other", "green")),
    ],
)
def test_requests_from_an_edge_by_host_and_what_is_live(client, host, said, counted):
    client.get("/", base_url=f"http://{HOSTS[host]}", headers={"x-edge-live": said})
    assert {key: n for key, n in samples(client, "pii_demo_edge_requests_total").items() if n} == {counted: 1}


@pytest.mark.parametrize(
    ("host", "said"), [("pii-demo.localhost", None), ("pii-demo.localhost", "x"), ("10.0.0.1", "both")]
)
def test_other_requests_are_from_no_edge(client, host, said):
    client.get("/", base_url=f"http://{host}", headers={"x-edge-live": said} if said else {})
    assert not any(samples(client, "pii_demo_edge_requests_total").values())


def test_requests_in_flight(client):
    client.get("/users")
    client.get("/nowhere")
    assert samples(client, "pii_demo_requests_in_flight") == {(): 1}  # the one that asks


def test_only_requests_that_had_to_wait_are_counted(make_app):
    app = make_app()
    client, connections = app.test_client(), services_of(app).connections
    client.get("/users")
    assert samples(client, "pii_demo_database_wait_seconds_count") == {(lane,): 0 for lane in sorted(LANES)}
    with connections.lanes["searches"].idle():
        waiting = threading.Thread(target=lambda: app.test_client().get("/users"))
        waiting.start()

        @eventually
        def it_is_in_flight() -> None:
            assert samples(client, "pii_demo_requests_in_flight") == {(): 2}

        it_is_in_flight()
    waiting.join()
    assert samples(client, "pii_demo_database_wait_seconds_count")["searches",] == 1
