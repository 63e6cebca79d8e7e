"""A meeting to look at: somebody speaks, one is muted, one is on hold, and one is being called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rigs.browser import NARROW, WIDE, Tab, expect
from rigs.live_console import is_live, press
from rigs.moderator import ROOM, act, ask
from rigs.people import ANN, BOB, CLEO
from rigs.rehearsals import MAY, rehearsal, settled
from rigs.waiting import until

if TYPE_CHECKING:
    from conference.demo.rehearsal import Line

DAN, ZOE = "+13125550114", "+13125550142"
NAMES = {ANN: "Ann", BOB: "Bob", CLEO: "Cleo", DAN: "Dan", ZOE: "Zoe"}
INSIDE = (ANN, BOB, CLEO, DAN)
SPEED = 10.0


class Form(NamedTuple):
    """A screen: light or dark, wide or narrow."""

    scheme: str
    width: str
    size: dict[str, int]


FORMS = {
    f"{scheme}-{width}": Form(scheme, width, size)
    for scheme in ("light", "dark")
    for width, size in (("wide", WIDE), ("narrow", NARROW))
}


@contextmanager
def meeting(talk: float = 0.1) -> Iterator[Line]:
    """Run a line with four people in its room, and telephones for five.

    talk: seconds that each of them speaks. A timeline leaves out pauses of less than two.
    """
    with rehearsal(speed=SPEED, **MAY) as line:
        for number, name in NAMES.items():
            line.telnyx.telephones.add(name, number)
        for number in INSIDE:
            leg = line.telnyx.telephones.dial(number)
            until(lambda: leg.conference, f"{number} is let in")  # noqa: B023
            settled(line)
            act(line, "rename", number, label=NAMES[number])
        for number in (BOB, ANN, CLEO, BOB, ANN):
            speaks(line, number, talk)
        act(line, "mute", BOB)
        speaks(line, CLEO, talk)
        act(line, "hold", CLEO)
        speaks(line, DAN, talk)
        yield line


def speaks(line: Line, number: str, seconds: float) -> None:
    """Let somebody have the floor for so long."""
    phone, end = line.telnyx.phone(number), line.telnyx.now() + seconds * SPEED
    phone.speak()
    until(lambda: line.telnyx.now() > end, "the speech is over")
    phone.speak(False)
    settled(line)


@contextmanager
def console(tab: Tab, line: Line) -> Iterator[None]:
    """Open the console of the meeting, while Dan speaks and Zoe's telephone rings."""
    line.telnyx.phone(DAN).speak()
    settled(line)
    tab.page.goto(ask(line, f"{ROOM}/links", {})["url"])
    is_live(tab)
    press(tab, "Dial")
    sheet = tab.page.get_by_role("dialog")
    sheet.locator("[name=to]").fill(ZOE)
    sheet.locator("[name=label]").fill(NAMES[ZOE])
    sheet.get_by_role("button", name="Dial", exact=True).click()
    expect(tab.page.get_by_role("list", name="Dialled")).to_contain_text("ringing")
    expect(tab.page.locator("#list > li")).to_have_count(len(NAMES))
    tab.page.get_by_text("Timeline of the meeting").click()
    expect(tab.page.locator("#lanes > li")).to_have_count(len(INSIDE))
    tab.page.evaluate("scrollTo(0, 0)")
    try:
        yield
    finally:
        line.telnyx.phone(ZOE).hang_up()
        line.telnyx.phone(DAN).speak(False)
        settled(line)


@contextmanager
def phones(tab: Tab, line: Line) -> Iterator[None]:
    """Open the page of the telephones while Dan speaks, with a command and what led to it."""
    line.telnyx.phone(DAN).speak()
    settled(line)
    tab.page.goto(line.telnyx.phones_url)
    expect(tab.page.locator("#phones > li")).to_have_count(len(NAMES))
    expect(tab.page.locator(f".phone[data-number='{ANN}']")).to_contain_text("Dan is talking.")
    tab.page.locator("#first > summary").click()
    tab.page.locator("#rows li[data-kind=command]", has_text="Answer Dan").click()
    expect(tab.page.locator("#rows pre").first).to_be_visible()
    tab.page.locator("#rows li[data-mark=cause]").first.evaluate("(row) => row.scrollIntoView()")
    tab.page.evaluate("scrollTo(0, 0)")
    try:
        yield
    finally:
        line.telnyx.phone(DAN).speak(False)
        settled(line)


PAGES = {"phones": phones, "console": console}


def picture(tab: Tab, file: Path) -> None:
    """Take a picture of what the window shows."""
    tab.page.mouse.move(0, 0)
    tab.page.screenshot(path=file, animations="disabled", caret="hide")
