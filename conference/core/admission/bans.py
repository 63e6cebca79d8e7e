"""Numbers that a moderator keeps out until the meeting is over."""

from __future__ import annotations

from conference.core.events import Refused
from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.schema.phone_numbers import e164
from conference.core.words import Sentence

MOST_BANNED = 1000  # numbers of a room

REMOVED = Sentence("You were removed from this meeting. Goodbye.")
"""Spoken to a caller who is kicked with a ban, and to each later call of the number."""


def ban(room: Room, participant: Participant) -> Room:
    """Keep later calls of the participant's number out. Raise Refused if too many are kept out.

    Nothing can be kept of a withheld number: only this call ends.
    """
    number = e164(participant.number)
    if not number or number in room.banned:
        return room
    if len(room.banned) >= MOST_BANNED:
        raise Refused("overloaded", f"room {room.name} keeps {MOST_BANNED} numbers out already")
    return replace(room, banned=room.banned | {number})


def is_banned(room: Room, call: str) -> bool:
    """Whether the caller is kept out. A call that a moderator has dialled is not."""
    participant = room.participants[call]
    return participant.direction == "incoming" and e164(participant.number) in room.banned
