"""The explorer in a real browser: Playwright drives a Chromium that the machine has."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

EXPLORER = Path(__file__).parents[3] / "docs/explorer"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

sys.path.append(str(EXPLORER))  # where assemble.py and what it imports are


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Return a browser; skips where Playwright or a Chromium is not installed."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="the explorer is not tested: pip install playwright"
    )
    found = [path for path in map(shutil.which, BROWSERS) if path]
    if not found:
        pytest.skip(f"the explorer is not tested: no browser, none of {', '.join(BROWSERS)}")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser) -> Iterator:
    """Return a function that opens the explorer; its arguments are those of a browser's page. The
    test fails where the page made an error or asked for anything but itself.
    """
    pages, errors, asked = [], [], []

    def opened(**options):
        page = browser.new_page(**options)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((EXPLORER / "index.html").as_uri())
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert errors == []
    loaded = [url for url in asked if not url.startswith(("data:", "blob:"))]
    assert loaded == [(EXPLORER / "index.html").as_uri()] * len(pages)


@pytest.fixture
def page(open_page):
    return open_page()
