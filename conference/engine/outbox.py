"""Delivers changes to their observers: after the room's lock is released, in the room's order."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock

from conference.core.change import Change

log = logging.getLogger(__name__)

Observer = Callable[[Change], None]

LANES = 64  # rooms that share a lane wait for each other's observers


class Outbox:
    """Two steps: note a change under the room's lock, deliver it after.

    Each room has one lane, first in, first out. An observer that raises is logged; the others get
    the change all the same. An observer must not change a room.
    """

    def __init__(self, observers: Iterable[Observer]) -> None:
        self._observers = tuple(observers)
        self._lanes = tuple(_Lane() for _ in range(LANES))

    def note(self, change: Change) -> None:
        """Queue the change. Called under the room's lock: this decides the order."""
        self._lane(change.after.name).waiting.append(change)

    def deliver(self, room: str) -> None:
        """Return when every change that was noted for this room is observed."""
        lane = self._lane(room)
        with lane.turn:
            while lane.waiting:
                self._observe(lane.waiting.popleft())

    def _lane(self, room: str) -> _Lane:
        return self._lanes[hash(room) % LANES]

    def _observe(self, change: Change) -> None:
        for observer in self._observers:
            try:
                observer(change)
            except Exception:
                log.exception("room %s: a change was not observed", change.after.name)


class _Lane:
    """The changes of some rooms that wait, and whose turn it is to deliver them."""

    __slots__ = ("turn", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Change] = deque()
        self.turn = Lock()
