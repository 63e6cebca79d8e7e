"""A line with two rooms behind one number, and what its callers do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conference.core.doors import RECEPTION
from conference.core.room_settings import Pin, RoomSettings
from conference.settings import Settings, make

PARTICIPANT, MODERATOR, LISTENER, BLUE = "4821", "907713", "55501", "123456"
PINS = (
    Pin(PARTICIPANT, "sales", "participant"),
    Pin(MODERATOR, "sales", "moderator"),
    Pin(LISTENER, "sales", "listener"),
    Pin(BLUE, "blue", "participant"),
)
OWN = "+13125550199"
"""The number that leads straight to the room blue."""

ROOMS = {
    RECEPTION: RoomSettings(stages=("pin",), pins=PINS),
    "sales": RoomSettings(title="Sales", greeting_first="To sales.", greeting_next="More sales."),
    "blue": RoomSettings(greeting_first="", greeting_next=""),
}


def settings(**given: Any) -> Settings:
    """Return the settings of a line as from a rooms file."""
    return replace(make(**given), rooms=ROOMS, numbers={OWN: "blue"})
