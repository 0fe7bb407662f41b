"""The steps of `make cluster`, with the commands of docs/tutorial.md. Each can be repeated."""

from dataclasses import dataclass

# Each command names the cluster: kubectl and istioctl may point at another one.
KUBECTL = "kubectl --context kind-pii-demo"
FORWARD = f"{KUBECTL} --namespace istio-system port-forward service/istio-ingressgateway"


@dataclass(frozen=True)
class Step:
    """What a command makes, the command, and what to do if it fails. It is skipped if `exists` succeeds."""

    name: str
    command: str
    advice: str
    exists: str = ""


# The gateway's address is added to it.
PROOF = Step(
    "The proof",
    "make verify",
    "The lines above say which check failed; the end of docs/tutorial.md has the usual causes.",
)

STEPS = (
    Step(
        "A cluster",
        "kind create cluster --name pii-demo",
        "The first time, kind downloads its node's image. Other causes: https://kind.sigs.k8s.io/docs/user/known-issues/",
        exists="kind get clusters 2>/dev/null | grep -qx pii-demo",
    ),
    Step(
        "Its node is ready",
        f"{KUBECTL} wait --for=condition=Ready nodes --all --timeout=2m",
        "If the node was stopped: docker start pii-demo-control-plane. If kubectl has lost its context: kind export "
        "kubeconfig --name pii-demo. If its start was interrupted: make cluster-down.",
    ),
    Step(
        "Both images",
        "make images",
        "The build needs Docker Hub and PyPI.",
    ),
    Step(
        "The images are in the cluster",
        ". k8s/versions.env && kind load docker-image --name pii-demo $IMAGE:$BLUE-blue $IMAGE:$GREEN-green",
        "If an image is “not present locally”: docker buildx use default. If a “content digest” is “not found”: "
        "BUILDX_NO_DEFAULT_ATTESTATIONS=1 make cluster.",
    ),
    Step(
        "Istio, with its CNI plugin",
        "istioctl install --context kind-pii-demo --set components.cni.enabled=true --skip-confirmation",
        f"This shows what it waits for: {KUBECTL} --namespace istio-system get pods",
    ),
    Step(
        "The passwords",
        "make secrets CONTEXT=kind-pii-demo",
        "No existing password was replaced.",
    ),
    Step(
        "Both colours",
        f"{KUBECTL} apply -k istio",
        "The lines above say which object was refused.",
    ),
    Step(
        "Their web servers are ready",
        f"{KUBECTL} --namespace pii-demo wait --for=condition=Available deployments --all --timeout=10m",
        f"This shows what they wait for: {KUBECTL} --namespace pii-demo get pods\n"
        "The end of docs/tutorial.md has the usual causes.",
    ),
    PROOF,
)
