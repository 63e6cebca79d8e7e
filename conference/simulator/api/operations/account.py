"""Operations on the account: its calls, recordings, application, number and key."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from ...network import recordings
from ...network.parties import Recording
from ...network.world import World
from .. import pages, views
from ..errors import refused
from ..requests import Json, Operate, ParsedRequest


def active_calls(world: World, request: ParsedRequest) -> Json:
    """List the calls of the application, or of the TeXML application."""
    if request.target not in (world.connection_id, world.texml.connection_id):
        raise refused("no such address")
    rows = [
        (position, views.active_call(world, leg))
        for position, leg in enumerate(world.legs.values())
        if leg.state != "ended" and leg.connection_id == request.target
    ]
    path = f"/v2/connections/{quote(request.target)}/active_calls"
    return pages.by_cursor(rows, request.query, path)


def application(world: World, request: ParsedRequest) -> Json:
    if request.target != world.connection_id:
        raise refused("no such address")
    return {"data": views.application(world)}


def phone_numbers(world: World, request: ParsedRequest) -> Json:
    """List the application's number, and the TeXML application's if there is one.

    filter[phone_number] matches a part of the number.
    """
    digits = request.query.get("filter[phone_number]", "").removeprefix("+")
    rows = [views.phone_number(world), *([views.texml_number(world)] * bool(world.texml.url))]
    fits = [
        row
        for row in rows
        if digits in row["phone_number"]
        and request.query.get("filter[connection_id]", row["connection_id"]) == row["connection_id"]
    ]
    return pages.numbered(fits, request.query)


def public_key(world: World, request: ParsedRequest) -> Json:
    """Show the account's public key. The description lacks this, but many programs use it."""
    if world.account.public_key is None:
        raise refused("no such address")
    return {"data": {"public": world.account.public_key}}


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
    "ListConnectionActiveCalls": active_calls,
    "ListRecordings": list_recordings,
    "RetrieveRecording": read_recording,
    "DeleteRecording": delete_recording,
    "RetrieveCallControlApplication": application,
    "ListPhoneNumbers": phone_numbers,
    "RetrievePublicKey": public_key,
}
