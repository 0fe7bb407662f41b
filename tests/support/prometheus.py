"""A real Prometheus, in a folder of its own."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.support.waiting import eventually

Result = list[dict[str, Any]]


class Prometheus:
    """What it has scraped, by its HTTP API."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    @eventually
    def wait(self) -> None:
        try:
            assert self._client.get("/-/ready").is_success
        except httpx.TransportError as error:
            raise AssertionError from error

    def get(self, path: str, **params: str) -> Any:
        answer = self._client.get(f"/api/v1/{path}", params=params).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression: str) -> Result:
        return self.get("query", query=expression)["result"]  # type: ignore[no-any-return]


@contextmanager
def prometheus(folder: Path, port: int, config: dict[str, Any]) -> Iterator[Prometheus]:
    """Running with this configuration, until the block ends."""
    if not shutil.which("prometheus"):
        pytest.skip("no prometheus: install it (on Debian, the package prometheus)")
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    options = {"config.file": "prometheus.yaml", "storage.tsdb.path": "data", "web.listen-address": f"127.0.0.1:{port}"}
    options |= {"log.level": "warn", "scrape.discovery-reload-interval": "50ms"}  # or it begins 5 s later
    command = ["prometheus", *(f"--{name}={value}" for name, value in options.items())]
    with subprocess.Popen(command, cwd=folder) as process, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        try:
            started = Prometheus(client)
            started.wait()
            yield started
        finally:
            process.kill()
