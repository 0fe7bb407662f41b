"""A real Chromium on both colours behind a real Envoy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.chromium import launch, program
from tests.support.one_machine import ROOT

SCREENSHOTS = ROOT / "var" / "screenshots"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not program():
        pytest.skip("no Chromium: install it (apt-get install chromium) or name it in CHROMIUM")
    with sync_playwright() as playwright:
        yield launch(playwright)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1000, "height": 720}) as context:
        context.set_default_timeout(15_000)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script fails and nothing is blocked by the content security policy."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    assert errors == []


@pytest.fixture
def passes_wcag(page: Page) -> Callable[[], None]:
    """Assert that the page, as it is then, passes WCAG 2.2 AA."""

    def check() -> None:
        rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        results = Axe().run(page, options=rules)
        assert results.violations_count == 0, f"{page.url}: {results.generate_report()}"

    return check


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
