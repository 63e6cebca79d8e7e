"""Status callbacks and snapshots, for the tests of TeXML rooms."""

from __future__ import annotations

from typing import Any

from rigs.core import EMPTY, NOW, T0, after, head, well

from conference.core import commands as c
from conference.core.events import Outcome
from conference.core.room import Room
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.facts import StatusCallback

ACCOUNT = "acc"
OURS = {"account": ACCOUNT}


def told(type: str, call: str = "A", n: int = 1, at: float = NOW, **given: Any) -> StatusCallback:
    usual = {"conference": "X", "room": "demo", "account": ACCOUNT, "from_": f"+{call}"}
    return StatusCallback(type, at, call=call, sequence=n, **{**usual, **given})


def starts(n: int = 0, **given: Any) -> StatusCallback:
    return told("conference-start", n=n, **given)


def comes(call: str = "A", n: int = 1, **given: Any) -> StatusCallback:
    return told("participant-join", call, n, **given)


def goes(call: str = "A", n: int = 2, **given: Any) -> StatusCallback:
    return told("participant-leave", call, n, **given)


def speaks(call: str = "A", n: int = 3, **given: Any) -> StatusCallback:
    return told("participant-speech-start", call, n, **given)


def ends(n: int = 9, **given: Any) -> StatusCallback:
    return told("conference-end", n=n, **given)


def texml(*calls: str, room: Room = EMPTY, at: float = T0) -> Room:
    """Return the room with these callers inside, and all commands done."""
    for n, call in enumerate(calls):
        room = well(after(room, comes(call, n, at=at)), at)
    return room


def shown(room: Room) -> Any:
    facts = (room.front, room.conference, room.joined, room.speaker, {*room.recordings.going_on})
    numbers = {call: p.number for call, p in room.participants.items()}
    return facts, numbers


def listed(room: Room, *calls: str, at: float = NOW, **seen: Seen) -> Outcome:
    look = head(room, c.SNAPSHOT)
    joined = {call: seen.get(call, Seen(False, False)) for call in calls}
    return Outcome(look, at, data=Snapshot("X" if joined else "", joined, of_texml=True))


LOOK_AT_X = c.TakeSnapshot("demo", conference="X", account=ACCOUNT, at=NOW)


def kicks(call: str) -> c.Kick:
    return c.Kick(call, "X", at=NOW, account=ACCOUNT)


COMPANY = (
    *(starts(0), comes("A", 1), comes("B", 2), speaks("B", 3), speaks("A", 4)),
    goes("A", 5),
)
