"""A web stores nothing in a database that does not say that it is this colour's."""

import pytest

from app.database import Unavailable
from app.isolation import refuse_other_colour


@pytest.mark.parametrize(("markers", "colour"), [(["blue"], "blue"), (["green"], "green"), (["none"], None)])
def test_our_own_database_is_used(markers, colour):
    refuse_other_colour([(marker,) for marker in markers], colour)


@pytest.mark.parametrize(
    ("markers", "colour", "why"),
    [
        (["green"], "blue", "This is blue, but the database belongs to green"),
        (["blue"], None, "This is none, but the database belongs to blue"),
        ([], "blue", "does not say whose it is"),
        (["blue", "green"], "blue", "does not say whose it is"),
    ],
)
def test_any_other_is_refused(markers, colour, why):
    with pytest.raises(Unavailable, match=why):
        refuse_other_colour([(marker,) for marker in markers], colour)


@pytest.fixture
def labelled(make_app, tmp_path):
    """An application whose pod's label can be changed while it runs."""

    def label(colour: str) -> None:
        (tmp_path / "labels.new").write_text(f'version="{colour}"\n')
        (tmp_path / "labels.new").rename(tmp_path / "labels")

    label("blue")
    return make_app(podinfo_dir=tmp_path).test_client(), label


def test_a_pod_that_changes_colour_leaves_its_database_at_once(labelled):
    client, label = labelled
    assert client.get("/users").status_code == 200
    label("green")
    refused = client.get("/users")
    assert refused.status_code == 503
    assert "This is green, but the database belongs to blue" in refused.text
    assert refused.headers["X-App-Colour"] == "green"


def test_a_refused_database_is_counted(labelled):
    client, label = labelled

    def refusals() -> float:
        lines = client.get("/metrics").text.splitlines()
        return float(next(line for line in lines if line.startswith("pii_demo_database_refusals_total ")).split()[1])

    before = refusals()
    client.get("/users")
    assert refusals() == before
    label("green")
    client.get("/users")
    assert refusals() == before + 1
