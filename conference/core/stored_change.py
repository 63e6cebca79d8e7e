"""A change as JSON, and back: with the room before it, all of the change can be made again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from conference.core.change import Change
from conference.core.codec import CodecError, converter, decode_event, encode
from conference.core.commands import Queue, queue_of
from conference.core.draft import KeyRequest
from conference.core.events import HandedOver
from conference.core.room import Room
from conference.core.room_fields import Step, apply_steps

QUEUES = tuple[Queue, ...]
HANDOVERS = tuple[tuple[str, HandedOver], ...]
REQUESTS = tuple[KeyRequest, ...]

_Read = TypeVar("_Read")


def encode_change(change: Change, steps: list[Step]) -> str:
    """Return the change as one line of JSON. `steps`: those from the room before to that after."""
    form: dict[str, Any] = {"event": encode(change.event), "steps": steps}
    if change.commands:  # each is the head of its queue
        queues = tuple(map(queue_of, change.commands))
        form["sends"] = converter(QUEUES, False)(queues)
    if change.touched:
        form["touched"] = change.touched
    if change.rows:
        form["rows"] = change.rows
    if change.handovers:
        form["handovers"] = converter(HANDOVERS, False)(change.handovers)
    if change.requests:
        form["requests"] = converter(REQUESTS, False)(change.requests)
    return json.dumps(form, separators=(",", ":"))


def decode_change(text: str, before: Room) -> Change:
    """Return the change of this room that `encode_change` wrote. CodecError for any other text."""

    def read(form: dict[str, Any]) -> Change:
        after = apply_steps(before, form["steps"])
        queues = converter(QUEUES, True)(form.get("sends", []))
        return Change(
            before,
            after,
            decode_event(form["event"]),
            tuple(after.pending[queue][0] for queue in queues),
            tuple(form.get("touched", ())),
            tuple(form.get("rows", ())),
            *_consequences(form),
        )

    return _read(text, read)


def decode_consequences(text: str, room: Room) -> Change:
    """Return the event of a change that `encode_change` wrote, and what follows in other rooms.

    `room`: a state after the change; the one before is unknown. CodecError for any other text.
    """

    def read(form: dict[str, Any]) -> Change:
        handovers, requests = _consequences(form)
        return Change(
            room, room, decode_event(form["event"]), handovers=handovers, requests=requests
        )

    return _read(text, read)


def steps_of(text: str) -> list[Step]:
    """Return the steps of a change that `encode_change` wrote. CodecError for any other text."""
    return _read(text, lambda form: [(field, new) for field, new in form["steps"]])


def _consequences(form: dict[str, Any]) -> tuple[Any, Any]:
    handovers = converter(HANDOVERS, True)(form.get("handovers", []))
    return handovers, converter(REQUESTS, True)(form.get("requests", []))


def _read(text: str, read: Callable[[dict[str, Any]], _Read]) -> _Read:
    try:
        return read(json.loads(text))
    except CodecError:
        raise
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise CodecError(f"cannot read a change: {error}") from error
