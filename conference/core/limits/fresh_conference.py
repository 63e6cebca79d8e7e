"""A meeting that outlasts its conference: Telnyx ends every conference after 4 hours.

Shortly before, everyone inside leaves it. Its name is free when all have left: then they enter a
fresh conference, by the rule for one that is lost. They keep all that the room knows of them.

Deadlines "fresh": of MOVE, when the move begins; of LEAVE, when everyone leaves, a few seconds
later if somebody's leave would end the conference for the others.
"""

from __future__ import annotations

from collections.abc import Mapping

from conference.core.commands import CONFERENCE
from conference.core.entering import conference_lost, enter, is_moving, let_next_open
from conference.core.forwarding import for_conference
from conference.core.leaving import step_out
from conference.core.limits.time_limits import LEAVE, MOVE, ends_at
from conference.core.muting import mute_reason
from conference.core.room import Room, retry
from conference.core.transitions import change, remember_ended, send, set_deadline

TIME_EXCEEDED = "time_exceeded"  # Telnyx's reason for an end by time
DISARMED_WITHIN = 5.0  # seconds until Telnyx has taken back that a leave ends the conference
ENDING = ("end_conference_on_exit", "soft_end_conference_on_exit")


def move_on(room: Room, step: str, at: float) -> Room:
    """Begin the move: `leave` follows for everyone inside.

    Before it, `participants` follows for each one whose leave would end the conference and all
    calls. Nothing follows once the line ends the conference.
    """
    if room.ending:
        return room
    armed = {call: body for call in sorted(room.joined) if (body := _disarmed(room, call))}
    if step != MOVE.of or not armed:
        return _leave(room, at)
    for call, body in armed.items():
        body = {"call_control_id": call, **body}
        room = send(room, for_conference(room, "participants", body, "before the move"), at)
    return set_deadline(room, LEAVE, at + DISARMED_WITHIN)


def _disarmed(room: Room, call: str) -> Mapping[str, object]:
    options = room.participants[call].join_options
    return {name: False for name in ENDING if options.get(name)}


def _leave(room: Room, at: float) -> Room:
    """Let everyone leave who is inside, or about to be.

    To the room the conference is over. Its end counts from the time at which Telnyx ends it: until
    then a list that shows the conference proves nothing. Muted participants join as muted: nobody
    hears them between their join and the mute.
    """
    old, ends = room.conference, ends_at(room)
    coming = [p.call for p in room.in_status("waiting") if not is_moving(room, p.call)]
    for call in (*sorted(room.joined), *coming):
        room = step_out(room, call, old, at, beep="never")
        if mute_reason(room, call):
            options = {**room.participants[call].join_options, "mute": True}
            room = change(room, call, join_options=options)
    room = conference_lost(room, old, at)
    for call in coming:
        room = enter(room, call, at)
    return remember_ended(room, old, at if ends is None else ends)


def left_to_end(room: Room, conference: str, at: float) -> bool:
    """Whether everyone was moved out of this conference, which has not ended yet."""
    return room.ended.get(conference, at) > at


def open_now(room: Room) -> Room:
    """Open the next conference at once: its name is free."""
    return set_deadline(room, retry(CONFERENCE), None)


def go_on_after(room: Room, conference: str, at: float) -> Room:
    """Let callers in again whose calls are still up after Telnyx has ended the conference by time.

    Telnyx may have reported before that they left, and others may have opened the next conference.
    """
    out = [p.call for p in room.in_status("leaving")]
    room = conference_lost(room, conference, at)
    for call in out:
        room = change(room, call, status="waiting", returns=True, patience=None)
        room = enter(room, call, at)
    return let_next_open(room, at)
