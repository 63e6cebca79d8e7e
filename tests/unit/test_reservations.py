"""The reservations of outgoing calls in memory."""

from __future__ import annotations

import pytest
from rigs.reservations_contract import ReservationsContract

from conference.clock import Clock
from conference.engine.reservations import MemoryReservations, Reservations


@pytest.fixture
def reservations() -> Reservations:
    return MemoryReservations(Clock())


class TestMemoryReservations(ReservationsContract):
    """With the fixture of this file."""
