"""Timers by name: one thread wakes at the set times."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable

from conference.clock import Clock

MOST_OLD = 64  # replaced times in the heap; beyond, they are removed


class Timers:
    """Calls `on_due(name)` at the time that is set for the name. Times are the clock's.

    The thread starts with the first timer.
    """

    def __init__(self, on_due: Callable[[str], None], clock: Clock) -> None:
        self._on_due = on_due
        self._clock = clock
        self._times: list[tuple[float, str]] = []
        self._due: dict[str, float] = {}  # by name; other times in the heap are old
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def set(self, name: str, at: float | None) -> None:
        """Set the name's only timer to this time; None removes the timer."""
        with self._changed:
            if self._due.get(name) == at or self._stopped:
                return
            if at is None:
                del self._due[name]
                return
            self._due[name] = at
            if len(self._times) > 2 * len(self._due) + MOST_OLD:
                self._times = [(due, each) for each, due in self._due.items()]
                heapq.heapify(self._times)
            else:
                heapq.heappush(self._times, (at, name))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="timers", daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        """Wait for the call in progress, and make no further one."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (name := self._next()) is not None:
            self._on_due(name)

    def _next(self) -> str | None:
        """Sleep until a timer is due. Return its name; None once stopped."""
        with self._changed:
            while not self._stopped:
                wait = self._times[0][0] - self._clock() if self._times else None
                if wait is not None and wait <= 0:
                    at, name = heapq.heappop(self._times)
                    if self._due.get(name) == at:
                        del self._due[name]
                        return name
                else:
                    self._changed.wait(None if wait is None else self._clock.real(wait))
            return None
