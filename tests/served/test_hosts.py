"""Stories of a room that waits for its host, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import RoomsLine, rooms_line, talk

from conference.core import host
from conference.core.entering import FULL, HOST_DID_NOT_COME
from conference.core.greeting import WAIT_FOR_HOST

SALES, PATIENT, BRIEF, STRICT, HASTY, SMALL, LATER, PAIR = (f"+1312555010{n}" for n in range(1, 9))

FILE = f"""
[defaults]
start_conference_on_enter = {{ participant = false }}
end_conference_on_exit = {{ moderator = true }}
host_grace_seconds = 30

[rooms.sales]
numbers = ["{SALES}"]
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.patient]
numbers = ["{PATIENT}"]
host_grace_seconds = 60
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.brief]
numbers = ["{BRIEF}"]
host_grace_seconds = 10
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.strict]
numbers = ["{STRICT}"]
host_grace_seconds = 0
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.hasty]
numbers = ["{HASTY}"]
alone_minutes = 0.5

[rooms.later]
numbers = ["{LATER}"]
start_conference_on_create = false
wait_url = "https://example.com/wait.mp3"
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.pair]
numbers = ["{PAIR}"]
start_conference_on_create = false
start_conference_on_enter = true
end_conference_on_exit = false

[rooms.small]
numbers = ["{SMALL}"]
max_participants = 2
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    """Six seconds of the line's time pass in one."""
    with rooms_line(FILE, speed=20, time_factor=6) as line:
        yield line


def test_two_wait_the_host_comes_drops_returns_and_leaves_for_good(line: RoomsLine) -> None:
    bob, cleo = line.dials("Bob", SALES), line.dials("Cleo", SALES)
    for caller in (bob, cleo):
        caller.hears(WAIT_FOR_HOST)
        caller.hears_music()
    line.settles()
    shown = line.room("sales")
    assert shown["reason"] == "music is on, because the room waits for its host"
    assert shown["summary"] == "waiting for the host, everyone on hold"
    assert {p["hold_reason"] for p in shown["participants"]} == {"not-started"}

    ann = line.dials("Ann", SALES)
    talk(ann, bob, cleo)
    bob.hears(host.HERE)
    cleo.hears(host.HERE)
    assert host.HERE not in ann.told
    assert line.room("sales")["reason"] is None

    ann.hangs_up()
    for caller in (bob, cleo):
        caller.hears(host.LEFT.format(time="30 seconds"))
    talk(bob, cleo)
    ann.dials(SALES)
    bob.hears(host.BACK)
    cleo.hears(host.BACK)
    line.settles()
    assert line.shown("sales", ann)["role"] == "moderator"
    talk(ann, bob, cleo)

    ann.hangs_up()
    for caller in (bob, cleo):
        caller.is_hung_up()
        caller.hears(host.ENDS)
    line.shows("sales", status="empty")
    dan = line.dials("Dan", SALES)
    dan.hears(WAIT_FOR_HOST)  # the next meeting waits again
    dan.hears_music()


def test_a_dropped_host_is_known_by_the_number_alone(line: RoomsLine) -> None:
    """She was made moderator inside: the roster does not name her."""
    bob, cleo = line.comes("Bob", PATIENT), line.comes("Cleo", PATIENT)
    line.acts("patient", "role", cleo, role="moderator")
    talk(bob, cleo)
    cleo.hangs_up()
    cleo.dials(PATIENT)
    talk(bob, cleo)
    line.settles()
    assert line.shown("patient", cleo)["role"] == "moderator"


def test_one_who_is_left_on_hold_hears_that_the_host_has_left(line: RoomsLine) -> None:
    bob, ann = line.dials("Bob", BRIEF), line.dials("Ann", BRIEF)
    talk(ann, bob)
    ann.hangs_up()
    bob.is_hung_up()
    bob.hears(host.LEFT.format(time="10 seconds"))
    bob.hears(host.ENDS)


def test_without_grace_the_meeting_ends_with_a_goodbye(line: RoomsLine) -> None:
    bob, ann = line.dials("Bob", STRICT), line.dials("Ann", STRICT)
    talk(ann, bob)
    ann.hangs_up()
    bob.is_hung_up()
    bob.hears(host.ENDS_AT_ONCE)


def test_nobody_waits_for_ever(line: RoomsLine) -> None:
    for caller in (line.dials("Bob", HASTY), line.dials("Cleo", HASTY)):
        caller.is_hung_up()
        caller.hears(HOST_DID_NOT_COME)


def test_a_moderator_has_a_seat_in_a_full_room_and_comes_in_though_it_is_locked(
    line: RoomsLine,
) -> None:
    bob, cleo = line.comes("Bob", SMALL), line.comes("Cleo", SMALL)
    dan = line.dials("Dan", SMALL)
    dan.is_hung_up()
    dan.hears(FULL)
    line.acts("small", "lock")
    ann = line.dials("Ann", SMALL)
    talk(ann, bob, cleo)


@pytest.mark.parametrize("host_is_in", [False, True])
def test_a_kill_keeps_what_the_room_waits_for(line: RoomsLine, host_is_in: bool) -> None:
    bob, cleo = line.comes("Bob", PATIENT), line.comes("Cleo", PATIENT)
    ann = line.caller("Ann")
    if host_is_in:
        ann.dials(PATIENT)
        talk(ann, bob, cleo)
        ann.hangs_up()
    line.forgets("patient")
    assert line.line.engine.registry.room("patient").begun is host_is_in
    if not host_is_in:
        bob.hears_music()
        ann.dials(PATIENT)
        talk(ann, bob, cleo)
    else:
        talk(bob, cleo)


def test_telnyx_leaves_the_start_to_the_host(line: RoomsLine) -> None:
    bob = line.dials("Bob", LATER)
    bob.hears(WAIT_FOR_HOST)
    bob.hears_music("https://example.com/wait.mp3")
    assert not line.sent("hold")
    ann = line.comes("Ann", LATER)
    talk(ann, bob)
    (create,) = line.sent("conferences")
    assert create["start_conference_on_create"] is False


def test_the_host_starts_it_as_the_first_one_too(line: RoomsLine) -> None:
    ann = line.comes("Ann", LATER)
    bob = line.comes("Bob", LATER)
    talk(ann, bob)
    (create,) = line.sent("conferences")
    assert create["start_conference_on_create"] is True


def test_where_everyone_starts_it_the_second_one_does(line: RoomsLine) -> None:
    bob = line.comes("Bob", PAIR)
    bob.hears_music()
    cleo = line.comes("Cleo", PAIR)
    talk(bob, cleo)
    (create,) = line.sent("conferences")
    assert create["start_conference_on_create"] is False
