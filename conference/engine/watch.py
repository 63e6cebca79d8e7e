"""Applies deadlines to their rooms in time, and calls the watchers once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from conference.clock import Clock
from conference.core.change import Change
from conference.core.events import DeadlinePassed
from conference.core.room import Room
from conference.engine.timers import Timers
from conference.registry.unavailable import Unavailable

log = logging.getLogger(__name__)

EVERY_MINUTE = ""  # the name of the watchers' timer; the others are named after rooms
WATCH_EVERY = 60.0  # seconds
AGAIN = 1.0  # seconds until a deadline is applied again that could not be saved

Watcher = Callable[[float], None]
"""Called once a minute with the time of the line's clock."""


class Watch:
    """An observer: sets each room's timer to its next deadline.

    `apply` applies the deadline to the room.
    """

    def __init__(
        self,
        clock: Clock,
        apply: Callable[[str, DeadlinePassed], object],
        watchers: Iterable[Watcher],
    ) -> None:
        self._clock = clock
        self._apply = apply
        self._watchers = tuple(watchers)
        self._timers = Timers(self._on_due, clock)

    def start(self) -> None:
        """Call the watchers every minute from now on."""
        self._timers.set(EVERY_MINUTE, self._clock() + WATCH_EVERY)

    def observe(self, change: Change) -> None:
        """Set the timer of the room to its next deadline."""
        if change.after is not change.before or isinstance(change.event, DeadlinePassed):
            self._timers.set(change.after.name, change.after.next_deadline)

    def resume(self, room: Room) -> None:
        """Set the timer of a room that this process takes over."""
        self._timers.set(room.name, room.next_deadline)

    def stop(self) -> None:
        """Stop the timers."""
        self._timers.stop()

    def _on_due(self, name: str) -> None:
        try:
            if name == EVERY_MINUTE:
                self._call_watchers()
            else:
                self._apply(name, DeadlinePassed(self._clock()))
        except Unavailable:
            self._timers.set(name, self._clock() + AGAIN)
        except Exception:
            what = "a watcher" if name == EVERY_MINUTE else f"a deadline of room {name}"
            log.exception("%s failed", what)

    def _call_watchers(self) -> None:
        now = self._clock()
        self._timers.set(EVERY_MINUTE, now + WATCH_EVERY)
        for watcher in self._watchers:
            watcher(now)
