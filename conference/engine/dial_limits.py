"""Keeps outgoing calls within DIAL_AT_ONCE and DIAL_PER_HOUR."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Protocol

from conference.clock import Clock
from conference.core.events import ModeratorRequest
from conference.core.fronts import front
from conference.core.requests.dialling import HOUR, Limits, check_may_be_called, check_within
from conference.core.requests.under_way import calls_under_way
from conference.core.room import Room


class PastDials(Protocol):
    """Keeps the calls of the last hour where a restart finds them, by their age in seconds."""

    def read(self) -> list[float]:
        """Return the ages of the calls, the oldest first."""

    def save(self, ages: Sequence[float]) -> None:
        """Replace what is kept by calls of these ages."""


class DialLimits:
    """Counts the calls of all rooms together."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._dialled: deque[float] = deque()  # in the last hour, by the line's clock
        self._past: PastDials | None = None
        self._lock = Lock()

    @property
    def counts_calls(self) -> bool:
        """Whether Telnyx can list the calls of the application."""
        return bool(self._limits.connection_id)

    def keep_in(self, past: PastDials) -> None:
        """Count the calls that are kept there, and keep further ones."""
        with self._lock:
            now, factor = self._clock(), self._clock.factor
            self._dialled.extend(now - age * factor for age in past.read())
            self._past = past
            if self._dialled:  # a time in the future is one of now from here on
                self._save(now)

    def check_number(self, event: ModeratorRequest, room: Room) -> None:
        """Raise Refused if the number may never be called from this room."""
        by_texml = not front(room).needs_application
        check_may_be_called(event.values["to"], self._limits, by_texml=by_texml)

    @contextmanager
    def reserve(self, event: ModeratorRequest, rooms: Callable[[], list[Room]]) -> Iterator[None]:
        """Allow one more call, and no other until the context ends. Refused if a limit is reached.

        A call that the context refuses does not count.
        """
        with self._lock:
            while self._dialled and self._dialled[0] <= event.at - HOUR:
                self._dialled.popleft()
            check_within(self._limits, calls_under_way(rooms(), event.at), len(self._dialled))
            self._dialled.append(event.at)
            self._save(event.at)  # before the call is made, or a kill would lose it
            try:
                yield
            except BaseException:
                self._dialled.pop()
                self._save(event.at)
                raise

    def _save(self, now: float) -> None:
        if self._past is not None:
            self._past.save([self._clock.real(max(now - at, 0)) for at in self._dialled])
