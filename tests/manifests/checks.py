"""Which checks hold for which kustomization."""

from tests.manifests import (
    authorization,
    colours,
    destinations,
    fields,
    mysqls,
    network,
    references,
    routing,
    web_servers,
    workloads,
)

EVERYWHERE = [
    *workloads.CHECKS,
    *web_servers.CHECKS,
    *mysqls.CHECKS,
    *references.CHECKS,
    *colours.CHECKS,
    *network.CHECKS,
    *fields.CHECKS,
]
KUBERNETES = [*EVERYWHERE, *colours.WITHOUT_MESH, *network.WITHOUT_MESH, *fields.WITHOUT_MESH]
ISTIO = [
    *EVERYWHERE,
    *colours.IN_THE_MESH,
    *network.IN_THE_MESH,
    *fields.IN_THE_MESH,
    *routing.CHECKS,
    *destinations.CHECKS,
    *authorization.CHECKS,
]
