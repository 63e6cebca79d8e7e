"""Become a moderator during the call, by the room's moderator PIN.

Wrong PINs wait by the rules of `pin_defence`, over all calls of the meeting and later ones.
"""

from __future__ import annotations

from conference.core.admission import pin_defence
from conference.core.admission.reception import WAIT, leads_to
from conference.core.announcements.announcing import announce
from conference.core.keys.action import Press, Reads, request
from conference.core.muting import mute_reason
from conference.core.replacing import replace
from conference.core.room import Deadline, Room
from conference.core.room_settings import Pin
from conference.core.transitions import change, set_deadline
from conference.core.words import Sentence, Words, say

MOST_TRIES = 3  # on one call
ENTER = Sentence("Enter the moderator PIN, then press hash.")
NO_PIN = Sentence("No PIN was entered.")
WRONG = Sentence("That PIN is wrong.")
NO_TRIES_LEFT = Sentence("There are no further tries on this call.")
NOW_ONE = Sentence("You are a moderator now.")
UNMUTED = Sentence("You are unmuted.")
HAS_NO_PIN = Sentence("This room has no moderator PIN.")
IS_ONE = Sentence("You are a moderator already.")
LATER = Sentence("Too many wrong PINs were entered. Please try again later.")


def ask_pin(room: Room, press: Press) -> tuple[Words, bool]:
    """Ask for the PIN, unless it would change nothing."""
    participant = room.participants[press.call]
    if participant.role == "moderator":
        return say(room, IS_ONE), False
    if not _pins(room):
        return say(room, HAS_NO_PIN), False
    if participant.pressed.pin and Deadline("call", press.call) in room.deadlines:
        return say(room, WAIT), False
    if participant.pressed.wrong_pins >= MOST_TRIES:
        return say(room, NO_TRIES_LEFT), False
    return say(room, ENTER), True


def become_moderator(room: Room, press: Press) -> tuple[Room, Words]:
    """Compare the PIN, now or when its turn comes."""
    if not press.typed:
        return room, say(room, NO_PIN)
    participant = room.participants[press.call]
    defence, when = pin_defence.turn(room.pin_defence, participant.number, press.at)
    room = replace(room, pin_defence=defence)
    if when is None:
        return room, say(room, LATER)
    if when <= press.at:
        return _compare(room, press)
    room = change(room, press.call, pressed=replace(participant.pressed, pin=press.typed))
    return set_deadline(room, Deadline("call", press.call), when), say(room, WAIT)


def compare_waiting_pin(room: Room, call: str, at: float) -> Room:
    """Compare the PIN whose turn has come, and answer in private."""
    pressed = room.participants[call].pressed
    if not pressed.pin:
        return room
    room = change(room, call, pressed=replace(pressed, pin=""))
    room, words = _compare(room, Press(call, at, "", pressed.pin))
    return announce(room, words, at, [call])


def _compare(room: Room, press: Press) -> tuple[Room, Words]:
    """Give the role for the right PIN. Count a wrong one."""
    participant = room.participants[press.call]
    if participant.role == "moderator":  # meanwhile
        return room, say(room, IS_ONE)
    is_right = leads_to(_pins(room), press.typed) is not None
    note = pin_defence.note_right if is_right else pin_defence.note_wrong
    room = replace(room, pin_defence=note(room.pin_defence, participant.number, press.at))
    if not is_right:
        wrong = participant.pressed.wrong_pins + 1
        room = change(room, press.call, pressed=replace(participant.pressed, wrong_pins=wrong))
        last = (NO_TRIES_LEFT,) if wrong >= MOST_TRIES else ()
        return room, say(room, WRONG, *last)
    was_muted = mute_reason(room, press.call)
    room = request(room, press, "role", press.call, role="moderator")
    unmuted = was_muted and not mute_reason(room, press.call)
    return room, say(room, NOW_ONE, *((UNMUTED,) if unmuted else ()))


def _longest(room: Room) -> int:
    return max((len(pin.digits) for pin in _pins(room)), default=1)


def _pins(room: Room) -> tuple[Pin, ...]:
    pins = room.settings.pins
    return tuple(pin for pin in pins if pin.role == "moderator" and pin.room == room.name)


MODERATOR_PIN = Reads(prompt=ask_pin, most=_longest, within=15.0)
