"""The beep by which a conference hears who comes and goes, and that it is being recorded."""

from __future__ import annotations

from .parties import Conference, Leg


def beep(room: Conference, now: float, *, spared: Leg | None = None) -> None:
    """Everyone hears it who hears the conference, but the one who joins."""
    for stay in room.inside.values():
        if stay.leg is not spared and not stay.on_hold and not stay.waits:
            stay.leg.beeps.append(now)
