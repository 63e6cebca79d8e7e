"""Operations on saved recordings."""

from __future__ import annotations

from collections.abc import Mapping

from ...network import recordings
from ...network.parties import Recording
from ...network.world import World
from .. import pages, views
from ..requests import Json, Operate, ParsedRequest


def list_recordings(world: World, request: ParsedRequest) -> Json:
    """List the saved recordings, the newest first."""
    rows = [
        views.recording(world, each)
        for each in reversed(world.recordings.values())
        if each.saved_at is not None and _fits(world, each, request.query)
    ]
    return pages.numbered(rows, request.query)


_EQUAL = ("call_control_id", "call_leg_id", "call_session_id", "conference_id", "connection_id")
_DATES = {"created_at": "saved_at", "start_time": "started_at", "end_time": "ended_at"}


def _fits(world: World, each: Recording, query: pages.Query) -> bool:
    row = views.recording(world, each)
    for name in (*_EQUAL, "from", "to"):
        if query.get(f"filter[{name}]", row[name]) != row[name]:
            return False
    for name, field in _DATES.items():
        date = world.date(getattr(each, field))
        earliest, latest = (query.get(f"filter[{name}][{end}]", date) for end in ("gte", "lte"))
        if not earliest <= date <= latest:
            return False
    return True


def read_recording(world: World, request: ParsedRequest) -> Json:
    return {"data": views.recording(world, recordings.saved(world, request.target))}


def delete_recording(world: World, request: ParsedRequest) -> Json:
    row = views.recording(world, recordings.saved(world, request.target))
    del world.recordings[request.target]
    return {"data": row}


OPERATIONS: Mapping[str, Operate] = {
    "ListRecordings": list_recordings,
    "RetrieveRecording": read_recording,
    "DeleteRecording": delete_recording,
}
