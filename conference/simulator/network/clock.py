"""A clock with adjustable speed, and the thread that runs actions when they are due."""

from __future__ import annotations

import contextvars
import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from functools import partial

_log = logging.getLogger(__name__)

SOON = 0.25  # s on this clock: an action due so soon still belongs to the last event


class Clock:
    """Counts seconds from `start` on; `speed` of them pass in one real second.

    Actions run one at a time, on the clock's thread and under `lock`: they must not wait. `changed`
    is notified after each action.
    """

    def __init__(self, changed: threading.Condition, lock: threading.RLock, speed: float) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self._lock = lock
        self._changed = changed
        self._wake = threading.Condition(lock)
        self._speed = speed
        self._real: float | None = None  # the real time of `_counted`
        self._counted = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="simulator-clock")

    def now(self) -> float:
        """Return the seconds of this clock since its start."""
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

    def skip(self, seconds: float) -> None:
        """Let so many seconds pass at once. All that is due within them runs now, in order."""
        with self._lock:
            self._counted += seconds
            self._wake.notify()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Run an action in so many seconds of this clock.

        Actions that are due at the same time run in the order of their calls. The causes of the
        present step become those of the action.
        """
        run: Callable[[], None] = partial(contextvars.copy_context().run, action)
        with self._lock:
            heapq.heappush(self._due, (self.now() + seconds, next(self._order), run))
            self._wake.notify()

    def quiet(self) -> bool:
        """Whether no action is due within SOON."""
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
                    self._run_action(heapq.heappop(self._due)[2])

    def _run_action(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:  # a broken action must not stop the clock
            _log.exception("a scheduled action failed")
        self._changed.notify_all()
