"""One colour is restarted under load: visitors of the plain host notice nothing."""

import os
import signal
from collections.abc import Callable

import pytest

from tests.support.compose import Compose
from tests.support.load import under_load
from tests.support.mysql_server import run
from tests.support.one_machine import OneMachine
from tests.support.waiting import eventually

TIMES = int(os.environ.get("RESTARTS", "1"))


def reload(machine: OneMachine, colour: str) -> None:
    """gunicorn's own restart: a new worker, then the end of the old one. Without gunicorn, `make run` would end."""

    def exits() -> int:
        return sum(colour in line and "Worker exiting" in line for line in machine.lines)

    before = exits()
    os.kill(machine.pid(colour), signal.SIGHUP)

    @eventually
    def the_old_worker_is_gone() -> None:
        assert exits() > before

    the_old_worker_is_gone()


def compose_restart(containers: Compose, colour: str) -> None:
    containers.run("restart", f"httpd-server-{colour}")


def docker_stop(containers: Compose, colour: str) -> None:
    container = containers.run("ps", "--quiet", f"httpd-server-{colour}").stdout.strip()
    run("docker", "stop", container)
    assert run("docker", "inspect", "--format", "{{.State.ExitCode}}", container) == "0"
    run("docker", "start", container)


WAYS = {
    "make run, SIGHUP": ("one_machine", reload),
    "docker compose restart": ("containers", compose_restart),
    "docker stop": ("containers", docker_stop),
}


@pytest.mark.parametrize(("deployment", "restart"), WAYS.values(), ids=WAYS, indirect=["deployment"])
@pytest.mark.timeout(60 + 30 * TIMES)
def test_a_restart_fails_no_request_on_the_plain_host(
    deployment: OneMachine | Compose, restart: Callable[[OneMachine | Compose, str], None]
):
    with under_load(deployment.address, "pii-demo.localhost") as load:
        for colour in TIMES * ["blue"]:
            load.wait_for(50)
            restart(deployment, colour)

            @eventually
            def both_answer_again() -> None:
                with deployment.client("pii-demo.localhost") as client:
                    assert {client.get("/readyz").headers["X-App-Colour"] for _ in range(4)} == {"blue", "green"}

            both_answer_again()
        load.wait_for(50)
    assert load.outcomes.keys() == {303}, load.outcomes
