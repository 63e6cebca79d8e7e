"""Announcements: words that participants inside the conference hear, all of them or some."""

from __future__ import annotations

from collections.abc import Collection

from conference.core.forwarding import for_conference
from conference.core.fronts import front
from conference.core.room import Room
from conference.core.transitions import send


def announce(room: Room, text: str, at: float, calls: Collection[str] = ()) -> Room:
    """Speak to these participants, or to everyone inside: `speak` follows.

    Participants who are not inside hear nothing. Nothing follows where nobody hears it, or where
    the front cannot speak.
    """
    hear = sorted(room.joined.intersection(calls)) if calls else []
    if not room.conference or not front(room).speaks or not (hear or (room.joined and not calls)):
        return room
    settings = room.settings
    body = {"payload": text, "voice": settings.voice, "language": settings.language}
    to = {"call_control_ids": hear} if hear else {}
    n = sum(len(waiting) for waiting in room.pending.values())  # several of one change differ
    command = for_conference(room, "speak", {**body, **to}, f"announcement {room.version} {n}")
    return send(room, command, at)
