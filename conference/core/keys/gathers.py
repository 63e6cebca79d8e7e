"""A gather reads the keys of a participant: until its end they are no keys of the room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conference.core.events import Webhook
from conference.core.keys.pressed import Key, Pressed
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import change

PROMPT_AT_MOST = 60.0  # seconds
USUAL = {"maximum_tries": 3, "timeout_millis": 60_000, "maximum_digits": 128}
USUAL_BETWEEN = 5_000  # milliseconds from key to key
"""Telnyx's defaults."""


def gather_begins(room: Room, call: str, values: Mapping[str, Any], at: float) -> Room:
    """Note that a gather is requested; the room's keys do nothing until its end.

    The end of the gather may get lost, so that its longest duration ends the wait, too.
    """
    if not room.settings.keys:
        return room
    given = {**USUAL, **values}
    first = given.get("initial_timeout_millis", given["timeout_millis"])
    between = given.get("inter_digit_timeout_millis", USUAL_BETWEEN)
    each = PROMPT_AT_MOST + (first + between * given["maximum_digits"]) / 1000
    before = room.participants[call].pressed
    until = at + each * given["maximum_tries"]
    pressed = Pressed(wrong_pins=before.wrong_pins, pin=before.pin, gathers_until=until)
    return change(room, call, pressed=pressed)


def gather_is_over(room: Room, event: Webhook) -> Room:
    """Let keys count again that are pressed after the end of the gather.

    Another gather may have cancelled this one.
    """
    participant = room.participants.get(event.call)
    if participant is None or not participant.pressed.gathers_until or event.cause == "cancelled":
        return room
    end = Key("", event.at, event.occurred_at)
    pressed = replace(participant.pressed, past=end, gathers_until=0.0)
    return change(room, event.call, pressed=pressed)


def gather_is_refused(room: Room, call: str) -> Room:
    """Let keys count again: Telnyx has begun no gather."""
    participant = room.participants.get(call)
    if participant is None or not participant.pressed.gathers_until:
        return room
    return change(room, call, pressed=replace(participant.pressed, gathers_until=0.0))
