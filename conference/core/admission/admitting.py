"""Admission from the lobby, and the announcement to moderators that somebody waits there.

The deadline "bell": the end of the pause after an announcement.
"""

from __future__ import annotations

from collections.abc import Sequence

from conference.core.admission.lobby import in_lobby
from conference.core.announcements.announcing import Part, announce_parts
from conference.core.announcements.names import heard_name, with_names
from conference.core.entering import locked_out
from conference.core.entry_stages import let_pass
from conference.core.events import ModeratorRequest, Refused
from conference.core.participant import Participant
from conference.core.requests.required_status import name_of
from conference.core.room import Deadline, Room
from conference.core.transitions import change, set_deadline
from conference.core.words import Sentence, say

BELL = Deadline("bell", "")
PAUSE = 30.0  # seconds between two announcements to moderators
NAMED_WAITS = Sentence("{names} is waiting in the lobby.")
ONE_WAITS = Sentence("A caller is waiting in the lobby.")
MORE_WAIT = Sentence("{n} callers are waiting in the lobby.")


def waiting(room: Room) -> list[Participant]:
    """Return the callers in the lobby, in the order of their member numbers, which outlast a
    restart."""
    there = (p for p in room.participants.values() if in_lobby(p))
    return sorted(there, key=lambda p: (p.member, p.call))


def not_admitted(room: Room) -> list[Participant]:
    """Return the callers in the lobby who may not pass yet, in the same order."""
    return [p for p in waiting(room) if p.wait != "admitted"]


def admit(room: Room, event: ModeratorRequest) -> Room:
    """Admit participants of the lobby: `leave_queue`, then the greeting and the join follow.

    Raise Refused for a call outside the lobby, or while the room is locked.
    """
    for call in event.calls:
        participant = room.participants[call]
        if not in_lobby(participant):
            raise Refused("not-now", f"{name_of(participant)} is not in the lobby")
        if locked_out(room, call):
            raise Refused("not-now", f"room {room.name} is locked: unlock it first")
    for call in event.calls:
        room = let_pass(room, call, event.at)
    return room


def admit_next(room: Room, event: ModeratorRequest) -> Room:
    """Admit the caller who has waited longest. Raise Refused if the lobby is empty."""
    there = not_admitted(room)
    if not there:
        raise Refused("not-now", f"nobody is in the lobby of room {room.name}")
    return admit(room, ModeratorRequest(event.verb, event.at, event.id, (there[0].call,)))


def watch_lobby(room: Room, at: float) -> Room:
    """Admit callers who have become moderators. Announce those not counted yet."""
    if not room.settings.lobby:
        return room
    for each in waiting(room):
        if each.role == "moderator":
            room = let_pass(room, each.call, at)
    there = [p for p in not_admitted(room) if p.role != "moderator"]
    hosts = {call for call in room.joined if room.participants[call].role == "moderator"}
    if not hosts or BELL in room.deadlines or all(p.announced for p in there):
        return room
    for each in there:
        room = change(room, each.call, announced=True)
    return set_deadline(announce_parts(room, _wait(room, there, at), at, hosts), BELL, at + PAUSE)


def _wait(room: Room, there: Sequence[Participant], at: float) -> list[Part]:
    """Return the words about those who wait; with the name of one alone, where names are heard."""
    name = heard_name(there[0], at) if room.settings.announce_names and len(there) == 1 else None
    if name:
        return with_names(room, NAMED_WAITS, [name])
    return [say(room, ONE_WAITS if len(there) == 1 else MORE_WAIT, n=len(there))]


def bell(room: Room, of: str, at: float) -> Room:
    """Let the next announcement follow, if somebody has come meanwhile."""
    return watch_lobby(room, at)
