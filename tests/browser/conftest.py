"""A browser for each file of tests, and a new tab for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from rigs.browser import Tab

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
