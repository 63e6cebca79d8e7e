"""Does in one thread what the threads of requests must not wait for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from threading import Condition

from conference.registry.unavailable import Unavailable

log = logging.getLogger(__name__)

Task = Callable[[], None]


class Tasks:
    """Tasks by name, first in, first out. One that waits already is not added again, so they are as
    many as there are names. One that found Redis out of reach is repeated by `repeat_failed`.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Task] = {}
        self._failed: dict[Hashable, Task] = {}
        self._changed = Condition()
        self._ended = False

    def add(self, name: Hashable, task: Task) -> None:
        """Do the task soon."""
        with self._changed:
            self._waiting.setdefault(name, task)
            self._changed.notify()

    def add_later(self, name: Hashable, task: Task) -> None:
        """Do the task with those that are repeated."""
        with self._changed:
            self._failed.setdefault(name, task)

    def repeat_failed(self) -> None:
        """Do again what failed, now that Redis can be reached."""
        with self._changed:
            self._waiting = {**self._failed, **self._waiting}
            self._failed = {}
            self._changed.notify()

    def run(self) -> None:
        """Do the tasks until `end`."""
        while self._wait():
            self.do_waiting()

    def do_waiting(self) -> None:
        """Do the tasks that wait now, and those that they add."""
        while found := self._next():
            self._do(*found)

    def end(self) -> None:
        """Let `run` return after the present task."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _wait(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended)
            return not self._ended

    def _next(self) -> tuple[Hashable, Task] | None:
        with self._changed:
            if self._ended or not self._waiting:
                return None
            name = next(iter(self._waiting))
            return name, self._waiting.pop(name)

    def _do(self, name: Hashable, task: Task) -> None:
        try:
            task()
        except Unavailable:
            self.add_later(name, task)
        except Exception:
            log.exception("what other processes did, or left, could not be dealt with")
