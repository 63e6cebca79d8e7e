"""Recordings of calls and conferences: start, pause, end, and saving a little later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..api.errors import refused
from ..webhooks import events
from .parties import Conference, Leg, Recording
from .world import World

SAVING = 2.0  # s from the end of a recording until it is saved


def start(world: World, about: Leg | Conference, fields: Mapping[str, Any]) -> None:
    """Start a recording, beside any others. fields: the request's; max_length 0 is no limit."""
    room = about if isinstance(about, Conference) else None
    leg = about.owner if isinstance(about, Conference) else about
    recording = Recording(
        leg=leg,
        conference=room,
        format=fields["format"],
        channels=fields.get("channels", "single"),
        file_name=fields.get("custom_file_name", leg.call_leg_id),
        started_at=world.clock.now(),
    )
    world.recordings[recording.id] = recording
    if longest := fields.get("max_length"):
        world.clock.after(longest, partial(_end, world, recording))


def pause(world: World, about: Leg | Conference, id: str | None) -> None:
    """Pause a recording, or all of them. Raise Refused if there is none."""
    for recording in _chosen(world, about, id):
        if recording.paused_at is None:
            recording.paused_at = world.clock.now()


def resume(world: World, about: Leg | Conference, id: str | None) -> None:
    """Resume a recording, or all of them. Raise Refused if there is none."""
    for recording in _chosen(world, about, id):
        _resume(world, recording)


def stop(world: World, about: Leg | Conference, id: str | None, client_state: str | None) -> None:
    """End a recording, or all of them. Raise Refused if there is none.

    client_state: the command's, for conference.recording.saved.
    """
    for recording in _chosen(world, about, id):
        recording.client_state = client_state
        _end(world, recording)


def end_all(world: World, about: Leg | Conference) -> None:
    """End the recordings of a call or conference that has ended."""
    for recording in running(world, about):
        _end(world, recording)


def running(world: World, about: Leg | Conference) -> list[Recording]:
    """Return the recordings under way of a call or a conference.

    A conference's recordings do not belong to its owner's call.
    """
    return [
        each
        for each in world.recordings.values()
        if each.ended_at is None and about is (each.conference or each.leg)
    ]


def _chosen(world: World, about: Leg | Conference, id: str | None) -> list[Recording]:
    """Return the running recording with that id, or all of them. Raise Refused for none."""
    found = [each for each in running(world, about) if id in (None, each.id)]
    if not found:
        raise refused("no recording", "/recording_id")
    return found


def _resume(world: World, recording: Recording) -> None:
    if recording.paused_at is not None:
        recording.paused += world.clock.now() - recording.paused_at
        recording.paused_at = None


def _end(world: World, recording: Recording) -> None:
    if recording.ended_at is None:
        _resume(world, recording)
        recording.ended_at = world.clock.now()
        world.clock.after(SAVING, partial(_save, world, recording))


def _save(world: World, recording: Recording) -> None:
    recording.saved_at = world.clock.now()
    kind = "conference" if recording.conference else "call"
    world.emit(f"{kind}.recording.saved", events.recorded(world, recording))


def saved(world: World, id: str) -> Recording:
    """Return a saved recording. Raise Refused for an unknown, unsaved or deleted one."""
    recording = world.recordings.get(id)
    if recording is None or recording.saved_at is None:
        raise refused("no recording")
    return recording
