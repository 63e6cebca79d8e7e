"""Requests that are forwarded to Telnyx unchanged: each `to_...` makes a handler of a verb.

The action's name and fields are Telnyx's. Fields of the request replace the `usual` ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conference.core.commands import PassThrough, Queue, queue_of
from conference.core.events import ModeratorRequest, Refused
from conference.core.forwarding import for_conference
from conference.core.replacing import replace
from conference.core.requests.required_status import ANSWERED, require_status
from conference.core.room import Room
from conference.core.transitions import send

MOST_WAITING = 20  # commands for one call or conference; with more, requests are refused

Handler = Callable[[Room, ModeratorRequest], Room]


def to_conference(action: str, **usual: Any) -> Handler:
    """Send the action to the conference, with the participants, if any, as `call_control_ids`."""

    def handler(room: Room, event: ModeratorRequest) -> Room:
        named = {"call_control_ids": list(event.calls)} if event.calls else {}
        return _to_conference(room, event, action, {**usual, **event.values, **named})

    return handler


def to_everyone_inside(action: str) -> Handler:
    """Send the action to the conference, for the participants, or for everyone in it now.

    Telnyx reads an empty list as everyone, latecomers too.
    """

    def handler(room: Room, event: ModeratorRequest) -> Room:
        calls = event.calls or tuple(sorted(room.joined))
        if not calls:
            raise Refused("no-conference", f"nobody is in the conference of room {room.name}")
        return _to_conference(
            room, event, action, {**event.values, "call_control_ids": list(calls)}
        )

    return handler


def to_each(action: str, **usual: Any) -> Handler:
    """Send the action to the conference once for each participant."""

    def handler(room: Room, event: ModeratorRequest) -> Room:
        for call in event.calls:
            body = {**usual, **event.values, "call_control_id": call}
            room = _to_conference(room, event, action, body)
        return room

    return handler


def to_call(action: str, **usual: Any) -> Handler:
    """Send the action to the call of each participant. Refused for a call that rings."""

    def handler(room: Room, event: ModeratorRequest) -> Room:
        for call in require_status(room, event.calls, *ANSWERED):
            command = PassThrough("call", call, action, {**usual, **event.values}, event.id)
            room = pass_on(room, command, event.at)
        return room

    return handler


def to_either(to_room: Handler, to_participants: Handler) -> Handler:
    return lambda room, event: (to_participants if event.calls else to_room)(room, event)


def with_voice(speak: Handler) -> Handler:
    """Add the voice and language of the room, where none are given."""

    def handler(room: Room, event: ModeratorRequest) -> Room:
        own = {"voice": room.settings.voice, "language": room.settings.language}
        if "voice" in event.values:
            del own["language"]  # the given voice may not have it
        return speak(room, replace(event, values={**own, **event.values}))

    return handler


def pass_on(room: Room, command: PassThrough, at: float) -> Room:
    """Queue the command. Raise Refused if too many commands of other requests wait there."""
    check_waiting(room, queue_of(command), command.id)
    return send(room, command, at)


def check_waiting(room: Room, queue: Queue, request: str) -> None:
    """Raise Refused if too many commands of other requests wait in the queue.

    Commands of the same request do not count: it may name hundreds of participants.
    """
    before = room.pending.get(queue, ())[:MOST_WAITING]
    others = [c for c in before if not (isinstance(c, PassThrough) and c.id == request)]
    if len(others) == MOST_WAITING:
        what = f"{MOST_WAITING} commands wait for Telnyx there already: try again soon"
        raise Refused("overloaded", what)


def running_conference(room: Room) -> str:
    """Return the id of the room's conference. Raise Refused if none is running."""
    if not room.conference:
        raise Refused("no-conference", f"no conference is running in room {room.name}")
    return room.conference


def _to_conference(
    room: Room, event: ModeratorRequest, action: str, body: Mapping[str, Any]
) -> Room:
    """Pass the action on. Refused without a conference, or if a participant is not in it."""
    running_conference(room)
    require_status(room, event.calls, "joined")
    return pass_on(room, for_conference(room, action, body, event.id), event.at)
