"""Which checks hold for which kustomization."""

from tests.manifests import authorization, colours, network, references, routing, workloads

EVERYWHERE = [*workloads.CHECKS, *references.CHECKS, *colours.CHECKS, *network.CHECKS]
KUBERNETES = [*EVERYWHERE, *colours.WITHOUT_MESH]
ISTIO = [*EVERYWHERE, *colours.IN_THE_MESH, *network.IN_THE_MESH, *routing.CHECKS, *authorization.CHECKS]
