"""https at the ingress gateway: the component tls, for both kinds of Gateway, and https-redirect beside it."""

from copy import deepcopy

from tests.manifests.conftest import GATEWAY_API
from tests.manifests.rendering import Object, Objects, namespace, one, render
from tests.manifests.test_components import EVERYTHING
from tests.manifests.test_schemas import as_its_models_know_it

NAME = "pii-demo-gateway"
SECRET = "pii-demo-tls"
TERMINATED = {"port": {"name": "https", "number": 443, "protocol": "HTTPS"}}
TERMINATED |= {"tls": {"mode": "SIMPLE", "credentialName": SECRET}}


def servers(objects: Objects) -> list[Object]:
    return one(objects, "Gateway", NAME)["spec"]["servers"]  # type: ignore[no-any-return]


def test_the_three_hosts_have_443_beside_80(rendered):
    [plain] = servers(rendered["istio"])
    assert servers(rendered[EVERYTHING]) == [plain, TERMINATED | {"hosts": plain["hosts"]}]
    gateway = one(rendered[EVERYTHING], "Gateway", NAME)
    assert as_its_models_know_it(gateway) == gateway


def test_by_the_gateway_api_as_well_and_for_routes_of_our_namespace_alone(rendered):
    before, after = rendered[GATEWAY_API], render("tests/manifests/tls")
    plain, https = one(after, "Gateway", NAME)["spec"]["listeners"]
    ours = {"kubernetes.io/metadata.name": namespace(after)}
    assert https == {
        "name": "https",
        "port": 443,
        "protocol": "HTTPS",
        # The defaults, unwritten, would be applied again each time.
        "tls": {"mode": "Terminate", "certificateRefs": [{"group": "", "kind": "Secret", "name": SECRET}]},
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": {"matchLabels": ours}}},
    }
    without = deepcopy(after)
    one(without, "Gateway", NAME)["spec"]["listeners"] = [plain]
    assert without == before


def test_a_redirect_changes_port_80_and_nothing_else(rendered):
    before, after = rendered["istio/live/green"], render("tests/manifests/https-redirect")
    [plain] = servers(before)
    assert servers(after) == [plain | {"tls": {"httpsRedirect": True}}, TERMINATED | {"hosts": plain["hosts"]}]
    gateway = one(after, "Gateway", NAME)
    assert as_its_models_know_it(gateway) == gateway
    assert [each for each in after if each != gateway] == [
        each for each in before if each != one(before, "Gateway", NAME)
    ]
