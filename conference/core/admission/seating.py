"""The seats that become free in a full room: those who wait for one come in, in order.

The deadline "seat": the end of the pause after Telnyx has refused a join as full.
"""

from __future__ import annotations

from conference.core.admission.full_room import has_seat, waiting
from conference.core.entering import SEAT_PAUSE
from conference.core.entry_stages import begin_entry, let_pass
from conference.core.room import Room
from conference.core.transitions import set_deadline


def watch_seats(before: Room, room: Room, at: float) -> Room:
    """Let those who wait for a seat begin their wait, or pass in order while there are seats."""
    if not room.settings.queue_when_full:
        return room
    if before.joined - room.joined:
        room = set_deadline(room, SEAT_PAUSE, None)
    for each in waiting(room):
        if not each.wait and not room.under_way(each.call):
            room = begin_entry(room, each.call, at)
        elif each.wait in ("spoken to", "in queue") and has_seat(room, each):
            room = let_pass(room, each.call, at)
    return room


def seat(room: Room, of: str, at: float) -> Room:
    """Give seats again after the pause."""
    return watch_seats(room, room, at)
