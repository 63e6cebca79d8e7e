"""Wakes the rooms at their deadlines, and everyone who keeps watch once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from conference.clock import Clock
from conference.core.change import Change
from conference.core.events import DeadlinePassed
from conference.engine.timers import Timers

log = logging.getLogger(__name__)

EVERY_MINUTE = ""  # the timer that is no room's
WATCH_EVERY = 60.0  # seconds

Watcher = Callable[[float], None]
"""Called once a minute with the time, in Unix seconds."""


class Watch:
    """An observer: sets each room's timer to its next deadline.

    `passed` is called with a room's name when its deadline has come.
    """

    def __init__(
        self,
        clock: Clock,
        passed: Callable[[str, DeadlinePassed], object],
        watchers: Iterable[Watcher],
    ) -> None:
        self._clock = clock
        self._passed = passed
        self._watchers = tuple(watchers)
        self._timers = Timers(self._wake, clock)

    def start(self) -> None:
        """Call the watchers every minute from now on."""
        self._timers.set(EVERY_MINUTE, self._clock() + WATCH_EVERY)

    def observe(self, change: Change) -> None:
        """Set the timer of the room to its next deadline."""
        if change.after is not change.before or isinstance(change.event, DeadlinePassed):
            self._timers.set(change.after.name, change.after.next_deadline)

    def stop(self) -> None:
        """Wake nobody any more."""
        self._timers.stop()

    def _wake(self, name: str) -> None:
        try:
            if name == EVERY_MINUTE:
                self._look_after_all()
            else:
                self._passed(name, DeadlinePassed(self._clock()))
        except Exception:
            log.exception("room %s: a deadline broke", name)

    def _look_after_all(self) -> None:
        now = self._clock()
        self._timers.set(EVERY_MINUTE, now + WATCH_EVERY)
        for watcher in self._watchers:
            watcher(now)
