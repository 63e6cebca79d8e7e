"""The steps of a call out of the conference: taken out, left, spoken to, hung up.

Each step returns the room afterwards; its commands wait there.
"""

from __future__ import annotations

from conference.core.commands import Hangup, Join, Leave, Speak, of_call
from conference.core.fronts import front
from conference.core.room import Deadline, Room
from conference.core.transitions import (
    change,
    clear_queue,
    complete_head,
    forget,
    send,
    set_deadline,
)
from conference.core.words import Words

HANGS_UP_WITHIN = 5.0  # seconds from leaving the conference until a call that stays up hears so


def caller_left(room: Room, call: str, at: float, occurred_at: str = "") -> Room:
    """Mark a caller as out of the conference. A Call Control call may stay up, and is paid for,
    until it is hung up: hence the deadline. A TeXML call has ended."""
    if not front(room).legs_stay_up:
        return forget(room, call, at)
    newest = occurred_at or room.participants[call].moved_at
    room = change(room, call, status="leaving", moved_at=newest)
    room = complete_head(room, of_call(call), lambda c: isinstance(c, Join))
    return set_deadline(room, Deadline("call", call), at + HANGS_UP_WITHIN)


def take_out(
    room: Room, call: str, conference: str, at: float, to: str = "", beep: str = ""
) -> Room:
    """Take a call out of the conference without ending it: parked, or moving to the room `to`."""
    return step_out(change(room, call, status="parked"), call, conference, at, to, beep)


def step_out(
    room: Room, call: str, conference: str, at: float, to: str = "", beep: str = ""
) -> Room:
    """Send the `leave`. The caller's status says what follows when it is done."""
    n = room.participants[call].tries + 1
    room = change(room, call, tries=n, taken_out=True)
    return send(room, Leave(call, conference, n, to, room.settings.region, beep), at)


def dismiss(room: Room, call: str, why: Words, at: float) -> Room:
    """Speak `why` to a caller who cannot stay; the call is hung up after the speech."""
    by = room.draft.request
    room = change(room, call, status="refused", ended_by=by)
    room = set_deadline(room, Deadline("call", call), None)
    voice, language = room.settings.voice, room.settings.language
    return send(room, Speak(call, "goodbye", why, voice, language), at)


def hang_up(room: Room, call: str, at: float) -> Room:
    """Hang up now: the call's other commands are dropped."""
    participant = room.participants[call]
    by = room.draft.request or participant.ended_by
    room = change(room, call, status="ending", ended_by=by)
    room = set_deadline(room, Deadline("call", call), None)
    hangup = Hangup(call, participant.ends_with, request=by)
    return send(clear_queue(room, of_call(call)), hangup, at)
