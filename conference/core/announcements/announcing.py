"""Announcements: words and sounds that participants inside the conference hear, all or some."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from conference.core.commands import PassThrough, Queue
from conference.core.forwarding import for_conference
from conference.core.fronts import front
from conference.core.human_text import speech_seconds
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import send
from conference.core.words import Words


class Sound(NamedTuple):
    """A recording. `seconds`: the most that it lasts."""

    address: str
    seconds: float


Part = Words | Sound
"""A part of an announcement: words to be spoken, or a sound to be played."""


def announce(room: Room, text: Words, at: float, calls: Collection[str]) -> Room:
    """Speak to these participants: `speak` follows, by name, so that those on hold hear it, too.

    Participants who are not inside hear nothing. Nothing follows where nobody hears it, where the
    front cannot speak, or once the line ends the conference. All that the same participants hear of
    one change is one speech.
    """
    hear = sorted(room.joined.intersection(calls))
    if not _can_hear(room, hear):
        return room
    if longer := _with_same_hearers(room, text, hear):
        return longer
    settings = room.settings
    body = {"payload": text, "voice": settings.voice, "language": settings.language}
    return _send(room, "speak", body, hear, at)


def announce_parts(room: Room, parts: Iterable[Part], at: float, calls: Collection[str]) -> Room:
    """Let these participants hear the parts in order: `speak` and `play` follow.

    Telnyx plays what the same participants hear one after the other.
    """
    for part in parts:
        if isinstance(part, str):
            room = announce(room, part, at, calls)
        else:
            room = _play(room, part, at, calls)
    return room


def seconds(parts: Iterable[Part]) -> float:
    """Return the most seconds that the parts take."""
    return sum(p.seconds if isinstance(p, Sound) else speech_seconds(p) for p in parts)


def _play(room: Room, sound: Sound, at: float, calls: Collection[str]) -> Room:
    hear = sorted(room.joined.intersection(calls))
    if not _can_hear(room, hear):
        return room
    return _send(room, "play", {"audio_url": sound.address}, hear, at)


def _can_hear(room: Room, hear: Collection[str]) -> bool:
    return bool(room.conference and not room.ending and front(room).speaks and hear)


def _send(
    room: Room, action: str, body: Mapping[str, Any], hear: Collection[str], at: float
) -> Room:
    """Send the action to these participants."""
    to = {**body, "call_control_ids": hear}
    n = sum(len(waiting) for waiting in room.pending.values())  # several of one change differ
    command = for_conference(room, action, to, f"announcement {room.version} {n}")
    draft = room.draft._replace(announced=(*room.draft.announced, command.id))
    return send(replace(room, draft=draft), command, at)


def _with_same_hearers(room: Room, text: str, hear: list[str]) -> Room | None:
    """Add the text to the last words that these participants hear of this change.

    None if they hear none, or a sound after them.
    """
    queue = Queue("requests", room.conference)
    waiting = room.pending.get(queue, ())
    for n, each in reversed([*enumerate(waiting)]):
        if isinstance(each, PassThrough) and each.id in room.draft.announced:
            if each.body["call_control_ids"] == hear:
                if each.name != "speak":
                    return None
                body = {**each.body, "payload": f"{each.body['payload']} {text}"}
                longer = (*waiting[:n], replace(each, body=body), *waiting[n + 1 :])
                return replace(room, pending={**room.pending, queue: longer})
    return None
