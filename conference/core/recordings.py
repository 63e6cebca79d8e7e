"""Who is recorded: told by the commands that Telnyx has taken, and by the recordings it has saved.

No answer to a command names the recording, and a webhook may come late. So they are counted: one
that is saved is one of those that we have ended, as long as there are any; else it has ended
without us.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conference.core.commands import Do
from conference.core.room import Room


def commanded(room: Room, command: Do) -> Room:
    """Telnyx has taken a moderator's command."""
    about = command.about
    if command.of == "conference" and about != room.conference:
        return room
    if command.name == "record_start":
        live = {each: n for each, n in room.recorded.items() if _lives(room, each)}
        return replace(room, recorded=_counted(live, about, 1))
    going_on = room.recorded.get(about, 0)
    if command.name != "record_stop" or not going_on:
        return room
    ends = 1 if command.body.get("recording_id") else going_on
    recorded = _counted(room.recorded, about, -ends)
    return replace(room, recorded=recorded, unsaved=_counted(room.unsaved, about, ends))


def recorded(room: Room, call: str, going_on: int, unsaved: int) -> Room:
    """A call comes from another room, with this many recordings."""
    room = replace(room, recorded=_counted(room.recorded, call, going_on))
    return replace(room, unsaved=_counted(room.unsaved, call, unsaved))


def over(room: Room, about: str) -> Room:
    """A recording of this call or conference is saved, or could not be."""
    if about in room.unsaved:
        return replace(room, unsaved=_counted(room.unsaved, about, -1))
    if about in room.recorded:
        return replace(room, recorded=_counted(room.recorded, about, -1))
    return room


def _lives(room: Room, about: str) -> bool:
    return about == room.conference or about in room.participants


def _counted(counts: Mapping[str, int], about: str, more: int) -> Mapping[str, int]:
    """Without those that are none."""
    counted = {**counts, about: counts.get(about, 0) + more}
    return {each: n for each, n in counted.items() if n > 0}
