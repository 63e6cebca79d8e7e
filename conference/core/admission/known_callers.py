"""Callers who are known by their number: by the roster, or as a host whose call was lost."""

from __future__ import annotations

from conference.core.entering import remember
from conference.core.meeting import present
from conference.core.muting import muted_in_role
from conference.core.participant import Participant
from conference.core.parts import NOTHING_ASKED
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.room_settings import Known
from conference.core.schema.phone_numbers import e164
from conference.core.transitions import change, set_asked, without


def lost_host(room: Room, number: str) -> tuple[Room, Known | None]:
    """Return the host of this number whose call was lost; None if none was.

    One call gets the role back: others of the same number, as of a company, do not.
    """
    if not room.host_left:
        return room, None
    number = e164(number)
    known = room.host_left.get(number)
    return replace(room, host_left=without(room.host_left, number)), known


def keep_lost_host(room: Room, host: Participant, at: float) -> Room:
    """Keep the label and role of a host whose call was lost. Without a number nothing is kept.

    A call of the same number may be here already: Telnyx reports a lost call late. That call gets
    the role back: `remember` follows.
    """
    number, known = e164(host.number), Known(host.label, host.role)
    if not number:
        return room
    began = at - room.settings.host_grace_seconds
    calls = [p for p in present(room) if p.since >= began and p.since > host.since]
    same = [p for p in calls if p.call != host.call and e164(p.number) == number]
    if not same:
        return replace(room, host_left={**room.host_left, number: known})
    back = max(same, key=lambda p: p.since)
    asked = room.holding.asked.get(back.call, NOTHING_ASKED)
    room = change(room, back.call, role=known.role, label=back.label or known.label)
    room = set_asked(room, back.call, mute_by=muted_in_role(room, asked.mute_by, known.role))
    return remember(room, back.call, at)


def known_caller(room: Room, number: str) -> tuple[Room, Known]:
    """Return the label and role of a caller; those of everyone for an unknown one."""
    room, host = lost_host(room, number)
    return room, host or room.settings.known(number)
