"""Keeps outgoing calls within DIAL_AT_ONCE and DIAL_PER_HOUR."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from conference.core.events import ModeratorRequest
from conference.core.fronts import front
from conference.core.requests.dialling import HOUR, Limits, check_allowed
from conference.core.requests.under_way import calls_under_way
from conference.core.room import Room


class DialLimits:
    """Counts the calls of all rooms together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._dialled: deque[float] = deque()  # in the last hour, Unix seconds
        self._lock = Lock()

    @contextmanager
    def reserve(
        self, event: ModeratorRequest, room: Room, rooms: Callable[[], list[Room]]
    ) -> Iterator[None]:
        """Allow one more call into this room, and no other call until the context ends.

        Raise Refused if a limit is reached, or the number may not be called.
        """
        with self._lock:
            while self._dialled and self._dialled[0] <= event.at - HOUR:
                self._dialled.popleft()
            under_way = calls_under_way(rooms(), event.at)
            check_allowed(
                event.values["to"],
                self._limits,
                under_way,
                len(self._dialled),
                by_texml=not front(room).needs_application,
            )
            yield
            self._dialled.append(event.at)
