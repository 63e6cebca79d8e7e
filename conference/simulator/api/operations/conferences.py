"""Operations on conferences and participants. The dict at the foot has a function for each."""

from __future__ import annotations

from collections.abc import Mapping

from ...network import conferences, endings
from ...network.parties import Conference, Leg, Participant
from ...network.world import World
from .. import pages, views
from ..errors import refused
from ..requests import OK, Json, Operate, ParsedRequest

_FILTERS = {
    "filter[muted]": "muted",
    "filter[on_hold]": "on_hold",
    "filter[whispering]": "whisper_call_control_ids",
}


def _leg(world: World, request: ParsedRequest) -> Leg:
    return world.leg(request.body["call_control_id"], "/call_control_id")


def create(world: World, request: ParsedRequest) -> Json:
    room = conferences.create(world, _leg(world, request), request.body)
    return {"data": views.conference(world, room)}


def _application_name(world: World, room: Conference) -> str:
    application = world.account.applications.get(room.owner.connection_id, {})
    return str(application.get("application_name", ""))


def list_conferences(world: World, request: ParsedRequest) -> Json:
    """List the conferences. Filters by event or product have no effect."""
    wanted = request.query.get("filter[application_name][contains]", "").lower()
    found = [
        room
        for room in reversed(world.conferences.values())
        if not room.noun
        and wanted in _application_name(world, room).lower()
        and request.query.get("filter[name]", room.name) == room.name
        and request.query.get("filter[status]", room.status) == room.status
        and request.query.get("filter[connection_id]") in (None, room.owner.connection_id)
    ]
    found.sort(key=lambda room: room.expires_at, reverse=True)
    return pages.numbered([views.conference(world, room) for room in found], request.query)


def read_conference(world: World, request: ParsedRequest) -> Json:
    return {"data": views.conference(world, world.conference(request.target))}


def list_participants(world: World, request: ParsedRequest) -> Json:
    """List the participants, also those that have left."""
    room = world.conference(request.target)
    rows = [
        views.participant(world, each)
        for each in room.participants
        if world.account.ways.lists_held or not each.on_hold
    ]
    for name, field in _FILTERS.items():
        if wanted := request.query.get(name):
            rows = [row for row in rows if bool(row[field]) == (wanted == "true")]
    return pages.numbered(rows, request.query)


def read_participant(world: World, request: ParsedRequest) -> Json:
    participant = _participant(world.conference(request.target), request.part)
    return {"data": views.one_participant(world, participant)}


def change_participant(world: World, request: ParsedRequest) -> Json:
    participant = _participant(world.running(request.target, by_name=False), request.part)
    conferences.change(world, participant, request.body)
    return {"data": views.one_participant(world, participant)}


def _participant(room: Conference, id: str) -> Participant:
    if participant := room.participant(id):
        return participant
    raise refused("no participant")


def supervise(world: World, request: ParsedRequest) -> Json:
    conferences.supervise(world, world.running(request.target), _leg(world, request), request.body)
    return OK


def join(world: World, request: ParsedRequest) -> Json:
    conferences.join(world, world.running(request.target), _leg(world, request), request.body)
    return OK


def leave(world: World, request: ParsedRequest) -> Json:
    conferences.leave(world, world.running(request.target), _leg(world, request))
    return OK


def _ids(request: ParsedRequest) -> list[str]:
    """Return the calls that the request lists; [] stands for everyone."""
    ids: list[str] = request.body.get("call_control_ids", [])
    return ids


def hold(world: World, request: ParsedRequest) -> Json:
    audio = conferences.hold_audio(request.body, "")
    if not audio and not world.account.ways.silent_hold:
        raise refused("no sound", "/audio_url")
    conferences.hold(world, world.running(request.target), _ids(request), audio)
    return OK


def unhold(world: World, request: ParsedRequest) -> Json:
    conferences.unhold(world, world.running(request.target), request.body["call_control_ids"])
    return OK


def mute(world: World, request: ParsedRequest) -> Json:
    conferences.mute(world, world.running(request.target), _ids(request), True)
    return OK


def unmute(world: World, request: ParsedRequest) -> Json:
    conferences.mute(world, world.running(request.target), _ids(request), False)
    return OK


def end(world: World, request: ParsedRequest) -> Json:
    endings.end(world, world.running(request.target, by_name=False), "ended_via_api")
    return OK


OPERATIONS: Mapping[str, Operate] = {
    "CreateConference": create,
    "ListConferences": list_conferences,
    "RetrieveConference": read_conference,
    "ListConferenceParticipants": list_participants,
    "RetrieveConferenceParticipant": read_participant,
    "UpdateConferenceParticipant": change_participant,
    "JoinConference": join,
    "LeaveConference": leave,
    "HoldConferenceParticipants": hold,
    "UnholdConferenceParticipants": unhold,
    "MuteConferenceParticipants": mute,
    "UnmuteConferenceParticipants": unmute,
    "UpdateConference": supervise,
    "EndConference": end,
}
