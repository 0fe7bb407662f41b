"""k8s/components/monitoring in a real Prometheus that scrapes two real web servers: each query finds something."""

import json
import re
from contextlib import ExitStack
from itertools import product
from uuid import uuid4

import httpx
import pytest

from app.colours import COLOURS
from app.metrics import OUTCOMES
from tests.manifests.colours import OTHER
from tests.manifests.operator import discovered, scrape_config
from tests.manifests.rendering import Labels, one, pod, render
from tests.manifests.test_alerts import RULES, rule_groups
from tests.manifests.test_dashboard import DASHBOARD
from tests.support.examples import ADA, HOSTS
from tests.support.one_machine import free_port
from tests.support.prometheus import prometheus
from tests.support.stores import SQLiteStore
from tests.support.waiting import eventually
from tests.support.web_server import web_server

NAMESPACE = "n"
VARIABLES = {"$namespace": NAMESPACE, "$__rate_interval": "1m", "$__range": "1m"}
TARGETS = {
    f"{panel['title']} {target['refId']}": target for panel in DASHBOARD["panels"] for target in panel["targets"]
}
# What is shown, if not a line for each colour.
LEGENDS = {
    "Live A": {"green-share"},
    "Web servers A": {f"{colour} 1.0.0" for colour in COLOURS},
    "Crossings A": {""},
    "Wrong routes A": {""},
    **{f"Time to answer {each}": {f"{colour} {each}" for colour in COLOURS} for each in ("p50", "p99")},
    **{f"Forms on {colour} A": set(OUTCOMES) for colour in COLOURS},
}


def as_grafana_asks(expression: str) -> str:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


EXPRESSIONS = [as_grafana_asks(target["expr"]) for target in TARGETS.values()] + [rule["expr"] for rule in RULES]
SELECTORS = sorted({found for each in EXPRESSIONS for found in re.findall(r"pii_demo[\w:]*(?:{[^}]*})?", each)})


class WebServers:
    """One of each colour."""

    def __init__(self, stack: ExitStack, store: SQLiteStore) -> None:
        self.store = store
        self.addresses = {
            colour: stack.enter_context(web_server({"COLOUR": colour, "DATA_DIR": str(store.folder)})).address
            for colour in COLOURS
        }

    def visit(self) -> None:
        """Do something of all that is counted."""
        for colour, address in self.addresses.items():
            said = {"Host": HOSTS["plain"], "x-edge-live": "green=10"}
            with httpx.Client(base_url=f"http://{address}", headers=said, timeout=10) as client:
                for host in HOSTS.values():
                    client.get("/", headers={"Host": host})
                user = ADA | {"id": str(uuid4())}
                for changes in ({}, {}, {"firstname": "Grace"}, {"email": "nowhere"}):
                    client.post("/users/new", data=user | changes)
                with self.store.marked(colour, [OTHER[colour]]):
                    client.post("/users/new", data=ADA | {"id": str(uuid4())})


@pytest.fixture(scope="module")
def web_servers(tmp_path_factory):
    with ExitStack() as stack:
        yield WebServers(stack, SQLiteStore(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def scraped(web_servers, tmp_path_factory):
    """A Prometheus with our rules that has seen the figures of both colours grow."""
    everything, own = render("tests/manifests/everything"), free_port()
    blue, green = web_servers.addresses.values()

    def at(port: object) -> Labels:
        told: Labels = pod(one(everything, "Deployment", "httpd-server-blue"))["metadata"]["annotations"]
        return told | {"prometheus.io/port": str(port)}

    pods = [
        discovered(NAMESPACE, "blue", blue, at(blue.partition(":")[2])),
        # As in the mesh: nobody answers at the web server's own port, and the annotations are the sidecar's.
        discovered(NAMESPACE, "green", "127.0.0.1:1", at(green.partition(":")[2])),
        # A sidecar has metrics of its own; so has Prometheus.
        discovered(NAMESPACE, "sidecar", "127.0.0.1:1", at(own)),
        discovered(NAMESPACE, "IPv6", "[::1]:1", at(15020) | {"prometheus.io/path": "/stats/prometheus"}),
    ]
    config = {
        "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"},
        "rule_files": ["rules.yaml"],
        "scrape_configs": [scrape_config(one(everything, "PodMonitor", "httpd-server"), pods)],
    }
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "rules.yaml").write_text(rule_groups(), encoding="utf-8")
    web_servers.visit()
    with prometheus(folder, own, config) as started:

        @eventually
        def both_show(expression: str) -> None:
            assert {each["metric"]["pod"] for each in started.query(expression)} == COLOURS.keys()

        both_show('pii_demo_forms_total{outcome="unavailable"} > 0')
        web_servers.visit()
        both_show('increase(pii_demo_forms_total{outcome="unavailable"}[1m]) > 0')
        yield started


