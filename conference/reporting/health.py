"""Whether calls are served as they should be: what an operator asks for at night."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from conference.core.commands import of_call
from conference.core.participant import Participant
from conference.core.room import Room
from conference.reporting.public_view import iso, mask

log = logging.getLogger(__name__)

TOO_LONG = 10.0  # seconds after which a caller who waits is worth a word
RECENT = 60.0  # seconds


@dataclass
class Vitals:
    """When the outside was last heard of; times in Unix seconds. Changed as it happens."""

    started_at: float
    webhook_at: float | None = None  # a genuine one
    error_at: float | None = None  # Telnyx refused a command, or did not answer
    error: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller who waits for us, or whose call should have ended."""

    room: str
    call: str
    number: str  # masked
    status: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.number} in room {self.room} is {self.status} since {self.seconds:.0f} s"


def waiting(rooms: Iterable[Room], now: float) -> Iterator[Waiting]:
    """Those who wait longer than TOO_LONG."""
    for room in rooms:
        for participant in room.participants.values():
            since = _since(room, participant)
            if since is not None and now - since > TOO_LONG:
                who = mask(participant.number)
                yield Waiting(room.name, participant.call, who, participant.status, now - since)


def _since(room: Room, participant: Participant) -> float | None:
    if participant.status == "waiting":
        return participant.waits_since
    if participant.status == "ringing" and participant.direction == "incoming":
        return participant.since
    head = room.head(of_call(participant.call))
    return head.at if head else None  # asked for, and not answered by Telnyx


def complaints(rooms: Iterable[Room], vitals: Vitals, now: float) -> Iterator[str]:
    """What is wrong now, a line for each: nothing while all is well."""
    rooms = list(rooms)
    for late in waiting(rooms, now):
        yield str(late)
    if vitals.error_at is not None and now - vitals.error_at < RECENT:
        yield f"Telnyx, {now - vitals.error_at:.0f} s ago: {vitals.error}"
    for room in rooms:
        if room.reconciliation.has_others:
            yield (
                f"others than this application's calls are in the conference of room {room.name}: "
                "does another deployment use the same CONFERENCE_NAME?"
            )


def complain(rooms: Iterable[Room], vitals: Vitals, now: float) -> None:
    """Log what is wrong now."""
    for complaint in complaints(rooms, vitals, now):
        log.warning("%s", complaint)


def report(rooms: Iterable[Room], vitals: Vitals, now: float) -> dict[str, Any]:
    """All of it as JSON; `webhook_age` and the like are seconds."""
    rooms = list(rooms)
    error = None
    if vitals.error_at is not None:
        error = {"at": iso(vitals.error_at), "age": now - vitals.error_at, "what": vitals.error}
    return {
        "started_at": iso(vitals.started_at),
        "uptime": now - vitals.started_at,
        "webhook_at": iso(vitals.webhook_at),
        "webhook_age": None if vitals.webhook_at is None else now - vitals.webhook_at,
        "telnyx_error": error,
        "waiting": [
            {"room": w.room, "call": w.call, "number": w.number, "status": w.status}
            | {"seconds": w.seconds}
            for w in waiting(rooms, now)
        ],
        "unknown_calls": sorted(_unknown(rooms)),
        "shared_rooms": [room.name for room in rooms if room.reconciliation.has_others],
        "healed": sum(room.reconciliation.healed for room in rooms),
        "rooms": len(rooms),
        "participants": sum(len(room.participants) for room in rooms),
    }


def _unknown(rooms: Iterable[Room]) -> set[str]:
    """Calls that Telnyx has and no room does: another program's, or not known yet."""
    unknown: set[str] = set()
    for room in rooms:
        doubted = {
            doubt.which for doubt in room.reconciliation.doubts if doubt.what == "unknown call"
        }
        unknown |= (room.reconciliation.unknown_calls | doubted) - room.participants.keys()
    return unknown
