"""Opening hours: the times at which callers come into a room, by the clock of a time zone.

A window begins and ends when the clock first shows its times. A time that the clock skips in spring
is the moment of the skip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

UNIVERSAL = "UTC"  # needs no table of time zones
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ONE_DAY = timedelta(days=1)


class Window(NamedTuple):
    """From `begins` to `ends`, in minutes after midnight. Beyond 1440: on the next day."""

    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The windows of a week; without any and without dates, callers come in at any time.

    `week`: by the numbers of the days, 0 for Monday. `dates`: by the date in ISO 8601. Its windows
    replace those of the weekday; () if the room is closed on that day.
    """

    week: Mapping[int, tuple[Window, ...]] = field(default_factory=dict)
    dates: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)

    @property
    def always(self) -> bool:
        """Whether callers come in at any time."""
        return not (self.week or self.dates)

    def is_open(self, at: float, zone: str) -> bool:
        """Whether callers come in at this time, in Unix seconds."""
        if self.always:
            return True
        today = local(at, zone).date()
        return any(
            begins <= at < ends
            for day in (today - ONE_DAY, today)
            for begins, ends in self._windows(day, zone)
        )

    def opens_at(self, at: float, zone: str) -> float | None:
        """Return the first opening after this time, both in Unix seconds; None if there is none."""
        for day in self._days_from(local(at, zone).date()):
            coming = [begins for begins, ends in self._windows(day, zone) if at < begins < ends]
            if coming:
                return min(coming)
        return None

    def _days_from(self, today: date) -> Iterator[date]:
        """Yield the days on which the room may open next, in order."""
        weeks = 2 + len(self.dates)  # each date may replace an opening, and the clock skip one
        days = 7 * weeks if self.week else 0
        yield from (today + n * ONE_DAY for n in range(days + 1))
        later = today + days * ONE_DAY
        yield from sorted(day for each in self.dates if (day := date.fromisoformat(each)) > later)

    def _windows(self, day: date, zone: str) -> Iterator[tuple[float, float]]:
        """Yield the begin and the end of the windows that begin on the day, in Unix seconds."""
        for window in self.dates.get(day.isoformat(), self.week.get(day.weekday(), ())):
            midnight = datetime(day.year, day.month, day.day)
            begins, ends = (
                _moment(midnight + timedelta(minutes=each), zone_of(zone)) for each in window
            )
            yield begins, ends


ALWAYS = Hours()


@cache
def zone_of(name: str) -> tzinfo:
    """Return the time zone. ZoneInfoNotFoundError if the machine does not know the name."""
    return UTC if name == UNIVERSAL else ZoneInfo(name)


def local(at: float, zone: str) -> datetime:
    """Return the time of Unix seconds, as the clock of the zone shows it."""
    return datetime.fromtimestamp(at, zone_of(zone))


def _moment(shown: datetime, zone: tzinfo) -> float:
    """Return when the clock first shows this time, in Unix seconds; of a skipped time the skip."""
    first, second = (shown.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    before, after = second, first
    if after <= before:
        return first  # not skipped: only then the two are in the other order
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        same = datetime.fromtimestamp(middle, zone).utcoffset() == offset
        before, after = (middle, after) if same else (before, middle)
    return after
