"""What a request is about: calls, a conference, a telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .commands import Asked
from .description import Operation
from .parties import Conference
from .world import World


def target(operation: Operation, path: str) -> str:
    """The id or name in the path, or ""."""
    match = operation.pattern.fullmatch(path)
    return match[1] if match and match.groups() else ""


def repeat_key(world: World, operation: Operation, asked: Asked) -> tuple[str, str] | None:
    """What a command_id counts for: the call or conference in the path, else the account."""
    command_id = asked.body.get("command_id")
    if command_id is None or not operation.takes_command_id:
        return None
    named = world.active.get(asked.target)
    return (named.id if named else asked.target or operation.name, command_id)


def number(world: World, path: str, body: Any) -> str:
    """The number of the phone that a request is about, the first of several, or ""."""
    fields = body if isinstance(body, dict) else {}
    several = fields.get("call_control_ids")
    listed = several if isinstance(several, list) else ()
    for id in (*path.split("/"), fields.get("call_control_id"), *listed):
        if isinstance(id, str) and (leg := world.legs.get(id)):
            return leg.number
    return ""


def name(world: World, asked: Asked) -> str:
    """The same in each run of a script: the phones' numbers, or the conference's name."""
    numbers = sorted(world.legs[call].number for call in _listed(world, asked))
    if numbers:
        return " ".join(numbers)
    room = _room(world, asked.target)
    wanted = (asked.body.get("to"), asked.body.get("name"), asked.query.get("filter[name]"))
    return room.name if room else str(next((each for each in wanted if each), asked.target))


def conference(world: World, asked: Asked) -> str:
    """The id of the conference that a command names; else ""."""
    room = _room(world, asked.target)
    return room.id if room else ""


def calls(world: World, asked: Asked) -> tuple[str, ...]:
    """The ids of the calls that a command names; of everyone inside, if it is for everyone."""
    room = _room(world, asked.target)
    return _listed(world, asked) or (tuple(room.inside) if room else ())


def made(answer: Mapping[str, Any], field: str) -> str:
    """What a command has brought about, by the name of its id in the answer; else ""."""
    data = answer.get("data")
    return str(data.get(field, "")) if isinstance(data, dict) else ""


def _listed(world: World, asked: Asked) -> tuple[str, ...]:
    several = asked.body.get("call_control_ids", ())
    named = (asked.target, asked.body.get("call_control_id"), *several)
    return tuple(id for id in named if id in world.legs)


def _room(world: World, id_or_name: str) -> Conference | None:
    return world.active.get(id_or_name) or world.conferences.get(id_or_name)
