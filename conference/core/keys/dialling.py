"""Call somebody from the keypad: the verb `dial`, with a number that is typed."""

from __future__ import annotations

from conference.core.keys.action import Press, Reads, request
from conference.core.room import Room
from conference.core.schema.typed_numbers import typed_number
from conference.core.words import Sentence, Words, say

LONGEST = 18  # digits: 011 and a number of 15
IS_OFF = Sentence("Calling is off on this line.")
ENTER_NUMBER = Sentence("Enter the phone number, then press hash.")
NO_NUMBER = Sentence("No number was entered.")
NOT_A_NUMBER = Sentence("That is no phone number.")
CALLING = Sentence("Calling.")


def ask_number(room: Room, press: Press) -> tuple[Words, bool]:
    """Ask for the number, unless nobody may be called."""
    if not room.settings.dial_country:
        return say(room, IS_OFF), False
    return say(room, ENTER_NUMBER), True


def dial_out(room: Room, press: Press) -> tuple[Room, Words]:
    """Call the number: the callee joins the room on answering."""
    if not press.typed:
        return room, say(room, NO_NUMBER)
    number = typed_number(press.typed, room.settings.dial_country)
    if not number:
        return room, say(room, NOT_A_NUMBER)
    return request(room, press, "dial", to=number), say(room, CALLING)


NUMBER = Reads(prompt=ask_number, most=lambda room: LONGEST, within=15.0)
