"""Callers who press keys in a conference of a line, and what each one hears."""

from __future__ import annotations

from rigs.rehearsals import ROOM, settled
from rigs.waiting import until

from conference.core.keys.presets import PRESETS, USUAL
from conference.core.room_settings import Pin, RoomSettings
from conference.demo.rehearsal import Line
from conference.simulator import Leg

APART = 0.4  # seconds of the line from key to key
MODERATOR_PIN = "907713"
PINS = (Pin("4821", ROOM, "participant"), Pin(MODERATOR_PIN, ROOM, "moderator"))


def rooms(preset: str = USUAL, **settings: object) -> dict[str, RoomSettings]:
    """Return the settings of one room with keys and PINs, and without greetings."""
    usual = {"keys": PRESETS[preset], "pins": PINS, "greeting_first": "", "greeting_next": ""}
    return {ROOM: RoomSettings(**{**usual, **settings})}  # type: ignore[arg-type]


def press(line: Line, leg: Leg, keys: str) -> None:
    """Press keys as people do, and wait until nothing more follows."""
    for key in keys:
        line.telnyx.phone(leg.number).press(key)
        at = line.telnyx.now()
        until(lambda: line.telnyx.now() >= at + APART, "the next key")  # noqa: B023
    settled(line)


def is_told(leg: Leg, words: str) -> None:
    """Wait until the caller has heard these words."""
    until(lambda: words in told(leg), f"{leg.number} hears {words!r}")


def told(leg: Leg) -> list[str]:
    """Return all that was spoken to the caller so far."""
    return [heard.detail for heard in leg.timeline if heard.what == "speech"]
