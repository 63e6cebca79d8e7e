"""The seats of a conference. Where moderators can come, one seat is kept for them."""

from __future__ import annotations

from collections.abc import Sequence

from conference.core.participant import Participant
from conference.core.room import Room

MOST_SEATS = 800  # Telnyx's limit for a conference of Call Control


def is_full(room: Room, call: str) -> bool:
    """Whether the caller must not come in, so that a seat is left for a moderator.

    Where no moderator can come, and for those who were inside before, Telnyx counts.
    """
    participant = room.participants[call]
    if participant.role == "moderator" or participant.joined_at is not None:
        return False
    settings = room.settings
    if not (settings.has_moderators or settings.queue_when_full):
        return False
    inside = [p for p in room.participants.values() if p.status in ("waiting", "joined")]
    others = [p for p in inside if p.call != call]
    return not has_seat_beside(room, others, settings.seats(MOST_SEATS))


def has_seat_beside(room: Room, others: Sequence[Participant], seats: int) -> bool:
    """Whether one of so many seats is left for a participant beside these others.

    Where moderators can come, one seat is theirs. It is kept while none of them is there.
    """
    no_moderator = all(p.role != "moderator" for p in others)
    kept = 1 if room.settings.has_moderators and no_moderator else 0
    return len(others) < seats - kept
