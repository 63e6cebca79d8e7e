"""The console of a running line: it shows the rooms, acts, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest
from rigs.browser import Tab, expect, opened
from rigs.live_console import ROOM, Site, is_live, press, row
from rigs.people import ANN, BOB, CLEO
from rigs.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Locator, Route

    from conference.simulator import Leg

SHOWN = "document.dispatchEvent(new Event('visibilitychange'))"


def names(tab: Tab) -> list[str]:
    """Return the names in the list of participants, from the top."""
    found: list[str] = tab.page.locator("#list .name").all_text_contents()
    return found


def mark(tab: Tab) -> None:
    """Leave a mark on the page, which would be gone if the page were loaded again."""
    tab.page.evaluate("window.marked = true")


def is_the_same_page(tab: Tab) -> bool:
    return tab.page.evaluate("window.marked") is True


def has_the_floor(site: Site, leg: Leg) -> None:
    until(lambda: site.room()["speaker"] == leg.call_control_id, f"{leg.number} has the floor")


def have_greeted(site: Site) -> None:
    """Wait until those who became audible had the floor: it is theirs a second later."""
    assert site.telnyx.idle(10)
    began = site.telnyx.now()
    until(lambda: site.telnyx.now() > began + 2, "two simulated seconds have passed")


# It acts, and telephones hear it


@pytest.fixture
def telephones(site: Site, browser: Browser) -> Iterator[Tab]:
    """The page of the simulated telephones, with Ann's and Bob's."""
    for number, name in {ANN: "Ann", BOB: "Bob"}.items():
        site.telnyx.telephones.add(name, number)
    with opened(browser) as tab:
        tab.page.goto(site.telnyx.phones_url)
        yield tab
    for number in (ANN, BOB):
        site.telnyx.telephones.remove(number)


def telephone(telephones: Tab, number: str) -> Locator:
    return telephones.page.locator(f".phone[data-number='{number}']")


def dial(telephones: Tab, *numbers: str) -> None:
    for number in numbers:
        telephone(telephones, number).get_by_role("button", name="Dial").click()


def test_two_people_dial_and_the_console_shows_both(site: Site, tab: Tab, telephones: Tab) -> None:
    site.sign_in(tab)
    expect(tab.page.get_by_text("Nobody is here.")).to_be_visible()
    dial(telephones, ANN)
    expect(row(tab, ANN)).to_contain_text("on hold with music: alone")
    expect(telephone(telephones, ANN)).to_contain_text("Music: nobody else is here.")
    dial(telephones, BOB)
    expect(tab.page.locator("#summary")).to_have_text("2 talking")
    expect(row(tab, ANN)).not_to_contain_text("on hold")
    assert names(tab) == [ANN, BOB]
    telephone(telephones, BOB).get_by_role("button", name="Speak").hover()
    telephones.page.mouse.down()
    expect(tab.page.locator("#speaker")).to_contain_text(BOB)
    expect(row(tab, BOB)).to_contain_text("speaking")
    expect(telephone(telephones, ANN)).to_contain_text("Bob is talking.")
    telephones.page.mouse.up()
    telephone(telephones, ANN).get_by_role("button", name="Hang up").click()
    expect(row(tab, ANN)).to_contain_text("has left")
    expect(row(tab, BOB)).to_contain_text("on hold with music: alone")


def test_mute_and_hold_act_and_the_telephone_says_so(site: Site, tab: Tab, telephones: Tab) -> None:
    site.sign_in(tab)
    dial(telephones, ANN, BOB)
    ann, bob = telephone(telephones, ANN), telephone(telephones, BOB)
    expect(ann).to_contain_text("You can hear Bob.")
    press(tab, f"Mute {ANN}")
    expect(row(tab, ANN)).to_contain_text("muted by a moderator")
    expect(ann).to_contain_text("You are muted: nobody hears you.")
    expect(bob).not_to_contain_text("You can hear Ann.")
    press(tab, f"Unmute {ANN}")
    expect(row(tab, ANN)).not_to_contain_text("muted by a moderator")
    expect(ann).not_to_contain_text("You are muted")
    expect(bob).to_contain_text("You can hear Ann.")
    press(tab, f"Hold {ANN}")
    expect(row(tab, ANN)).to_contain_text("held by a moderator")
    expect(ann).to_contain_text("You are on hold: nobody hears you.")
    expect(row(tab, BOB)).to_contain_text("on hold with music: alone")
    expect(bob).to_contain_text("Music")
    press(tab, f"Unhold {ANN}")
    expect(row(tab, ANN)).not_to_contain_text("held by a moderator")
    expect(ann).to_contain_text("You can hear Bob.")
    expect(bob).to_contain_text("You can hear Ann.")


def test_hands_are_called_by_name(site: Site, tab: Tab) -> None:
    bob = site.calls_in(BOB)
    ann = site.is_called(ANN, "Ann")
    site.sign_in(tab)
    expect(tab.page.locator("#summary")).to_have_text("2 talking")
    site.ask(f"/api/rooms/{ROOM}/actions/mode", {"mode": "questions"})
    expect(row(tab, "Ann")).to_contain_text("muted by the mode")
    for name in (BOB, ANN):
        site.ask(f"/api/rooms/{ROOM}/participants/{name}/actions/raise-hand", {})
    expect(row(tab, "Ann")).to_contain_text("hand 2")
    expect(tab.page.locator("#summary")).to_have_text("2 muted, question time, 2 hands up")
    press(tab, f"Next hand {BOB}")
    expect(row(tab, BOB)).not_to_contain_text("muted by the mode")
    expect(row(tab, "Ann")).to_contain_text("hand 1")
    press(tab, "Next hand Ann")
    expect(row(tab, "Ann")).not_to_contain_text("muted by the mode")
    expect(row(tab, BOB)).to_contain_text("muted by the mode")
    until(lambda: not ann.participant.muted and bob.participant.muted, "Ann has the turn")
    tab.page.get_by_role("button", name="Next hand", exact=True).wait_for()


@pytest.mark.parametrize(
    ("verb", "shown"), [("Mute", "muted by a moderator"), ("Hold", "held by a moderator")]
)
def test_a_press_is_undone(site: Site, tab: Tab, verb: str, shown: str) -> None:
    site.calls_in(BOB)
    ann = site.is_called(ANN, "Ann")
    site.sign_in(tab)
    press(tab, f"{verb} Ann")
    expect(row(tab, "Ann")).to_contain_text(shown)
    row(tab, "Ann").get_by_role("button", name="Undo").click()
    expect(row(tab, "Ann")).not_to_contain_text(shown)
    until(lambda: ann.participant and ann.participant.audible, "Ann is heard again")


def test_a_press_whose_answer_is_lost_is_sent_again_as_the_same_request(
    site: Site, tab: Tab
) -> None:
    site.calls_in(BOB)
    site.is_called(ANN, "Ann")
    site.sign_in(tab)
    keys = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # the server acts
            route.abort("connectionreset")
        else:
            route.continue_()

    tab.expects("net::ERR_CONNECTION_RESET")
    tab.page.route("**/actions/mute?*", lose_the_first_answer)
    press(tab, "Mute Ann")
    expect(row(tab, "Ann")).to_contain_text("muted by a moderator")
    until(lambda: len(keys) == 2, "the page sends it again")
    assert keys[0] == keys[1]


# Nothing is lost


def test_a_reload_loses_nothing(site: Site, tab: Tab) -> None:
    bob = site.calls_in(BOB)
    site.is_called(ANN, "Ann")
    site.sign_in(tab)
    press(tab, "Mute Ann")
    expect(row(tab, "Ann")).to_contain_text("muted by a moderator")
    site.speaks(bob)
    expect(tab.page.locator("#speaker")).to_contain_text(BOB)
    before = tab.page.locator("#list .member").all_text_contents(), names(tab)
    tab.page.reload()
    is_live(tab)
    expect(row(tab, "Ann")).to_contain_text("muted by a moderator")
    expect(tab.page.locator("#speaker")).to_contain_text(BOB)
    assert (tab.page.locator("#list .member").all_text_contents(), names(tab)) == before
    assert before == (["1", "2"], [BOB, "Ann"])


def test_a_restart_of_the_server_loses_nothing(site: Site, tab: Tab) -> None:
    bob, ann = site.calls_in(BOB), site.is_called(ANN, "Ann")
    site.sign_in(tab)
    press(tab, "Mute Ann")
    expect(row(tab, "Ann")).to_contain_text("muted by a moderator")
    mark(tab)
    tab.expects("net::ERR_")
    with site.down():
        expect(tab.page.get_by_text("as of ")).to_be_visible()
        expect(tab.page.get_by_role("button", name="Unmute Ann")).to_be_disabled()
    is_live(tab)
    expect(tab.page.get_by_text("as of ")).to_be_hidden()
    expect(row(tab, "Ann")).to_contain_text("muted by a moderator")
    assert names(tab) == [BOB, "Ann"]
    assert tab.page.locator("#list .member").all_text_contents() == ["1", "2"]
    press(tab, "Unmute Ann")
    until(lambda: not ann.participant.muted, "the console acts again")
    assert {bob.state, ann.state} == {"answered"}
    assert is_the_same_page(tab)


# Focus and sleep


def test_focus_stays_through_a_hundred_updates(site: Site, tab: Tab) -> None:
    """People speak, come, go, are muted and held; the focus and its button stay."""
    legs = [site.calls_in(BOB), site.is_called(ANN, "Ann")]
    site.sign_in(tab)
    button = tab.page.get_by_role("button", name="Mute Ann", exact=True)
    button.focus()
    button.evaluate("(node) => { node.mine = true }")
    tab.page.evaluate("window.left = 0; addEventListener('focusout', () => window.left++)")
    updates = []
    tab.page.on("response", lambda r: "since=" in r.url and r.status == 200 and updates.append(r))
    for n, leg in enumerate(islice(cycle(legs), 105)):
        if n == 30:
            site.calls_in(CLEO)
        elif n == 60:
            site.telnyx.phone(CLEO).hang_up()
        elif n % 20 == 0:
            for verb in ("hold", "unhold"):
                site.ask(f"/api/rooms/{ROOM}/participants/{BOB}/actions/{verb}?wait=1", {})
        if n % 10 == 0:
            have_greeted(site)
        assert site.telnyx.idle(10)
        site.speaks(leg)
        has_the_floor(site, leg)
        tab.page.evaluate(SHOWN)  # which lets the page ask at once
        expect(tab.page.locator("#speaker")).to_contain_text(("Ann", BOB)[leg is legs[0]])
    expect(row(tab, CLEO)).to_have_count(0)
    assert len(updates) >= 100
    assert tab.page.evaluate("document.activeElement.mine && window.left") == 0
    expect(button).to_be_focused()


def test_a_sleeping_tab_wakes_right(site: Site, tab: Tab) -> None:
    """The browser stops all its scripts for a while. Meanwhile people come, go and are muted."""
    site.calls_in(BOB)
    site.is_called(ANN, "Ann")
    site.sign_in(tab)
    mark(tab)
    lifecycle = tab.page.context.new_cdp_session(tab.page)
    state(lifecycle, "frozen")
    site.telnyx.phone(BOB).hang_up()
    cleo = site.calls_in(CLEO)
    site.ask(f"/api/rooms/{ROOM}/participants/Ann/actions/mute", {})
    site.speaks(cleo)
    has_the_floor(site, cleo)
    state(lifecycle, "active")
    expect(row(tab, CLEO)).to_be_visible()
    expect(row(tab, BOB)).to_have_count(0)
    expect(row(tab, "Ann")).to_contain_text("muted by a moderator")
    expect(tab.page.locator("#speaker")).to_contain_text(CLEO)
    is_live(tab)
    assert names(tab) == ["Ann", CLEO]
    assert is_the_same_page(tab)


def state(lifecycle: CDPSession, name: str) -> None:
    lifecycle.send("Page.setWebLifecycleState", {"state": name})


@pytest.mark.parametrize("hidden", [False, True])
def test_a_hidden_tab_asks_less_often_and_at_once_when_shown(
    site: Site, tab: Tab, hidden: bool
) -> None:
    tab.page.clock.install()
    site.sign_in(tab)
    polls: list[str] = []
    tab.page.on("response", lambda answer: "since=" in answer.url and polls.append(answer.url))
    tab.page.evaluate(
        f"Object.defineProperty(document, 'hidden', {{value: {str(hidden).lower()}}})"
    )
    with tab.page.expect_response("**since=*"):
        tab.page.evaluate(SHOWN)
    before = len(polls)
    for _ in range(12):
        tab.page.clock.run_for(1000)
        tab.page.evaluate("fetch('healthz')")
    assert (len(polls) - before > 5) is not hidden
    before = len(polls)
    with tab.page.expect_response("**since=*"):
        tab.page.evaluate(SHOWN)
