"""Stories of a room with a lobby, and of the queue of a full room, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import Caller, RoomsLine, rooms_line, talk

from conference.core.admission import lobby, outside
from conference.core.admission.admitting import MORE_WAIT, ONE_WAITS
from conference.core.admission.bans import REMOVED
from conference.core.admission.full_room import PLACE

SALES, SHORT, OPEN, SMALL = (f"+1312555010{n}" for n in range(1, 5))
GREETED = "You join the others."
MUSIC = "https://music.example/wait.wav"

FILE = f"""
[defaults]
greeting_first = "You are first."
greeting_next = "{GREETED}"
wait_url = "{MUSIC}"

[rooms.sales]
numbers = ["{SALES}"]
lobby = true
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.short]
numbers = ["{SHORT}"]
lobby = true
lobby_minutes = 1

[rooms.open]
numbers = ["{OPEN}"]
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.small]
numbers = ["{SMALL}"]
queue_when_full = true
max_participants = 2
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(FILE, speed=20) as line:
        yield line


def waits(line: RoomsLine, name: str, to: str = SALES) -> Caller:
    """Let somebody call, and hear the words of the lobby, then music in a queue."""
    caller = line.dials(name, to)
    caller.hears(lobby.PLEASE_HOLD)
    caller.hears_in_the_queue(MUSIC)
    line.settles()
    return caller


def test_bob_waits_in_the_lobby_and_ann_lets_him_in(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", SALES), waits(line, "Bob")
    ann.hears(ONE_WAITS)
    assert bob.leg.conference is None
    line.shows("sales", lobby=1, summary="alone, on hold with music, 1 in the lobby")
    his = line.shown("sales", bob)
    assert (his["status"], his["waits_in"]) == ("greeting", "lobby")
    assert his["queue"]["name"] == "sales"
    line.acts("sales", "admit", bob)
    bob.hears(GREETED)
    talk(ann, bob)
    line.shows("sales", lobby=0)
    assert (line.shown("sales", bob)["waits_in"], line.shown("sales", bob)["queue"]) == (None, None)


def test_callers_wait_for_a_host_and_are_admitted_in_order(line: RoomsLine) -> None:
    bob, cleo = waits(line, "Bob"), waits(line, "Cleo")
    assert (bob.leg.conference, cleo.leg.conference) == (None, None), "no host is inside"
    ann = line.comes("Ann", SALES)
    ann.hears(MORE_WAIT.format(n=2))
    line.acts("sales", "admit-next")
    bob.is_inside()
    line.settles()
    assert cleo.leg.conference is None
    line.acts("sales", "admit-next")
    cleo.is_inside()
    line.settles()
    assert line.refuses("sales", "admit-next") == "/problems/not-now"


def test_nobody_is_left_in_the_lobby_for_ever(line: RoomsLine) -> None:
    bob = waits(line, "Bob", SHORT)
    bob.hears(outside.TOO_LONG["lobby"])
    bob.is_hung_up()


def test_after_a_kill_the_caller_is_found_in_the_lobby(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", SALES), waits(line, "Bob")
    line.forgets("sales")
    bob.hears_in_the_queue(MUSIC)
    line.settles()
    assert (bob.leg.conference, line.shown("sales", bob)["waits_in"]) == (None, "lobby")
    line.acts("sales", "admit", bob)
    talk(ann, bob)


def test_a_hangup_in_the_lobby_leaves_nothing_behind(line: RoomsLine) -> None:
    waits(line, "Bob").hangs_up()
    line.settles()
    room = line.line.engine.registry.room("sales")
    assert not (room.participants or room.pending or room.queued)


def test_a_banned_caller_hears_so_and_stays_out(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", OPEN), line.comes("Bob", OPEN)
    line.acts("open", "kick", bob, ban=True)
    bob.hears(REMOVED)
    bob.is_hung_up()
    bob.dials(OPEN)
    bob.hears(REMOVED)
    bob.is_hung_up()
    ann.hangs_up()
    line.settles()
    bob.dials(OPEN)
    bob.is_inside()  # the meeting is over


def test_callers_of_a_full_room_wait_and_come_in_in_order(line: RoomsLine) -> None:
    bob, cleo = line.comes("Bob", SMALL), line.comes("Cleo", SMALL)
    dan = line.dials("Dan", SMALL)
    dan.hears(PLACE.format(n=1))
    dan.hears_in_the_queue(MUSIC)
    eve = line.dials("Eve", SMALL)
    eve.hears(PLACE.format(n=2))
    eve.hears_in_the_queue(MUSIC)
    line.settles()
    assert line.shown("small", eve)["waits_in"] == "full"
    ann = line.comes("Ann", SMALL)
    outside = (dan.leg.conference, eve.leg.conference)
    assert outside == (None, None), "a moderator has her own seat"
    bob.hangs_up()
    ann.hangs_up()
    dan.is_inside()
    line.settles()
    assert eve.leg.conference is None
    cleo.hangs_up()
    talk(dan, eve)
