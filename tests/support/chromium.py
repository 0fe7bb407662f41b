"""The Chromium of this machine. CHROMIUM names another program than the usual ones."""

import os
import shutil
from typing import Any

from playwright.sync_api import Browser, CDPSession, Error, Page, Playwright, Request, Response
from tenacity import retry, retry_if_exception_message, stop_after_attempt, wait_fixed

# The first one has no windows, and so needs half the CPU.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Other tests start and stop containers, and Chromium drops what it is loading when a network changes.
DROPPED = "ERR_NETWORK_CHANGED"
goto = Page.goto
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]


def dropped(page: Page) -> list[str]:
    """A list to which the address of every request is added that is dropped from now on."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        if DROPPED in (request.failure or ""):
            addresses.append(request.url)

    page.on("requestfailed", note)
    return addresses


@retry(
    retry=retry_if_exception_message(match=rf"(?s).*({DROPPED}|interrupted by another navigation)"),
    wait=wait_fixed(0.2),
    stop=stop_after_attempt(9),
    reraise=True,
)
def goto_whole(page: Page, url: str, **options: Any) -> Response | None:
    """Load a page, its script and its style."""
    missing = dropped(page)
    response = goto(page, url, **options)
    if missing:
        raise Error(f"{DROPPED}: {missing}")
    return response


Page.goto = goto_whole  # type: ignore[method-assign, assignment]


def program() -> str | None:
    """Where it is; None where there is none."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *NAMES))), None)


def launch(playwright: Playwright) -> Browser:
    """Start it, without a window."""
    # Chromium has no sandbox for root.
    options = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    return playwright.chromium.launch(executable_path=program(), args=options)


def metrics(devtools: CDPSession) -> dict[str, float]:
    """Chromium's figures, after a garbage collection."""
    devtools.send("HeapProfiler.collectGarbage")
    return {metric["name"]: metric["value"] for metric in devtools.send("Performance.getMetrics")["metrics"]}
