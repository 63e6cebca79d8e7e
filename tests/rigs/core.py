"""Rooms for tests of the core, built by events, and the differences that an event makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

import pytest

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.decide import decide as change
from conference.core.events import DeadlinePassed, Event, ModeratorRequest, Outcome, Webhook
from conference.core.participant import Participant
from conference.core.room import Deadline, Room, in_flight
from conference.core.room_settings import RoomSettings

T0 = 1000.0  # the time of the events that build a room
NOW = 1001.0  # the time of the event under test
MUSIC = "https://line.example/music.wav"
SETTINGS = RoomSettings(
    greeting_first="First.",
    greeting_next="Next.",
    hold_audio_url=MUSIC,
    alone_minutes=0,
    reconcile_seconds=0,
)
EMPTY = Room("demo", SETTINGS)


def state(call: str = "A", **given: Any) -> ClientState:
    """Return the client_state of a caller. A came first and is member 1, B is 2, and so on."""
    usual = {"number": "+1", "member": member_of(call)}
    return ClientState("demo", **{**usual, **given})


def member_of(call: str) -> int:
    return ord(call) - ord("A") + 1


STATE = state()


class Case(NamedTuple):
    """A row of a table: an event, its changes in a room, and the commands that follow."""

    name: str
    room: Room  # before the event
    event: Event
    changes: dict[str, Any]  # as `changes` returns them
    commands: list[c.Command]


class Answers(NamedTuple):
    """A row of a table: responses to a pending command, each with the same effect."""

    name: str
    room: Room
    of: str | c.Queue  # the queue; its first command gets the response
    answers: list[tuple[int, str]]  # status and code
    changes: dict[str, Any]
    commands: list[c.Command]


def each_case(table: Sequence[Any]) -> pytest.MarkDecorator:
    """Run the test once for each row, as `case`, with the row's name as the test's id."""
    return pytest.mark.parametrize("case", table, ids=[case.name for case in table])


def each_answer(table: Sequence[Answers]) -> pytest.MarkDecorator:
    """Run the test once for each response of each row, as `case` and `said`."""
    cases = [
        pytest.param(case, said, id=f"{case.name} ({said[0]} {said[1]})".strip())
        for case in table
        for said in case.answers
    ]
    return pytest.mark.parametrize(("case", "said"), cases)


def hook(type: str, call: str = "A", at: float = NOW, **given: Any) -> Webhook:
    given.setdefault("conference", "K" if type.startswith("conference.") else "")
    return Webhook(type, at, call=call, **given)


def initiated(call: str = "A", at: float = NOW, **given: Any) -> Webhook:
    return hook("call.initiated", call, at, **{"direction": "incoming", "from_": "+1", **given})


def joined(call: str = "A", at: float = NOW, **given: Any) -> Webhook:
    return hook("conference.participant.joined", call, at, **given)


def left(call: str = "A", at: float = NOW, **given: Any) -> Webhook:
    return hook("conference.participant.left", call, at, **given)


def hangup(call: str = "A", at: float = NOW, **given: Any) -> Webhook:
    return hook("call.hangup", call, at, **given)


def ended(conference: str = "K", at: float = NOW) -> Webhook:
    return hook("conference.ended", "A", at, conference=conference, occurred_at="2026-9")


def queue(of: str | c.Queue) -> c.Queue:
    """Return the queue itself; for a call's id the queue of the call."""
    return of if isinstance(of, c.Queue) else c.of_call(of)


def requests(about: str) -> c.Queue:
    """Return the queue of forwarded commands for this call or conference."""
    return c.Queue("requests", about)


DIAL = c.Queue("dial", "request")
"""The queue of a dial that `asks` requested."""


def pending(room: Room, of: str | c.Queue) -> tuple[c.Command, ...]:
    """Return the commands of the queue, the one in flight first; empty if none."""
    assert all(room.pending.values()), "an empty queue is not kept"
    return room.pending.get(queue(of), ())


def queued(of: str | c.Queue, *commands: c.Command) -> dict[Any, tuple[c.Command, ...]]:
    """Return a `Room.pending` with this queue alone."""
    return {queue(of): commands}


def retry(of: str | c.Queue) -> Deadline:
    """Return the deadline for sending the first command of the queue again."""
    return Deadline("retry", queue(of))


def decide(room: Room, event: Event) -> tuple[Room, tuple[c.Command, ...]]:
    """Return the room after the event, and the commands to be sent now."""
    changed = change(room, event)
    return changed.after, changed.commands


def after(room: Room, *events: Event) -> Room:
    for event in events:
        room = change(room, event).after
    return room


def head(room: Room, of: str | c.Queue) -> Any:
    """Return the first command of the queue. AssertionError if there is none."""
    commands = pending(room, of)
    assert commands, f"nothing is pending for {of}"
    return commands[0]


