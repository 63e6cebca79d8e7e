"""Time that can be turned up, and the thread that does what is due."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)

SOON = 0.25  # s on this clock: what is due within that belongs to what has just happened


class Clock:
    """Counts seconds, `speed` for each real one, from `start` on.

    Actions run one at a time on its thread and under `lock`, so they must not wait for anything.
    `changed` is notified after each of them.
    """

    def __init__(self, changed: threading.Condition, lock: threading.RLock, speed: float) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self._lock = lock
        self._changed = changed
        self._wake = threading.Condition(lock)
        self._speed = speed
        self._real: float | None = None  # when `_counted` was right
        self._counted = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="simulator-clock")

    def now(self) -> float:
        with self._lock:
            if self._real is None:
                return self._counted
            return self._counted + (time.monotonic() - self._real) * self._speed

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        with self._lock:
            if self._real is not None:
                self._counted, self._real = self.now(), time.monotonic()
            self._speed = speed
            self._wake.notify()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do it in that many seconds of this clock; things due at the same time in call order."""
        with self._lock:
            heapq.heappush(self._due, (self.now() + seconds, next(self._order), action))
            self._wake.notify()

    def quiet(self) -> bool:
        """Whether nothing is due within SOON."""
        with self._lock:
            return not self._due or self._due[0][0] > self.now() + SOON

    def start(self) -> None:
        self._real = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._wake.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        with self._lock:
            while not self._stopped:
                if not self._due:
                    self._wake.wait()
                elif (wait := (self._due[0][0] - self.now()) / self._speed) > 0:
                    self._wake.wait(wait)
                else:
                    self._do(heapq.heappop(self._due)[2])

    def _do(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:  # one broken action must not stop the clock for all the others
            _log.exception("a scheduled action failed")
        self._changed.notify_all()
