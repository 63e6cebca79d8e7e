"""Knows whether the calls from before the start are counted: Telnyx's lists have been read."""

from __future__ import annotations

from collections.abc import Iterable
from threading import BoundedSemaphore, Condition

from conference.core.events import Event, Outcome
from conference.core.snapshot import Snapshot

PATIENCE = 5.0  # seconds that a request waits for the lists
MOST_WAITING = 8  # requests; each keeps a thread of the control API


class FirstLook:
    """The rooms that a snapshot is still needed of. Without `begin` there is none."""

    def __init__(self) -> None:
        self._missing: set[str] = set()
        self._seen: set[str] = set()
        self._changed = Condition()
        self._seats = BoundedSemaphore(MOST_WAITING)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(self._missing)

    def begin(self, room: str) -> None:
        """Need a snapshot of this room, and of the rooms whose calls are in it."""
        self._missing.add(room)

    def note(self, name: str, event: Event, others: Iterable[str]) -> None:
        """Note a snapshot of the room, and the rooms of calls in it that no room knows.

        One without the application's calls proves nothing. A TeXML conference has no such list.
        """
        if not self._missing or not isinstance(event, Outcome):
            return
        snapshot = event.data
        if not isinstance(snapshot, Snapshot) or (snapshot.calls is None and not snapshot.of_texml):
            return
        with self._changed:
            self._seen.add(name)
            self._missing = (self._missing | {*others}) - self._seen
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until every snapshot is there. Return whether that was in time."""
        if not self._missing:
            return True
        if not self._seats.acquire(blocking=False):
            return False
        try:
            with self._changed:
                return self._changed.wait_for(lambda: not self._missing, timeout=seconds)
        finally:
            self._seats.release()
