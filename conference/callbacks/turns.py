"""Limits the requests under way to all addresses. Addresses that answer late have turns of their
own, so that many of them do not delay the others."""

from __future__ import annotations

from threading import BoundedSemaphore

MOST_AT_ONCE = 32  # requests
MOST_LATE = 16  # requests to addresses whose last answer was late
LATE = 1.0  # seconds


class Turns:
    """Each request waits for its turn."""

    def __init__(self) -> None:
        self._usual, self._late = BoundedSemaphore(MOST_AT_ONCE), BoundedSemaphore(MOST_LATE)

    def after(self, seconds: float) -> BoundedSemaphore:
        """Return the turns of an address whose last answer, or its lack, took so long."""
        return self._late if seconds > LATE else self._usual
