"""Delivers changes to their observers: after the room's lock is released, in the room's order."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock

from conference.core.change import Change

log = logging.getLogger(__name__)

Observer = Callable[[Change], None]

LANES = 64  # rooms of the same lane wait for each other's observers


class Outbox:
    """Takes changes in two steps: note a change under the room's lock, deliver it afterwards.

    Each room has one lane, first in, first out. If an observer raises, that is logged, and the
    others get the change. An observer must not change a room.
    """

    def __init__(self, observers: Iterable[Observer]) -> None:
        self._observers = tuple(observers)
        self._lanes = tuple(_Lane() for _ in range(LANES))

    def note(self, change: Change) -> None:
        """Queue the change. Called under the room's lock, which decides the order."""
        self._lane(change.after.name).waiting.append(change)

    def deliver(self, room: str) -> None:
        """Give the room's changes to the observers. Return once every noted change is observed."""
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
                log.exception("room %s: an observer of a change failed", change.after.name)


class _Lane:
    """The waiting changes of some rooms, and the lock for delivering them."""

    __slots__ = ("turn", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Change] = deque()
        self.turn = Lock()
