"""Announcements: words that participants inside the conference hear, all of them or some."""

from __future__ import annotations

from collections.abc import Collection

from conference.core.commands import PassThrough, Queue
from conference.core.forwarding import for_conference
from conference.core.fronts import front
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import send


def announce(room: Room, text: str, at: float, calls: Collection[str] = ()) -> Room:
    """Speak to these participants, or to everyone inside: `speak` follows.

    Participants who are not inside hear nothing. Nothing follows where nobody hears it, or where
    the front cannot speak. All that the same participants hear of one change is one speech.
    """
    hear = sorted(room.joined.intersection(calls)) if calls else []
    if not room.conference or not front(room).speaks or not (hear or (room.joined and not calls)):
        return room
    if longer := _with_same_hearers(room, text, hear):
        return longer
    settings = room.settings
    body = {"payload": text, "voice": settings.voice, "language": settings.language}
    to = {"call_control_ids": hear} if hear else {}
    n = sum(len(waiting) for waiting in room.pending.values())  # several of one change differ
    command = for_conference(room, "speak", {**body, **to}, f"announcement {room.version} {n}")
    draft = room.draft._replace(announced=(*room.draft.announced, command.id))
    return send(replace(room, draft=draft), command, at)


def _with_same_hearers(room: Room, text: str, hear: list[str]) -> Room | None:
    """Add the text to what these participants hear already of this change; None if nothing."""
    queue = Queue("requests", room.conference)
    waiting = room.pending.get(queue, ())
    for n, each in enumerate(waiting):
        if isinstance(each, PassThrough) and each.id in room.draft.announced:
            if each.body.get("call_control_ids", []) == hear:
                body = {**each.body, "payload": f"{each.body['payload']} {text}"}
                longer = (*waiting[:n], replace(each, body=body), *waiting[n + 1 :])
                return replace(room, pending={**room.pending, queue: longer})
    return None
