"""Member numbers: 1, 2, 3..., by which moderators name participants, also without a phone number.

Each number is given once in a meeting. `Room.members` is the highest one so far.

A call may bring its number along, in its client_state: a call that we dial, or one from before a
restart. Until it comes, its number is one of `Room.unclaimed`. So nobody has to search the room for
a number that is free.
"""

from __future__ import annotations

from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.room import Room

MOST_UNCLAIMED = 1000  # numbers; beyond, the lowest are forgotten, and never given


def number(room: Room, newcomer: Participant) -> tuple[Room, Participant]:
    """Give the newcomer the number from its client_state; the next one if that is another's."""
    room = skip_to(room, newcomer.member)
    if newcomer.member in room.unclaimed:
        return replace(room, unclaimed=room.unclaimed - {newcomer.member}), newcomer
    room = replace(room, members=room.members + 1)
    return room, replace(newcomer, member=room.members)


def reserve(room: Room) -> tuple[Room, int]:
    """Return the number for a call that begins later."""
    room = skip_to(room, room.members + 1)
    return room, room.members


def skip_to(room: Room, highest: int) -> Room:
    """Give the next newcomer a number above this one. The numbers up to it are unclaimed."""
    if highest <= room.members:
        return room
    skipped = range(max(room.members, highest - MOST_UNCLAIMED) + 1, highest + 1)
    unclaimed = sorted(room.unclaimed.union(skipped))[-MOST_UNCLAIMED:]
    return replace(room, members=highest, unclaimed=frozenset(unclaimed))