def answer(
    room: Room, of: str | c.Queue, status: int = 200, code: str = "", **given: Any
) -> Outcome:
    """Return Telnyx's response to the first command of the queue."""
    return Outcome(head(room, of), given.pop("at", NOW), status, code, **given)


def time(at: float) -> DeadlinePassed:
    return DeadlinePassed(at)


def well(room: Room, at: float = T0, only: str | c.Queue = "") -> Room:
    """Let all commands in flight (`only` those of this queue) succeed, and those that follow."""
    while flying := [
        command for key, command in in_flight(room).items() if not only or key == queue(only)
    ]:
        room = after(room, *(Outcome(command, at, data={"id": "K"}) for command in flying))
    return room


def ringing(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """Telnyx has accepted our answer command; call.answered has not arrived."""
    return well(after(room, initiated(call, at)), at, call)


def greeting(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    return well(after(ringing(room, call, at), hook("call.answered", call, at)), at, call)


def waiting(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """The greeting has ended; the create or join is in flight."""
    return after(greeting(room, call, at), hook("call.speak.ended", call, at))


def let_in(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """Telnyx has accepted the create or join; participant.joined has not arrived."""
    return well(waiting(room, call, at), at)


def inside(room: Room = EMPTY, call: str = "A", at: float = T0, occurred_at: str = "") -> Room:
    """The call has joined, and the commands that follow have succeeded."""
    come = joined(call, at, occurred_at=occurred_at)
    return well(after(let_in(room, call, at), come), at)


def asks(verb: str, *calls: str, at: float = NOW, **values: Any) -> ModeratorRequest:
    """Return a moderator's request."""
    return ModeratorRequest(verb, at, "request", calls, values)


def parked(room: Room | None = None, call: str = "A", at: float = T0) -> Room:
    """A moderator has taken the call out, and participant.left has arrived; B is inside."""
    room = inside(inside(at=at), "B", at) if room is None else room
    out = well(after(room, asks("leave", call, at=at)), at)
    return after(out, left(call, at, occurred_at="2026-5"))


def leaving(room: Room | None = None, call: str = "A", at: float = T0) -> Room:
    gone = left(call, at, occurred_at="2026-5")
    return after(inside(call=call, at=at) if room is None else room, gone)


def refused(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """The caller hears why the call cannot stay."""
    room = waiting(room, call, at)
    of = call if pending(room, call) else c.CONFERENCE
    return well(after(room, answer(room, of, 403, "10010", at=at)), at, call)


def ending(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """Telnyx has accepted our hangup; call.hangup has not arrived."""
    return well(after(refused(room, call, at), hook("call.speak.ended", call, at)), at, call)


def status(room: Room) -> dict[str, str]:
    return {call: participant.status for call, participant in room.participants.items()}


def changes(before: Room, room: Room) -> dict[str, Any]:
    """Return the fields that differ; for each participant the fields of its own that differ.

    Without `pending` and `told_at`; without `members` and `unclaimed`, which test_members has; and
    without `opened_at`, which test_opened_at has.
    """
    found: dict[str, Any] = {}
    was, now = flat(before), flat(room)
    elsewhere = {"participants", "pending", "told_at", "members", "unclaimed", "opened_at"}
    for name in now.keys() - elsewhere:
        if was[name] != now[name]:
            found[name] = now[name]
    for call in before.participants.keys() | room.participants.keys():
        was, now = before.participants.get(call), room.participants.get(call)
        if was and now and was != now:
            found[call] = {n: getattr(now, n) for n in _names(now) if _differs(was, now, n)}
        elif was != now:
            found[call] = now
    return found


PARTS = ("holding", "recordings", "reconciliation", "texml")


def given(room: Room, **fields: Any) -> Room:
    """Return the room with these fields set, on itself or on one of its parts."""
    for name, value in fields.items():
        (of,) = [part for part in PARTS if name in _names(getattr(room, part))] or [""]
        if of:
            part = replace(getattr(room, of), **{name: value})
            room = replace(room, **{of: part})  # type: ignore[arg-type]
        else:
            room = replace(room, **{name: value})  # type: ignore[arg-type]
    return room


def flat(room: Room) -> dict[str, Any]:
    """Return the fields of the room and of its parts, by name."""
    found = {name: getattr(room, name) for name in _names(room) if name not in PARTS}
    for part in PARTS:
        value = getattr(room, part)
        found |= {name: getattr(value, name) for name in _names(value)}
    return found


def with_settings(room: Room = EMPTY, **settings: Any) -> Room:
    return replace(room, settings=replace(room.settings, **settings))


def newcomer(call: str = "A", **given: Any) -> Participant:
    usual = {"number": "+1", "role": "participant", "direction": "incoming", "status": "ringing"}
    usual |= {"since": NOW, "member": member_of(call)}
    return Participant(call, **{**usual, **given})  # type: ignore[arg-type]


def _names(value: Any) -> list[str]:
    return [f.name for f in fields(value) if f.compare]


def _differs(one: object, other: object, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))
