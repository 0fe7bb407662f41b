"""cert-manager puts the certificate for the three hosts where the ingress gateway looks for it."""

from tests.manifests.rendering import one
from tests.support.installation import settings

FOLDER = "examples/cert-manager"


def test_all_else_is_as_in_the_mesh_and_the_gateway_has_443(rendered):
    before, after = rendered["istio"], rendered[FOLDER]
    assert [each for each in before if each not in after] == [one(before, "Gateway", "pii-demo-gateway")]
    assert [each["kind"] for each in after if each not in before] == ["Certificate", "Gateway"]


def test_the_certificate_is_the_gateways(rendered):
    certificate = one(rendered[FOLDER], "Certificate", "pii-demo")
    plain, https = one(rendered[FOLDER], "Gateway", "pii-demo-gateway")["spec"]["servers"]
    assert certificate["spec"]["secretName"] == https["tls"]["credentialName"]
    assert certificate["spec"]["dnsNames"] == plain["hosts"]
    assert certificate["metadata"]["namespace"] == settings()["GATEWAY_PRINCIPAL"].split("/")[2]
