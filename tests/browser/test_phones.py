"""The page of the telephones, with the real line behind it: somebody is the callers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from rigs.axe import faults
from rigs.browser import NARROW, Tab, expect, opened, traced
from rigs.rehearsals import MAY, rehearsal

from conference.demo.rehearsal import Line

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

PEOPLE = {"Ann": "+13125550111", "Bob": "+13125550112", "Zoe": "+13125550142"}


@pytest.fixture
def line() -> Iterator[Line]:
    with rehearsal(speed=20, **MAY) as line:
        for name, number in PEOPLE.items():
            line.telnyx.telephones.add(name, number)
        yield line


@pytest.fixture
def bench(line: Line, tab: Tab) -> Tab:
    tab.page.goto(line.telnyx.phones_url)
    expect(tab.page.locator(".phone")).to_have_count(3)
    return tab


def phone(tab: Tab, name: str) -> Locator:
    return tab.page.locator(f'.phone[data-number="{PEOPLE[name]}"]')


def press(tab: Tab, name: str, button: str) -> None:
    phone(tab, name).get_by_role("button", name=button).click()


def hears(tab: Tab, name: str, text: str) -> None:
    expect(phone(tab, name).locator(".text")).to_have_text(text)


def together(tab: Tab) -> None:
    """Let Ann and Bob dial, until they hear each other."""
    press(tab, "Ann", "Dial")
    hears(tab, "Ann", "Music: nobody else is here.")
    press(tab, "Bob", "Dial")
    hears(tab, "Ann", "You can hear Bob. Nobody else is talking.")


def test_a_newcomer_dials_and_sees_each_step(bench: Tab) -> None:
    together(bench)
    hears(bench, "Bob", "You can hear Ann. Nobody else is talking.")
    expect(bench.page.locator("#steps li.done")).to_have_count(9)
    expect(bench.page.locator("#whose")).to_contain_text("the call of Bob")
    press(bench, "Ann", "Hang up")
    hears(bench, "Ann", "You have hung up.")
    hears(bench, "Bob", "Music: nobody else is here.")


def test_the_space_bar_speaks_while_it_is_pressed_and_keeps_its_button(bench: Tab) -> None:
    together(bench)
    speak = phone(bench, "Ann").get_by_role("button", name="Speak")
    speak.focus()
    bench.page.keyboard.down(" ")
    hears(bench, "Bob", "Ann is talking.")
    expect(speak).to_have_attribute("aria-pressed", "true")
    bench.page.keyboard.up(" ")
    hears(bench, "Bob", "You can hear Ann. Nobody else is talking.")
    bench.page.keyboard.press("5")
    expect(bench.page.locator("#rows li").last).to_contain_text("call.dtmf.received")
    expect(speak).to_be_focused()


def test_a_mouse_speaks_until_it_is_released_anywhere(bench: Tab) -> None:
    together(bench)
    phone(bench, "Ann").get_by_role("button", name="Speak").hover()
    bench.page.mouse.down()
    hears(bench, "Bob", "Ann is talking.")
    bench.page.mouse.move(1, 1)
    bench.page.mouse.up()
    hears(bench, "Bob", "You can hear Ann. Nobody else is talking.")


def test_the_line_calls_a_telephone(bench: Tab, line: Line) -> None:
    line.telnyx.place_call(PEOPLE["Zoe"])
    expect(phone(bench, "Zoe")).to_have_attribute("data-state", "rings")
    hears(bench, "Zoe", "Ringing: the line calls.")
    expect(bench.page.locator("#news")).to_contain_text("Zoe: Ringing: the line calls.")
    press(bench, "Zoe", "Refuse")
    hears(bench, "Zoe", "You have refused the call.")


def test_a_row_shows_what_led_to_it_and_what_it_led_to(bench: Tab) -> None:
    together(bench)
    page = bench.page
    page.locator("#rows li[data-kind=command]", has_text="Answer Ann").click()
    opened_row = page.locator("#rows details[open]")
    expect(opened_row.locator("pre").first).to_contain_text('"command_id"')
    causes = page.locator("#rows li[data-mark=cause] .words")
    assert causes.all_inner_texts() == ["Ann dials the line", "The call of Ann has begun"]
    results = page.locator("#rows li[data-mark=result] .words").all_inner_texts()
    assert results[0] == "The call of Ann is connected" and "Speak to Ann" in results
    opened_row.get_by_role("button", name="The call of Ann has begun").click()
    expect(opened_row.locator(".purpose")).to_contain_text("waits until the app answers it")
    expect(opened_row.locator("summary")).to_be_focused()


@pytest.mark.parametrize("steps", ["open", "closed"])
def test_the_newest_rows_are_beside_the_last_telephone_of_a_long_bench(
    bench: Tab, line: Line, steps: str
) -> None:
    numbers = [line.telnyx.telephones.add() for _ in range(17)]
    if steps == "closed":
        bench.page.locator("#first > summary").click()
    last = bench.page.locator(f'.phone[data-number="{numbers[-1]}"]')
    last.get_by_role("button", name="Dial").click()
    last.locator("summary", has_text="More").scroll_into_view_if_needed()
    expect(last.locator(".text")).to_have_text("Music: nobody else is here.")
    expect(bench.page.locator("#rows li").last).to_be_in_viewport()


def test_a_pause_keeps_what_comes_for_later(bench: Tab) -> None:
    pause = bench.page.locator("#pause")
    pause.click()
    press(bench, "Ann", "Dial")
    hears(bench, "Ann", "Music: nobody else is here.")
    expect(pause).to_contain_text("new)")
    expect(bench.page.locator("#rows li")).to_have_count(0)
    pause.click()
    expect(bench.page.locator("#rows")).to_contain_text("Ann dials the line")


def test_chaos_and_an_outage_are_switched(bench: Tab, line: Line) -> None:
    bench.page.locator("#faults > summary").click()
    bench.page.get_by_label("fail with 500").fill("25")
    bench.page.get_by_role("switch", name="Chaos is on").check()
    expect(bench.page.locator("#faults")).to_have_class("on")
    expect(bench.page.locator("#faults > summary")).to_have_text("Going wrong now: chaos")
    assert line.telnyx.chaos is not None and line.telnyx.chaos.error == 0.25
    bench.page.get_by_role("switch", name="Chaos is on").uncheck()
    expect(bench.page.locator("#faults")).not_to_have_class("on")
    bench.page.get_by_role("switch", name="Outage").check()
    expect(bench.page.locator("#faults")).to_have_class("on")
    assert line.telnyx.refuses
    bench.page.get_by_role("switch", name="Outage").uncheck()
    expect(bench.page.locator("#faults")).not_to_have_class("on")
    assert not line.telnyx.refuses


def test_the_page_says_when_nobody_answers_and_comes_back_by_itself(bench: Tab) -> None:
    bench.expects("net::ERR_FAILED")
    bench.page.route("**/phones/state*", lambda route: route.abort())
    expect(bench.page.locator("#lost")).to_contain_text("has not answered since")
    bench.page.unroute("**/phones/state*")
    expect(bench.page.locator("#lost")).to_be_hidden()


def test_a_reload_loses_nothing_and_the_key_is_not_in_the_address(bench: Tab) -> None:
    together(bench)
    assert bench.page.url.endswith("/phones")
    bench.page.reload()
    hears(bench, "Ann", "You can hear Bob. Nobody else is talking.")
    expect(bench.page.locator("#rows")).to_contain_text("Ann dials the line")


def test_a_name_is_shown_as_text(bench: Tab) -> None:
    bench.page.get_by_label("Name").fill("<img src=x onerror=alert(1)>")
    bench.page.get_by_role("button", name="Add a telephone").click()
    expect(bench.page.locator(".phone .name").last).to_have_text("<img src=x onerror=alert(1)>")


def test_many_rows_do_not_block_the_page_and_the_newest_are_shown(
    browser: Browser, line: Line, bench: Tab
) -> None:
    together(bench)
    with traced(browser) as tasks:
        for n in range(700):
            line.telnyx.send("call.cost", {"n": n})
        last = line.telnyx.send("call.hangup", {})
        newest = line.telnyx.traffic.named(last)
        assert newest is not None
        bench.page.wait_for_selector(f"#rows li[data-n='{newest.n}']", state="attached")
    assert max(tasks) < 100
    expect(bench.page.locator("#rows li")).to_have_count(500)
    wanted = [str(n) for n in range(newest.n - 499, newest.n + 1)]  # the newest may come before
    rows = "[...document.querySelectorAll('#rows li')].map((row) => row.dataset.n).join()"
    bench.page.wait_for_function(f"wanted => {rows} === wanted", arg=",".join(wanted))


def test_a_row_that_is_forgotten_while_it_is_open_passes_the_focus_on(
    bench: Tab, line: Line
) -> None:
    press(bench, "Ann", "Dial")
    hears(bench, "Ann", "Music: nobody else is here.")
    first = bench.page.locator("#rows li").first
    expect(first).to_contain_text("Ann dials the line")
    first.locator("summary").click()
    expect(first.locator("summary")).to_be_focused()
    expect(first.locator(".purpose")).not_to_be_empty()
    for n in range(550):
        line.telnyx.send("call.cost", {"n": n})
    expect(bench.page.locator("#rows")).not_to_contain_text("Ann dials the line")
    assert bench.page.evaluate("document.activeElement.closest('#rows') !== null")
    bench.page.locator("#newest").click()
    for _ in range(5):  # each row is higher than the one that it displaces
        last = line.telnyx.send("conference.participant.playback.started", {})
    newest = line.telnyx.traffic.named(last)
    assert newest is not None
    expect(bench.page.locator(f"#rows li[data-n='{newest.n}']")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "size", [{"width": 1440, "height": 900}, NARROW, {"width": 360, "height": 740}]
)
def test_everybody_can_use_it_on_any_screen(
    browser: Browser, line: Line, scheme: str, size: dict[str, int]
) -> None:
    with opened(browser, viewport=size, color_scheme=scheme) as tab:
        line.telnyx.telephones.add("Wolfeschlegelsteinhausenbergerdorff-Müll")
        tab.page.goto(line.telnyx.phones_url)
        together(tab)
        for more in (".keys", ".more"):
            phone(tab, "Ann").locator(f"{more} summary").click()
        tab.page.locator("#faults > summary").click()
        tab.page.locator("#rows li", has_text="Answer Ann").click()
        expect(tab.page.locator("#rows pre").first).to_be_visible()
        assert tab.overflow() == 0
        assert faults(tab.page) == []
