"""The keys of telephones in a recording: what they led to, in place of their digits.

A key is recorded without its digit, but for * and #. The key that completes a sequence, or the
input of a question, is recorded with the action, and with the keys that it completes. From that
`assign` gives all keys digits that lead to the same. Other keys get letters, which lead to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import Any

from conference.core.entry_stages import CONFIRM_KEY
from conference.core.events import Event, Webhook
from conference.core.keys.actions import CONFIRM
from conference.core.keys.keypad import read_key
from conference.core.keys.pressed import Key
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.schema.typed_numbers import typed_number
from conference.recording.stand_ins import NO_KEYS, StandIns

PRESSED, GATHERED = "call.dtmf.received", "call.gather.ended"
CONFIRMED = "confirmed"
A_NUMBER = "a number"
APART = "234567890"  # each differs from the next: the same key twice counts once

Led = dict[str, Any]
"""`counts`: whether the key counted. `action`: of the sequence that it completes, or of the
question. `keys`: the times of the keys that belong to it. `typed`: of a question, in their place a
stand-in."""


def led_to(stand_ins: StandIns, room: Room, event: Event) -> Led | None:
    """Return what a key leads to in this room; None for an event that is no key."""
    if not isinstance(event, Webhook) or event.type != PRESSED:
        return None
    reading = read_key(room, event)
    if reading is None:
        return {"counts": False}
    pressed = reading.pressed.keys
    if reading.done:
        keys = pressed[-len(reading.done) :]
        return {"counts": True, "action": room.settings.keys[reading.done], "keys": _times(keys)}
    if reading.typed is None:
        return {"counts": True}
    return {
        "counts": True,
        "action": reading.question,
        "keys": _times(pressed[: len(reading.typed)]),
        "typed": _stand_in(stand_ins, room, reading.question, reading.typed),
    }


def _times(keys: Iterable[Key]) -> list[list[Any]]:
    return [[key.at, key.occurred_at] for key in keys]


def _stand_in(stand_ins: StandIns, room: Room, question: str, typed: str) -> str:
    """Return what was typed, without the digits: what the action made of it."""
    if question == "end" and typed == CONFIRM:
        return CONFIRMED
    if question == "dial" and typed_number(typed, room.settings.dial_country):
        return A_NUMBER
    return stand_ins.digits(typed)


def confirmed(room: Room, event: Event) -> bool:
    """Whether a called participant has pressed the key that the line has asked for."""
    if not isinstance(event, Webhook) or event.type != GATHERED:
        return False
    known = room.participants.get(event.call)
    asked = known is not None and known.stages[:1] == ("confirm",)
    return asked and event.details.get("digits") == CONFIRM_KEY


class Digits:
    """Gives the recorded keys digits, once `learn` has had all of them in order."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, float, str], str] = {}
        self._letters = cycle(NO_KEYS)

    def learn(self, event: Event, led: Mapping[str, Any] | None, settings: RoomSettings) -> None:
        """Take what a key led to, by the settings of its room."""
        if led is None or not isinstance(event, Webhook):
            return
        own = str(event.details.get("digit", ""))
        unknown = next(self._letters) if led["counts"] else ""
        self._known[event.call, event.at, event.occurred_at] = own or unknown
        for (at, occurred_at), digit in zip(
            led.get("keys", ()), _digits(led, settings), strict=False
        ):
            self._known[event.call, at, occurred_at] = digit

    def assign(self, event: Event) -> Event:
        """Return the event with the digit of its key."""
        if not isinstance(event, Webhook):
            return event
        details = dict(event.details)
        if event.type == PRESSED:
            key = event.call, event.at, event.occurred_at
            details["digit"] = self._known.get(key, "")
        elif details.get("digits") == CONFIRMED:
            details["digits"] = CONFIRM_KEY
        else:
            return event
        return replace(event, details=details)


def _digits(led: Mapping[str, Any], settings: RoomSettings) -> str:
    """Return digits for the keys of a sequence or of an input."""
    length, typed = len(led.get("keys", ())), led.get("typed")
    if typed is None:
        wanted = led.get("action")
        found = (keys for keys, names in settings.keys.items() if names == wanted)
        return next((keys for keys in found if len(keys) == length), "")
    if typed == CONFIRMED:
        return CONFIRM
    return _number(length, settings.dial_country) if typed == A_NUMBER else str(typed)


def _number(length: int, country: str) -> str:
    """Return so many keys that are a phone number in this country, if any are."""
    apart = APART * 3
    starts = ("", "1", "0", "00", "011")
    tried = [(start + apart)[:length] for start in starts]
    return next((each for each in tried if typed_number(each, country)), tried[0])
