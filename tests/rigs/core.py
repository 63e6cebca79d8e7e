"""Rooms to begin a test with, built by letting things happen to them, and what has changed."""

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
from conference.core.room import Deadline, Room, RoomSettings, in_flight

T0 = 1000.0  # when the rooms below came to be
NOW = 1001.0  # when the event under test happens
MUSIC = "https://line.example/music.wav"
SETTINGS = RoomSettings(
    greeting_first="First.",
    greeting_next="Next.",
    hold_audio_url=MUSIC,
    alone_minutes=0,
    reconcile_seconds=0,
)
EMPTY = Room("demo", SETTINGS)
STATE = ClientState("demo", number="+1")


class Case(NamedTuple):
    """A row of a table: what an event changes in a room, and the commands that follow."""

    name: str
    room: Room  # before the event
    event: Event
    changes: dict[str, Any]  # as `changes` returns them
    commands: list[c.Command]


class Answers(NamedTuple):
    """A row of a table: what each of these answers to the pending command changes."""

    name: str
    room: Room
    of: str | c.Queue  # the queue whose first command is answered
    answers: list[tuple[int, str]]  # status and code
    changes: dict[str, Any]
    commands: list[c.Command]


def each_case(table: Sequence[Any]) -> pytest.MarkDecorator:
    """Run the test once for each row, as `case`; the row's name becomes the test's id."""
    return pytest.mark.parametrize("case", table, ids=[case.name for case in table])


def each_answer(table: Sequence[Answers]) -> pytest.MarkDecorator:
    """Run the test once for each answer of each row, as `case` and `said`."""
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
    """The queue itself, or that of a call by its id."""
    return of if isinstance(of, c.Queue) else c.of_call(of)


def requests(about: str) -> c.Queue:
    """The queue of what moderators ask for, of this call or conference."""
    return c.Queue("requests", about)


DIAL = c.Queue("dial", "request")
"""The queue of a dial that `asks` has asked for."""


def pending(room: Room, of: str | c.Queue) -> tuple[c.Command, ...]:
    """The commands of this queue, the one in flight first; empty without such a queue."""
    assert all(room.pending.values()), "an empty queue is not kept"
    return room.pending.get(queue(of), ())


def queued(of: str | c.Queue, *commands: c.Command) -> dict[Any, tuple[c.Command, ...]]:
    """`Room.pending` with this queue alone."""
    return {queue(of): commands}


def retry(of: str | c.Queue) -> Deadline:
    """The deadline at which the first command of this queue is sent again."""
    return Deadline("retry", queue(of))


def decide(room: Room, event: Event) -> tuple[Room, tuple[c.Command, ...]]:
    """The room after the event, and the commands that are to be sent now."""
    changed = change(room, event)
    return changed.after, changed.commands


def after(room: Room, *events: Event) -> Room:
    for event in events:
        room = change(room, event).after
    return room


def head(room: Room, of: str | c.Queue) -> Any:
    """The first pending command of this queue; there must be one."""
    commands = pending(room, of)
    assert commands, f"nothing is pending for {of}"
    return commands[0]


def answer(
    room: Room, of: str | c.Queue, status: int = 200, code: str = "", **given: Any
) -> Outcome:
    """Telnyx's answer to the first pending command of this queue."""
    return Outcome(head(room, of), given.pop("at", NOW), status, code, **given)


def time(at: float) -> DeadlinePassed:
    return DeadlinePassed(at)


def well(room: Room, at: float = T0, only: str | c.Queue = "") -> Room:
    """All that is in flight (`only` of this queue), and what follows from it, has gone well."""
    while flying := [
        command for key, command in in_flight(room).items() if not only or key == queue(only)
    ]:
        room = after(room, *(Outcome(command, at, data={"id": "K"}) for command in flying))
    return room


def ringing(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """Telnyx has taken our answer, and not said yet that the call is answered."""
    return well(after(room, initiated(call, at)), at, call)


def greeting(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    return well(after(ringing(room, call, at), hook("call.answered", call, at)), at, call)


def waiting(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """The greeting has ended; the create or join that follows is in flight."""
    return after(greeting(room, call, at), hook("call.speak.ended", call, at))


def let_in(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """Telnyx has taken the create or join, and not said yet that the call is in."""
    return well(waiting(room, call, at), at)


def inside(room: Room = EMPTY, call: str = "A", at: float = T0, occurred_at: str = "") -> Room:
    """Joined, and Telnyx was told all that follows."""
    come = joined(call, at, occurred_at=occurred_at)
    return well(after(let_in(room, call, at), come), at)


def asks(verb: str, *calls: str, at: float = NOW, **values: Any) -> ModeratorRequest:
    """A moderator's request."""
    return ModeratorRequest(verb, at, "request", calls, values)


def parked(room: Room | None = None, call: str = "A", at: float = T0) -> Room:
    """Taken out by a moderator, and Telnyx has said that it left; B is inside."""
    room = inside(inside(at=at), "B", at) if room is None else room
    out = well(after(room, asks("leave", call, at=at)), at)
    return after(out, left(call, at, occurred_at="2026-5"))


def leaving(room: Room | None = None, call: str = "A", at: float = T0) -> Room:
    gone = left(call, at, occurred_at="2026-5")
    return after(inside(call=call, at=at) if room is None else room, gone)


def refused(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """Hears why it cannot stay."""
    room = waiting(room, call, at)
    of = call if pending(room, call) else c.CONFERENCE
    return well(after(room, answer(room, of, 422, "99999", at=at)), at, call)


def ending(room: Room = EMPTY, call: str = "A", at: float = T0) -> Room:
    """Telnyx has taken our hangup, and not said yet that the call has ended."""
    return well(after(refused(room, call, at), hook("call.speak.ended", call, at)), at, call)


def status(room: Room) -> dict[str, str]:
    return {call: participant.status for call, participant in room.participants.items()}


def changes(before: Room, room: Room) -> dict[str, Any]:
    """The fields that differ, but for what is pending and when Telnyx was told; of participants
    what differs of each."""
    found: dict[str, Any] = {}
    was, now = flat(before), flat(room)
    for name in now.keys() - {"participants", "pending", "told_at"}:
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
    """The room with these fields, each of itself or of one of its parts."""
    for name, value in fields.items():
        (of,) = [part for part in PARTS if name in _names(getattr(room, part))] or [""]
        if of:
            part = replace(getattr(room, of), **{name: value})
            room = replace(room, **{of: part})  # type: ignore[arg-type]
        else:
            room = replace(room, **{name: value})  # type: ignore[arg-type]
    return room


def flat(room: Room) -> dict[str, Any]:
    """The room's fields and those of its parts, by their names."""
    found = {name: getattr(room, name) for name in _names(room) if name not in PARTS}
    for part in PARTS:
        value = getattr(room, part)
        found |= {name: getattr(value, name) for name in _names(value)}
    return found


def with_settings(room: Room = EMPTY, **settings: Any) -> Room:
    return replace(room, settings=replace(room.settings, **settings))


def newcomer(call: str = "A", **given: Any) -> Participant:
    usual = {"number": "+1", "role": "participant", "direction": "incoming", "status": "ringing"}
    return Participant(call, **{"since": NOW, **usual, **given})  # type: ignore[arg-type]


def _names(value: Any) -> list[str]:
    return [f.name for f in fields(value) if f.compare]


def _differs(one: object, other: object, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))
