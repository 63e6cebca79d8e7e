"""A browser for each file of tests, a line for all of them, and for each test a new tab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from rigs.browser import Tab
    from rigs.live_console import Site

# rigs.browser skips the file that imports it where Playwright is missing. A conftest may not skip.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from rigs.browser import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    from rigs.browser import opened

    with opened(browser) as tab:
        yield tab


@pytest.fixture(scope="session")
def site_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from rigs.live_console import site

    with site(tmp_path_factory.mktemp("site")) as site_of_all:
        yield site_of_all
        assert site_of_all.server.log.count("Traceback") == 0, site_of_all.server.log


@pytest.fixture
def site(site_of_all: Site) -> Iterator[Site]:
    """The line, with nobody in its rooms. So it is again after the test."""
    yield site_of_all
    site_of_all.empty()
