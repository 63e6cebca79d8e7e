"""Waiting outside the meeting: callers hear words, then music in a queue of Telnyx's.

The entry stages `lobby` and `seat` wait in this way. The deadline "lobby" ends the wait.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

from conference.core.commands import PassThrough, Speak
from conference.core.entering import FULL
from conference.core.events import Webhook
from conference.core.leaving import dismiss
from conference.core.participant import Participant
from conference.core.room import Deadline, Room
from conference.core.transitions import change, send, set_deadline
from conference.core.words import Sentence, Words, say

LONGEST_QUEUE = 300  # calls; Telnyx makes a queue of 100 otherwise

TOO_LONG = {
    "lobby": Sentence("The host has not let you in. Please call again later. Goodbye."),
    "seat": FULL,
}
"""Spoken to callers who have waited for too long, by the stage."""

Next = Literal["passed", "gone"]
"""The result of the words: the next stage follows; or nothing, since the caller waits."""

Outside = Literal["lobby", "full"]
"""Where a caller waits: to be admitted, or for a seat of a full room."""


def waits_in(participant: Participant) -> Outside | None:
    """Return where the caller waits, until admitted or given a seat; None for others."""
    if not participant.waits_outside or participant.wait in ("", "admitted"):
        return None
    return "lobby" if participant.stages[0] == "lobby" else "full"


def count_outside(room: Room) -> Counter[Outside | None]:
    """Count the participants by where they wait."""
    return Counter(map(waits_in, room.participants.values()))


def begin_wait(room: Room, participant: Participant, text: Words, at: float) -> tuple[Room, Speak]:
    """Speak to a caller who is to wait.

    A caller found after a restart may wait in a queue or hear music: both end first.
    """
    call, settings = participant.call, room.settings
    if participant.recovered:
        room = _leave(room, call, at)
    if (overdue := Deadline("lobby", call)) not in room.deadlines:
        room = set_deadline(room, overdue, at + settings.lobby_minutes * 60)
    room = change(room, call, wait="spoken to")
    words = Speak(
        *(call, participant.stages[0], text, settings.voice, settings.language),
        n=participant.tries + 1,
    )
    return room, words


def spoken(room: Room, event: Webhook) -> tuple[Room, Next]:
    """The words have ended."""
    return wait(room, event.call, event.at)


def wait(room: Room, call: str, at: float) -> tuple[Room, Next]:
    """Let the caller wait: `enqueue` follows, and music. One who is admitted by now passes."""
    participant = room.participants[call]
    if participant.wait == "admitted":
        return over(room, call), "passed"
    if participant.wait == "in queue":
        return room, "gone"
    room = change(set_deadline(room, Deadline("call", call), None), call, wait="in queue")
    queue = {"queue_name": room.name, "max_size": LONGEST_QUEUE}
    room = send(room, PassThrough("call", call, "enqueue", queue, _id(room)), at)
    if not room.wait_music:
        return room, "gone"
    music = {"audio_url": room.wait_music, "loop": "infinity"}
    return send(room, PassThrough("call", call, "playback_start", music, _id(room)), at), "gone"


def leave(room: Room, call: str, at: float) -> Room:
    """Take the caller out of the queue: `playback_stop` and `leave_queue` follow."""
    return over(_leave(room, call, at), call)


def over(room: Room, call: str) -> Room:
    """Delete what the wait of the caller needed."""
    return set_deadline(change(room, call, wait=""), Deadline("lobby", call), None)


def too_long(room: Room, call: str, at: float) -> Room:
    """Say goodbye to a caller who has waited for too long."""
    participant = room.participants.get(call)
    if participant is None or not participant.waits_outside or not participant.wait:
        return room
    words = say(room, TOO_LONG[participant.stages[0]])
    room = leave(room, call, at) if participant.wait == "in queue" else over(room, call)
    return dismiss(room, call, words, at)


def _leave(room: Room, call: str, at: float) -> Room:
    room = send(room, PassThrough("call", call, "playback_stop", {}, _id(room)), at)
    return send(room, PassThrough("call", call, "leave_queue", {}, _id(room)), at)


def _id(room: Room) -> str:
    return f"lobby {room.version}"
