"""What a request is about: calls, a conference, a telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..network.parties import Conference
from ..network.world import World
from .asked import Asked
from .description import Operation


def asked(
    operation: Operation, path: str, body: Mapping[str, Any], query: Mapping[str, str]
) -> Asked:
    """What is asked by a request to that path, which the operation's pattern fits."""
    match = operation.pattern.fullmatch(path)
    names = match.groups() if match else ()
    words = operation.path.removesuffix(".json").split("/")
    account, resource = "", words[1]
    if resource == "texml":
        account, resource, names = names[0], words[4], names[1:]
    target, part, *_ = (*names, "", "")
    return Asked(resource, target, part, body, query, account)


def repeat_key(world: World, operation: Operation, asked: Asked) -> tuple[str, str] | None:
    """What a command_id counts for: the call or conference in the path, else the account."""
    command_id = asked.body.get("command_id")
    if command_id is None or not operation.takes_command_id:
        return None
    room = _room(world, asked)
    return (room.id if room else asked.target or operation.name, command_id)


def number(world: World, path: str, body: Any) -> str:
    """The number of the phone that a request is about, the first of several, or ""."""
    fields = body if isinstance(body, dict) else {}
    several = fields.get("call_control_ids")
    listed = several if isinstance(several, list) else ()
    for id in (*path.split("/"), fields.get("call_control_id"), *listed):
        if isinstance(id, str) and (leg := world.legs.get(id)):
            return leg.number
    return ""


def action(operation: Operation, asked: Asked, path: str) -> str:
    """What is asked for, in a word, for spectators."""
    if operation.method == "GET":
        return operation.name
    if not asked.account:
        return path.rsplit("/", 1)[-1]
    for field, words in _TEXML_WORDS.items():
        if (value := asked.body.get(field)) is not None:
            return words[not value]
    return _TEXML_ACTIONS.get(operation.name, operation.name)


_TEXML_WORDS = {
    "Hold": ("hold", "unhold"),
    "Muted": ("mute", "unmute"),
    "AnnounceUrl": ("announce", ""),
    "Status": ("end", ""),
}
_TEXML_ACTIONS = {
    "DialTexmlConferenceParticipant": "dial",
    "DeleteTexmlConferenceParticipant": "hangup",
}
"""What TeXML's requests do, whose addresses do not say it."""


def name(world: World, asked: Asked) -> str:
    """The same in each run of a script: the phones' numbers, or the conference's name."""
    numbers = sorted(world.legs[call].number for call in _listed(world, asked))
    if numbers:
        return " ".join(numbers)
    room = _room(world, asked)
    body, query = asked.body, asked.query
    wanted = (body.get("to"), body.get("To"), body.get("name"), query.get("filter[name]"))
    return room.name if room else str(next((each for each in wanted if each), asked.target))


def conference(world: World, asked: Asked) -> str:
    """The id of the conference that a command names; else ""."""
    room = _room(world, asked)
    return room.id if room else ""


def calls(world: World, asked: Asked) -> tuple[str, ...]:
    """The ids of the calls that a command names; of everyone inside, if it is for everyone."""
    room = _room(world, asked)
    return _listed(world, asked) or (tuple(room.inside) if room else ())


def made(answer: Mapping[str, Any], field: str) -> str:
    """What a command has brought about, by the name of its id in the answer; else ""."""
    data = answer.get("data", answer)
    return str(data.get(field, "")) if isinstance(data, dict) else ""


def _listed(world: World, asked: Asked) -> tuple[str, ...]:
    several = asked.body.get("call_control_ids", ())
    named = (asked.target, _part(world, asked), asked.body.get("call_control_id"), *several)
    return tuple(id for id in named if id in world.legs)


def _part(world: World, asked: Asked) -> str:
    """The call of the participant or the recording that a path names; else its second id."""
    if asked.resource in _RECORDINGS and (recording := world.recordings.get(asked.target)):
        return recording.leg.call_control_id
    room = _room(world, asked) if asked.part else None
    participant = room.participant(asked.part) if room else None
    return participant.leg.call_control_id if participant else asked.part


def _room(world: World, asked: Asked) -> Conference | None:
    """A queue or a call may well have the name of a conference."""
    if asked.resource in _RECORDINGS and (recording := world.recordings.get(asked.target)):
        return recording.conference
    if asked.resource == "Conferences":
        return world.conferences.get(asked.target)
    if asked.resource != "conferences":
        return None
    named = world.active.get((world.connection_id, asked.target))
    return named or world.conferences.get(asked.target)


_RECORDINGS = ("recordings", "Recordings")
