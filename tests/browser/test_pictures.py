"""Both pages on every screen: nothing sticks out, each text can be read, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rigs.axe import faults
from rigs.browser import opened
from rigs.scene import FORMS, PAGES, meeting, picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from conference.demo.rehearsal import Line

DARK = """() => {
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g);
  return Math.max(red, green, blue) < 128;
}"""


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with meeting() as line:
        yield line


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_picture_of_each_page(
    browser: Browser, line: Line, tmp_path: Path, page: str, form: str
) -> None:
    scheme, _, size = FORMS[form]
    with opened(browser, viewport=size, color_scheme=scheme) as tab, PAGES[page](tab, line):
        assert tab.overflow() == 0
        assert faults(tab.page) == []
        assert tab.page.evaluate(DARK) is (scheme == "dark")
        picture(tab, tmp_path / f"{page}-{form}.png")
    assert (tmp_path / f"{page}-{form}.png").stat().st_size > 10_000
