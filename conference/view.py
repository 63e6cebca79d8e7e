"""The one public view of a room: as JSON for pages and programs, and as lines for the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from conference.core import rules
from conference.core.commands import CONFERENCE
from conference.core.events import DeadlinePassed, Event, Outcome, Webhook
from conference.core.room import FREE, Asked, Participant, Room, Told

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


def story(before: Room, after: Room, event: Event) -> Iterator[str]:
    """A line for each change: `...0142: ringing -[call.answered]> greeting, reason, ...`."""
    arrow = f"-[{_name(event)}]>"
    where = f"room {after.name}, conference {after.conference or before.conference or 'none'}"
    if before.participants is not after.participants:
        for call in dict.fromkeys(after.touched):
            old, new = before.participants.get(call), after.participants.get(call)
            if old is not new and _status(old) != _status(new):
                who = mask((new or old or _NOBODY).number)
                why = _why(event)
                was, is_ = _status(old) or "new", _status(new) or "gone"
                yield f"{who}: {was} {arrow} {is_}, {why}{where}"
    if before.conference != after.conference:
        old_state, new_state = _open(before), _open(after)
        yield f"room {after.name}: {old_state} {arrow} {new_state}, {len(after.joined)} inside"
    if before.told is not after.told:
        for call in before.told.keys() | after.told.keys():
            old_told, new_told = before.told.get(call, FREE), after.told.get(call, FREE)
            if call in after.joined and old_told != new_told:
                who = mask(after.participants[call].number)
                why = rules.hold_reason(after, call) or "not alone"
                yield f"{who}: {_words(old_told)} {arrow} {_words(new_told)}, {why}, {where}"


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
        "since": _iso(p.since),
        "joined_at": _iso(p.joined_at),
    }


_NOBODY = Participant("", "", "participant", "incoming", "ending", 0.0)


def _status(participant: Participant | None) -> str:
    return participant.status if participant else ""


def _open(room: Room) -> str:
    return f"open as {room.conference}" if room.conference else "no conference"


def _words(told: Told) -> str:
    held = {True: "on hold", False: "off hold", None: "on hold?"}[told.held]
    muted = {True: ", muted", False: "", None: ", muted?"}[told.muted]
    return held + muted


def _name(event: Event) -> str:
    if isinstance(event, Webhook):
        return event.type
    if isinstance(event, Outcome):
        return f"{type(event.command).__name__.lower()} {event.code or event.status or 'no answer'}"
    return "time is up" if isinstance(event, DeadlinePassed) else "look wanted"


def _why(event: Event) -> str:
    why = event.cause if isinstance(event, Webhook) else ""
    return f"{why}, " if why else ""


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
