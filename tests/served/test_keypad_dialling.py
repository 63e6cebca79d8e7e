"""Stories of moderators who call somebody in from the keypad, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rigs.keypads import rooms
from rigs.people import BOB, CLEO, NUMBER
from rigs.rehearsals import APPLICATION, MAY, ROOM, rehearsal
from rigs.rooms_line import Caller, RoomsLine, rooms_line, talk

TEAM = "+13125550101"
CLEO_AT_HOME = CLEO.removeprefix("+1")
ENTER = "Enter the phone number, then press hash."
OFF = "Calling is off on this line."
WHO = '{ "+13125550111" = { name = "Ann", role = "moderator" } }'

FILE = f"""
[rooms.team]
numbers = ["{TEAM}"]
greeting_first = ""
greeting_next = ""
roster = {WHO}
"""


@contextmanager
def meeting(*names: str, **settings: Any) -> Iterator[tuple[RoomsLine, list[Caller]]]:
    """Run a line that may dial, with these callers; Ann is the moderator."""
    with rooms_line(FILE, speed=20, **{**MAY, **settings}) as line:
        yield line, [line.comes(name, TEAM) for name in names]


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    """A line with limits that no story reaches."""
    with rooms_line(FILE, speed=20, **MAY) as line:
        yield line


@pytest.fixture
def ann(line: RoomsLine) -> Caller:
    return line.comes("Ann", TEAM)


@pytest.fixture
def bob(line: RoomsLine, ann: Caller) -> Caller:
    bob = line.comes("Bob", TEAM)
    talk(ann, bob)
    return bob


def calls_in(caller: Caller, digits: str) -> None:
    caller.presses("*4")
    caller.presses(f"{digits}#")


def dialled(line: RoomsLine) -> list[str]:
    """The numbers that the line has called in this story."""
    return [body["to"] for body in line.sent("calls")]


@pytest.mark.parametrize("digits", [CLEO_AT_HOME, f"1{CLEO_AT_HOME}", f"0111{CLEO_AT_HOME}"])
def test_a_moderator_calls_cleo_in(line: RoomsLine, ann: Caller, bob: Caller, digits: str) -> None:
    cleo = line.caller("Cleo").answers_when_called()
    calls_in(ann, digits)
    ann.hears("Calling.")
    cleo.is_called()
    talk(ann, bob, cleo)
    assert ann.told == [ENTER, "Calling."]
    assert bob.told == [], "answers are private"
    (body,) = line.sent("calls")
    facts = ("to", "from", "connection_id", "time_limit_secs")
    assert [body[each] for each in facts] == [CLEO, NUMBER, APPLICATION, 14400]
    shown = line.shown("team", cleo)
    assert (shown["direction"], shown["role"]) == ("outgoing", "participant")


@pytest.mark.usefixtures("bob")
def test_a_number_outside_dial_allow_is_not_called(line: RoomsLine, ann: Caller) -> None:
    for times, digits in enumerate(("2125550142", "00447911123456"), 1):
        calls_in(ann, digits)
        ann.hears("This number may not be called.", times)
    assert dialled(line) == []


def test_without_dial_allow_nobody_is_called() -> None:
    with meeting("Ann", dial_allow=()) as (line, (ann,)):
        calls_in(ann, CLEO_AT_HOME)
        ann.hears(OFF)
        line.settles()
        assert ENTER not in ann.told
        assert dialled(line) == []


def test_nobody_is_called_where_only_the_engine_knows_that_calling_is_off() -> None:
    off = {**MAY, "dial_allow": (), "rooms": rooms(dial_country="1"), "numbers": {NUMBER: ROOM}}
    with rehearsal(**off) as running:
        line = RoomsLine(running)
        ann = line.comes("Ann", NUMBER)
        line.acts(ROOM, "role", ann, role="moderator")
        calls_in(ann, CLEO_AT_HOME)
        ann.hears(ENTER)
        ann.hears(OFF)
        assert dialled(line) == []


@pytest.mark.parametrize("limit", ["dial_at_once", "dial_per_hour"])
def test_the_limits_count_calls_from_the_keypad_and_from_rest_together(limit: str) -> None:
    with meeting("Ann", **{limit: 1}) as (line, (ann,)):
        line.caller("Bob").answers_when_called()
        line.ask("/api/rooms/team/participants?wait=1", {"to": BOB})
        line.settles()
        calls_in(ann, CLEO_AT_HOME)
        ann.hears("No further call is possible now. Please try again later.")
        assert dialled(line) == [BOB]


def test_a_call_from_the_keypad_counts_for_rest() -> None:
    with meeting("Ann", dial_per_hour=1) as (line, (ann,)):
        line.caller("Cleo").answers_when_called()
        calls_in(ann, CLEO_AT_HOME)
        ann.hears("Calling.")
        answer = line.ask("/api/rooms/team/participants?wait=1", {"to": BOB})
        assert answer["type"] == "/problems/dial-limit"
        assert dialled(line) == [CLEO]


@pytest.mark.usefixtures("bob")
def test_somebody_who_is_here_is_not_called_again(line: RoomsLine, ann: Caller) -> None:
    calls_in(ann, BOB.removeprefix("+1"))
    ann.hears("This number is here already, or is being called.")
    assert dialled(line) == []


def test_only_moderators_call_somebody_in(line: RoomsLine, bob: Caller) -> None:
    calls_in(bob, CLEO_AT_HOME)
    bob.hears("Only a moderator can do this.")
    assert dialled(line) == []
    assert bob.told == ["Only a moderator can do this."]


@pytest.mark.usefixtures("bob")
def test_the_typed_number_is_masked_in_logs(
    line: RoomsLine, ann: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "conference")
    cleo = line.caller("Cleo").answers_when_called()
    calls_in(ann, CLEO_AT_HOME)
    ann.hears("Calling.")
    cleo.is_called()
    line.settles()
    lines = [r.getMessage() for r in caplog.records if not r.name.startswith("conference.sim")]
    assert any(f"...{CLEO[-4:]}: " in each for each in lines)
    assert not [each for each in lines if CLEO_AT_HOME in each]
