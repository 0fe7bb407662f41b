"""The Grafana dashboard of k8s/components/monitoring: what can be said of it without Grafana."""

import json
from copy import deepcopy
from itertools import combinations
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from app.colours import COLOURS
from tests.manifests.fields import fields
from tests.manifests.rendering import labels_of, one
from tests.support.one_machine import ROOT

DASHBOARD = json.loads((ROOT / "k8s/components/monitoring/base/dashboard.json").read_text(encoding="utf-8"))
PANELS = DASHBOARD["panels"]
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24  # of Grafana's grid


def as_grafana_knows_it(dashboard: Any) -> Any:
    """The models pass over what they do not know, and write some defaults."""
    register_default_plugins()
    return json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))


def covered(panel: Any) -> set[tuple[int, int]]:
    """The cells of the grid that it takes."""
    x, y, width, height = (panel["gridPos"][each] for each in "xywh")
    return {(column, row) for column in range(x, x + width) for row in range(y, y + height)}


def test_grafanas_sidecar_finds_it(rendered):
    config_map = one(rendered["tests/manifests/everything"], "ConfigMap", "pii-demo-dashboard")
    assert labels_of(config_map)["grafana_dashboard"] == "1"
    assert json.loads(config_map["data"]["dashboard.json"]) == DASHBOARD


def test_grafana_knows_every_field():
    known = as_grafana_knows_it(DASHBOARD)
    assert fields(DASHBOARD) <= fields(known)
    for panel, same in zip(PANELS, known["panels"], strict=True):
        assert fields(panel) <= fields(same), panel["title"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_field_that_grafana_does_not_know_is_found(panel):
    changed = deepcopy(panel)
    for place in (changed, changed["fieldConfig"]["defaults"], changed["options"], changed["targets"][0]):
        place["notAField"] = 1
    assert "notAField" not in json.dumps(as_grafana_knows_it(DASHBOARD | {"panels": [changed]}))


def test_each_panel_has_its_own_id_place_and_title():
    for key in ("id", "title"):
        assert len({panel[key] for panel in PANELS}) == len(PANELS)
    for one_panel, another in combinations(PANELS, 2):
        assert not covered(one_panel) & covered(another), (one_panel["title"], another["title"])
    assert all(column < WIDTH for panel in PANELS for column, _ in covered(panel))


def test_everything_asks_the_data_source_that_is_chosen():
    choice, namespaces = DASHBOARD["templating"]["list"]
    assert (choice["name"], choice["type"], choice["query"]) == ("datasource", "datasource", "prometheus")
    assert all(each["datasource"] == SOURCE for each in (namespaces, *PANELS))
    assert all("$namespace" in target["expr"] for panel in PANELS for target in panel["targets"])


def test_each_colour_looks_as_on_the_pages():
    """As on a dark page, since Grafana is dark unless told otherwise."""
    for panel in PANELS:
        given = {
            override["matcher"]["options"].strip("/^"): override["properties"][0]["value"]["fixedColor"]
            for override in panel["fieldConfig"]["overrides"]
            if "fixedColor" in json.dumps(override)
        }
        defaults = panel["fieldConfig"]["defaults"].get("color", {})
        for colour in COLOURS.values():
            if panel["title"] == f"Forms on {colour.name}":
                assert defaults == {"mode": "fixed", "fixedColor": colour.bright}
            elif defaults.get("mode") != "thresholds" and not panel["title"].startswith("Forms"):
                assert given[colour.name] == colour.bright, panel["title"]
