"""Keeps outgoing calls within DIAL_ALLOW, DIAL_AT_ONCE and DIAL_PER_HOUR."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from conference.clock import Clock
from conference.core.events import ModeratorRequest
from conference.core.fronts import front
from conference.core.requests.dialling import Limits, check_may_be_called
from conference.core.requests.under_way import calls_under_way
from conference.core.room import Room
from conference.engine.reservations import MemoryReservations, PastDials, Reservations


class DialLimits:
    """Counts the calls of all rooms together. `reservations`: in memory unless others are given."""

    def __init__(
        self, limits: Limits, clock: Clock, reservations: Reservations | None = None
    ) -> None:
        self._limits = limits
        self._reservations = reservations or MemoryReservations(clock)

    @property
    def counts_calls(self) -> bool:
        """Whether Telnyx can list the calls of the application."""
        return bool(self._limits.connection_id)

    def keep_in(self, past: PastDials) -> None:
        """Count the calls that are kept there, and keep further ones."""
        self._reservations.keep_in(past)

    def check_number(self, event: ModeratorRequest, room: Room) -> None:
        """Raise Refused if the number may never be called from this room."""
        by_texml = not front(room).needs_application
        check_may_be_called(event.values["to"], self._limits, by_texml=by_texml)

    def reserve(
        self, event: ModeratorRequest, rooms: Callable[[], list[Room]]
    ) -> AbstractContextManager[None]:
        """Return the context in which to make the call. On entering it, Refused at a limit.

        `rooms` returns all rooms as last saved, by whichever process.
        """
        return self._reservations.reserve(
            event.id, event.at, self._limits, lambda: calls_under_way(rooms(), event.at)
        )
