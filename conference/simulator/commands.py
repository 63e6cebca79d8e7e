"""What each operation does: one function for one operation, in the dict at the foot.

Each is called with the world's lock held, returns the answer's JSON and raises Refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from . import calls, endings, rooms, views
from .errors import refused
from .parties import Leg
from .world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request that fits the description. target: the id or name in its path, or ""."""

    target: str
    body: Mapping[str, Any]
    query: Mapping[str, str]


Operate = Callable[[World, Asked], Json]

_OK: Json = {"data": {"result": "ok"}}
_DIALLABLE = re.compile(r"\+[1-9][0-9]{1,14}|sip:.+")
_KNOWN_FOR = 600.0  # s after its end that a call's status can still be read


def dial(world: World, asked: Asked) -> Json:
    to = asked.body["to"] if isinstance(asked.body["to"], str) else asked.body["to"][0]
    if asked.body["connection_id"] != world.connection_id:
        raise refused("connection", "/connection_id")
    for name, number in (("to", to), ("from", asked.body["from"])):
        if not _DIALLABLE.fullmatch(number):
            raise refused("not E.164", f"/{name}")
    leg = calls.call_out(
        world,
        asked.body["from"],
        to,
        client_state=asked.body.get("client_state"),
        timeout=asked.body.get("timeout_secs", calls.PATIENCE),
        time_limit=asked.body.get("time_limit_secs", calls.LONGEST),
        timeout_cause="timeout" if asked.body.get("retry_on_timeout", True) else "no_answer",
    )
    # Dialling is asynchronous, and so the answer says that the call is not alive.
    return {"data": views.call(world, leg) | {"is_alive": False}}


def read_call(world: World, asked: Asked) -> Json:
    leg = world.legs.get(asked.target)
    forgotten = world.clock.now() - _KNOWN_FOR
    if leg is None or (leg.ended_at is not None and leg.ended_at < forgotten):
        raise refused("call not found")
    return {"data": views.call(world, leg)}


def on_call(act: Callable[[World, Leg, Mapping[str, Any]], None]) -> Operate:
    """A command on the leg that the path names."""

    def run(world: World, asked: Asked) -> Json:
        act(world, world.leg(asked.target, "/call_control_id"), asked.body)
        return _OK

    return run


def _update_state(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    calls.keep_state(calls.live(leg), fields)


def create(world: World, asked: Asked) -> Json:
    leg = world.leg(asked.body["call_control_id"], "/call_control_id")
    return {"data": views.conference(world, rooms.create(world, leg, asked.body))}


def conferences(world: World, asked: Asked) -> Json:
    found = [
        room
        for room in reversed(world.conferences.values())
        if asked.query.get("filter[name]", room.name) == room.name
        and asked.query.get("filter[status]", room.status) == room.status
    ]
    found.sort(key=lambda room: room.expires_at, reverse=True)
    return views.numbered([views.conference(world, room) for room in found], asked.query)


def read_conference(world: World, asked: Asked) -> Json:
    return {"data": views.conference(world, world.conference(asked.target))}


def participants(world: World, asked: Asked) -> Json:
    rows = [views.participant(world, each) for each in world.conference(asked.target).participants]
    for name in ("muted", "on_hold"):
        if wanted := asked.query.get(f"filter[{name}]"):
            rows = [row for row in rows if row[name] == (wanted == "true")]
    return views.numbered(rows, asked.query)


def join(world: World, asked: Asked) -> Json:
    room = world.running(asked.target)
    rooms.join(
        world, room, world.leg(asked.body["call_control_id"], "/call_control_id"), asked.body
    )
    return _OK


def leave(world: World, asked: Asked) -> Json:
    room = world.running(asked.target)
    rooms.leave(world, room, world.leg(asked.body["call_control_id"], "/call_control_id"))
    return _OK


def hold(world: World, asked: Asked) -> Json:
    if "audio_url" in asked.body and "media_name" in asked.body:
        raise refused("two sounds", "/media_name")
    audio = asked.body.get("audio_url") or asked.body.get("media_name")
    rooms.hold(world, world.running(asked.target), asked.body.get("call_control_ids", []), audio)
    return _OK


def unhold(world: World, asked: Asked) -> Json:
    rooms.unhold(world, world.running(asked.target), asked.body["call_control_ids"])
    return _OK


def mute(world: World, asked: Asked) -> Json:
    rooms.mute(world, world.running(asked.target), asked.body.get("call_control_ids", []), True)
    return _OK


def unmute(world: World, asked: Asked) -> Json:
    rooms.mute(world, world.running(asked.target), asked.body.get("call_control_ids", []), False)
    return _OK


def announce(world: World, asked: Asked) -> Json:
    room = world.running(asked.target)
    rooms.speak(world, room, asked.body.get("call_control_ids", []), asked.body["payload"])
    return _OK


def end(world: World, asked: Asked) -> Json:
    endings.end(world, world.running(asked.target, by_name=False), "ended_via_api")
    return _OK


def active_calls(world: World, asked: Asked) -> Json:
    if asked.target != world.connection_id:
        raise refused("no such address")
    rows = [
        (position, views.active_call(world, leg))
        for position, leg in enumerate(world.legs.values())
        if leg.state != "ended"
    ]
    return views.by_cursor(rows, asked.query, f"/v2/connections/{quote(asked.target)}/active_calls")


def application(world: World, asked: Asked) -> Json:
    if asked.target != world.connection_id:
        raise refused("no such address")
    return {"data": views.application(world)}


def phone_numbers(world: World, asked: Asked) -> Json:
    """The account has one number. filter[phone_number]: some digits of it, a + is left out."""
    row = views.phone_number(world)
    digits = asked.query.get("filter[phone_number]", "").removeprefix("+")
    connection = asked.query.get("filter[connection_id]", row["connection_id"])
    fits = digits in row["phone_number"] and connection == row["connection_id"]
    return views.numbered([row] if fits else [], asked.query)


def public_key(world: World, asked: Asked) -> Json:
    """Not in the description, and yet there: many programs read it."""
    if world.account.public_key is None:
        raise refused("no such address")
    return {"data": {"public": world.account.public_key}}


OPERATIONS: Mapping[str, Operate] = {
    "DialCall": dial,
    "RetrieveCallStatus": read_call,
    "AnswerCall": on_call(calls.answer),
    "HangupCall": on_call(calls.hang_up),
    "SpeakCall": on_call(calls.speak),
    "UpdateClientState": on_call(_update_state),
    "CreateConference": create,
    "ListConferences": conferences,
    "RetrieveConference": read_conference,
    "ListConferenceParticipants": participants,
    "JoinConference": join,
    "LeaveConference": leave,
    "HoldConferenceParticipants": hold,
    "UnholdConferenceParticipants": unhold,
    "MuteConferenceParticipants": mute,
    "UnmuteConferenceParticipants": unmute,
    "SpeakTextToConference": announce,
    "EndConference": end,
    "ListConnectionActiveCalls": active_calls,
    "RetrieveCallControlApplication": application,
    "ListPhoneNumbers": phone_numbers,
    "RetrievePublicKey": public_key,
}
