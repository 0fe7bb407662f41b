"""What is written in one place can be changed in that place."""

import re
import shutil

import pytest

from edge.run import versions
from tests.manifests.conftest import GATEWAY_API
from tests.manifests.rendering import container, labels_of, namespace, of_kind, one, pod, render
from tests.manifests.test_components import EVERYTHING
from tests.support.one_machine import ROOT

SETTINGS = "istio/base/settings.env"
LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NO_DOMAINS = [
    *(
        "Home.LAN",
        "home.lan.",
        "",
        "*.lan",
        ".lan",
        "home..lan",
        "my_home.lan",
        "-a.lan",
        "a-.lan",
        " lan",
        "lan ",
        "ä.lan",
    ),
    *("lan:8080", "http://lan", '"lan"', "a" * 64, ".".join(["a" * 48] * 5)),
]
LONGEST = 253 - len("pii-demo-green.")


@pytest.fixture
def copy(tmp_path):
    """A copy of the manifests, and a way to write something else in one of its files."""
    for folder in ("db", "k8s", "istio", EVERYTHING):
        shutil.copytree(ROOT / folder, tmp_path / folder)

    def change(file: str, old: str, new: str):
        path = tmp_path / file
        before = path.read_text(encoding="utf-8")
        assert before.count(old) == 1
        path.write_text(before.replace(old, new), encoding="utf-8")
        return tmp_path

    return change


def public_hosts(objects):
    return {host for each in of_kind(objects, "Gateway") for host in each["spec"]["servers"][0]["hosts"]} | {
        host
        for each in of_kind(objects, "VirtualService")
        if each["spec"]["gateways"] != ["mesh"]
        for host in each["spec"]["hosts"]
    }


def test_the_domain(copy):
    folder = copy("istio/base/settings.env", "DOMAIN=apps.hl.test", "DOMAIN=shop.example.org")
    hosts = {f"{name}.shop.example.org" for name in ("pii-demo", "pii-demo-blue", "pii-demo-green")}
    assert public_hosts(render(folder / "istio")) == hosts
    assert public_hosts(render(folder / "istio/live/green")) == hosts
    assert {each["spec"]["hostnames"][0] for each in of_kind(render(folder / GATEWAY_API), "HTTPRoute")} == hosts
    for rendered in (folder / "istio", folder / GATEWAY_API):
        assert "apps.hl.test" not in str(render(rendered))


def check_the_domain(settings: str) -> None:
    [domain] = [line.removeprefix("DOMAIN=") for line in settings.splitlines() if line.startswith("DOMAIN=")]
    message = f"DOMAIN={domain}: lower case, no dot at either end, no wildcard, not empty; see {SETTINGS}"
    assert re.fullmatch(rf"{LABEL}(\.{LABEL})*", domain), message
    assert len(domain) <= LONGEST, message


def test_the_domain_is_one_that_a_host_can_have():
    check_the_domain((ROOT / SETTINGS).read_text(encoding="utf-8"))


@pytest.mark.parametrize("domain", ["lan", "shop.example.org", "xn--bcher-kva.example", "a-b.1.test"])
def test_a_domain_is_taken(domain):
    check_the_domain(f"# DOMAIN=\nDOMAIN={domain}\n\nGATEWAY_LABEL=a\n")


@pytest.mark.parametrize("domain", NO_DOMAINS)
def test_a_domain_is_refused(domain):
    with pytest.raises(AssertionError, match="DOMAIN="):
        check_the_domain(f"DOMAIN={domain}\n")


def test_the_ingress_gateway(copy):
    copy("istio/base/settings.env", "\nGATEWAY_LABEL=ingressgateway", "\nGATEWAY_LABEL=ingress")
    istioctl = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"
    helm = "cluster.local/ns/istio-ingress/sa/istio-ingress"
    copy("istio/base/settings.env", "\nGATEWAY_SERVICE=istio-ingressgateway", "\nGATEWAY_SERVICE=istio-ingress")
    folder = copy("istio/base/settings.env", f"\nGATEWAY_PRINCIPAL={istioctl}", f"\nGATEWAY_PRINCIPAL={helm}")
    objects = render(folder / "istio")
    assert one(objects, "Gateway", "pii-demo-gateway")["spec"]["selector"] == {"istio": "ingress"}
    for colour in ("blue", "green"):
        [rule] = one(objects, "AuthorizationPolicy", f"httpd-server-{colour}")["spec"]["rules"]
        assert [source["source"]["principals"] for source in rule["from"]] == [
            [helm],
            [f"cluster.local/ns/pii-demo/sa/httpd-server-{colour}"],
        ]
    assert istioctl not in str(objects)
    gateway = one(render(folder / GATEWAY_API), "Gateway", "pii-demo-gateway")
    assert gateway["metadata"]["namespace"] == "istio-ingress"
    assert gateway["spec"]["addresses"][0]["value"] == "istio-ingress"


@pytest.mark.parametrize("rendered", ["istio", GATEWAY_API, EVERYTHING])
def test_the_namespace(copy, rendered):
    objects = render(copy("k8s/namespace/kustomization.yaml", "pii-demo", "elsewhere") / rendered)
    assert namespace(objects) == "elsewhere"
    named = ("ns/pii-demo", "pii-demo.svc", "'namespace': 'pii-demo'", "metadata.name': 'pii-demo'", "ame': 'pii-demo.")
    assert not [text for text in named if text in str(objects)]


@pytest.mark.parametrize("release", ["2.0", "1.2.0-rc.1"])
def test_a_release(copy, release):
    objects = render(copy("k8s/versions.env", f"GREEN={versions()['green']}", f"GREEN={release}") / "k8s")
    web = one(objects, "Deployment", "httpd-server-green")
    assert container(web)["image"] == f"pii-demo:{release}-green"
    assert labels_of(pod(web))["app.kubernetes.io/version"] == release
    assert versions()["blue"] in container(one(objects, "Deployment", "httpd-server-blue"))["image"]


def test_a_change_in_db_is_a_config_map_of_another_name(copy, rendered):
    folder = copy("db/conf.d/pii-demo.cnf", "max_connections = 200", "max_connections = 201")
    rendering = (rendered["k8s"], render(folder / "k8s"))
    before, after = (one(objects, "StatefulSet", "mysql-server-blue") for objects in rendering)
    assert pod(before)["spec"]["volumes"] != pod(after)["spec"]["volumes"]
