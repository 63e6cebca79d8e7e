"""What Telnyx knows of hold and mute once it has answered, or has not."""

from __future__ import annotations

from dataclasses import replace

from conference.core import commands as c
from conference.core.room import FREE, Room, Told


def tell(room: Room, command: c.HoldOrMute, *, unknown: bool) -> Room:
    """The room after Telnyx was told this; `unknown` where it may have been."""
    if command.conference != room.conference:
        return room
    told = dict(room.told)
    for call in room.joined.intersection(command.calls):
        told[call] = _as_told(told.get(call, FREE), command, unknown)
    return replace(room, told={call: t for call, t in told.items() if t != FREE})


def _as_told(told: Told, command: c.HoldOrMute, unknown: bool) -> Told:
    match command:
        case c.Hold():
            return replace(told, held=None if unknown else True, music=command.music)
        case c.Unhold():
            return replace(told, held=None if unknown else False, music="")
        case c.Mute():
            return replace(told, muted=None if unknown else True)
        case c.Unmute():
            return replace(told, muted=None if unknown else False)
