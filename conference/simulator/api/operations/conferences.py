"""The operations on conferences and who takes part: one function for each, in the dict at the
foot."""

from __future__ import annotations

from collections.abc import Mapping

from ...network import conferences as rooms
from ...network import endings
from ...network.parties import Conference, Leg, Participant
from ...network.world import World
from .. import pages, views
from ..asked import OK, Asked, Json, Operate
from ..errors import refused

_FILTERS = {
    "filter[muted]": "muted",
    "filter[on_hold]": "on_hold",
    "filter[whispering]": "whisper_call_control_ids",
}


def _leg(world: World, asked: Asked) -> Leg:
    return world.leg(asked.body["call_control_id"], "/call_control_id")


def create(world: World, asked: Asked) -> Json:
    return {"data": views.conference(world, rooms.create(world, _leg(world, asked), asked.body))}


def conferences(world: World, asked: Asked) -> Json:
    """Filters by what an event or a product may be change nothing here."""
    application = views.application(world)["application_name"].lower()
    found = [
        room
        for room in reversed(world.conferences.values())
        if not room.noun
        and asked.query.get("filter[application_name][contains]", "").lower() in application
        and asked.query.get("filter[name]", room.name) == room.name
        and asked.query.get("filter[status]", room.status) == room.status
        and asked.query.get("filter[connection_id]", world.connection_id) == world.connection_id
    ]
    found.sort(key=lambda room: room.expires_at, reverse=True)
    return pages.numbered([views.conference(world, room) for room in found], asked.query)


def read_conference(world: World, asked: Asked) -> Json:
    return {"data": views.conference(world, world.conference(asked.target))}


def participants(world: World, asked: Asked) -> Json:
    """Also those who have left."""
    rows = [views.participant(world, each) for each in world.conference(asked.target).participants]
    for name, field in _FILTERS.items():
        if wanted := asked.query.get(name):
            rows = [row for row in rows if bool(row[field]) == (wanted == "true")]
    return pages.numbered(rows, asked.query)


def read_participant(world: World, asked: Asked) -> Json:
    participant = _participant(world.conference(asked.target), asked.part)
    return {"data": views.one_participant(world, participant)}


def change_participant(world: World, asked: Asked) -> Json:
    participant = _participant(world.running(asked.target, by_name=False), asked.part)
    rooms.change(world, participant, asked.body)
    return {"data": views.one_participant(world, participant)}


def _participant(room: Conference, id: str) -> Participant:
    if participant := room.participant(id):
        return participant
    raise refused("no participant")


def supervise(world: World, asked: Asked) -> Json:
    rooms.supervise(world, world.running(asked.target), _leg(world, asked), asked.body)
    return OK


def join(world: World, asked: Asked) -> Json:
    rooms.join(world, world.running(asked.target), _leg(world, asked), asked.body)
    return OK


def leave(world: World, asked: Asked) -> Json:
    rooms.leave(world, world.running(asked.target), _leg(world, asked))
    return OK


def hold(world: World, asked: Asked) -> Json:
    audio = rooms.hold_audio(asked.body, "")
    rooms.hold(world, world.running(asked.target), asked.body.get("call_control_ids", []), audio)
    return OK


def unhold(world: World, asked: Asked) -> Json:
    rooms.unhold(world, world.running(asked.target), asked.body["call_control_ids"])
    return OK


def mute(world: World, asked: Asked) -> Json:
    rooms.mute(world, world.running(asked.target), asked.body.get("call_control_ids", []), True)
    return OK


def unmute(world: World, asked: Asked) -> Json:
    rooms.mute(world, world.running(asked.target), asked.body.get("call_control_ids", []), False)
    return OK


def end(world: World, asked: Asked) -> Json:
    endings.end(world, world.running(asked.target, by_name=False), "ended_via_api")
    return OK


OPERATIONS: Mapping[str, Operate] = {
    "CreateConference": create,
    "ListConferences": conferences,
    "RetrieveConference": read_conference,
    "ListConferenceParticipants": participants,
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
