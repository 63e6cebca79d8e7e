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

    The observers `at_home` get the changes of the rooms whose home is this process. Those
    `everywhere`, which come first, get all that this process makes or reads.
    """

    def __init__(self, at_home: Iterable[Observer], everywhere: Iterable[Observer] = ()) -> None:
        self._everywhere = tuple(everywhere)
        self._at_home = (*self._everywhere, *at_home)
        self._lanes = tuple(_Lane() for _ in range(LANES))

    def note(self, change: Change, ours: bool = True) -> None:
        """Queue the change. Called under the room's lock, which decides the order.

        `ours`: this process is the room's home.
        """
        self._lane(change.after.name).waiting.append((change, ours))

    def deliver(self, room: str) -> None:
        """Give the room's changes to the observers. Return once every noted change is observed."""
        lane = self._lane(room)
        with lane.turn:
            while lane.waiting:
                self._observe(*lane.waiting.popleft())

    def _lane(self, room: str) -> _Lane:
        return self._lanes[hash(room) % LANES]

    def _observe(self, change: Change, ours: bool) -> None:
        for observer in self._at_home if ours else self._everywhere:
            try:
                observer(change)
            except Exception:
                log.exception("room %s: an observer of a change failed", change.after.name)


class _Lane:
    """The waiting changes of some rooms, and the lock for delivering them."""

    __slots__ = ("turn", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[tuple[Change, bool]] = deque()
        self.turn = Lock()
