"""Describes a room in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from conference.core.parts import FREE
from conference.core.room import Room

ON_THE_WAY_IN = ("ringing", "greeting", "waiting")


def summary(room: Room, on_hold: Callable[[Room, str], bool]) -> str:
    """Return "empty", "alone, on hold with music", "3 talking, 1 on hold" and the like.

    talking: inside, and not on hold. `on_hold`: whether this call is shown as on hold.
    """
    held = [call for call in room.joined if on_hold(room, call)]
    statuses: Counter[str] = Counter(p.status for p in room.participants.values())
    coming = sum(statuses[status] for status in ON_THE_WAY_IN)
    parts = [*_inside(room, held), *_counted(coming, "on the way in")]
    return ", ".join([*parts, *_counted(statuses["parked"], "taken out")]) or "empty"


def _inside(room: Room, held: list[str]) -> Iterator[str]:
    """Yield the words for the participants inside."""
    inside = len(room.joined)
    if room.waits_for_start and inside:
        yield "waiting for the start"
    if inside == 1:
        yield "alone"
        music = any(room.holding.told.get(call, FREE).music for call in held)
        yield from ["on hold with music" if music else "on hold"] if held else []
    elif inside and inside == len(held):
        yield "everyone on hold"
    else:
        yield from _counted(inside - len(held), "talking")
        yield from _counted(len(held), "on hold")


def _counted(count: int, what: str) -> list[str]:
    return [f"{count} {what}"] if count else []
