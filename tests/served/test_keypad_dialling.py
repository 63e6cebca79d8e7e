"""Stories of moderators who call somebody in from the keypad, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rigs.keypads import is_told, press, rooms, told
from rigs.moderator import act, ask
from rigs.people import ANN, BOB, CLEO, NUMBER
from rigs.rehearsals import APPLICATION, MAY, ROOM, dial, hears, rehearsal, settled

from conference.demo.rehearsal import Line
from conference.simulator import Leg

CLEO_AT_HOME = CLEO.removeprefix("+1")


@contextmanager
def meeting(*people: str, **settings: Any) -> Iterator[tuple[Line, list[Leg]]]:
    """Run a line that may dial, with these callers; the first one is the moderator."""
    given = {**MAY, "rooms": rooms(dial_country="1"), "numbers": {NUMBER: ROOM}, **settings}
    with rehearsal(**given) as line:
        legs = [dial(line, number) for number in people]
        settled(line)
        act(line, "role", people[0], role="moderator")
        yield line, legs


def dials(line: Line) -> list[Any]:
    return [request.body for request in line.telnyx.requests if request.path == "/calls"]


def call_in(line: Line, leg: Leg, digits: str) -> None:
    press(line, leg, "*4")
    press(line, leg, f"{digits}#")


@pytest.mark.parametrize("digits", [CLEO_AT_HOME, f"1{CLEO_AT_HOME}", f"0111{CLEO_AT_HOME}"])
def test_a_moderator_calls_cleo_in(digits: str) -> None:
    with meeting(ANN, BOB) as (line, (ann, bob)):
        line.telnyx.phone(CLEO).when_called()
        call_in(line, ann, digits)
        is_told(ann, "Calling.")
        cleo = line.telnyx.phone(CLEO).legs[-1]
        hears(cleo, "conference")
        settled(line)
        assert told(ann)[-2:] == ["Enter the phone number, then press hash.", "Calling."]
        assert told(bob) == [], "answers are private"
        (body,) = dials(line)
        facts = ("to", "from", "connection_id", "time_limit_secs")
        assert [body[each] for each in facts] == [CLEO, NUMBER, APPLICATION, 14400]
        shown = ask(line, f"/api/rooms/{ROOM}/participants/{CLEO}")
        assert (shown["direction"], shown["role"]) == ("outgoing", "participant")


def test_a_number_outside_dial_allow_is_not_called() -> None:
    with meeting(ANN, BOB) as (line, (ann, _)):
        for digits in ("2125550142", "00447911123456"):
            call_in(line, ann, digits)
        assert told(ann)[1::2] == ["This number may not be called."] * 2
        assert dials(line) == []


def test_without_dial_allow_nobody_is_called() -> None:
    """Neither where the key is off, nor where only the engine knows it."""
    for country, words in (("", None), ("1", "Calling is off on this line.")):
        off = {"dial_allow": (), "rooms": rooms(dial_country=country)}
        with meeting(ANN, BOB, **off) as (line, (ann, _)):
            call_in(line, ann, CLEO_AT_HOME)
            is_told(ann, "Calling is off on this line.")
            assert ("Enter" in told(ann)[0]) == (words is not None)
            assert dials(line) == []


@pytest.mark.parametrize("limit", ["dial_at_once", "dial_per_hour"])
def test_the_limits_count_calls_from_the_keypad_and_from_rest_together(limit: str) -> None:
    with meeting(ANN, **{limit: 1}) as (line, (ann,)):
        line.telnyx.phone(BOB).when_called()
        ask(line, f"/api/rooms/{ROOM}/participants?wait=1", {"to": BOB})
        settled(line)
        call_in(line, ann, CLEO_AT_HOME)
        is_told(ann, "No further call is possible now. Please try again later.")
        assert [body["to"] for body in dials(line)] == [BOB]


def test_a_call_from_the_keypad_counts_for_rest() -> None:
    with meeting(ANN, dial_per_hour=1) as (line, (ann,)):
        line.telnyx.phone(CLEO).when_called()
        call_in(line, ann, CLEO_AT_HOME)
        is_told(ann, "Calling.")
        answer = ask(line, f"/api/rooms/{ROOM}/participants?wait=1", {"to": BOB})
        assert answer["type"] == "/problems/dial-limit"
        assert [body["to"] for body in dials(line)] == [CLEO]


def test_somebody_who_is_here_is_not_called_again() -> None:
    with meeting(ANN, BOB) as (line, (ann, _)):
        call_in(line, ann, BOB.removeprefix("+1"))
        is_told(ann, "This number is here already, or is being called.")
        assert dials(line) == []


def test_only_moderators_call_somebody_in() -> None:
    with meeting(ANN, BOB) as (line, (_, bob)):
        call_in(line, bob, CLEO_AT_HOME)
        assert told(bob) == ["Only a moderator can do this."]
        assert dials(line) == []


def test_the_typed_number_is_masked_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "conference")
    with meeting(ANN, BOB) as (line, (ann, _)):
        line.telnyx.phone(CLEO).when_called()
        call_in(line, ann, CLEO_AT_HOME)
        is_told(ann, "Calling.")
        settled(line)
        lines = [r.getMessage() for r in caplog.records if not r.name.startswith("conference.sim")]
        assert any(f"...{CLEO[-4:]}: " in each for each in lines)
        assert not [each for each in lines if CLEO_AT_HOME in each]
