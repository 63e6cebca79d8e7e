"""The steps of a call's way: greeted, let in, arrived, departed, taken leave of.

Each is `room -> room`; the commands that it calls for wait in the room that it gives back.
"""

from __future__ import annotations

from dataclasses import replace

from conference.core.commands import CONFERENCE, Answer, Create, Find, Hangup, Join, Speak
from conference.core.room import (
    Asked,
    Deadline,
    Participant,
    Room,
    change,
    client_state,
    forget,
    put,
    remember_ended,
    send,
    settle,
    wait,
)

PATIENCE = 20.0  # seconds that a caller plausibly waits to get in
RINGS_AT_MOST = 660.0  # seconds; Telnyx lets a call ring for 600 at most
ANSWERED_WITHIN = 4.0  # seconds from Telnyx's taking an answer, join or hangup to its webhook
HANGS_UP_WITHIN = 5.0  # seconds between leaving the conference and the end of the call

FULL = "The conference is full. Please try again later. Goodbye."
NO_WAY_IN = "We are sorry, the conference cannot be reached now. Please call again. Goodbye."
NOBODY_CAME = "Nobody else has joined. Please call again later. Goodbye."


def speech_seconds(text: str) -> float:
    """How long text-to-speech may take at the very most: slow speech, and time to begin.

    By bytes, since a character of a script that needs several takes longer to say.
    """
    return 2.0 + len(text.encode()) / 10


def recognise(room: Room, participant: Participant, *, hold: bool, mute: bool) -> Room:
    """Take a call into the room, with what its moderator had asked for."""
    room = put(room, participant)
    if hold or mute:
        room = replace(room, asked={**room.asked, participant.call: Asked(hold, mute)})
    return room


def pick_up(room: Room, call: str, at: float) -> Room:
    """Answer a call that comes in."""
    return send(room, Answer(call, client_state(room, room.participants[call])), at)


def greet(room: Room, call: str, at: float) -> Room:
    """Speak to a caller who was just answered, or let it in where there is nothing to say."""
    others = (p for p in room.participants.values() if p.call != call)
    first = not any(p.status in ("greeting", "waiting", "joined") for p in others)
    text = room.settings.greeting_first if first else room.settings.greeting_next
    if not text:
        return enter(room, call, at)
    return _say(change(room, call, status="greeting"), call, "greeting", text, at)


def enter(room: Room, call: str, at: float) -> Room:
    """Bring a caller into the conference, opening it where there is none."""
    participant = room.participants[call]
    patience = participant.patience or at + PATIENCE
    if at >= patience:
        return dismiss(room, call, NO_WAY_IN, at)
    n = participant.tries + 1
    since = participant.waits_since or at
    room = change(room, call, status="waiting", tries=n, patience=patience, waits_since=since)
    room = wait(room, Deadline("call", call), None)
    if room.conference:
        return send(room, Join(call, room.conference, n, room.settings.region), at)
    if CONFERENCE in room.pending:
        return room  # somebody is opening it: `opened` lets the others in
    return send(room, _create(room, call, n), at)


def opened(room: Room, conference: str, at: float, creator: str = "") -> Room:
    """The room's conference is known: everyone who waits for it goes in, all at once, and with as
    much patience as if they had just come."""
    room = replace(settle(room, CONFERENCE), conference=conference)
    for other in room.in_status("waiting"):
        if other.call == creator:
            room = wait(room, Deadline("call", creator), at + ANSWERED_WITHIN)
        elif other.call not in room.pending:
            room = enter(change(room, other.call, patience=None), other.call, at)
    return room


def open_again(room: Room, at: float) -> Room:
    """Whoever was opening the conference is not any more: the next who waits for it does."""
    for waiting in room.in_status("waiting"):
        if room.conference or CONFERENCE in room.pending:
            break
        if waiting.call not in room.pending:
            room = enter(room, waiting.call, at)
    return room


def arrived(room: Room, call: str, conference: str, at: float, occurred_at: str = "") -> Room:
    """A caller is in the conference: Telnyx has said so."""
    if room.participants[call].status not in ("ringing", "greeting", "waiting"):
        return room
    if conference in room.ended:
        return room
    opener = room.head(CONFERENCE)
    by_another = isinstance(opener, Create) and opener.call != call
    if not room.conference and not by_another:
        room = opened(room, conference, at, creator=call)
    if conference != room.conference:
        return room
    room = settle(room, call, lambda c: isinstance(c, Join))
    room = wait(room, Deadline("call", call), None)
    room = change(room, call, status="joined", joined_at=at, moved_at=occurred_at)
    return change(room, call, patience=None, waits_since=None)


def departed(room: Room, call: str, at: float, occurred_at: str = "") -> Room:
    """A caller is out of the conference. Its leg stays up, and is paid for, until it hangs up."""
    room = change(room, call, status="leaving", moved_at=occurred_at)
    room = settle(room, call, lambda c: isinstance(c, Join))
    return wait(room, Deadline("call", call), at + HANGS_UP_WITHIN)


def dismiss(room: Room, call: str, why: str, at: float) -> Room:
    """Tell a caller why it cannot stay; the call is hung up when that was said."""
    return _say(change(room, call, status="refused"), call, "goodbye", why, at)


def hang_up(room: Room, call: str, at: float) -> Room:
    """Whatever else was to be done for the call is not waited for."""
    room = wait(change(room, call, status="ending"), Deadline("call", call), None)
    room = wait(room, Deadline("retry", call), None)
    pending = {of: queue for of, queue in room.pending.items() if of != call}
    return send(replace(room, pending=pending), Hangup(call), at)


def gone(room: Room, call: str, at: float) -> Room:
    """The call has ended. What it was opening, the next in line opens."""
    room = forget(room, call, at)
    opener = room.head(CONFERENCE)
    if isinstance(opener, Create) and opener.call == call:
        if Deadline("retry", CONFERENCE) not in room.deadlines:
            return room  # in flight: its outcome tells whether there is a conference
        room = settle(room, CONFERENCE)
    return open_again(room, at)


def conference_gone(room: Room, conference: str, at: float) -> Room:
    """Telnyx has no such conference any more: those who are left open a new one."""
    if conference != room.conference:
        return room
    room = replace(remember_ended(room, conference, at), conference="", speaker="")
    for call in sorted(room.joined):
        room = enter(room, call, at)
    return open_again(room, at)


def find(room: Room, at: float) -> Room:
    """The name is taken: whoever opened the conference, we go into that one."""
    return send(room, Find(room.name, room.settings.region), at)


def _say(room: Room, call: str, purpose: str, text: str, at: float) -> Room:
    room = wait(room, Deadline("call", call), None)
    return send(room, Speak(call, purpose, text, room.settings.voice, room.settings.language), at)


def _create(room: Room, call: str, n: int) -> Create:
    settings = room.settings
    return Create(call, room.name, n, settings.beep, settings.max_participants, settings.region)
