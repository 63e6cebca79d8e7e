"""Callers of a shared TeXML number enter a PIN, over real HTTP: the stories of both doors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rigs.moderator import ask
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import APPLICATION, forget_everything, rehearsal_of, settled
from rigs.rooms_line import FILE, LISTENER, MODERATOR, PARTICIPANT, SPEED, SUPPORT, Caller
from rigs.waiting import until

from conference.core import reception as r
from conference.core.entering import LOCKED
from conference.core.greeting import WAIT_FOR_HOST
from conference.demo.rehearsal import Line
from conference.settings import make, with_rooms
from conference.simulator.texml import callbacks
from conference.web.texml_documents import WAIT as NOT_STARTED

DAN = "+13125550114"


@contextmanager
def line_by_texml(folder: Path, **given: Any) -> Iterator[Line]:
    """Run a line with a rooms file, and a shared number on a TeXML application."""
    file = folder / "rooms.toml"
    file.write_text(FILE)
    settings = make(
        rooms_file=str(file),
        control_token=TOKEN,
        telnyx_connection_id=APPLICATION,
        time_factor=SPEED,
        **given,
    )
    with rehearsal_of(with_rooms(settings), SPEED) as line:
        line.telnyx.texml.url = f"{line.url}/texml"
        yield line
        assert line.telnyx.texml.problems == []


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with line_by_texml(tmp_path) as line:
        yield line


def dials(line: Line, name: str, number: str) -> Caller:
    """Call the shared TeXML number, and hear the prompt."""
    caller = Caller(line.telnyx, name, number).dials(line.telnyx.texml.number)
    caller.hears(r.ENTER)
    return caller


def role(line: Line, caller: Caller) -> str:
    settled(line)
    rows = ask(line, "/api/rooms/sales")["participants"]
    return next((each["role"] for each in rows if each["number"] == caller.number), "")


def is_in(line: Line, caller: Caller) -> None:
    until(lambda: caller.leg.conference is not None, f"{caller.name} is in")
    until(lambda: role(line, caller) != "", f"it is known that {caller.name} is in")


def test_ann_enters_a_wrong_pin_then_hers_and_the_host_opens_the_room(line: Line) -> None:
    ann = dials(line, "Ann", ANN)
    ann.presses("9999#")
    ann.hears(r.PROMPTS["unknown"])
    ann.presses(PARTICIPANT)
    ann.hears(WAIT_FOR_HOST)
    ann.hears(NOT_STARTED)
    ann.hears_music()
    is_in(line, ann)
    assert role(line, ann) == "participant"
    shown = ask(line, "/api/rooms/sales")
    assert (shown["front"], shown["participants"][0]["hold_reason"]) == ("texml", "not-started")

    lee = dials(line, "Lee", CLEO)
    lee.presses(LISTENER)
    is_in(line, lee)
    bob = dials(line, "Bob", BOB)
    bob.presses(MODERATOR)
    is_in(line, bob)
    assert (role(line, bob), role(line, lee)) == ("moderator", "listener")
    ann.hears_only(bob)
    bob.hears_only(ann)
    lee.hears_only(ann, bob)
    assert (ann.leg.muted, bob.leg.muted, lee.leg.muted) == (False, False, True)
    assert [room.name for room in line.telnyx.conferences] == ["Sales"]
    bob.hangs_up()
    for caller in (ann, lee):
        caller.is_hung_up()


def test_three_tries_then_a_goodbye(line: Line) -> None:
    ann = dials(line, "Ann", ANN)
    ann.presses("9999#")
    ann.hears(r.PROMPTS["unknown"])
    ann.hears(r.PROMPTS["silent"])
    ann.presses("888888")
    ann.hears(r.GOODBYES["unknown"])
    ann.is_hung_up()
    assert line.telnyx.conferences == []


@pytest.mark.parametrize("posts", [False, True], ids=["next instruction", "posted"])
def test_who_presses_nothing_is_asked_three_times_whatever_telnyx_does(
    line: Line, posts: bool
) -> None:
    line.telnyx.texml.posts_no_digits = posts
    ann = dials(line, "Ann", ANN)
    ann.hears(r.PROMPTS["silent"], times=2)
    ann.hears(r.GOODBYES["silent"])
    ann.is_hung_up()


def test_a_locked_room_lets_the_moderator_in_alone(line: Line) -> None:
    bob = dials(line, "Bob", BOB)
    bob.presses(MODERATOR)
    is_in(line, bob)
    assert ask(line, "/api/rooms/sales/actions/lock?wait=1", {})["verb"] == "lock"
    ann = dials(line, "Ann", ANN)
    ann.presses(PARTICIPANT)
    ann.hears(LOCKED)
    ann.is_hung_up()
    cleo = dials(line, "Cleo", CLEO)
    cleo.presses(MODERATOR)
    bob.hears_only(cleo)


def test_who_guesses_by_one_door_waits_at_the_other(line: Line) -> None:
    ann = dials(line, "Ann", ANN)
    for n in range(3):
        ann.presses(f"99{n:02}#")
        ann.hears(r.PROMPTS["unknown"] if n < 2 else r.GOODBYES["unknown"], times=n % 2 + 1)
    ann.is_hung_up()
    ann.dials().hears(r.ENTER)  # the number of Call Control
    ann.presses("9903#")
    ann.hears(r.WAIT)
    ann.hears(r.PROMPTS["unknown"])
    ann.hangs_up()
    ann = dials(line, "Ann", ANN)
    ann.presses(MODERATOR)
    ann.hears(r.WAIT)
    is_in(line, ann)
    assert role(line, ann) == "moderator"


def test_after_a_kill_the_tries_go_on_and_the_roles_are_found_again(line: Line) -> None:
    bob, lee = dials(line, "Bob", BOB), dials(line, "Lee", CLEO)
    bob.presses(MODERATOR)
    lee.presses(LISTENER)
    for caller in (bob, lee):
        is_in(line, caller)
    lee.hears_only(bob)
    ann = dials(line, "Ann", ANN)
    ann.presses("1111#")
    ann.hears(r.PROMPTS["unknown"])
    forget_everything(line)
    line.engine.start()
    ann.presses("2222#")
    ann.hears(r.PROMPTS["unknown"], times=2)
    ann.presses(PARTICIPANT)
    is_in(line, ann)
    for caller in (bob, lee):
        says_something(line, caller)
    rows = ask(line, "/api/rooms/sales")["participants"]
    assert {row["role"] for row in rows} == {"participant", "moderator", "listener"}
    by_call = {row["call_control_id"]: row["role"] for row in rows}
    assert by_call[bob.leg.call_control_id] == "moderator"
    assert by_call[lee.leg.call_control_id] == "listener"
    ann.hears_only(bob)
    assert ask(line, "/api/rooms/sales/actions/unmute-all?wait=1", {})["verb"] == "unmute-all"
    settled(line)
    assert lee.leg.muted, "a listener stays one"


def says_something(line: Line, caller: Caller) -> None:
    world = line.telnyx._world
    with world.lock:
        assert caller.leg.participant
        callbacks.conference(world, caller.leg.participant.conference, caller.leg, "speaker")
    settled(line)


def test_the_number_of_a_room_asks_for_nothing(line: Line) -> None:
    line.telnyx.texml.number = SUPPORT
    dan = Caller(line.telnyx, "Dan", DAN).dials(SUPPORT)
    dan.hears_music()
    assert dan.told == ["You are the first."]
    bob = Caller(line.telnyx, "Bob", BOB).dials(SUPPORT)
    bob.hears_only(dan)
    settled(line)
    rows = ask(line, "/api/rooms/support")["participants"]
    assert {(row["number"], row["label"], row["role"]) for row in rows} == {
        (DAN, "", "participant"),
        (BOB, "Bob", "moderator"),
    }


def test_no_digit_is_in_an_address(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    ann = dials(line, "Ann", ANN)
    ann.presses("908841")
    ann.hears(r.PROMPTS["unknown"])
    ann.presses(MODERATOR)
    is_in(line, ann)
    fetches = [fetch.url for fetch in line.telnyx.texml.fetches]
    events = ask(line, "/api/events")["events"]
    shown = fetches, events, caplog.text, line.telnyx.requests
    assert any("/texml/pin/2" in url for url in fetches)
    for digits in ("908841", MODERATOR):
        assert digits not in repr(shown)
