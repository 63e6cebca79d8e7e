"""Callers of a shared TeXML number enter a PIN, over real HTTP: the stories of both doors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rehearsals import forget_everything
from rigs.rooms_line import (
    FILE,
    LISTENER,
    MODERATOR,
    PARTICIPANT,
    SUPPORT,
    Caller,
    RoomsLine,
    rooms_line,
    talk,
)
from rigs.waiting import until

from conference.core.admission import reception as r
from conference.core.entering import LOCKED
from conference.core.greeting import WAIT_FOR_HOST
from conference.core.texml.door import NOT_STARTED
from conference.simulator.texml import callbacks


@pytest.fixture
def line() -> Iterator[RoomsLine]:
    with rooms_line(FILE) as line:
        yield line
        assert line.telnyx.texml.problems == [], "every document can be used"


def dials(line: RoomsLine, name: str) -> Caller:
    """Let one of the people call the shared TeXML number, and hear the prompt."""
    caller = line.dials(name, line.telnyx.texml.number)
    caller.hears(r.ENTER)
    return caller


def enters(line: RoomsLine, name: str, pin: str) -> Caller:
    """Let one of the people call the shared TeXML number, and come in by this PIN."""
    caller = dials(line, name)
    caller.presses(pin)
    caller.is_inside()
    until(lambda: line.shown("sales", caller), f"it is known that {name} is in")
    line.settles()
    return caller


def role(line: RoomsLine, caller: Caller) -> str:
    return str(line.shown("sales", caller)["role"])


def test_ann_enters_a_wrong_pin_then_hers_and_the_host_opens_the_room(line: RoomsLine) -> None:
    ann = dials(line, "Ann")
    ann.presses("9999#")
    ann.hears(r.PROMPTS["unknown"])
    ann.presses(PARTICIPANT)
    ann.hears(WAIT_FOR_HOST)
    ann.hears(NOT_STARTED)
    ann.hears_music()
    line.settles()
    row = line.shown("sales", ann)
    assert (row["role"], row["hold_reason"]) == ("participant", "not-started")
    line.shows("sales", front="texml")

    cleo = enters(line, "Cleo", LISTENER)
    bob = enters(line, "Bob", MODERATOR)
    assert (role(line, bob), role(line, cleo)) == ("moderator", "listener")
    ann.hears_only(bob)
    bob.hears_only(ann)
    cleo.hears_only(ann, bob)
    assert (ann.leg.muted, bob.leg.muted, cleo.leg.muted) == (False, False, True)
    assert line.conferences == ["Sales"]
    bob.hangs_up()
    for caller in (ann, cleo):
        caller.is_hung_up()


def test_three_tries_then_a_goodbye(line: RoomsLine) -> None:
    ann = dials(line, "Ann")
    ann.presses("9999#")
    ann.hears(r.PROMPTS["unknown"])
    ann.hears(r.PROMPTS["silent"])
    ann.presses("888888")
    ann.hears(r.GOODBYES["unknown"])
    ann.is_hung_up()
    assert line.conferences == []


@pytest.mark.parametrize("posts", [False, True], ids=["next instruction", "posted"])
def test_who_presses_nothing_is_asked_three_times_whatever_telnyx_does(
    line: RoomsLine, posts: bool
) -> None:
    line.telnyx.texml.posts_no_digits = posts
    ann = dials(line, "Ann")
    ann.hears(r.PROMPTS["silent"], times=2)
    ann.hears(r.GOODBYES["silent"])
    ann.is_hung_up()


def test_a_locked_room_lets_the_moderator_in_alone(line: RoomsLine) -> None:
    bob = enters(line, "Bob", MODERATOR)
    line.acts("sales", "lock")
    ann = dials(line, "Ann")
    ann.presses(PARTICIPANT)
    ann.hears(LOCKED)
    ann.is_hung_up()
    talk(bob, enters(line, "Cleo", MODERATOR))


def test_who_guesses_by_one_door_waits_at_the_other(line: RoomsLine) -> None:
    ann = dials(line, "Ann")
    for n in range(3):
        ann.presses(f"99{n:02}#")
        ann.hears(r.PROMPTS["unknown"] if n < 2 else r.GOODBYES["unknown"], times=n % 2 + 1)
    ann.is_hung_up()
    ann.dials().hears(r.ENTER)  # the number of Call Control
    ann.presses("9903#")
    ann.hears(r.WAIT)
    ann.hears(r.PROMPTS["unknown"])
    ann.hangs_up()
    ann = enters(line, "Ann", MODERATOR)
    ann.hears(r.WAIT)
    assert role(line, ann) == "moderator"


def test_after_a_kill_the_tries_go_on_and_the_roles_are_found_again(line: RoomsLine) -> None:
    bob, cleo = enters(line, "Bob", MODERATOR), enters(line, "Cleo", LISTENER)
    cleo.hears_only(bob)
    ann = dials(line, "Ann")
    ann.presses("1111#")
    ann.hears(r.PROMPTS["unknown"])
    forget_everything(line.line)
    line.line.engine.start()
    ann.presses("2222#")
    ann.hears(r.PROMPTS["unknown"], times=2)
    ann.presses(PARTICIPANT)
    ann.is_inside()
    for caller in (bob, cleo):
        says_something(line, caller)
    rows = line.room("sales")["participants"]
    assert {row["call_control_id"]: row["role"] for row in rows} == {
        ann.leg.call_control_id: "participant",
        bob.leg.call_control_id: "moderator",
        cleo.leg.call_control_id: "listener",
    }
    ann.hears_only(bob)
    line.acts("sales", "unmute-all")
    assert cleo.leg.muted, "a listener stays one"


def says_something(line: RoomsLine, caller: Caller) -> None:
    world = line.telnyx._world
    with world.lock:
        assert caller.leg.participant
        callbacks.conference(world, caller.leg.participant.conference, caller.leg, "speaker")
    line.settles()


def test_the_number_of_a_room_asks_for_nothing(line: RoomsLine) -> None:
    line.telnyx.texml.number = SUPPORT
    dan = line.dials("Dan", SUPPORT)
    dan.hears_music()
    assert dan.told == ["You are the first."]
    bob = line.dials("Bob", SUPPORT)
    talk(dan, bob)
    line.settles()
    shown = {each.name: line.shown("support", each) for each in (dan, bob)}
    assert {name: (row["label"], row["role"]) for name, row in shown.items()} == {
        "Dan": ("", "participant"),
        "Bob": ("Bob", "moderator"),
    }


def test_no_digit_is_in_an_address(line: RoomsLine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    ann = dials(line, "Ann")
    ann.presses("908841")
    ann.hears(r.PROMPTS["unknown"])
    ann.presses(MODERATOR)
    ann.is_inside()
    line.settles()
    addresses = [fetch.url for fetch in line.telnyx.texml.fetches]
    assert any(address.endswith("/texml/pin/2") for address in addresses)
    events = line.ask("/api/events")["events"]
    shown = repr((addresses, events, caplog.text, line.telnyx.requests))
    for digits in ("908841", MODERATOR):
        assert digits not in shown
