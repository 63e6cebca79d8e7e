"""A meeting: the time from a room's first participant to its last one, those on the way included.

Requests for a room as a whole concern everyone in its meeting.
"""

from __future__ import annotations

from collections.abc import Iterator

from conference.core.client_state import USUAL, has_of_meeting
from conference.core.commands import Dial, Leave
from conference.core.entering import remember
from conference.core.muting import muted_by_role
from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.room import Room, client_state
from conference.core.transitions import set_asked, set_deadline

PRESENT = ("ringing", "greeting", "waiting", "joined", "parked")
"""The statuses of participants in the room or on the way in; the others are on the way out."""

GONE = ("refused", "ending")
"""The statuses of participants who cannot return."""


def present(room: Room) -> Iterator[Participant]:
    """Yield the participants in the room or on the way in.

    Calls that may be another program's, and those on the way to another room, are left out.
    """
    for participant in room.participants.values():
        call = participant.call
        if participant.status in PRESENT and call not in room.reconciliation.unknown_calls:
            if participant.status != "parked" or not _moves_away(room, call):
                yield participant


def expected(room: Room, at: float) -> list[str]:
    """Return the callers by TeXML who got the document to join and are not inside yet."""
    began, seen = at - room.settings.expects_for, room.participants.keys()
    calls = room.texml.expected.items()
    return [call for call, since in calls if since > began and call not in seen]


def dials(room: Room) -> list[Dial]:
    """Return the requested calls that Telnyx has not begun yet."""
    heads = (commands[0] for queue, commands in room.pending.items() if queue.of == "dial")
    return [head for head in heads if isinstance(head, Dial)]


def goes_on(room: Room, at: float) -> bool:
    """Whether a meeting goes on. Callers turned away by a lock are in none, nor are those whose
    conference has ended: their calls are about to end, too."""
    people = (p for p in room.participants.values() if room.conference or p.status != "leaving")
    if room.joined or any(p.takes_part for p in people):
        return True
    return bool(expected(room, at) or dials(room))


def is_deserted(room: Room, at: float) -> bool:
    """Whether nobody is in the room or on the way in: not even a caller who rings, and who may
    begin the next meeting."""
    if any(p.status not in GONE for p in room.participants.values()):
        return False
    return not (expected(room, at) or dials(room))


def remember_all(before: Room, room: Room, at: float) -> Room:
    """Let Telnyx keep the client_state of each call in the meeting that differs from before."""
    for participant in present(room):
        if client_state(room, participant) != client_state(before, participant):
            room = remember(room, participant.call, at)
    return room


def end_meeting(room: Room, at: float) -> Room:
    """End with the meeting what lasts as long, and the numbers when nobody is left who has one."""
    if room.joined:
        return room
    hosts = [each for each in room.deadlines if each.kind == "host"]
    lasting = hosts or room.banned or has_of_meeting(room)
    if lasting and not goes_on(room, at):
        room = remember_all(room, _take_back(room), at)
        room = replace(room, banned=frozenset())
        for deadline in hosts:
            room = set_deadline(replace(room, host_left={}), deadline, None)
    if room.members and is_deserted(room, at):
        room = replace(room, members=0, unclaimed=frozenset())
    return room


def _take_back(room: Room) -> Room:
    """Take back the lock, the mode, and what newcomers are. A caller who rings now, or was expected
    in vain, is none any more."""
    for call, asked in room.holding.asked.items():
        if room.newcomers_muted:
            known = room.participants.get(call)
            by_role = muted_by_role(room, known.role if known else "participant")
            mute_by = by_role if asked.mute_by == "mute-all" else asked.mute_by
            room = set_asked(room, call, mute_by=mute_by)
        if room.newcomers_held:
            room = set_asked(room, call, hold=False, music="")
    return replace(room, **USUAL)


def _moves_away(room: Room, call: str) -> bool:
    return any(isinstance(command, Leave) and command.to for command in room.under_way(call))
