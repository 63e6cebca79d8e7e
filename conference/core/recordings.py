"""Count the recordings of calls and conferences.

Telnyx's response to a command names no recording, and its webhooks may be late. So recordings are
counted: a saved one is one of those that we ended, if there are any; else it ended by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from conference.core.commands import PassThrough, Queue
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import without


def apply_command(room: Room, command: PassThrough) -> Room:
    """Count by a moderator's command that Telnyx has accepted."""
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
    """Add the recordings of a call that has moved here from another room."""
    return _keep(
        room,
        going_on=_counted(room.recordings.going_on, call, going_on),
        unsaved=_counted(room.recordings.unsaved, call, unsaved),
    )


def end_one(room: Room, about: str) -> Room:
    """Count down: a recording of this call or conference is saved, or failed."""
    if about in room.recordings.unsaved:
        return _keep(room, unsaved=_counted(room.recordings.unsaved, about, -1))
    if about in room.recordings.going_on:
        return _keep(room, going_on=_counted(room.recordings.going_on, about, -1))
    return room


def set_recorded(room: Room, conference: str) -> Room:
    """Note that the whole conference is recorded."""
    return _keep(room, going_on={**room.recordings.going_on, conference: 1})


def clear_recorded(room: Room, conference: str) -> Room:
    """Note that no recording of the conference goes on."""
    return _keep(room, going_on=without(room.recordings.going_on, conference))


def is_recorded(room: Room) -> bool:
    """Whether the participants inside are recorded: the conference is, or the call of one."""
    going_on = room.recordings.going_on
    return room.conference in going_on or not room.joined.isdisjoint(going_on)


def will_be_recorded(room: Room) -> bool:
    """Whether the conference is recorded, after the commands that wait for Telnyx."""
    recorded = room.conference in room.recordings.going_on
    for command in room.pending.get(Queue("requests", room.conference), ()):
        if isinstance(command, PassThrough) and command.name in ("record_start", "record_stop"):
            recorded = command.name == "record_start"
    return recorded


def _keep(room: Room, **fields: Mapping[str, int]) -> Room:
    return replace(room, recordings=replace(room.recordings, **fields))


def _lives(room: Room, about: str) -> bool:
    return about == room.conference or about in room.participants


def _counted(counts: Mapping[str, int], about: str, more: int) -> Mapping[str, int]:
    """Return the counts with `more` added; counts of 0 are left out."""
    counted = {**counts, about: counts.get(about, 0) + more}
    return {each: n for each, n in counted.items() if n > 0}
