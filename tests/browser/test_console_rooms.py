"""The console of rooms of a rooms file: lobby, modes, hands, chimes, full rooms, hosts and bans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from rigs.axe import faults
from rigs.browser import NARROW, WIDE, Tab, expect, opened
from rigs.live_console import Site, is_live, press, row, site
from rigs.people import ANN, BOB, CLEO
from rigs.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

HANA, DAN = "+13125550118", "+13125550114"
BOARD, SMALL, HOSTED = "+13125550161", "+13125550162", "+13125550163"
"""The numbers of the rooms."""
INSIDE = re.compile("quiet|speaking")
FILE = f"""
[rooms.board]
numbers = ["{BOARD}"]
lobby = true
chimes = true
greeting_first = ""
greeting_next = ""
roster = {{ "{HANA}" = {{ name = "Hana", role = "moderator" }}, "{ANN}" = "Ann", "{BOB}" = "Bob" }}

[rooms.small]
numbers = ["{SMALL}"]
max_participants = 2
queue_when_full = true

[rooms.hosted]
numbers = ["{HOSTED}"]
start_conference_on_enter = {{ participant = false }}
end_conference_on_exit = {{ moderator = true }}
host_grace_seconds = 600
roster = {{ "{HANA}" = {{ name = "Hana", role = "moderator" }} }}
"""


@pytest.fixture(scope="module")
def line_of_rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("rooms")
    file = folder / "rooms.toml"
    file.write_text(FILE)
    file.chmod(0o600)
    with site(folder, ROOMS_FILE=str(file)) as here:
        yield here
        assert here.server.log.count("Traceback") == 0, here.server.log


@pytest.fixture
def rooms(line_of_rooms: Site) -> Iterator[Site]:
    """The line, with nobody in its rooms. So it is again after the test."""
    yield line_of_rooms
    line_of_rooms.empty()


def dials(rooms: Site, to: str, *numbers: str) -> None:
    rooms.telnyx.account.own(to)
    for number in numbers:
        rooms.telnyx.phone(number).dial(to)


def shown(rooms: Site, room: str, **fields: object) -> None:
    """Wait until the API shows the room with these fields."""

    def so() -> bool:
        found = rooms.room(room)
        return all(found[name] == value for name, value in fields.items())

    until(so, f"{room} has {fields}")


def meeting(rooms: Site, *waiting: str) -> None:
    """Hana is in the board room, and these callers are in its lobby, in this order."""
    dials(rooms, BOARD, HANA)
    shown(rooms, "board", summary="alone, on hold with music")
    for n, number in enumerate(waiting, 1):
        dials(rooms, BOARD, number)
        shown(rooms, "board", lobby=n)


def opens(rooms: Site, tab: Tab, room: str) -> None:
    tab.page.goto(rooms.link(room))
    is_live(tab)


def outside(tab: Tab) -> Locator:
    return tab.page.get_by_role("list", name="Waiting outside").get_by_role("listitem")


def button(tab: Tab, name: str) -> Locator:
    return tab.page.get_by_role("button", name=name, exact=True)


# The lobby


def test_callers_in_the_lobby_wait_in_order_and_one_press_admits_one(rooms: Site, tab: Tab) -> None:
    meeting(rooms, ANN, BOB, CLEO)
    opens(rooms, tab, "board")
    expect(outside(tab).locator(".name")).to_have_text(["Ann", "Bob", CLEO])
    expect(outside(tab).first).to_contain_text("in the lobby")
    expect(outside(tab).first).to_contain_text(re.compile(r"since \d\d:\d\d\s+waits \d+:\d\d"))
    expect(tab.page.locator("#count")).to_have_text("1 here")
    press(tab, "Admit Bob")
    expect(row(tab, "Bob")).to_contain_text(INSIDE)
    expect(outside(tab).locator(".name")).to_have_text(["Ann", CLEO])
    press(tab, "Admit next Ann")
    expect(row(tab, "Ann")).to_contain_text(INSIDE)
    expect(button(tab, f"Admit next {CLEO}")).to_be_visible()
    expect(button(tab, "Admit Ann")).to_be_hidden()
    expect(tab.page.locator("#count")).to_have_text("3 here")


def test_two_moderators_at_once_admit_the_caller_whom_both_buttons_name(
    rooms: Site, tab: Tab, browser: Browser
) -> None:
    meeting(rooms, ANN, BOB)
    with opened(browser) as other:
        for each in (tab, other):
            each.expects("/actions/admit?wait=1: 409")
            opens(rooms, each, "board")
            expect(button(each, "Admit next Ann")).to_be_visible()
        for each in (tab, other):
            each.page.evaluate(
                "const next = document.querySelector('[data-verb=admit-next]');"
                "if (next.textContent.endsWith('Ann')) next.click();"
            )
        for each in (tab, other):
            expect(row(each, "Ann")).to_contain_text(INSIDE)
            expect(outside(each).locator(".name")).to_have_text(["Bob"])


def test_with_an_empty_lobby_admit_next_says_so(rooms: Site, tab: Tab) -> None:
    meeting(rooms)
    tab.expects("/actions/admit-next?wait=1: 409")
    opens(rooms, tab, "board")
    expect(tab.page.get_by_text("Waiting outside")).to_be_hidden()
    press(tab, "Admit next")
    hall = tab.page.get_by_role("region", name="The whole room")
    expect(hall).to_contain_text("nobody is in the lobby of room board")


def test_by_keyboard_the_focus_goes_on_to_the_next_caller(rooms: Site, tab: Tab) -> None:
    meeting(rooms, ANN, BOB)
    opens(rooms, tab, "board")
    button(tab, "Admit Ann").press("Enter")
    expect(row(tab, "Ann")).to_contain_text(INSIDE)
    expect(button(tab, "Admit Bob")).to_be_focused()
    button(tab, "Admit Bob").press("Enter")
    expect(row(tab, "Bob")).to_contain_text(INSIDE)
    expect(tab.page.locator("#list")).to_be_focused()


def test_a_caller_who_begins_to_wait_is_news(rooms: Site, tab: Tab) -> None:
    meeting(rooms)
    opens(rooms, tab, "board")
    dials(rooms, BOARD, ANN)
    expect(tab.page.get_by_role("status")).to_contain_text("Ann waits")


# Modes, hands and chimes


def test_the_mode_is_shown_and_changed_by_one_press(rooms: Site, tab: Tab) -> None:
    meeting(rooms, ANN, BOB)
    for _ in range(2):
        rooms.ask("/api/rooms/board/actions/admit-next", {})
    shown(rooms, "board", summary="3 talking")
    opens(rooms, tab, "board")
    modes = tab.page.get_by_role("group", name="Mode").get_by_role("button")
    expect(modes).to_have_text(["Conversation", "Question time", "Lecture"])
    for mode, name in (("questions", "Question time"), ("lecture", "Lecture")):
        for _ in range(2):  # a second press changes nothing
            press(tab, name)
            expect(tab.page.locator("#hall")).to_contain_text("mode changed")
            expect(modes.and_(tab.page.locator("[aria-pressed=true]"))).to_have_text([name])
        shown(rooms, "board", mode=mode)
    press(tab, "Conversation")
    shown(rooms, "board", mode="conversation", summary="3 talking")


def test_hands_are_named_in_order_and_the_next_one_has_the_turn(rooms: Site, tab: Tab) -> None:
    meeting(rooms, ANN, BOB)
    for _ in range(2):
        rooms.ask("/api/rooms/board/actions/admit-next", {})
    shown(rooms, "board", summary="3 talking")
    opens(rooms, tab, "board")
    floor = tab.page.get_by_role("region", name="The floor")
    expect(floor.get_by_text("Hands up")).to_be_hidden()
    press(tab, "Question time")
    for name in ("Bob", "Ann"):
        rooms.ask("/api/rooms/board/actions/raise-hand", {"participants": [name]})
    expect(floor).to_contain_text("Hands up: Bob, Ann")
    next_hand = button(tab, "Next hand Bob")
    next_hand.press("Enter")
    expect(floor).to_contain_text(re.compile(r"Turn: Bob\s+Hands up: Ann"))
    expect(button(tab, "Next hand Ann")).to_be_focused()


def test_chimes_are_one_button_with_their_state(rooms: Site, tab: Tab) -> None:
    meeting(rooms)
    opens(rooms, tab, "board")
    chimes = button(tab, "Chimes")
    expect(chimes).to_have_attribute("aria-pressed", "true")
    chimes.press("Enter")
    expect(chimes).to_have_attribute("aria-pressed", "false")
    expect(chimes).to_be_focused()
    shown(rooms, "board", chimes=False)
    rooms.ask("/api/rooms/board/actions/chimes", {"on": True})
    expect(chimes).to_have_attribute("aria-pressed", "true")


# Full rooms, hosts, bans


def test_a_full_room_shows_who_waits_for_a_seat(rooms: Site, tab: Tab) -> None:
    dials(rooms, SMALL, ANN, BOB)
    shown(rooms, "small", summary="2 talking")
    dials(rooms, SMALL, CLEO)
    shown(rooms, "small", waiting_for_seat=1)
    opens(rooms, tab, "small")
    expect(tab.page.locator("#summary")).to_have_text("2 talking, 1 waiting for a seat")
    expect(outside(tab)).to_contain_text("waits for a seat")
    for name in (f"Admit {CLEO}", "Admit next", "Chimes"):  # the room has none of these
        expect(button(tab, name)).to_be_hidden()
    rooms.telnyx.phone(ANN).hang_up()
    expect(row(tab, CLEO)).to_contain_text(INSIDE)
    expect(outside(tab)).to_have_count(0)


def test_the_room_says_that_it_waits_for_its_host_and_when_it_ends_without(
    rooms: Site, tab: Tab
) -> None:
    dials(rooms, HOSTED, ANN, BOB)
    shown(rooms, "hosted", summary="waiting for the host, everyone on hold")
    opens(rooms, tab, "hosted")
    expect(tab.page.locator("#reason")).to_have_text(
        "music is on, because the room waits for its host"
    )
    expect(row(tab, ANN)).to_contain_text("on hold until it starts")
    dials(rooms, HOSTED, HANA)
    expect(tab.page.locator("#summary")).to_have_text("3 talking")
    expect(tab.page.get_by_text("The host has left")).to_be_hidden()
    rooms.telnyx.phone(HANA).hang_up()
    expect(tab.page.get_by_text("The host has left")).to_be_visible()
    expect(tab.page.locator("#left")).to_have_text(re.compile(r"^\d:\d\d left$"))


def test_a_kicked_caller_is_kept_out_until_the_ban_is_lifted(rooms: Site, tab: Tab) -> None:
    meeting(rooms, DAN)
    opens(rooms, tab, "board")
    kept_out = tab.page.get_by_text("Numbers are kept out")
    expect(kept_out).to_be_hidden()
    press(tab, f"Kick {DAN}")
    sheet = tab.page.get_by_role("dialog")
    sheet.get_by_label("keep the number out", exact=False).select_option("yes")
    sheet.get_by_role("button", name=f"Kick {DAN}").click()
    expect(kept_out).to_be_visible()
    shown(rooms, "board", kept_out=1, lobby=0)
    press(tab, "More")
    sheet.locator("summary", has_text="Lift the bans").click()
    sheet.get_by_role("button", name="Lift the bans").click()
    expect(kept_out).to_be_hidden()
    expect(tab.page.locator("#hall")).to_contain_text("nobody is kept out any more")


# Accessibility


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_page_of_a_lobby_has_no_fault(
    rooms: Site, browser: Browser, scheme: str, size: dict[str, int]
) -> None:
    meeting(rooms, ANN, BOB, CLEO)
    rooms.ask("/api/rooms/board/actions/admit-next", {})
    shown(rooms, "board", summary="2 talking, 2 in the lobby")
    rooms.ask("/api/rooms/board/actions/mode", {"mode": "questions"})
    rooms.ask("/api/rooms/board/actions/raise-hand", {"participants": ["Ann"]})
    shown(rooms, "board", summary="1 talking, 1 muted, 2 in the lobby, question time, 1 hand up")
    with opened(browser, viewport=size, color_scheme=scheme) as tab:
        opens(rooms, tab, "board")
        expect(tab.page.get_by_text("Hands up: Ann")).to_be_visible()
        assert tab.overflow() == 0
        assert faults(tab.page) == []
