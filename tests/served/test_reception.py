"""Callers of a shared number enter a PIN, and are led to a room in the role of the PIN."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from rigs.moderator import ask, send
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.reception import BLUE, LISTENER, MODERATOR, OWN, PARTICIPANT, settings
from rigs.rehearsals import APPLICATION, forget_everything, hears, rehearsal_of, settled
from rigs.waiting import until

from conference.core.admission import reception as r
from conference.core.client_state import decode
from conference.core.entering import LOCKED
from conference.demo.rehearsal import Line
from conference.simulator import Leg

SPEED = 20.0
HASH = "#"


@pytest.fixture
def line() -> Iterator[Line]:
    """Run a line whose clock keeps pace with that of its Telnyx."""
    given = settings(control_token=TOKEN, telnyx_connection_id=APPLICATION, time_factor=SPEED)
    with rehearsal_of(given, SPEED) as line:
        yield line


def dials(line: Line, number: str) -> Leg:
    """Call the shared number, and hear the prompt."""
    leg = line.telnyx.phone(number).dial()
    told(leg, r.ENTER)
    return leg


def told(leg: Leg, text: str, times: int = 1) -> None:
    def heard() -> bool:
        return [each.detail for each in leg.timeline].count(text) >= times

    until(heard, f"{leg.number} hears {text!r}, not {[str(each) for each in leg.timeline]}")


def presses(line: Line, leg: Leg, keys: str) -> None:
    line.telnyx.phone(leg.number).press(keys)


def row(line: Line, room: str, number: str) -> dict[str, object]:
    settled(line)
    rows = ask(line, f"/api/rooms/{room}")["participants"]
    return next(each for each in rows if each["number"] == number)


def test_ann_presses_4821_and_joins_sales_as_a_participant(line: Line) -> None:
    ann = dials(line, ANN)
    shown = ask(line, "/api/rooms/reception")
    assert (shown["summary"], shown["conference_id"]) == ("1 entering a PIN", None)
    assert [p["status"] for p in shown["participants"]] == ["greeting"]
    presses(line, ann, PARTICIPANT + HASH)
    told(ann, "To sales.")
    hears(ann, "music")
    assert row(line, "sales", ANN)["role"] == "participant"
    assert [room.name for room in line.telnyx.conferences] == ["Sales"]
    assert ask(line, "/api/rooms/reception")["summary"] == "empty"
    texts = [each.detail for each in ann.timeline if each.what == "speech"]
    assert texts == [r.ENTER, "To sales."], "the reception greets nobody"


def test_the_longest_pin_needs_no_hash_key_and_roles_come_with_pins(line: Line) -> None:
    ann, bob, cleo = (dials(line, number) for number in (ANN, BOB, CLEO))
    presses(line, ann, MODERATOR)
    told(ann, "To sales.")
    presses(line, bob, LISTENER + HASH)
    told(bob, "More sales.")
    presses(line, cleo, BLUE)
    for leg in (ann, bob, cleo):
        until(lambda leg=leg: leg.conference is not None, f"{leg.number} is in")  # type: ignore[misc]
    assert row(line, "sales", ANN)["role"] == "moderator"
    bobs = row(line, "sales", BOB)
    assert (bobs["role"], bobs["muted"], bobs["mute_reason"]) == ("listener", True, "listener")
    assert row(line, "blue", CLEO)["role"] == "participant"
    assert [p["member"] for p in ask(line, "/api/rooms/sales")["participants"]] == [1, 2]


def test_a_caller_of_a_rooms_own_number_is_not_asked(line: Line) -> None:
    ann = line.telnyx.phone(ANN).dial(OWN)
    hears(ann, "music")
    assert row(line, "blue", ANN)["role"] == "participant"
    assert r.ENTER not in [each.detail for each in ann.timeline]


def test_three_wrong_pins_are_answered_and_the_call_ends(line: Line) -> None:
    ann = dials(line, ANN)
    presses(line, ann, "1111" + HASH)
    told(ann, r.PROMPTS["unknown"])
    presses(line, ann, "2222" + HASH)
    told(ann, r.PROMPTS["unknown"], times=2)
    presses(line, ann, "333333")
    told(ann, r.GOODBYES["unknown"])
    hears(ann, "hung up")
    assert line.telnyx.conferences == []


def test_a_caller_who_presses_nothing_is_asked_three_times(line: Line) -> None:
    ann = dials(line, ANN)
    told(ann, r.PROMPTS["silent"], times=2)
    told(ann, r.GOODBYES["silent"])
    hears(ann, "hung up")


def test_a_second_try_may_be_the_right_one(line: Line) -> None:
    ann = dials(line, ANN)
    presses(line, ann, "48" + HASH)
    told(ann, r.PROMPTS["unknown"])
    presses(line, ann, PARTICIPANT + HASH)
    hears(ann, "music")
    assert row(line, "sales", ANN)["status"] == "joined"


def test_after_three_wrong_pins_a_new_call_waits_before_it_comes_in(line: Line) -> None:
    ann = dials(line, ANN)
    for n in range(3):
        presses(line, ann, f"111{n}" + HASH)
        told(ann, r.PROMPTS["unknown"] if n < 2 else r.GOODBYES["unknown"], times=n % 2 + 1)
    hears(ann, "hung up")
    wrong = ann.timeline[-1].at
    again = dials(line, ANN)
    presses(line, again, PARTICIPANT + HASH)
    told(again, r.WAIT)
    told(again, "To sales.")
    greeted = next(each.at for each in again.timeline if each.detail == "To sales.")
    assert greeted - wrong > 5, "hanging up and calling again does not help"
    hears(again, "music")


def test_a_locked_room_turns_its_callers_away(line: Line) -> None:
    ann, bob = dials(line, ANN), dials(line, BOB)
    presses(line, ann, MODERATOR)
    hears(ann, "music")
    settled(line)
    assert ask(line, "/api/rooms/sales/actions/lock?wait=1", {})["commands"]
    presses(line, bob, PARTICIPANT + HASH)
    told(bob, LOCKED)
    hears(bob, "hung up")


def test_a_hangup_in_the_middle_leaves_nothing_behind(line: Line) -> None:
    ann = dials(line, ANN)
    presses(line, ann, "48")
    line.telnyx.phone(ANN).hang_up()
    settled(line)
    assert ask(line, "/api/rooms/reception")["participants"] == []
    deadlines = line.engine.registry.room("reception").deadlines
    assert {deadline.kind for deadline in deadlines} <= {"snapshot"}


def test_after_a_kill_the_caller_is_asked_again(line: Line) -> None:
    ann, bob = dials(line, ANN), dials(line, BOB)
    presses(line, bob, MODERATOR)
    hears(bob, "music")
    presses(line, ann, "1111" + HASH)
    told(ann, r.PROMPTS["unknown"])
    forget_everything(line)
    line.engine.start()
    until(lambda: line.engine.registry.room("sales").joined, "Bob is found in his room")
    assert row(line, "sales", BOB)["role"] == "moderator"
    until(lambda: line.engine.registry.room("reception").participants, "Ann is found")
    presses(line, ann, PARTICIPANT + HASH)
    until(lambda: ann.conference is not None, "Ann is in")
    assert row(line, "sales", ANN)["role"] == "participant"


def test_after_a_kill_each_wrong_pin_is_answered_too(line: Line) -> None:
    """Telnyx ignores a command whose id it has had within the last minute."""
    ann = dials(line, ANN)
    presses(line, ann, "1111" + HASH)
    told(ann, r.PROMPTS["unknown"])
    forget_everything(line)
    line.engine.start()
    until(lambda: line.engine.registry.room("reception").participants, "Ann is found")
    settled(line)
    presses(line, ann, "2222" + HASH)
    told(ann, r.PROMPTS["unknown"], 2)
    presses(line, ann, PARTICIPANT + HASH)
    until(lambda: ann.conference is not None, "Ann is in")


def test_the_reception_has_no_meeting(line: Line) -> None:
    dials(line, ANN)
    for verb in ("lock", "mute-all", "end"):
        status, problem = send(line, f"/api/rooms/reception/actions/{verb}", {})
        assert (status, problem["type"]) == (409, "/problems/not-now")
    assert send(line, "/api/rooms/reception/participants/0111/actions/kick?wait=1", {})[0] == 202
    until(lambda: not line.engine.registry.room("reception").participants, "she is out")


def test_no_digit_of_a_pin_is_logged_or_shown(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    wrong = "908841"
    caplog.set_level(logging.DEBUG)
    ann = dials(line, ANN)
    presses(line, ann, wrong)
    told(ann, r.PROMPTS["unknown"])
    presses(line, ann, MODERATOR)
    hears(ann, "music")
    settled(line)
    events = ask(line, "/api/events")["events"]
    keys = [e for e in events if e["event_type"] in ("call.dtmf.received", "call.gather.ended")]
    assert len(keys) == len(wrong + MODERATOR) + 2
    assert not [e for e in keys if {"digit", "digits"} & e["details"].keys()]
    rooms = [ask(line, f"/api/rooms/{name}") for name in ("reception", "sales")]
    states = [decode(request.body.get("client_state")) for request in line.telnyx.requests]
    assert any(states)
    kept = repr([line.engine.registry.room(name) for name in ("reception", "sales")])
    shown = [e["text"] for e in events], rooms, states, kept, caplog.text
    for pin in (wrong, MODERATOR):
        assert pin not in repr(shown)
