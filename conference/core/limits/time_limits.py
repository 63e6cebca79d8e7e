"""The time limits of a conference and of calls without company, and the words before each.

Deadlines: "ends-soon", five minutes before Telnyx ends the conference; "fresh", just before, see
`fresh_conference`; "alone", of a call, at ALONE_MINUTES; "alone-soon", of a call, a minute before.
"""

from __future__ import annotations

from conference.core.announcements.announcing import announce
from conference.core.fronts import front
from conference.core.replacing import replace
from conference.core.room import Deadline, Room
from conference.core.room_states import without_company
from conference.core.transitions import set_deadline
from conference.core.words import Sentence, say

LASTS_AT_MOST = 4 * 3600.0  # seconds; Telnyx then ends a conference, whatever happens
BEFORE_END = 300.0  # seconds from the announcement to the end of the conference
MOVE_BEFORE = 15.0  # seconds from the move to a fresh conference to the end of the old one
SOON_AFTER = 60.0  # seconds after the end in which a call's own end counts as one with it
BEFORE_ALONE = 60.0  # seconds from the announcement to the end of a call without company
ENDS_SOON = Deadline("ends-soon", "")
MOVE, LEAVE = Deadline("fresh", "move"), Deadline("fresh", "leave")

CONFERENCE_ENDS = Sentence("The conference ends in five minutes.")
SHORT_PAUSE = Sentence("In five minutes there is a short pause.")
CALL_ENDS = Sentence("Your call ends in five minutes. Please call again then.")
ALONE_SOON = Sentence("You are alone. The call ends in a minute.")
HOST_LATE = Sentence("The host has not arrived. The call ends in a minute.")


def ends_at(room: Room) -> float | None:
    """Return when Telnyx ends the room's conference, in Unix seconds; None without one."""
    minutes = room.settings.duration_minutes if front(room).has_duration else 0
    lasts = min(minutes * 60, LASTS_AT_MOST) if minutes else LASTS_AT_MOST
    return None if room.opened_at is None else room.opened_at + lasts


def outlasts(room: Room) -> bool:
    """Whether the meeting goes on in a fresh conference when Telnyx ends this one after 4 hours.

    A shorter `duration_minutes` ends the meeting.
    """
    minutes = room.settings.duration_minutes
    shorter = 0 < minutes * 60 < LASTS_AT_MOST
    return room.settings.fresh_conference and front(room).reopens and not shorter


def watch_end(before: Room, room: Room, at: float) -> Room:
    """Set the deadlines that depend on the time at which the conference has opened.

    That time becomes known with the conference, and Telnyx's list may correct it.
    """
    if room.opened_at == before.opened_at:
        return room
    ends = ends_at(room)
    ends = ends if ends is not None and ends > at else None
    return _watch_announcement(_watch_move(before, room, ends, at), ends, at)


def _watch_move(before: Room, room: Room, ends: float | None, at: float) -> Room:
    """Set the deadline of the move to a fresh conference. `ends`: None if the conference is over.

    After a restart in the last seconds it is due at once. A move that has begun goes on.
    """
    if not room.settings.fresh_conference:
        return room
    if LEAVE in room.deadlines and room.conference == before.conference:
        return room
    moves = ends is not None and outlasts(room)
    room = set_deadline(room, LEAVE, None)
    return set_deadline(room, MOVE, max(ends - MOVE_BEFORE, at) if ends and moves else None)


def _watch_announcement(room: Room, ends: float | None, at: float) -> Room:
    """Set the deadline of the announcement. `ends`: None if the conference is over.

    An announcement that waits and is overdue by a corrected time is made at once. After a restart
    none waits.
    """
    if not room.settings.announce_ends:
        return room
    if ends is None:
        return set_deadline(room, ENDS_SOON, None)
    due = ends - BEFORE_END
    if due > at or ENDS_SOON in room.deadlines:
        return set_deadline(room, ENDS_SOON, max(due, at))
    return room


def announce_end(room: Room, _: str, at: float) -> Room:
    """Announce the end of the conference to everyone inside, by name: also to those on hold.

    Where the meeting outlasts it, those whose calls are about to end hear so, too, and the others
    hear of the pause.
    """
    ends = ends_at(room)
    if ends is None or not outlasts(room):
        return announce(room, say(room, CONFERENCE_ENDS), at, room.joined)
    began = ends + SOON_AFTER - LASTS_AT_MOST
    old = {call for call in room.joined if room.participants[call].since <= began}
    for words, calls in ((CALL_ENDS, old), (SHORT_PAUSE, room.joined - old)):
        room = announce(room, say(room, words), at, calls)
    return room


def set_alone_deadlines(room: Room, at: float) -> Room:
    """Set the deadlines of ALONE_MINUTES for each participant without company; delete others."""
    limit = room.settings.alone_minutes * 60
    lonely = without_company(room) if limit else frozenset()
    kept = {
        each: when
        for each, when in room.deadlines.items()
        if each.kind not in ("alone", "alone-soon") or each.of in lonely
    }
    for call in sorted(lonely):
        if Deadline("alone", call) not in kept:
            kept[Deadline("alone", call)] = at + limit
            if room.settings.announce_ends and limit > BEFORE_ALONE:
                kept[Deadline("alone-soon", call)] = at + limit - BEFORE_ALONE
    return room if kept == room.deadlines else replace(room, deadlines=kept)
