"""Become a moderator during the call, by the room's moderator PIN."""

from __future__ import annotations

from hmac import compare_digest

from conference.core.keys.action import Press, Reads, request
from conference.core.parts import NOTHING_ASKED
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import change

MOST_TRIES = 3  # on one call
NO_TRIES_LEFT = "There are no further tries on this call."


def ask_pin(room: Room, press: Press) -> tuple[str, bool]:
    """Ask for the PIN, unless it would change nothing."""
    participant = room.participants[press.call]
    if participant.role == "moderator":
        return "You are a moderator already.", False
    if not _pins(room):
        return "This room has no moderator PIN.", False
    if participant.pressed.wrong_pins >= MOST_TRIES:
        return NO_TRIES_LEFT, False
    return "Enter the moderator PIN, then press hash.", True


def become_moderator(room: Room, press: Press) -> tuple[Room, str]:
    """Give the role for the right PIN. Count a wrong one."""
    if not press.typed:
        return room, "No PIN was entered."
    participant = room.participants[press.call]
    typed = press.typed.encode()
    if sum(compare_digest(typed, pin.encode()) for pin in _pins(room)):  # compares with each
        was_muted = _is_muted(room, press.call)
        room = request(room, press, "role", press.call, role="moderator")
        unmuted = was_muted and not _is_muted(room, press.call)
        return room, f"You are a moderator now.{' You are unmuted.' if unmuted else ''}"
    wrong = participant.pressed.wrong_pins + 1
    room = change(room, press.call, pressed=replace(participant.pressed, wrong_pins=wrong))
    return room, f"That PIN is wrong.{f' {NO_TRIES_LEFT}' if wrong >= MOST_TRIES else ''}"


def _longest(room: Room) -> int:
    return max(map(len, _pins(room)), default=1)


def _pins(room: Room) -> list[str]:
    pins = room.settings.pins
    return [pin.digits for pin in pins if pin.role == "moderator" and pin.room == room.name]


def _is_muted(room: Room, call: str) -> bool:
    return room.holding.asked.get(call, NOTHING_ASKED).mute


MODERATOR_PIN = Reads(prompt=ask_pin, most=_longest, within=15.0)
