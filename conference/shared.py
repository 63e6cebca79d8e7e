"""One reading for all who want the same at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Calls `read` for everyone who has asked before it begins, and again for who comes later.

    So no one is given what was read before he asked; and one reading goes on at a time, however
    many ask. What `read` raises, all of them get.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._reading = Lock()
        self._changing = Lock()
        self._next: Future[T] | None = None  # what is not begun

    def __call__(self) -> T:
        with self._changing:
            follows = self._next is not None
            wanted: Future[T] = self._next or Future()
            self._next = wanted
        if not follows:
            with self._reading:
                with self._changing:
                    self._next = None
                try:
                    wanted.set_result(self._read())
                except Exception as error:
                    wanted.set_exception(error)
        return wanted.result()
