"""A change as JSON, and back: with the room before it, all of the change can be made again."""

from __future__ import annotations

import json
from typing import Any

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
    try:
        form = json.loads(text)
        after = apply_steps(before, form["steps"])
        return Change(
            before,
            after,
            decode_event(form["event"]),
            tuple(
                after.pending[queue][0] for queue in converter(QUEUES, True)(form.get("sends", []))
            ),
            tuple(form.get("touched", ())),
            tuple(form.get("rows", ())),
            converter(HANDOVERS, True)(form.get("handovers", [])),
            converter(REQUESTS, True)(form.get("requests", [])),
        )
    except CodecError:
        raise
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise CodecError(f"cannot read a change: {error}") from error


def steps_of(text: str) -> list[Step]:
    """Return the steps of a change that `encode_change` wrote. CodecError for any other text."""
    try:
        return [(field, new) for field, new in json.loads(text)["steps"]]
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise CodecError(f"cannot read a change: {error}") from error
