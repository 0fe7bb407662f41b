"""The traffic view in Chromium at its fastest, minute by minute: python -m bench.traffic MINUTES"""

import platform
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.web.traffic import LIMITS
from tests.support.chromium import launch, metrics
from tests.support.one_machine import running

MINUTES = 10

# Counts frames, and keeps the longest gap between two of them and the longest task, in milliseconds.
WATCH = """() => {
    window.watched = {frames: 0, gap: 0, task: 0};
    let last = performance.now();
    const frame = (now) => {
        watched.frames += 1;
        watched.gap = Math.max(watched.gap, now - last);
        last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
        for (const task of list.getEntries()) watched.task = Math.max(watched.task, task.duration);
    }).observe({entryTypes: ["longtask"]});
}"""
TAKE = "() => { const took = watched; watched = {frames: 0, gap: 0, task: 0}; return took; }"


def measure(page: Page, minutes: int) -> None:
    """Print a line after each minute: what the page counts since it began, and what that minute took."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.locator("#rate").fill(str(LIMITS["fastest"]))
    page.locator("#marks svg[class*=turn]").nth(LIMITS["cells"] - 1).wait_for()  # the picture is full
    page.evaluate(WATCH)
    print("minute  answers  errors  held back  heap MiB  nodes  frames/s  longest gap ms  longest task ms  processor")
    before = metrics(devtools)
    for minute in range(1, minutes + 1):
        page.wait_for_timeout(60_000)
        watched, now = page.evaluate(TAKE), metrics(devtools)
        seconds = now["Timestamp"] - before["Timestamp"]
        figures = [
            f"{minute:6}",
            *(f"{page.locator(id).inner_text():>7}" for id in ("#answers", "#errors", "#held-back")),
            f"{now['JSHeapUsedSize'] / 2**20:6.2f}",
            f"{now['Nodes']:5.0f}",
            f"{watched['frames'] / seconds:8.1f}",
            f"{watched['gap']:14.0f}",
            f"{watched['task']:15.0f}",
            f"{(now['ProcessTime'] - before['ProcessTime']) / seconds:9.0%}",
        ]
        print("  ".join(figures), flush=True)
        before = now


def main(minutes: int) -> None:
    """Measure on the plain host."""
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as machine, sync_playwright() as playwright:
        chromium = launch(playwright)
        print(f"Chromium {chromium.version}, {platform.machine()}, {LIMITS['fastest']} requests a second")
        page = chromium.new_page(viewport={"width": 1000, "height": 900})
        page.goto(machine.host("plain") + "/traffic")
        measure(page, minutes)
        chromium.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MINUTES)
