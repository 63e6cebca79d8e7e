"""Five hundred people in a room, and another speaker ten times a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from rigs.browser import Tab, traced
from rigs.live_console import Site, row, site
from rigs.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from conference.simulator import Leg

PEOPLE = 500
AT_ONCE = 25  # who dial before the first of them is let in
CHANGES = 10  # of the floor in a second
LONGEST = 100  # milliseconds of a task of the page


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, list[Leg]]]:
    quiet = {"GREETING_FIRST": "", "GREETING_NEXT": "", "MAX_PARTICIPANTS": "800"}
    with site(tmp_path_factory.mktemp("crowd"), **quiet) as here:
        numbers = [f"+1312{5_550_000 + n:07d}" for n in range(PEOPLE)]
        for first in range(0, PEOPLE, AT_ONCE):
            for number in numbers[first : first + AT_ONCE]:
                here.telnyx.phone(number).dial()
            is_in(here, first + AT_ONCE)
        yield here, here.telnyx.legs


def is_in(here: Site, count: int) -> None:
    until(lambda: here.room()["summary"] == f"{count} talking", f"{count} are in", within=60)


@contextmanager
def discussing(here: Site, legs: list[Leg]) -> Iterator[None]:
    """Give the floor to one after the other, until the block ends."""
    over = Event()

    def discuss() -> None:
        for leg in cycle(legs):
            here.speaks(leg)
            if over.wait(1 / CHANGES):
                return

    thread = Thread(target=discuss)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_no_task_of_the_page_is_long(
    browser: Browser, tab: Tab, crowded: tuple[Site, list[Leg]]
) -> None:
    """From loading on, with the timeline open, too."""
    here, legs = crowded
    here.sign_in(tab)
    with discussing(here, legs):
        with traced(browser) as tasks:
            tab.page.reload()
            changes(tab, 5)
        assert max(tasks) <= LONGEST
        assert tab.page.locator("#list > li").count() == PEOPLE
        tab.page.get_by_text("Timeline of the meeting").click()
        tab.page.wait_for_selector(f"#lanes > li:nth-child({PEOPLE})")
        with traced(browser) as tasks:
            changes(tab, 5)
        assert max(tasks) <= LONGEST


def changes(tab: Tab, times: int) -> None:
    """Wait until the page has been given so many changes."""
    for _ in range(times):
        with tab.page.expect_response("**since=*"):
            pass


def test_everyone_is_there_in_the_order_of_joining(
    crowded: tuple[Site, list[Leg]], tab: Tab
) -> None:
    here, legs = crowded
    here.sign_in(tab)
    tab.page.wait_for_selector(f"#list > li:nth-child({PEOPLE})")
    with discussing(here, legs):
        shown = tab.page.locator("#list > li .member").all_text_contents()
        assert shown == [str(n + 1) for n in range(PEOPLE)]
        changes(tab, 3)
        assert tab.page.locator("#list > li .member").all_text_contents() == shown
    last = legs[-1]
    here.speaks(last)
    tab.page.locator("#speaker").filter(has_text=last.number).wait_for()
    tab.page.get_by_role("searchbox", name="Find").fill(last.number[-4:])
    row(tab, last.number).wait_for()
    assert tab.page.locator("#list > li:visible").count() == 1


def test_no_sideways_scroll_on_the_narrowest_telephone(
    crowded: tuple[Site, list[Leg]], tab: Tab
) -> None:
    here, _ = crowded
    tab.page.set_viewport_size({"width": 360, "height": 740})
    here.sign_in(tab)
    assert tab.overflow() == 0
    tab.page.get_by_text("Timeline of the meeting").click()
    tab.page.wait_for_selector(f"#lanes > li:nth-child({PEOPLE})")
    assert tab.overflow() == 0