@eventually
def test_pods_are_scraped_where_their_annotations_say(scraped, web_servers):
    targets = {each["labels"]["pod"]: each for each in scraped.get("targets")["activeTargets"]}
    assert [targets[colour]["scrapeUrl"] for colour in COLOURS] == [
        f"http://{address}/metrics" for address in web_servers.addresses.values()
    ]
    assert {name for name, target in targets.items() if target["health"] == "up"} == COLOURS.keys() | {"sidecar"}
    assert targets["IPv6"]["scrapeUrl"] == "http://[::1]:15020/stats/prometheus"


def test_of_a_sidecars_own_metrics_none_is_kept(scraped):
    names = set(scraped.get("label/__name__/values")) - {"up", "ALERTS", "ALERTS_FOR_STATE"}
    assert {name for name in names if not name.startswith(("pii_demo", "scrape_"))} == set()


@pytest.mark.parametrize("selector", SELECTORS)
@eventually
def test_what_is_asked_for_is_there(scraped, selector):
    assert scraped.query(selector)


@pytest.mark.parametrize("name", TARGETS)
@eventually
def test_each_panel_shows_both_colours_or_what_it_is_for(scraped, name):
    target = TARGETS[name]
    found = scraped.query(as_grafana_asks(target["expr"]))
    legend = target["legendFormat"].replace("{{", "{").replace("}}", "}")
    legends = [legend.format(**each["metric"]) for each in found]
    assert set(legends) == LEGENDS.get(name, set(COLOURS))
    assert len(legends) == len(set(legends))
    assert all(float(each["value"][1]) >= 0 for each in found)  # NaN is not


@pytest.mark.parametrize("title", ["Crossings", "Wrong routes"])
def test_what_must_be_zero_is_red_otherwise(scraped, title):
    [panel] = [panel for panel in DASHBOARD["panels"] if panel["title"] == title]
    *_, last = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    [shown] = scraped.query(as_grafana_asks(panel["targets"][0]["expr"]))
    assert last["color"] == "red"
    assert 0 < last["value"] < 1 <= float(shown["value"][1])


def test_the_namespaces_to_choose_from_are_found(scraped):
    [_, variable] = DASHBOARD["templating"]["list"]
    [(metric, label)] = re.findall(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
    assert scraped.get(f"label/{label}/values", **{"match[]": metric}) == [NAMESPACE]


@eventually
def test_every_rule_can_be_evaluated_and_alerts_on_what_happened(scraped):
    [group] = scraped.get("rules")["groups"]
    assert {rule["health"] for rule in group["rules"]} == {"ok"}, json.dumps(group, indent=1)
    firing = {
        (rule["name"], alert["labels"]["colour"])
        for rule in group["rules"]
        for alert in rule.get("alerts", ())
        if alert["state"] == "firing"
    }
    assert firing == set(product(["PiiDemoCrossing", "PiiDemoWrongRoute", "PiiDemoCannotStore"], COLOURS))
