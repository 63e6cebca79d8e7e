"""Refusals of a request because of where its participants are."""

from __future__ import annotations

from conference.core.events import Refused
from conference.core.participant import Participant
from conference.core.room import Room

IS = {
    "ringing": "is on the way in, and the call rings",
    "greeting": "is on the way in, and hears the greeting",
    "waiting": "is on the way in",
    "joined": "is in the conference already",
    "parked": "is outside the conference until a join",
}
IS_LEAVING = "is about to leave"
ANSWERED = ("greeting", "waiting", "joined", "parked")


def require_status(room: Room, calls: tuple[str, ...], *statuses: str) -> tuple[str, ...]:
    """Return the calls. Raise Refused unless each has one of these statuses."""
    for call in calls:
        status = room.participants[call].status
        if status not in statuses:
            raise Refused("not-now", f"{_plainly(room, call)}, not {' or '.join(statuses)}")
    return calls


def name_of(participant: Participant) -> str:
    """Return the label or number, for a refusal."""
    return participant.label or participant.number or "the caller"


def _plainly(room: Room, call: str) -> str:
    """Return where the call is, in words."""
    participant = room.participants[call]
    where = IS.get(participant.status, IS_LEAVING)
    return f"{name_of(participant)} {where}: {call} is {participant.status}"
