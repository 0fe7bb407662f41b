"""`make cluster`, with recorders in place of docker, kind, istioctl and kubectl: no cluster is made here."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge.run import versions
from examples.kind.__main__ import farewell
from examples.kind.needed import TOOLS
from examples.kind.steps import FORWARD, STEPS
from tests.support.one_machine import ROOT, free_port

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
KUBECTL = "kubectl --context kind-pii-demo"
SECRETS = f"{KUBECTL} --request-timeout=10s --namespace pii-demo create"
# What each step calls.
CALLS = [
    ["kind create cluster --name pii-demo"],
    [f"{KUBECTL} wait --for=condition=Ready nodes --all --timeout=2m"],
    ["docker buildx bake"],
    ["kind load docker-image --name pii-demo pii-demo:{blue}-blue pii-demo:{green}-green".format(**versions())],
    ["istioctl install --context kind-pii-demo --set components.cni.enabled=true --skip-confirmation"],
    [
        f"{SECRETS} namespace pii-demo --save-config",
        f"{SECRETS} secret generic mysql-server-blue --from-env-file=/dev/stdin",
        f"{SECRETS} secret generic mysql-server-green --from-env-file=/dev/stdin",
    ],
    [f"{KUBECTL} apply -k istio"],
    [f"{KUBECTL} --namespace pii-demo wait --for=condition=Available deployments --all --timeout=10m"],
    [f"{KUBECTL} --namespace istio-system port-forward service/istio-ingressgateway :80"],
]
ALL = [call for calls in CALLS for call in calls]
ONCE = {call for call in ALL if " create " in call}

OLDEST = {
    "docker version": "20.10.24",
    "docker buildx version": "github.com/docker/buildx v0.13.1 788433953af10f2a698f5c07611dddce2e08c7a0",
    "kind version": "kind v0.28.0 go1.24.2 linux/amd64",
    "istioctl version --remote=false": "client version: 1.27.0",
    "kubectl version --client": "Client Version: v1.27.16\nKustomize Version: v5.0.1",
}
TOO_OLD = {
    "docker buildx version": "github.com/docker/buildx v0.12.1 30feaa1a915b869ebc2eea6328624b49facd4bfb",
    "kind version": "kind v0.27.0 go1.23.6 linux/amd64",
    "istioctl version --remote=false": "client version: 1.26.4",
    "kubectl version --client": 'Client Version: version.Info{Major:"1", Minor:"26", GitVersion:"v1.26.15"}',
}
PROGRAMS = {call.split()[0] for call in OLDEST}
SYSTEM = ("cat", "grep", "make", "sed", "tail")
# What exists is what was made, as recorded. A port-forward goes on until it is ended.
RECORDER = """#!/bin/sh
cd {folder}
call="${{0##*/}} $*"
made() {{ grep -q -- "$1" calls; }}
if [ "${{call#"$(cat fails)"}}" != "$call" ]; then echo broken >&2; exit 1; fi
case "$call" in
    {versions}
    "kind get clusters") echo another; ! made "^kind create" || echo pii-demo ;;
    *" get namespace "* | *" get secret "*) made "create .*${{call##* }} --" || exit 1 ;;
    *" get "*) exit 1 ;;
    *) echo "$call" >>calls ;;
esac
case "$call" in
    *port-forward*)
        echo "$$" >forward
        echo "Forwarding from 127.0.0.1:$(cat port) -> 8080"
        exec tail -f /dev/null >/dev/null ;;
