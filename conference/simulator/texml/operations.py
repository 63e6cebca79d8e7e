"""TeXML's operations on conferences, calls and recordings.

The dict at the foot has a function for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..api.errors import Problem, Refused, refused
from ..api.requests import Json, Operate, ParsedRequest
from ..network import endings, recordings
from ..network.parties import Conference, Leg, Recording
from ..network.world import World
from . import views
from .conference_noun import address
from .conferences import announce
from .pages import indexed
from .parties import Source


def of_account(operate: Operate) -> Operate:
    """Make the operation that raises Refused for another account_sid in the path."""

    def run(world: World, request: ParsedRequest) -> Json:
        if request.account != world.texml.account_sid:
            raise refused("no texml")
        return operate(world, request)

    return run


def conference(world: World, sid: str) -> Conference:
    """Return a TeXML conference. Raise Refused for an unknown one."""
    room = world.conferences.get(sid)
    if room is None or room.noun is None:
        raise refused("no texml")
    return room


def running(world: World, sid: str) -> Conference:
    """Return a TeXML conference. Raise Refused for an unknown one, and one that has ended."""
    room = conference(world, sid)
    if room.status == "completed":
        raise refused("texml conference ended")
    return room


def source(request: ParsedRequest, name: str) -> Source | None:
    """Return the address in the fields <name>Url and <name>Method, if there is one."""
    if (url := request.body.get(f"{name}Url")) is None:
        return None
    try:
        return Source(address(url), request.body.get(f"{name}Method", "POST"))
    except ValueError as error:
        raise Refused(422, [Problem(f"/{name}Url", "10015", f"It must be {error}.")]) from None


Row = tuple[int, dict[str, Any]]


def newest_first(rows: Sequence[dict[str, Any]]) -> list[Row]:
    """Return rows, the oldest first, as rows with positions, the newest first."""
    return [(-place, row) for place, row in reversed([*enumerate(rows)])]


_COMPARED: Mapping[str, Callable[[str, str], bool]] = {
    "": lambda date, wanted: date == wanted,
    ">": lambda date, wanted: date > wanted,
    "<": lambda date, wanted: date < wanted,
    ">=": lambda date, wanted: date >= wanted,
    "<=": lambda date, wanted: date <= wanted,
}


def dated(query: Mapping[str, str], name: str, date: str) -> bool:
    """Whether a date fits a query like ?DateCreated=2023-05-22 or ?DateCreated>=2023-05-22.

    In the second one the parameter's name is "DateCreated>".
    """
    for key, text in query.items():
        if key.rstrip("<>") == name:
            sign = f"{key[len(name) :]}=" if key != name else ""
            match = re.fullmatch(r"([<>]?=?)(\d{4}-\d\d-\d\d)(T.*)?", sign + text)
            if not match:
                raise Refused(422, [Problem(name, "10015", "It must be a date, as 2023-05-22.")])
            if not _COMPARED[match[1]](date[: len(match[2])], match[2]):
                return False
    return True


def conferences(world: World, request: ParsedRequest) -> Json:
    query = request.query
    rows = [
        views.conference(world, room)
        for room in world.conferences.values()
        if room.noun
        and query.get("FriendlyName", room.name) == room.name
        and query.get("Status", room.status).replace("-", "_") == room.status
        and dated(query, "DateCreated", views.iso(world, room.created_at))
        and dated(query, "DateUpdated", views.iso(world, room.updated_at))
    ]
    uri = views.uri(world, "Conferences")
    return indexed("conferences", newest_first(rows), query, uri)


def read_conference(world: World, request: ParsedRequest) -> Json:
    return views.conference(world, conference(world, request.target))


def update_conference(world: World, request: ParsedRequest) -> Json:
    room = running(world, request.target)
    if announced := source(request, "Announce"):
        announce(world, room, announced)
    if request.body.get("Status"):
        endings.end(world, room, "ended_via_api")
    return views.conference(world, room)


def _of_texml(world: World) -> list[Recording]:
    return [each for each in world.recordings.values() if each.leg.texml]


def conference_recordings(world: World, request: ParsedRequest) -> Json:
    return _recordings(world, request, views.conference_recording) | {
        "participants": []  # the description has it in this list
    }


def fetched_recordings(world: World, request: ParsedRequest) -> Json:
    return _recordings(world, request, views.recording)


def _recordings(
    world: World, request: ParsedRequest, view: Callable[[World, Recording], dict[str, Any]]
) -> Json:
    room = conference(world, request.target)
    rows = [view(world, each) for each in _of_texml(world) if each.conference is room]
    uri = views.uri(world, "Conferences", room.id, "Recordings")
    return indexed("recordings", newest_first(rows), request.query, uri)


def account_recordings(world: World, request: ParsedRequest) -> Json:
    rows = [
        views.recording(world, each)
        for each in _of_texml(world)
        if dated(request.query, "DateCreated", views.iso(world, each.started_at))
    ]
    uri = views.uri(world, "Recordings")
    return indexed("recordings", newest_first(rows), request.query, uri)


def _recording(world: World, sid: str) -> Recording:
    if each := next((each for each in _of_texml(world) if each.id == sid), None):
        return each
    raise refused("no texml")


def read_recording(world: World, request: ParsedRequest) -> Json:
    return views.recording(world, _recording(world, request.target))


def delete_recording(world: World, request: ParsedRequest) -> Json:
    del world.recordings[recordings.saved(world, _recording(world, request.target).id).id]
    return {}


def calls(world: World, request: ParsedRequest) -> Json:
    rows = [
        row
        for leg in world.legs.values()
        if leg.texml and _fits(world, leg, row := views.call(world, leg), request.query)
    ]
    uri = views.uri(world, "Calls")
    return indexed("calls", newest_first(rows), request.query, uri)


def _fits(world: World, leg: Leg, row: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    for name, field in (("From", "from"), ("To", "to"), ("Status", "status")):
        if query.get(name, row[field]) != row[field]:
            return False
    for name, at in (("StartTime", leg.started_at), ("EndTime", leg.ended_at)):
        for key, sign in ((name, ""), (f"{name}_gt", ">"), (f"{name}_lt", "<")):
            if key in query:
                date = "" if at is None else views.iso(world, at)
                if not dated({name: sign + query[key]}, name, date):
                    return False
    return True


def _call(world: World, sid: str) -> Leg:
    leg = world.legs.get(sid)
    if leg is None or not leg.texml:
        raise refused("no texml")
    return leg


def read_call(world: World, request: ParsedRequest) -> Json:
    return views.call(world, _call(world, request.target))


def update_call(world: World, request: ParsedRequest) -> Json:
    """End a call. Another document for a call is not simulated."""
    leg = _call(world, request.target)
    for name in ("Url", "Texml"):
        if name in request.body:
            raise Refused(422, [Problem(f"/{name}", "10015", f"{name} is not simulated.")])
    if request.body.get("Status"):
        endings.hang_up_by_application(world, leg)
    return views.call(world, leg)


OPERATIONS: Mapping[str, Operate] = {
    "GetTexmlConferences": of_account(conferences),
    "GetTexmlConference": of_account(read_conference),
    "UpdateTexmlConference": of_account(update_conference),
    "GetTexmlConferenceRecordings": of_account(conference_recordings),
    "FetchTeXMLConferenceRecordings": of_account(fetched_recordings),
    "GetTexmlCalls": of_account(calls),
    "GetTexmlCall": of_account(read_call),
    "UpdateTexmlCall": of_account(update_call),
    "GetTeXMLCallRecordings": of_account(account_recordings),
    "GetTeXMLCallRecording": of_account(read_recording),
    "DeleteTeXMLCallRecording": of_account(delete_recording),
}
