"""One reading for all who want the same at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Semaphore
from typing import Generic, TypeVar

T = TypeVar("T")
AT_ONCE = 4  # so that one that hangs does not delay all


class SingleFlight(Generic[T]):
    """Calls `read` for everyone who has asked before it begins, and again for who comes later.

    So no one is given what was read before he asked; and AT_ONCE readings go on at a time at most,
    however many ask. What `read` raises, all who share it get.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._places = Semaphore(AT_ONCE)
        self._changing = Lock()
        self._next: Future[T] | None = None  # what is not begun

    def __call__(self) -> T:
        with self._changing:
            follows = self._next is not None
            wanted: Future[T] = self._next or Future()
            self._next = wanted
        if not follows:
            with self._places:
                with self._changing:
                    self._next = None
                try:
                    wanted.set_result(self._read())
                except Exception as error:
                    wanted.set_exception(error)
        return wanted.result()
