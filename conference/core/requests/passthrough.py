"""Requests that are passed on to Telnyx as they are, for the room or for those who are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from conference.core.commands import PassThrough, queue_of
from conference.core.events import ModeratorRequest, Refused
from conference.core.room import Room
from conference.core.transitions import send

MOST_WAITING = 20  # commands for one call or conference, past which requests are refused

Handler = Callable[[Room, ModeratorRequest], Room]


def to_conference(action: str, **usual: Any) -> Handler:
    """Of the conference; those who are named are its `call_control_ids`."""

    def does(room: Room, event: ModeratorRequest) -> Room:
        named = {"call_control_ids": list(event.calls)} if event.calls else {}
        return _pass_on_to_conference(room, event, action, {**usual, **event.values, **named})

    return does


def to_everyone_inside(action: str) -> Handler:
    """As above, but whoever is not named is listed: Telnyx takes no list for whoever comes."""

    def does(room: Room, event: ModeratorRequest) -> Room:
        calls = event.calls or tuple(sorted(room.joined))
        if not calls:
            raise Refused("no-conference", f"nobody is in the conference of room {room.name}")
        return _pass_on_to_conference(
            room, event, action, {**event.values, "call_control_ids": list(calls)}
        )

    return does


def to_each(action: str, **usual: Any) -> Handler:
    """Of the conference, one command for each who is named."""

    def does(room: Room, event: ModeratorRequest) -> Room:
        for call in event.calls:
            body = {**usual, **event.values, "call_control_id": call}
            room = _pass_on_to_conference(room, event, action, body)
        return room

    return does


def to_call(action: str, **usual: Any) -> Handler:
    """Of each call that is named."""

    def does(room: Room, event: ModeratorRequest) -> Room:
        for call in event.calls:
            command = PassThrough("call", call, action, {**usual, **event.values}, event.id)
            room = pass_on(room, command, event.at)
        return room

    return does


def to_either(of_room: Handler, of_those_named: Handler) -> Handler:
    return lambda room, event: (of_those_named if event.calls else of_room)(room, event)


def with_voice(does: Handler) -> Handler:
    """With the room's own voice and language, where none are given."""

    def spoken(room: Room, event: ModeratorRequest) -> Room:
        own = {"voice": room.settings.voice, "language": room.settings.language}
        if "voice" in event.values:
            del own["language"]  # which may not be one of that voice's
        return does(room, replace(event, values={**own, **event.values}))

    return spoken


def pass_on(room: Room, command: PassThrough, at: float) -> Room:
    """In its turn; Refused where too many of other requests are before it. They go one by one,
    while one request may well name hundreds of participants."""
    before = room.pending.get(queue_of(command), ())[:MOST_WAITING]
    others = [c for c in before if not (isinstance(c, PassThrough) and c.id == command.id)]
    if len(others) == MOST_WAITING:
        what = f"{MOST_WAITING} commands wait for Telnyx there already: try again soon"
        raise Refused("overloaded", what)
    return send(room, command, at)


def running_conference(room: Room) -> str:
    """The id of its conference. Refused where none is running."""
    if not room.conference:
        raise Refused("no-conference", f"no conference is running in room {room.name}")
    return room.conference


def _pass_on_to_conference(
    room: Room, event: ModeratorRequest, action: str, body: Mapping[str, Any]
) -> Room:
    conference = running_conference(room)
    region = {"region": room.settings.region} if room.settings.region else {}
    fields = body if action in _WITHOUT_REGION else {**region, **body}
    return pass_on(room, PassThrough("conference", conference, action, fields, event.id), event.at)


_WITHOUT_REGION = ("end", "gather_using_audio", "participants", "send_dtmf")
