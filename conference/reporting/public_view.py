"""The public view of a room: the JSON of the control API."""

from __future__ import annotations

from typing import Any

from conference.clock import Iso, iso
from conference.core import rules
from conference.core.commands import CONFERENCE
from conference.core.meeting import PRESENT
from conference.core.participant import Participant, Place
from conference.core.parts import FREE, NOTHING_ASKED
from conference.core.room import Room
from conference.masking import mask_number

SHOWN = PRESENT


def room(room: Room, iso: Iso = iso) -> dict[str, Any]:
    """Return `name, conference_id, front, status, reason, locked, recording, participants`.

    front: call-control or texml. status: empty, opening or open. reason: why music is on.
    `iso` writes the times: that of the line's clock.
    """
    if room.conference:
        status = "open"
    else:
        status = "opening" if CONFERENCE in room.pending else "empty"
    return {
        "name": room.name,
        "conference_id": room.conference or None,
        "front": room.front,
        "status": status,
        "reason": reason(room),
        "locked": room.locked,
        "recording": room.conference in room.recordings.going_on,
        "participants": participants(room, iso),
    }


def participants(room: Room, iso: Iso = iso) -> list[dict[str, Any]]:
    """Return the participants in the room or on their way in, the first caller first.

    Each has `call_control_id, number, label, role, direction, status, muted, on_hold, hold_reason,
    speaking, recording, queue, since, joined_at`. hold_reason: null, not-started, alone or
    moderator. queue: null, or its name and the position at which the call entered it.
    """
    inside = (p for p in room.participants.values() if p.status in SHOWN)
    return [_participant(room, p, iso) for p in sorted(inside, key=lambda p: (p.since, p.call))]


def reason(room: Room) -> str | None:
    """Return why music is on, in words; None without music."""
    if room.waits_for_start:
        return "music is on, because the conference waits for somebody to start it"
    if len(room.joined) == 1:
        return f"music is on, because only {_number(room, *room.joined)} is here"
    if call := rules.alone(room):
        return f"music is on, because everyone but {_number(room, call)} is on hold"
    return "music is on, because everyone is on hold" if rules.without_company(room) else None


def _number(room: Room, call: str) -> str:
    return mask_number(room.participants[call].number)


def _hold_reason(room: Room, call: str) -> str | None:
    """Return not-started, alone or moderator; None for a participant not inside or not held."""
    if call not in room.joined:
        return None
    return "not-started" if room.waits_for_start else rules.hold_reason(room, call)


def _held_and_muted(room: Room, call: str) -> tuple[bool, bool]:
    """Return what Telnyx has confirmed. Unknown counts as not done yet: the rule sends it again."""
    told = room.holding.told.get(call, FREE)
    held = rules.hold_reason(room, call) is None if told.held is None else told.held
    asked = room.holding.asked.get(call, NOTHING_ASKED)
    return held, not asked.mute if told.muted is None else told.muted


def _participant(room: Room, p: Participant, iso: Iso) -> dict[str, Any]:
    held, muted = _held_and_muted(room, p.call)
    return {
        "call_control_id": p.call,
        "number": p.number,
        "label": p.label,
        "role": p.role,
        "direction": p.direction,
        "status": p.status,
        "muted": muted,
        "on_hold": held or (room.waits_for_start and p.call in room.joined),
        "hold_reason": _hold_reason(room, p.call),
        "speaking": p.call == room.speaker and p.call in room.joined,
        "recording": p.call in room.recordings.going_on,
        "queue": None if p.call in room.joined else _place(room.queued.get(p.call)),
        "since": iso(p.since),
        "joined_at": iso(p.joined_at),
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return {"name": place.queue, "position": place.position} if place and place.queue else None
