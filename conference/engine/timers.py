"""One thread that wakes at the times it was told of, and says for whom."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable

from conference.clock import Clock

MANY_OLD = 64  # times that do not count any more, beyond which they are swept out


class Timers:
    """Calls `ring(name)` once the time set for the name has come. Times are Unix seconds.

    The thread is started with the first time set.
    """

    def __init__(self, ring: Callable[[str], None], clock: Clock) -> None:
        self._ring = ring
        self._clock = clock
        self._times: list[tuple[float, str]] = []
        self._due: dict[str, float] = {}  # the time that counts; others in the heap are old
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def set(self, name: str, at: float | None) -> None:
        """Ring for this name at that time and at no other; with None, not at all."""
        with self._changed:
            if self._due.get(name) == at or self._stopped:
                return
            if at is None:
                del self._due[name]
                return
            self._due[name] = at
            if len(self._times) > 2 * len(self._due) + MANY_OLD:
                self._times = [(due, each) for each, due in self._due.items()]
                heapq.heapify(self._times)
            else:
                heapq.heappush(self._times, (at, name))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="timers", daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (name := self._next()) is not None:
            self._ring(name)

    def _next(self) -> str | None:
        """Sleep until something is due, and give its name; None when stopped."""
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
