"""Counts the calls that we make, so that no more are made than was allowed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from conference.core.events import ModeratorRequest
from conference.core.fronts import front
from conference.core.requests.dialling import HOUR, Limits, calls_under_way, check_allowed
from conference.core.room import Room


class Dialling:
    """One for all rooms: the limits are the account's."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._asked: deque[float] = deque()  # times, in Unix seconds, of the last hour
        self._lock = Lock()

    @contextmanager
    def one_more(
        self, event: ModeratorRequest, room: Room, rooms: Callable[[], list[Room]]
    ) -> Iterator[None]:
        """Within it one more call may be made, into this room, and nobody else makes one.

        Refused where it would be one too many, or to whom we may not.
        """
        with self._lock:
            while self._asked and self._asked[0] <= event.at - HOUR:
                self._asked.popleft()
            to, so_far = event.values["to"], (calls_under_way(rooms()), len(self._asked))
            check_allowed(to, self._limits, *so_far, by_texml=not front(room).needs_application)
            yield
            self._asked.append(event.at)