esac
"""


@dataclass
class Machine:
    """Our files, and a PATH with the recorders and little else."""

    folder: Path
    read: int = 0

    def install(self, versions: dict[str, str]) -> None:
        """The recorders, with these versions."""
        cases = "\n    ".join(f"\"{call}\"*) echo '{said}' ;;" for call, said in versions.items())
        for program in PROGRAMS:
            file = self.folder / "bin" / program
            file.write_text(RECORDER.format(folder=self.folder, versions=cases))
            file.chmod(0o755)

    def write(self, name: str, content: str) -> None:
        """What the recorders read: `fails`, how a call begins that fails, and `port`, where the gateway answers."""
        (self.folder / name).write_text(content)

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *arguments],
            cwd=self.folder / "checkout",
            env={"PATH": str(self.folder / "bin"), "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def calls(self) -> list[str]:
        """What was called since the last time, but for questions."""
        calls = (self.folder / "calls").read_text().splitlines()
        before, self.read = self.read, len(calls)
        return calls[before:]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """With the oldest versions that will do. Nobody answers at the gateway."""
    machine = Machine(tmp_path)
    checkout = tmp_path / "checkout"
    for folder in ("app", "examples", "istio", "k8s", "requirements"):
        shutil.copytree(ROOT / folder, checkout / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "Makefile", checkout)
    (tmp_path / "bin").mkdir()
    for name in SYSTEM:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    borrow_packages(checkout)
    machine.install(OLDEST)
    for name, content in {"calls": "", "fails": "nothing", "port": str(free_port())}.items():
        machine.write(name, content)
    return machine


def borrow_packages(checkout: Path) -> None:
    """A .venv that counts as made, with the Python that these tests run with."""
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (checkout / ".venv" / "made").write_text(f"{checkout}\n")
    (checkout / ".venv" / "run").touch()


def test_the_steps_are_done_in_order_and_verify_proves_the_result(machine, one_machine):
    machine.write("port", str(one_machine.port))
    made = machine.make("cluster")
    assert made.returncode == 0, made.stdout + made.stderr
    assert machine.calls() == ALL
    said = re.findall(r"^step .*", made.stdout, re.MULTILINE)
    assert said == [f"step {number} of {len(STEPS)}: {step.name}" for number, step in enumerate(STEPS, 1)]
    assert " 0 failed" in made.stdout
    assert f"{FORWARD} 8080:80\n    http://pii-demo.apps.hl.test:8080\n" in made.stdout
    # Its own port-forward has ended.
    with pytest.raises(ProcessLookupError):
        os.kill(int((machine.folder / "forward").read_text()), 0)


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_a_step_that_fails_is_the_last_and_says_what_to_do(machine, number):
    machine.write("fails", CALLS[number][0])
    failed = machine.make("cluster")
    assert failed.returncode == 2
    assert machine.calls() == [call for calls in CALLS[:number] for call in calls]
    assert f"step {number + 1} of {len(STEPS)} failed: {STEPS[number].name}\n{STEPS[number].advice}" in failed.stderr


def test_the_next_run_goes_on(machine):
    machine.write("fails", CALLS[5][2])
    machine.make("cluster")
    made = ONCE & set(machine.calls())
    assert made == ONCE - {CALLS[5][2]}
    machine.write("fails", "nothing")
    machine.make("cluster")
    assert machine.calls() == [call for call in ALL if call not in made]


def test_a_proof_that_fails_is_a_step_that_fails(machine):
    failed = machine.make("cluster")
    assert failed.returncode == 2
    assert "nobody answers at http://127.0.0.1" in failed.stdout
    assert f"failed: {STEPS[-1].name}" in failed.stderr
    assert "Both colours are up" not in failed.stdout


def test_another_run_makes_no_second_cluster_and_replaces_no_password(machine):
    machine.make("cluster")
    machine.calls()
    machine.make("cluster")
    assert machine.calls() == [call for call in ALL if call not in ONCE]


def test_all_that_is_missing_is_said_at_once_before_anything_is_done(machine):
    for program in PROGRAMS:
        (machine.folder / "bin" / program).unlink()
    refused = machine.make("cluster")
    assert refused.returncode == 2
    for tool in TOOLS:
        assert f"{tool.needed}: not found\n    {tool.source}" in refused.stderr
    assert refused.stdout == ""


def test_it_is_said_before_any_package_is_installed(tmp_path):
    command = [sys.executable, "-S", "-m", "examples.kind"]
    refused = subprocess.run(
        command, cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert "nothing was done" in refused.stderr


@pytest.mark.parametrize("asked", TOO_OLD)
def test_a_version_that_is_too_old_is_refused(machine, asked):
    machine.install(OLDEST | {asked: TOO_OLD[asked]})
    refused = machine.make("cluster")
    assert refused.returncode == 2
    [tool] = [tool for tool in TOOLS if tool.ask == asked]
    assert re.findall(r"^.* is too old$", refused.stderr, re.MULTILINE) == [
        f"{tool.needed}: {tool.oldest[0]}.{tool.oldest[1] - 1} is too old"
    ]
    assert machine.calls() == []


def test_docker_must_answer(machine):
    machine.write("fails", "docker version")
    refused = machine.make("cluster")
    assert refused.returncode == 2
    assert "docker: broken\n" in refused.stderr
    assert machine.calls() == []


@pytest.mark.parametrize("variable", ["CONTEXT=production", "KUBECTL=kubectl --context production"])
def test_no_other_cluster_is_reached_whatever_make_is_told(machine, variable):
    machine.make("cluster", variable)
    assert machine.calls() == ALL


def test_cluster_down_deletes_this_cluster_only(machine):
    assert machine.make("cluster-down").returncode == 0
    assert machine.calls() == ["kind delete cluster --name pii-demo"]


def test_a_domain_that_browsers_resolve_needs_no_line_in_etc_hosts():
    assert "/etc/hosts" in farewell("apps.hl.test")
    assert "/etc/hosts" not in farewell("localhost")
    assert "http://pii-demo-blue.localhost:8080" in farewell("localhost")


def test_the_tutorial_says_the_same_commands_in_the_same_order():
    lines = re.findall(r"^(?!#).+$", "\n".join(re.findall(r"```sh\n(.*?)```", TUTORIAL, re.DOTALL)), re.MULTILINE)
    commands = [line.partition(" #")[0].strip() for line in lines]
    ours = [*(step.command for step in STEPS[:-1]), f"{FORWARD} 8080:80", STEPS[-1].command]
    until_the_proof = commands[: commands.index(ours[-1]) + 1]
    assert [command for command in until_the_proof if command in ours] == ours
    for command in commands:
        assert not re.match("kubectl|istioctl", command) or "--context kind-pii-demo" in command, command
