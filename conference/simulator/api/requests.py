"""API requests as operations take them, and the calls, conference and phone that they concern."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..network.parties import Conference
from ..network.world import World
from .description import Operation

Json = dict[str, Any]


@dataclass(frozen=True)
class ParsedRequest:
    """A request that fits the description.

    resource: the first word of its path. target: the first id or name in the path, or "". part: the
    second one, or "". account: the account_sid in a TeXML path; resource, target and part are then
    of the rest of the path.
    """

    resource: str
    target: str
    part: str
    body: Mapping[str, Any]
    query: Mapping[str, str]
    account: str = ""


Operate = Callable[[World, ParsedRequest], Json]
"""Carry a request out, under the world's lock, and return the answer. Raise Refused.

An empty answer becomes a 204.
"""

OK: Json = {"data": {"result": "ok"}}


def parse(
    operation: Operation, path: str, body: Mapping[str, Any], query: Mapping[str, str]
) -> ParsedRequest:
    """Make a ParsedRequest of a request to `path`, which fits the operation's pattern."""
    match = operation.pattern.fullmatch(path)
    names = match.groups() if match else ()
    words = operation.path.removesuffix(".json").split("/")
    account, resource = "", words[1]
    if resource == "texml":
        account, resource, names = names[0], words[4], names[1:]
    target, part, *_ = (*names, "", "")
    return ParsedRequest(resource, target, part, body, query, account)


def repeat_key(
    world: World, operation: Operation, request: ParsedRequest
) -> tuple[str, str] | None:
    """Return the key by which a repetition of a command is recognized; None without command_id.

    It is the command_id, and the id of the call or conference in the path; else the operation.
    """
    command_id = request.body.get("command_id")
    if command_id is None or not operation.takes_command_id:
        return None
    room = _room(world, request)
    return (room.id if room else request.target or operation.name, command_id)


def number(world: World, path: str, body: Any) -> str:
    """Return the number of the phone that a request concerns: the first of several, or ""."""
    fields = body if isinstance(body, dict) else {}
    several = fields.get("call_control_ids")
    listed = several if isinstance(several, list) else ()
    for id in (*path.split("/"), fields.get("call_control_id"), *listed):
        if isinstance(id, str) and (leg := world.legs.get(id)):
            return leg.number
    return ""


def numbers(world: World, request: ParsedRequest) -> tuple[str, ...]:
    """Return the number of each phone that a request names, or dials."""
    dialled = request.body.get("to") or request.body.get("To") or ()
    several = dialled if isinstance(dialled, list | tuple) else (dialled,)
    named = (world.legs[call].number for call in _listed(world, request))
    return tuple(dict.fromkeys([*named, *several]))


def change(operation: Operation, request: ParsedRequest) -> str:
    """Return the operation's name, and for one of TEXML_CHANGES the field that the request changes.

    Examples: "AnswerCall", "UpdateTexmlCall Status", "UpdateTexmlConferenceParticipant Hold=false".
    """
    for field in TEXML_CHANGES.get(operation.name, ()):
        if (value := request.body.get(field)) is not None:
            return f"{operation.name} {field}{'=false' * (value is False)}"
    return operation.name


TEXML_CHANGES: Mapping[str, tuple[str, ...]] = {
    "UpdateTexmlConferenceParticipant": ("Hold", "Muted", "AnnounceUrl", "Coaching"),
    "UpdateTexmlConference": ("AnnounceUrl", "Status"),
    "UpdateTexmlCall": ("Status",),
}
"""The fields that decide what a TeXML update does, the most important first."""


def name(world: World, request: ParsedRequest) -> str:
    """Return the numbers of the phones, or the name of the conference, that a request concerns.

    The name is the same in each run of a script, as ids are not.
    """
    numbers = sorted(world.legs[call].number for call in _listed(world, request))
    if numbers:
        return " ".join(numbers)
    room = _room(world, request)
    body, query = request.body, request.query
    wanted = (body.get("to"), body.get("To"), body.get("name"), query.get("filter[name]"))
    return room.name if room else str(next((each for each in wanted if each), request.target))


def conference(world: World, request: ParsedRequest) -> str:
    """Return the id of the conference that a request names; else ""."""
    room = _room(world, request)
    return room.id if room else ""


def calls(world: World, request: ParsedRequest) -> tuple[str, ...]:
    """Return the calls that a request names; if it names none, all in its conference."""
    room = _room(world, request)
    return _listed(world, request) or (tuple(room.inside) if room else ())


def made(answer: Mapping[str, Any], field: str) -> str:
    """Return the id of what a command created, from a field of its answer; else ""."""
    data = answer.get("data", answer)
    return str(data.get(field, "")) if isinstance(data, dict) else ""


def named(world: World, request: ParsedRequest) -> tuple[str, ...]:
    """Return the calls that a request names, each once."""
    return tuple(dict.fromkeys(_listed(world, request)))


def _listed(world: World, request: ParsedRequest) -> tuple[str, ...]:
    several = request.body.get("call_control_ids", ())
    named = (request.target, _part(world, request), request.body.get("call_control_id"), *several)
    return tuple(id for id in named if id in world.legs)


def _part(world: World, request: ParsedRequest) -> str:
    """Return the call of the participant or recording that a path names.

    Else return the second id of the path.
    """
    if request.resource in _RECORDINGS and (recording := world.recordings.get(request.target)):
        return recording.leg.call_control_id
    room = _room(world, request) if request.part else None
    participant = room.participant(request.part) if room else None
    return participant.leg.call_control_id if participant else request.part


def _room(world: World, request: ParsedRequest) -> Conference | None:
    """Return the conference that a path names.

    Other resources do not count: a queue or a call may have the name of a conference.
    """
    if request.resource in _RECORDINGS and (recording := world.recordings.get(request.target)):
        return recording.conference
    if request.resource == "Conferences":
        return world.conferences.get(request.target)
    if request.resource != "conferences":
        return None
    named = world.named(request.target, world.account.applications)
    return named or world.conferences.get(request.target)


_RECORDINGS = ("recordings", "Recordings")
