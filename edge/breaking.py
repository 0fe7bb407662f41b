"""Break one thing on purpose while both colours run, or repair it: python -m edge.breaking PORT FAULT|repair"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tenacity import RetryError, retry, retry_if_result, stop_after_delay, wait_fixed

from app.live import BOTH, Live
from app.results import Result
from app.verify.edge import Edge

from .addresses import changed_settings, exchanged_folder, web_pid
from .ask import DOMAIN
from .faults import BROKEN, FAULTS
from .running import CannotChange, compose, parse_port, replace_routes, started_by_run, state

REPAIR = "repair"
ELSEWHERE = "in a cluster, see docs/break-it.md"
EXCHANGED = "exchanged"  # stands for that folder in faults.yaml
PATIENCE = 60  # seconds until a web server or a database of compose has started again
STEADY = 5  # requests in a row


def main(arguments: list[str]) -> str | None:
    """Break or repair. Returns what went wrong, or None."""
    typed_port, fault = (*arguments, "", "")[:2]
    command = "make repair" if fault == REPAIR else "make break"
    try:
        change(parse_port(typed_port), fault)
    except (CannotChange, OSError) as error:
        return f"{command}: {error}"
    except RetryError:
        return f"{command}: it does not show after {PATIENCE} s; look at the lines of the web servers"
    print("Nothing is broken." if fault == REPAIR else f"Broken: {FAULTS[fault]['what']}. make repair repairs it.")
    return None


def change(port: int, fault: str) -> None:
    """Break what the fault breaks, and nothing else: what was broken before is repaired."""
    if fault not in {*FAULTS, REPAIR}:
        problem = f"“{fault}” is not a fault" if fault else "what?"
        raise CannotChange(f"{problem}; use FAULT= and one of {', '.join(FAULTS)}")
    live, _ = state(port)
    broken = {} if fault == REPAIR else FAULTS[fault]
    replace_routes(port, live, None if fault == REPAIR else fault, ELSEWHERE)
    if started_by_run(port):
        change_settings(port, broken.get("settings", {}))
    else:
        change_services(broken.get("services", {}))
    wait_until_it_shows(port, live, broken.get("shows", ""))


def change_settings(port: int, settings: dict[str, str]) -> None:
    """Give the web server of make run other settings, and restart its worker if it has others."""
    file, folder = changed_settings(port, BROKEN), str(exchanged_folder(port))
    worker = json.loads(file.with_suffix(".worker").read_text(encoding="utf-8"))
    wanted = {name: folder if value == EXCHANGED else value for name, value in settings.items()}
    file.write_text(json.dumps(wanted), encoding="utf-8")
    if wanted != worker["changed"]:
        os.kill(int(web_pid(port, BROKEN).read_text(encoding="utf-8")), signal.SIGHUP)
        wait_until_ended(worker["pid"])


@retry(retry=retry_if_result(lambda ended: not ended), stop=stop_after_delay(PATIENCE), wait=wait_fixed(0.05))
def wait_until_ended(pid: int) -> bool:
    """Return when that process is gone: until then, it answers on the connections that it has."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def change_services(services: dict[str, Any]) -> None:
    """Start compose's services of that colour again if they are to be others than they are."""
    options = ["--project-directory", ".", "--env-file", "k8s/versions.env"]
    options += ["--env-file", ".env"] if Path(".env").exists() else []
    changes = json.dumps({"name": "pii-demo", "services": services})
    ours = [f"{kind}-server-{BROKEN}" for kind in ("mysql", "httpd")]
    up = ["up", "--detach", "--no-deps", "--no-build", "--quiet-pull", *ours]
    compose(*options, "--file", "docker-services.yml", "--file", "-", *up, stdin=changes)


@retry(retry=retry_if_result(lambda shown: not shown), stop=stop_after_delay(PATIENCE), wait=wait_fixed(0.2))
def wait_until_it_shows(port: int, live: Live, reason: str) -> bool:
    """Return when that colour says why it cannot store, reports it, and is left out of the plain host.

    Without a reason, when it can store, reports nothing, and takes part.
    """
    edge = Edge(f"http://127.0.0.1:{port}", DOMAIN)
    answers = [edge.ask(edge.host(BROKEN), "/readyz") for _ in range(STEADY)]
    report = edge.ask(edge.host(BROKEN), "/api/v1/colours").json.get("checks", [])
    plain = edge.count(edge.host(None), 2 * STEADY)
    edge.close()
    said = all(reason in answer.json.get("reason", "") if reason else answer.status == 200 for answer in answers)
    fails = any(finding["name"] == "database" and finding["result"] == Result.FAIL for finding in report)
    return said and fails == bool(reason) and (live != BOTH or (BROKEN in plain) == (not reason))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback after Ctrl-C
    sys.exit(main(sys.argv[1:]))
