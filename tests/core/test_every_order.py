"""The moments at which the order matters most, in every order that there is."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import MUSIC, NOW, T0

from conference.core.commands import CONFERENCE, Command, Create, Hold, Join, Unhold
from conference.core.events import Event, Outcome
from conference.core.room import Deadline, Room, in_flight

EARLY, LATE = "2026-08-21T15:04:05.000001", "2026-08-21T15:04:05.000002"
OPENING = rig.waiting(rig.waiting(), "B")  # A's create is in flight, B waits for it
CREATED = rig.answer(OPENING, CONFERENCE, data={"id": "K"})
OPENED: dict[str, Event] = {
    "created": rig.hook("conference.created", occurred_at=EARLY),
    "joined": rig.joined(occurred_at=EARLY),
    "outcome": CREATED,
}
OVER: dict[str, Event] = {
    "hangup": rig.hangup(),
    "left": rig.left(occurred_at=LATE),
    "ended": rig.ended(),
}


def orders(*groups: dict[str, Event]) -> list[Any]:
    events = {name: event for group in groups for name, event in group.items()}
    return [
        pytest.param([events[name] for name in names], id=", ".join(names))
        for names in permutations(events)
    ]


def play(room: Room, events: list[Event]) -> tuple[Room, list[Command]]:
    sent: list[Command] = []
    for event in events:
        room, commands = rig.decide(room, event)
        sent += commands
    return room, sent


def end(room: Room) -> Room:
    """Telnyx takes nothing any more, for all calls have ended; what was held back comes due."""
    for at in (NOW, NOW + 60, NOW + 120, NOW + 180):
        flying = in_flight(room).values()
        room = rig.after(
            room, *(Outcome(command, at, 422, "90018") for command in flying), rig.time(at)
        )
    return room


@pytest.mark.parametrize("events", orders(OPENED))
def test_created_joined_and_the_answer(events: list[Event]) -> None:
    room, sent = play(OPENING, events)
    assert rig.status(room) == {"A": "joined", "B": "waiting"}
    assert (room.conference, room.joined) == ("K", frozenset("A"))
    assert sorted(sent, key=repr) == [
        Hold("K", ("A",), music=MUSIC, at=NOW),
        Join("B", "K", 2, at=NOW),
    ]
    assert Deadline("call", "A") not in room.deadlines


@pytest.mark.parametrize("events", orders(OVER))
def test_the_only_caller_s_hangup_left_and_ended(events: list[Event]) -> None:
    room, sent = play(rig.inside(), events)
    assert sent == []
    assert (room.participants, room.conference, room.joined) == ({}, "", frozenset())
    assert (room.pending, room.deadlines, room.holding.told) == ({}, {}, {})
    assert room.ended.keys() == {"A", "K"}


@pytest.mark.parametrize("events", orders(OPENED, OVER))
def test_a_caller_who_opens_the_conference_and_goes_at_once(events: list[Event]) -> None:
    """The webhooks of its coming and its going, and the answer, in each of 720 orders."""
    room, sent = play(rig.waiting(), events)
    room = end(room)
    assert (room.participants, room.conference, room.joined) == ({}, "", frozenset())
    assert (room.pending, room.deadlines, room.holding.told, room.holding.asked) == ({}, {}, {}, {})
    assert sum(isinstance(command, Hold) for command in sent) <= 1
    assert not any(isinstance(command, Unhold | Join) for command in sent)


@pytest.mark.parametrize(
    "events", orders(OPENED, {"hangup": rig.hangup(), "left": rig.left(at=NOW, occurred_at=LATE)})
)
def test_whoever_waited_is_let_in_though_the_opener_goes(events: list[Event]) -> None:
    room, sent = play(OPENING, events)
    assert rig.status(room) == {"B": "waiting"}
    assert rig.pending(room, "B") or rig.pending(room, CONFERENCE), "B waits for nothing"
    assert room.conference == "K"
    assert [command for command in sent if isinstance(command, Create)] == []
    assert [command for command in sent if isinstance(command, Join)] == [Join("B", "K", 2, at=NOW)]


@pytest.mark.parametrize(
    "events",
    orders(
        {"A hangup": rig.hangup(), "A left": rig.left(occurred_at=EARLY)},
        {
            "B hangup": rig.hangup("B"),
            "B left": rig.left("B", occurred_at=LATE),
            "ended": rig.ended(),
        },
    ),
)
def test_two_callers_who_go_together(events: list[Event]) -> None:
    room, sent = play(rig.inside(rig.inside(), "B"), events)
    holds = [command for command in sent if isinstance(command, Hold)]
    assert holds == sent and len(holds) <= 1, "whoever stays for a moment is alone, and no more"
    room = end(room)
    assert (room.participants, room.conference, room.joined) == ({}, "", frozenset())
    assert (room.pending, room.deadlines, room.holding.told) == ({}, {}, {})


def test_the_opener_goes_before_its_conference_is_known() -> None:
    room, sent = play(OPENING, [rig.hangup(at=T0), CREATED])
    assert (rig.status(room), sent) == ({"B": "waiting"}, [Join("B", "K", 2, at=NOW)])
