"""The console's page when answers fail, are lost, come late or hold strange text.

The page is the app's own; the control API is a script.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from rigs.browser import Tab, expect
from rigs.lines import test_line
from rigs.people import TOKEN

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from playwright.sync_api import Route

SITE = "http://console.test"
ZOE = "+13125550142"
REFUSED = {"detail": "mute: 90019 The conference has ended.", "type": "/problems/refused-by-telnyx"}


def now() -> str:
    return datetime.now(UTC).isoformat()


def person(member: int, label: str, **fields: Any) -> dict[str, Any]:
    usual = {
        "call_control_id": f"call-{member}",
        "member": member,
        "number": f"+1312555010{member}",
        "label": label,
        "role": "participant",
        "status": "joined",
        "muted": False,
        "on_hold": False,
        "speaking": False,
        "joined_at": now(),
        "spoke_at": None,
    }
    return usual | fields


@dataclass
class Api:
    """The control API of one room. `posted`: verb, body and key of each press that arrived."""

    client: FlaskClient
    people: list[dict[str, Any]]
    version: int = 1
    status: int = 200  # of everything; 0: nobody answers
    loses: int = 0  # presses whose answer is lost
    refuses: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)
    first: int = 100  # the number of the event before them
    posted: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        request, path = route.request, route.request.url.removeprefix(SITE)
        if path.startswith("/console"):
            with self.client.get(path) as page:
                route.fulfill(body=page.data, headers=dict(page.headers), status=page.status_code)
        elif self.status != 200:
            if self.status:
                route.fulfill(status=self.status, json={"detail": "Sign in."})
            else:
                route.abort()
        elif request.method == "POST":
            self._press(route, path)
        elif path.startswith("/api/events"):
            after = int(re.findall(r"after=(\d+)", path)[0])
            news = self.events[max(0, after - self.first) :]
            route.fulfill(json={"events": news, "next": self._next})
        else:
            route.fulfill(json=self._room())

    @property
    def _next(self) -> int:
        return self.first + len(self.events)

    def _room(self) -> dict[str, Any]:
        people = {"participants": self.people, "left": [], "speaker": None}
        return {"version": self.version, "since": None, "at": now(), "next": self._next, **people}

    def _press(self, route: Route, path: str) -> None:
        verb = path.rpartition("/")[2].removesuffix("?wait=1")
        key = route.request.headers["idempotency-key"]
        self.posted.append((verb, json.loads(route.request.post_data or ""), key))
        if self.loses:
            self.loses -= 1
            route.abort()
        elif self.refuses:
            route.fulfill(status=502, json=REFUSED)
        else:
            route.fulfill(status=202, json={"id": key, "commands": [verb], "answers": [{}]})


@pytest.fixture
def opened_with(tab: Tab) -> Iterator[Callable[..., Api]]:
    with test_line(control_token=TOKEN) as line:
        line.client.post("/console/sign-in", data={"token": TOKEN})

        def opens(*people: dict[str, Any]) -> Api:
            api = Api(line.client, list(people))
            tab.page.route(f"{SITE}/**", api.answer)
            tab.page.goto(f"{SITE}/console")
            expect(tab.page.locator("#list > li")).to_have_count(len(people))
            return api

        yield opens
        tab.page.close()


def test_a_refusal_is_shown_at_the_row_and_in_the_news(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    tab.expects("/actions/mute?wait=1: 502")
    api = opened_with(person(1, "Ann"), person(2, "Bob"))
    api.refuses = True
    mute = tab.page.get_by_role("button", name="Mute Ann")
    mute.click()
    ann, bob = tab.page.locator("#list > li").all()
    expect(ann).to_contain_text("90019 The conference has ended.")
    expect(bob).not_to_contain_text("90019")
    expect(tab.page.locator("#news")).to_contain_text("Mute Ann: mute: 90019")
    expect(mute).to_have_attribute("aria-pressed", "false")
    expect(mute).to_be_enabled()


def test_a_lost_press_is_sent_again_with_its_key_and_the_next_one_has_another(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    tab.expects("/actions/mute?wait=1: net::ERR_FAILED")
    api = opened_with(person(1, "Ann"))
    api.loses = 2
    tab.page.get_by_role("button", name="Mute Ann").click()
    expect(tab.page.locator("#list")).to_contain_text("muted")
    tab.page.get_by_role("button", name="Undo: Ann muted").click()
    expect(tab.page.locator("#list")).to_contain_text("unmuted")
    assert [(verb, body) for verb, body, _ in api.posted] == [
        *[("mute", {"participants": ["call-1"]})] * 3,
        ("unmute", {"participants": ["call-1"]}),
    ]
    keys = [key for _, _, key in api.posted]
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_without_an_answer_it_says_how_old_it_is_and_comes_back_with_the_same_rows(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    tab.expects("net::ERR_FAILED", "console: 401", "demo-conference: 401")
    api = opened_with(person(1, "Ann"), person(2, "Bob"))
    button = tab.page.get_by_role("button", name="Hold Bob")
    button.focus()
    row = tab.page.locator("#list > li").first.element_handle()
    api.status = 0
    expect(tab.page.locator("#old")).to_contain_text("as of ")
    expect(button).to_be_disabled()
    button.press("Enter")
    api.people.append(person(3, "Cleo"))
    api.status = 200
    expect(tab.page.locator("#list > li")).to_have_count(3)
    expect(tab.page.locator("#old")).to_be_hidden()
    expect(button).to_be_focused()
    assert row.evaluate("(row) => row === document.querySelector('#list > li')")
    assert api.posted == []


def test_who_is_signed_out_is_offered_to_sign_in_again(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    tab.expects(": 401")
    api = opened_with(person(1, "Ann"))
    api.status = 401
    again = tab.page.get_by_role("link", name="Sign in again")
    expect(again).to_have_attribute("href", "console?room=demo-conference")
    expect(tab.page.locator("#list")).to_contain_text("Ann")
    expect(tab.page.get_by_role("button", name="Mute Ann")).to_be_disabled()


def test_a_busy_number_can_be_dialled_again(tab: Tab, opened_with: Callable[..., Api]) -> None:
    api = opened_with(person(1, "Ann"))
    page, dials = tab.page, tab.page.locator("#dials > li")
    page.get_by_role("button", name="Dial").click()
    page.get_by_label("number the number to call", exact=False).fill(ZOE)
    page.keyboard.press("Enter")
    expect(dials).to_contain_text("ringing")
    webhook = {"event_type": "call.hangup", "details": {"hangup_cause": "user_busy"}, "text": ""}
    api.events.append({"requests": [api.posted[0][2]], **webhook})
    expect(dials).to_contain_text("busy")
    page.get_by_role("button", name="Dial again").click()
    expect(dials).to_contain_text("ringing")
    assert [(verb, body) for verb, body, _ in api.posted] == [("dial", {"to": ZOE})] * 2
    assert api.posted[0][2] != api.posted[1][2]


def test_a_dial_is_followed_through_a_restart_of_the_server(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    """The numbers of its events begin again."""
    api = opened_with(person(1, "Ann"))
    page, dials = tab.page, tab.page.locator("#dials > li")
    page.get_by_role("button", name="Dial").click()
    page.get_by_label("number the number to call", exact=False).fill(ZOE)
    page.keyboard.press("Enter")
    expect(dials).to_contain_text("ringing")
    api.first = 0
    webhook = {"event_type": "call.answered", "details": {}, "text": ""}
    api.events.append({"requests": [api.posted[0][2]], **webhook})
    expect(dials).to_contain_text("answered")


def test_the_text_of_others_stays_text(tab: Tab, opened_with: Callable[..., Api]) -> None:
    label = "<img src=x onerror=alert(1)>\u202eevil\x07" + "x" * 400
    opened_with(person(1, label), person(2, "", number="anonymous"))
    name = tab.page.locator(".name").first
    expect(name).to_have_text("<img src=x onerror=alert(1)>\ufffdevil\ufffd" + "x" * 400)
    assert name.evaluate("(node) => getComputedStyle(node).unicodeBidi") == "isolate"
    assert tab.overflow() == 0
    expect(tab.page.get_by_role("button", name="Mute anonymous 2")).to_be_visible()


def test_rows_follow_the_member_numbers_however_people_come(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    api = opened_with(person(1, "Ann"), person(4, "Dan"), person(6, "Fay"))
    numbers = tab.page.locator("#list .member")
    api.people += [person(5, "Eve"), person(2, "Bob")]
    expect(numbers).to_have_text(["1", "2", "4", "5", "6"])
    api.people = [person(1, "Ann"), person(4, "Dan"), {**person(2, "Bob"), "member": 7}]
    expect(numbers).to_have_text(["1", "4", "7"])


def test_what_mute_all_did_says_to_whom_and_its_undo_takes_it_back(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    api = opened_with(person(1, "Ann", role="moderator"), person(2, "Bob"))
    page, hall = tab.page, tab.page.get_by_role("region", name="The whole room")
    hall.get_by_label("newcomers too").check()
    page.get_by_role("button", name="Mute all but 1 moderator", exact=True).click()
    expect(hall).to_contain_text("muted all but 1 moderator; newcomers too")
    hall.get_by_role("button", name="Undo: ").click()
    expect(hall).to_contain_text("took back mute all")
    verbs = [(verb, body) for verb, body, _ in api.posted]
    assert verbs == [("mute-all", {"newcomers": True}), ("undo-mute-all", {})]


def test_a_session_that_ended_is_not_called_a_server_without_an_answer(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    tab.expects(": 401")
    api = opened_with(person(1, "Ann"))
    api.status = 401
    expect(tab.page.locator("#news")).to_have_text("Signed out.")


def test_a_form_says_what_it_does_and_to_whom(tab: Tab, opened_with: Callable[..., Api]) -> None:
    opened_with(person(1, "Ann"))
    tab.page.get_by_role("button", name="More Ann").click()
    sheet = tab.page.get_by_role("dialog", name="Ann")
    for verb, words in (("Say", "Say to Ann"), ("Rename", "Rename Ann")):
        sheet.locator("summary", has_text=verb).first.click()
        expect(sheet.get_by_role("button", name=words, exact=True)).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("button", name="More Ann")).to_be_focused()


def test_above_fifteen_people_they_can_be_searched_by_name_number_and_member(
    tab: Tab, opened_with: Callable[..., Api]
) -> None:
    api = opened_with(*[person(n, f"Guest {n}", number=f"+13125550{n:03}") for n in range(1, 16)])
    page, shown = tab.page, tab.page.locator("#list > li:visible .member")
    search, nobody = page.get_by_role("searchbox", name="Find"), page.get_by_text("Nobody here has")
    expect(search).to_be_hidden()
    api.people.append(person(16, "Zoe", number="+13125550099"))
    expect(search).to_be_visible()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    for text, numbers in (
        ("zoe", ["16"]),
        ("(312) 555-0099", ["16"]),
        ("#16", ["16"]),
        ("guest 1", ["1", "10", "11", "12", "13", "14", "15"]),
    ):
        search.fill(text)
        expect(shown).to_have_text(numbers)
        expect(nobody).to_be_hidden()
    search.fill("somebody else")
    expect(nobody).to_be_visible()
