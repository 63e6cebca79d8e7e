"""Reserves a place for each outgoing call within DIAL_AT_ONCE and DIAL_PER_HOUR."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import Protocol

from conference.clock import Clock
from conference.core.requests.dialling import HOUR, Limits, check_within

UnderWay = Callable[[], Collection[str]]
"""Returns the calls under way in all rooms, as `calls_under_way` does."""


class PastDials(Protocol):
    """Keeps the calls of the last hour where a restart finds them, by their age in seconds."""

    def read(self) -> list[float]:
        """Return the ages of the calls, the oldest first."""

    def save(self, ages: Sequence[float]) -> None:
        """Replace what is kept by calls of these ages."""


class Reservations(Protocol):
    """Counts the calls of the last hour, and lets one call at a time take the last free place."""

    def keep_in(self, past: PastDials) -> None:
        """Count the calls that are kept there, and keep further ones, unless they last anyway."""

    def reserve(
        self, request: str, at: float, limits: Limits, under_way: UnderWay
    ) -> AbstractContextManager[None]:
        """Return the context in which the room makes the call of this request.

        On entering it, Refused is raised if a limit is reached. When it ends, the room shows the
        call, or has refused it: a call that the context refuses does not count.
        `at`: Unix seconds, by the line's clock.
        """


class MemoryReservations:
    """The calls of this process. No other call is reserved until a context ends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._dialled: deque[float] = deque()  # in the last hour, by the line's clock
        self._past: PastDials | None = None
        self._lock = Lock()

    def keep_in(self, past: PastDials) -> None:
        with self._lock:
            now, factor = self._clock(), self._clock.factor
            self._dialled.extend(now - age * factor for age in past.read())
            self._past = past
            if self._dialled:  # a time in the future is one of now from here on
                self._save(now)

    @contextmanager
    def reserve(
        self, request: str, at: float, limits: Limits, under_way: UnderWay
    ) -> Iterator[None]:
        with self._lock:
            while self._dialled and self._dialled[0] <= at - HOUR:
                self._dialled.popleft()
            check_within(limits, len(under_way()), len(self._dialled))
            self._dialled.append(at)
            self._save(at)  # before the call is made, or a kill would lose it
            try:
                yield
            except BaseException:
                self._dialled.pop()
                self._save(at)
                raise

    def _save(self, now: float) -> None:
        if self._past is not None:
            self._past.save([self._clock.real(max(now - at, 0)) for at in self._dialled])
