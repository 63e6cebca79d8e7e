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
def meeting() -> Iterator[Line]:
    """Run a line with four people in its room, and telephones for five."""
    with rehearsal(speed=SPEED, **MAY) as line:
        for number, name in NAMES.items():
            line.telnyx.telephones.add(name, number)
        for number in INSIDE:
            leg = line.telnyx.telephones.dial(number)
            until(lambda: leg.conference, f"{number} is let in")  # noqa: B023
            settled(line)
            act(line, "rename", number, label=NAMES[number])
        for number in (BOB, ANN, CLEO, DAN):
            speaks(line, number)
        act(line, "mute", BOB)
        act(line, "hold", CLEO)
        yield line


def speaks(line: Line, number: str) -> None:
    """Let somebody have the floor for three seconds of the simulation."""
    phone, began = line.telnyx.phone(number), line.telnyx.now()
    phone.speak()
    until(lambda: line.telnyx.now() > began + 3, "three seconds have passed")
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
    try:
        yield
    finally:
        line.telnyx.phone(ZOE).hang_up()
        line.telnyx.phone(DAN).speak(False)
        settled(line)


@contextmanager
def phones(tab: Tab, line: Line) -> Iterator[None]:
    """Open the page of the telephones, with a command that shows why it was sent."""
    tab.page.goto(line.telnyx.phones_url)
    expect(tab.page.locator("#phones > li")).to_have_count(len(NAMES))
    line.telnyx.phone(DAN).speak()
    settled(line)
    tab.page.locator("#first > summary").click()
    tab.page.locator("#rows li[data-kind=command]", has_text="Mute Bob").last.click()
    expect(tab.page.locator("#rows pre").first).to_be_visible()
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
