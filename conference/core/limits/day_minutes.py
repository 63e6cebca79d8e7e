"""The call minutes of a room on one day, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DAY = 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class DayMinutes:
    """The use of `day`, counted from 1970: `seconds` until `since`, from then on `calls` at once.

    `step`: what was announced of it. Times are Unix seconds.
    """

    day: int = 0
    seconds: float = 0.0
    since: float = 0.0
    calls: int = 0
    step: Literal["", "warned", "used-up"] = ""

    def used(self, at: float) -> float:
        """Return the call seconds of the day until now."""
        before = self.seconds if self.day == day_of(at) else 0.0
        return before + self.calls * max(at - max(self.since, day_of(at) * DAY), 0.0)

    def used_up(self, at: float) -> bool:
        """Whether new callers are refused."""
        return self.step == "used-up" and self.day == day_of(at)

    @property
    def used_up_until(self) -> float | None:
        """Return when new callers are let in again; None if they are not refused."""
        return (self.day + 1) * DAY if self.step == "used-up" else None

    def counts(self, at: float) -> bool:
        """Whether it holds anything of this day."""
        return self.day == day_of(at) and self.seconds > 0


def day_of(at: float) -> int:
    """Return the day, counted from 1970."""
    return int(at // DAY)


NOTHING_USED = DayMinutes()
