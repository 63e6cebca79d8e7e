"""Call somebody from the keypad: the verb `dial`, with a number that is typed."""

from __future__ import annotations

from conference.core.keys.action import Press, Reads, request
from conference.core.room import Room
from conference.core.schema.typed_numbers import typed_number

LONGEST = 18  # digits: 011 and a number of 15
IS_OFF = "Calling is off on this line."


def ask_number(room: Room, press: Press) -> tuple[str, bool]:
    """Ask for the number, unless nobody may be called."""
    if not room.settings.dial_country:
        return IS_OFF, False
    return "Enter the phone number, then press hash.", True


def dial_out(room: Room, press: Press) -> tuple[Room, str]:
    """Call the number: the callee joins the room on answering."""
    if not press.typed:
        return room, "No number was entered."
    number = typed_number(press.typed, room.settings.dial_country)
    if not number:
        return room, "That is no phone number."
    return request(room, press, "dial", to=number), "Calling."


NUMBER = Reads(prompt=ask_number, most=lambda room: LONGEST, within=15.0)
