"""What is written in one place can be changed in that place."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from edge.run import versions
from tests.manifests.conftest import GATEWAY_API
from tests.manifests.rendering import container, labels_of, name_of, namespace, of_kind, one, pod, render
from tests.manifests.test_components import EVERYTHING
from tests.support.installation import settings
from tests.support.one_machine import ROOT

SETTINGS = "istio/base/settings.yaml"
DOMAIN = settings()["DOMAIN"]
LONGEST = f"{'a' * 63}." * 3 + "a" * (253 - len("pii-demo-green.") - 3 * 64)
NO_DOMAINS = [
    *("Home.LAN", "home.lan.", "", "*.lan", ".lan", "home..lan", "my_home.lan", "-a.lan", "a-.lan", "lan ", "ä.lan"),
    *("lan:8080", "http://lan", '"lan"', "a" * 64, f"{LONGEST}a"),
]


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
    folder = copy(SETTINGS, f"DOMAIN: {DOMAIN}", "DOMAIN: shop.example.org")
    hosts = {f"{name}.shop.example.org" for name in ("pii-demo", "pii-demo-blue", "pii-demo-green")}
    assert public_hosts(render(folder / "istio")) == hosts
    assert public_hosts(render(folder / "istio/live/green")) == hosts
    assert {each["spec"]["hostnames"][0] for each in of_kind(render(folder / GATEWAY_API), "HTTPRoute")} == hosts
    for rendered in (folder / "istio", folder / GATEWAY_API):
        assert DOMAIN not in str(render(rendered))


def lint(file: Path, domain: str) -> subprocess.CompletedProcess[str]:
    """The part of `make lint` that looks at the domain."""
    written = (ROOT / SETTINGS).read_text(encoding="utf-8")
    file.write_text(re.sub("  DOMAIN: .*", f"  DOMAIN: {domain}", written), encoding="utf-8")
    command = ["make", "--silent", "domain", f"SETTINGS={file}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "domain", ["apps.hl.test", "lan", "shop.example.org", "xn--bcher-kva.example", "a-b.1.test", LONGEST]
)
def test_lint_accepts_a_domain(tmp_path, domain):
    assert lint(tmp_path / "settings.yaml", domain).returncode == 0


@pytest.mark.parametrize("domain", NO_DOMAINS)
def test_lint_refuses_what_no_host_can_have(tmp_path, domain):
    refused = lint(tmp_path / "settings.yaml", domain)
    assert refused.returncode == 2
    assert "DOMAIN must be lower case" in refused.stderr


def test_the_ingress_gateway(copy):
    copy(SETTINGS, "GATEWAY_LABEL: ingressgateway", "GATEWAY_LABEL: ingress")
    istioctl = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"
    helm = "cluster.local/ns/istio-ingress/sa/istio-ingress"
    copy(SETTINGS, "GATEWAY_SERVICE: istio-ingressgateway", "GATEWAY_SERVICE: istio-ingress")
    folder = copy(SETTINGS, f"GATEWAY_PRINCIPAL: {istioctl}", f"GATEWAY_PRINCIPAL: {helm}")
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


@pytest.mark.parametrize("image", ["registry.example/somebody/pii-demo", "registry.example:5000/web-servers"])
def test_the_registry(copy, image):
    objects = render(copy("k8s/versions.env", "IMAGE=pii-demo", f"IMAGE={image}") / "istio/verify")
    tags = {colour: f"{release}-{colour}" for colour, release in versions().items()}
    used = {name_of(each): container(each)["image"] for each in of_kind(objects, "Deployment", "Job")}
    assert used == {
        "httpd-server-blue": f"{image}:{tags['blue']}",
        "httpd-server-green": f"{image}:{tags['green']}",
        "verify": f"{image}:{tags['blue']}",
    }


def test_a_change_in_db_is_a_config_map_of_another_name(copy, rendered):
    folder = copy("db/conf.d/pii-demo.cnf", "max_connections = 200", "max_connections = 201")
    rendering = (rendered["k8s"], render(folder / "k8s"))
    before, after = (one(objects, "StatefulSet", "mysql-server-blue") for objects in rendering)
    assert pod(before)["spec"]["volumes"] != pod(after)["spec"]["volumes"]
