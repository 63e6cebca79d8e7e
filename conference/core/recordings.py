"""Who is recorded: told by the commands that Telnyx has taken, and by the recordings it has saved.

No answer to a command names the recording, and a webhook may come late. So they are counted: one
that is saved is one of those that we have ended, as long as there are any; else it has ended
without us.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conference.core.commands import PassThrough
from conference.core.room import Room
from conference.core.transitions import without


def apply_command(room: Room, command: PassThrough) -> Room:
    """Telnyx has taken a moderator's command."""
    about, now = command.about, room.recordings
    if command.of == "conference" and about != room.conference:
        return room
    if command.name == "record_start":
        live = {each: n for each, n in now.going_on.items() if _lives(room, each)}
        return _keep(room, going_on=_counted(live, about, 1))
    going_on = now.going_on.get(about, 0)
    if command.name != "record_stop" or not going_on:
        return room
    ends = 1 if command.body.get("recording_id") else going_on
    return _keep(
        room,
        going_on=_counted(now.going_on, about, -ends),
        unsaved=_counted(now.unsaved, about, ends),
    )


def add_recordings(room: Room, call: str, going_on: int, unsaved: int) -> Room:
    """A call comes from another room, with this many recordings."""
    return _keep(
        room,
        going_on=_counted(room.recordings.going_on, call, going_on),
        unsaved=_counted(room.recordings.unsaved, call, unsaved),
    )


def end_one(room: Room, about: str) -> Room:
    """A recording of this call or conference is saved, or could not be."""
    if about in room.recordings.unsaved:
        return _keep(room, unsaved=_counted(room.recordings.unsaved, about, -1))
    if about in room.recordings.going_on:
        return _keep(room, going_on=_counted(room.recordings.going_on, about, -1))
    return room


def set_recorded(room: Room, conference: str) -> Room:
    """The whole conference is recorded, from its start."""
    return _keep(room, going_on={**room.recordings.going_on, conference: 1})


def clear_recorded(room: Room, conference: str) -> Room:
    """No recording of the conference goes on."""
    return _keep(room, going_on=without(room.recordings.going_on, conference))


def _keep(room: Room, **fields: Mapping[str, int]) -> Room:
    return replace(room, recordings=replace(room.recordings, **fields))


def _lives(room: Room, about: str) -> bool:
    return about == room.conference or about in room.participants


def _counted(counts: Mapping[str, int], about: str, more: int) -> Mapping[str, int]:
    """Return the counts with so many more, without those that are 0."""
    counted = {**counts, about: counts.get(about, 0) + more}
    return {each: n for each, n in counted.items() if n > 0}
