"""The line's own time: nobody can set it, and `flask simulate` lets it pass faster than real time.

All waits, ages and times of events are by this clock. It begins with the system's time, and then
goes by the time since the machine's boot, so a corrected system clock moves no deadline.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


def since_boot() -> float:
    """Return seconds that also pass while the machine sleeps, if the system counts these.

    Calls and Telnyx's memory of command ids do not sleep with a laptop.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):  # Linux
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Clock:
    """Returns seconds when called; `factor` of them pass in each real second.

    They are Unix seconds as long as nobody sets the system's clock. `system` returns the system's
    Unix seconds, `steady` seconds that nobody can set.
    """

    def __init__(
        self,
        factor: float = 1.0,
        system: Callable[[], float] = time.time,
        steady: Callable[[], float] = since_boot,
    ) -> None:
        self.factor = factor
        self._system, self._steady = system, steady
        self._began, self._steady_began = system(), steady()

    def __call__(self) -> float:
        return self._began + self._passed() * self.factor

    def real(self, seconds: float) -> float:
        """Convert a duration of this clock to real seconds."""
        return seconds / self.factor

    def unix(self, at: float) -> float:
        """Convert a time of this clock to Unix seconds, by the system's clock as it is set now.

        Corrections count in whole seconds, so that an event that is reported again has the same
        time.
        """
        return at + round(self._system() - self._began - self._passed())

    def iso(self, at: float | None, precise: bool = False) -> str | None:
        """Return a time of this clock in ISO 8601, by the system's clock as it is set now."""
        return None if at is None else iso(self.unix(at), precise)

    def _passed(self) -> float:
        return self._steady() - self._steady_began


class Iso(Protocol):
    """Returns a time in ISO 8601, in UTC. `precise`: with milliseconds."""

    def __call__(self, at: float | None, precise: bool = False) -> str | None: ...


def iso(at: float | None, precise: bool = False) -> str | None:
    """Return the time of Unix seconds in ISO 8601, in UTC. `precise`: with milliseconds."""
    spec = "milliseconds" if precise else "seconds"
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec=spec)
