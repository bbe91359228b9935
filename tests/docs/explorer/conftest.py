"""The explorer in a real browser: Playwright drives a Chromium that the machine has."""

import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

EXPLORER = Path(__file__).parents[3] / "docs/explorer"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

sys.path.append(str(EXPLORER))  # where assemble.py and what it imports are


def missing() -> str | None:
    """Return what the tests in a browser lack, None where nothing."""
    if find_spec("playwright") is None:
        return "Playwright is not installed (pip install playwright)"
    if not any(map(shutil.which, BROWSERS)):
        return f"no browser is installed, none of {', '.join(BROWSERS)}"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lack = missing()
    for item in items:
        if lack and "browser" in getattr(item, "fixturenames", ()):  # marked: one line a file
            item.add_marker(pytest.mark.skip(reason=f"the explorer is not tested: {lack}"))


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A browser for a file of tests. Longer would leave Playwright's event loop running in tests
    that follow, which have their own.
    """
    from playwright.sync_api import sync_playwright  # not installed everywhere

    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
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
