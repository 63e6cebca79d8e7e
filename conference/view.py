"""The one public view of a room: JSON, for pages and programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from conference.core import rules
from conference.core.commands import CONFERENCE
from conference.core.room import FREE, Asked, Participant, Room

SHOWN = ("ringing", "greeting", "waiting", "joined")  # the others are on their way out


def room(room: Room) -> dict[str, Any]:
    """`name, conference_id, status (empty|opening|open), reason, participants`."""
    if room.conference:
        status = "open"
    else:
        status = "opening" if CONFERENCE in room.pending else "empty"
    return {
        "name": room.name,
        "conference_id": room.conference or None,
        "status": status,
        "reason": reason(room),
        "participants": participants(room),
    }


def participants(room: Room) -> list[dict[str, Any]]:
    """Those in the room or on their way in, first come first."""
    inside = (p for p in room.participants.values() if p.status in SHOWN)
    return [_participant(room, p) for p in sorted(inside, key=lambda p: (p.since, p.call))]


def reason(room: Room) -> str | None:
    """Why music is on, in words; None when it is not."""
    call = rules.alone(room)
    if not call:
        return None
    return f"music is on, because only {mask(room.participants[call].number)} is here"


def mask(number: str) -> str:
    """A phone number as logs may show it: its last four digits."""
    return f"...{number[-4:]}" if len(number) > 4 else "..."


def _participant(room: Room, p: Participant) -> dict[str, Any]:
    told = room.told.get(p.call, FREE)
    asked = room.asked.get(p.call, Asked())
    return {
        "call_control_id": p.call,
        "number": p.number,
        "label": p.label,
        "role": p.role,
        "direction": p.direction,
        "status": p.status,
        "muted": asked.mute if told.muted is None else told.muted,
        "on_hold": told.held is not False,
        "hold_reason": rules.hold_reason(room, p.call) if p.call in room.joined else None,
        "speaking": p.call == room.speaker and p.call in room.joined,
        "since": iso(p.since),
        "joined_at": iso(p.joined_at),
    }


def iso(at: float | None, precise: bool = False) -> str | None:
    """A time as everyone is shown it: ISO 8601 in UTC, in seconds or precisely in milliseconds."""
    spec = "milliseconds" if precise else "seconds"
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec=spec)
