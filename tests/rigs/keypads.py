"""The settings of a room with keys, for a line without a rooms file."""

from __future__ import annotations

from rigs.rehearsals import ROOM

from conference.core.keys.presets import PRESETS, USUAL
from conference.core.room_settings import Pin, RoomSettings

PINS = (Pin("4821", ROOM, "participant"), Pin("907713", ROOM, "moderator"))


def rooms(**settings: object) -> dict[str, RoomSettings]:
    """Return the settings of one room with keys and PINs, and without greetings."""
    usual = {"keys": PRESETS[USUAL], "pins": PINS, "greeting_first": "", "greeting_next": ""}
    return {ROOM: RoomSettings(**{**usual, **settings})}  # type: ignore[arg-type]
