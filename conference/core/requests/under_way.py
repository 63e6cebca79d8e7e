"""Finds the calls that a new one would repeat, and those that count for DIAL_AT_ONCE."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from conference.core.commands import Dial
from conference.core.entering import ANSWERED_WITHIN
from conference.core.events import ModeratorRequest, Refused
from conference.core.meeting import PRESENT, dials
from conference.core.requests.required_status import IS
from conference.core.room import Room
from conference.core.texml.fields import party

NUMBER = re.compile(r"(?:sips?:)?(?:\+|00)?([1-9][0-9]{6,14})(?:@.*)?", re.IGNORECASE)
"""A whole number, or an address of SIP that begins with one; the plus may be missing."""

BEING_CALLED = "is being called"


def check_not_here(room: Room, event: ModeratorRequest) -> None:
    """Raise Refused if this room has a call with the number or is calling it, unless forced.

    Other rooms do not count: one number can be that of many people.
    """
    if event.values.get("force"):
        return
    to = event.values["to"]
    called = [*dials(room), *_unanswered(room, event.at)]
    called = [each for each in called if each.id not in room.ended]  # by a moderator's `end`
    for label in (command.client_state.label for command in called if command.to == to):
        raise _already(label, to, BEING_CALLED)
    for there in room.participants.values():
        if there.status in PRESENT and _digits(there.number) == _digits(to):
            raise _already(there.label, to, BEING_CALLED if there.is_called else IS[there.status])


def _already(label: str, to: str, how: str) -> Refused:
    what = f"{label or f'...{to[-4:]}'} {how}"
    return Refused("already-here", f"{what}; with force the number is called all the same")


def _digits(number: str) -> str:
    """Return the digits of a whole number, however Telnyx reports it; other text as it is."""
    found = NUMBER.fullmatch(party(number))
    return found[1] if found else number


def calls_under_way(rooms: Sequence[Room], at: float) -> list[str]:
    """Return our outgoing calls that wait, ring or last, at this time in Unix seconds.

    Each is named by the id of the request that began it; by its call_control_id if that is unknown.
    """
    return [name for room in rooms for name in _under_way(room, at)]


def _under_way(room: Room, at: float) -> list[str]:
    called = [p.dial or p.call for p in room.participants.values() if p.direction == "outgoing"]
    return [*called, *({*_ids(dials(room)), *_ids(_unanswered(room, at))} - _shown(room))]


def _ids(commands: Iterable[Dial]) -> Iterator[str]:
    return (command.client_state.dial for command in commands)


def _shown(room: Room) -> set[str]:
    """Return the ids of the dials whose calls are known: an event may precede Telnyx's answer."""
    return {p.dial for p in room.participants.values()}


def _unanswered(room: Room, at: float) -> Iterator[Dial]:
    """Yield the dials by TeXML that may ring without our knowledge: Telnyx has not answered.

    No event reports such a call until it joins.
    """
    for command in room.texml.dialled.values():
        may_ring = at < command.at + command.rings + ANSWERED_WITHIN
        if may_ring and command.client_state.dial not in _shown(room):
            yield command
