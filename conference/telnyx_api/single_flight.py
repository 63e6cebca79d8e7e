"""One call of a slow function for concurrent callers (single-flight)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Semaphore
from typing import Generic, TypeVar

T = TypeVar("T")
AT_ONCE = 4  # readings in progress: one that hangs must not delay all callers


class SingleFlight(Generic[T]):
    """Calls `read` once for all callers that arrived before the reading begins.

    A later caller waits for the next reading, so that no result is older than its call. At most
    AT_ONCE readings are in progress. If `read` raises, all who share the reading get the error.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._running = Semaphore(AT_ONCE)
        self._changing = Lock()
        self._next: Future[T] | None = None  # has not begun

    def __call__(self) -> T:
        with self._changing:
            shares = self._next is not None
            result: Future[T] = self._next or Future()
            self._next = result
        if not shares:
            with self._running:
                with self._changing:
                    self._next = None
                try:
                    result.set_result(self._read())
                except Exception as error:
                    result.set_exception(error)
        return result.result()
