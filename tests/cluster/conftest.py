"""Whatever cluster kubectl points at, with k8s/ or istio/ applied: make test-cluster GATEWAY=http://ADDRESS:PORT"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from app.colours import COLOURS
from tests.support.installation import host, namespace, settings
from tests.support.load import Load

# What Pod Security "restricted" asks for; the pod's holds for a sidecar, too.
POD_SECURITY = {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
LOCKED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}

# Ends at once: as process 1 it gets no signal that it neither handles nor blocks.
WAIT = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
signal.sigwait([signal.SIGTERM])
"""

STORED = """
import app
storage = app.create_app().extensions["pii-demo"].storage
result = [id for id in ids if storage.get(id)]
"""


@dataclass
class Cluster:
    """The application in a cluster. `gateway` is the ingress gateway's address, without a mesh the NodePort's."""

    gateway: str
    mesh: bool

    def kubectl(self, *command: str, given: str | None = None, where: str | None = None) -> str:
        """What kubectl answers, in the namespace of the application or in another one."""
        program = ["kubectl", "--namespace", where or namespace(), *command]
        asked = subprocess.run(program, input=given, capture_output=True, text=True, check=False)
        assert asked.returncode == 0, f"{command}: {asked.stderr}"
        return asked.stdout

    def host(self, colour: str | None) -> str | None:
        """What to ask the gateway for. Without a mesh there are no hosts: either colour answers at the NodePort."""
        return host(colour) if self.mesh else None

    def python(self, pod: str, program: str, where: str | None = None, **given: Any) -> Any:
        """Run a program in a pod of ours, with `given` as its variables; gives what it has left in `result`."""
        wrapped = f"{program}\nimport json; print('RESULT', json.dumps(result))"
        assigned = "".join(f"{name} = {value!r}\n" for name, value in given.items())
        # By standard input: a command line could be read by others, and `given` may have a password in it.
        said = self.kubectl("exec", "--stdin", pod, "--", "python", "-", given=assigned + wrapped, where=where)
        return json.loads(said.rpartition("RESULT ")[2])

    def web(self, colour: str) -> str:
        """A web server of that colour, for kubectl."""
        return f"deployment/httpd-server-{colour}"

    def pod(self, colour: str) -> str:
        """One of them."""
        return self.kubectl("get", "pods", f"--selector=app=httpd-server,version={colour}", "--output=name").split()[0]

    def gateway_inside(self) -> list[str]:
        """The ingress gateway as a pod could reach it: its Service, and a pod of it."""
        where, name = settings()["GATEWAY_PRINCIPAL"].split("/")[2], settings()["GATEWAY_SERVICE"]
        service = json.loads(self.kubectl("get", "service", name, "--output=json", where=where))["spec"]
        selector = ",".join(f"{label}={value}" for label, value in service["selector"].items())
        pods = self.kubectl("get", "pods", f"--selector={selector}", "--output=json", where=where)
        [port] = [each["targetPort"] for each in service["ports"] if each["port"] == 80]
        return [f"{service['clusterIP']}:80", f"{json.loads(pods)['items'][0]['status']['podIP']}:{port}"]

    def service(self, app: str, colour: str) -> str:
        """The name of its own colour that a web server can reach: in the mesh the shared one alone."""
        return app if self.mesh else f"{app}-{colour}"

    def password(self, colour: str) -> str:
        """The application's, for that colour's database."""
        template = "--output=go-template={{.data.MYSQL_PASSWORD|base64decode}}"
        return self.kubectl("get", "secret", f"mysql-server-{colour}", template)

    def wait(self) -> None:
        """Until everything is as it should be."""
        for colour in COLOURS:
            for workload in (self.web(colour), f"statefulset/mysql-server-{colour}"):
                self.kubectl("rollout", "status", workload, "--timeout=300s")

    def assert_stored(self, load: Load) -> None:
        """Each user that was acknowledged is in the database of one colour."""
        stored = [id for colour in COLOURS for id in self.python(self.web(colour), STORED, ids=load.acknowledged)]
        assert sorted(stored) == sorted(load.acknowledged)

    @property
    def unavoidable(self) -> set[str]:
        """Without a mesh nobody repeats a request whose idle connection is just being closed."""
        return set() if self.mesh else {"ReadError", "RemoteProtocolError"}

    @contextmanager
    def stranger(self, where: str | None = None, **labels: str) -> Iterator[str]:
        """A pod that has no colour, in the namespace of the application or in another one."""
        image = self.kubectl("get", self.web("blue"), "--output=jsonpath={.spec.template.spec.containers[0].image}")
        name = f"stranger-{uuid4()}"
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": labels},
            "spec": {
                "automountServiceAccountToken": False,
                "securityContext": POD_SECURITY,
                "containers": [
                    {"name": "stranger", "image": image, "command": ["python", "-c", WAIT], "securityContext": LOCKED}
                ],
            },
        }
        self.kubectl("apply", "--filename=-", given=json.dumps(pod), where=where)
        try:
            self.kubectl("wait", f"pod/{name}", "--for=condition=Ready", "--timeout=120s", where=where)
            yield f"pod/{name}"
        finally:
            self.kubectl("delete", f"pod/{name}", "--timeout=20s", where=where)  # far less than it would be waited for


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """The cluster, in good order."""
    gateway = request.config.getoption("gateway")
    if not gateway:
        pytest.skip("no cluster: make test-cluster GATEWAY=http://ADDRESS:PORT")
    injected = Cluster(gateway, False).kubectl("get", "namespace", namespace(), "--output=jsonpath={.metadata.labels}")
    found = Cluster(gateway.rstrip("/"), "istio-injection" in injected)
    found.wait()
    return found


@pytest.fixture
def mesh(cluster: Cluster) -> Cluster:
    """The same, with Istio."""
    if not cluster.mesh:
        pytest.skip("no mesh: kubectl apply -k istio")
    return cluster
