"""The Chromium of this machine. CHROMIUM names another program than the usual ones."""

import os
import shutil

from playwright.sync_api import Browser, CDPSession, Page, Playwright
from tenacity import retry, retry_if_exception_message, stop_after_attempt

# The first one has no windows, and so needs half the CPU.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Other tests start and stop containers, and Chromium drops what it is loading when a network changes.
Page.goto = retry(  # type: ignore[method-assign]
    retry=retry_if_exception_message(match=r"(?s).*ERR_NETWORK_CHANGED"), stop=stop_after_attempt(5), reraise=True
)(Page.goto)
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]


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
