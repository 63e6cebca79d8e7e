"""Describes a room in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from conference.core.admission.outside import count_outside
from conference.core.admission.reception import is_reception
from conference.core.parts import FREE
from conference.core.room import Room
from conference.core.room_states import state_of

MODES: Mapping[str, str] = {
    "conversation": "conversation",
    "questions": "question time",
    "lecture": "lecture",
}
"""The modes in words."""
ON_THE_WAY_IN = ("ringing", "greeting", "waiting")


Shown = Callable[[Room, str], bool]


def summary(room: Room, on_hold: Shown, is_muted: Shown) -> str:
    """Return "empty", "alone, on hold with music", "3 talking, 2 muted, 1 on hold", "1 talking, 3
    muted, question time, 2 hands up" and the like.

    talking: inside, neither muted nor on hold. muted: not on hold. `on_hold`, `is_muted`: whether
    this call is shown so.
    """
    held = [call for call in room.joined if on_hold(room, call)]
    muted = sum(is_muted(room, call) for call in room.joined.difference(held))
    statuses: Counter[str] = Counter(p.status for p in room.participants.values())
    outside = count_outside(room)
    lobby, full = outside["lobby"], outside["full"]
    coming = sum(statuses[status] for status in ON_THE_WAY_IN) - lobby - full
    how = "entering a PIN" if is_reception(room) else "on the way in"
    parts = [*_inside(room, held, muted), *_counted(coming, how), *_counted(lobby, "in the lobby")]
    parts += _counted(full, "waiting for a seat")
    parts += _counted(statuses["parked"], "taken out")
    return ", ".join([*parts, *_mode_and_hands(room)]) or "empty"


def _mode_and_hands(room: Room) -> list[str]:
    mode = [] if room.mode == "conversation" else [MODES[room.mode]]
    hands = "hand up" if len(room.hands) == 1 else "hands up"
    return [*mode, *_counted(len(room.hands), hands)]


def _inside(room: Room, held: list[str], muted: int) -> Iterator[str]:
    """Yield the words for the participants inside."""
    inside = len(room.joined)
    waiting = state_of(room).summary if inside else ""
    if waiting:
        yield waiting
    if inside == 1:
        yield from [] if waiting else ["alone"]
        music = any(room.holding.told.get(call, FREE).music for call in held)
        yield from ["on hold with music" if music else "on hold"] if held else []
    elif inside and inside == len(held):
        yield "everyone on hold"
    else:
        yield from _counted(inside - len(held) - muted, "talking")
        yield from _counted(muted, "muted")
        yield from _counted(len(held), "on hold")


def _counted(count: int, what: str) -> list[str]:
    return [f"{count} {what}"] if count else []
