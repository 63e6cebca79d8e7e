"""The kinds of values of opening hours and their time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from conference.core.admission.opening_hours import DAYS, UNIVERSAL, Hours, Window, zone_of
from conference.core.schema.kind import Kind

MOST_ROWS = 366
LONGEST_ROW = 100  # characters
CLOSED = "closed"
A_DAY = 24 * 60  # minutes

_SHORT = [day[:3].lower() for day in DAYS]
_DAY = "|".join(_SHORT)
_DAYS = f"(?:{_DAY})(?:-(?:{_DAY}))?"
_WEEKDAYS = re.compile(f"{_DAYS}(?:,{_DAYS})*")
_WINDOW = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])-([01]?[0-9]|2[0-4]):([0-5][0-9])")
_DATE = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,3}")


@dataclass(frozen=True, slots=True)
class OpeningHours(Kind):
    """A list of windows on weekdays and dates; an empty one for no limit."""

    says: str = (
        'a list such as ["Mon-Fri 08:00-18:00", "2026-12-24 10:00-12:00", "2026-12-25 closed"]'
    )
    example: str = "Mon-Fri 08:00-18:00"

    def allows(self, value: Any) -> bool:
        return isinstance(value, list) and len(value) <= MOST_ROWS and not self.hint(value)

    def used(self, value: list[str]) -> Hours:
        return _hours(value)

    def hint(self, value: Any) -> str:
        """Return which row is wrong: no error quotes it."""
        if not isinstance(value, list):
            return ""
        if len(value) > MOST_ROWS:
            return f", of {MOST_ROWS} rows at most"
        for nth, row in enumerate(value, 1):
            try:
                _row(row)
            except ValueError as error:
                return f": row {nth} {error}"
        try:
            _hours(value)
        except ValueError as error:
            return f": {error}"
        return ""


@dataclass(frozen=True, slots=True)
class TimeZone(Kind):
    """A name of the time zone database."""

    says: str = "a time zone such as Europe/Berlin"
    example: str = "Europe/Berlin"

    def allows(self, value: Any) -> bool:
        if not isinstance(value, str) or not _ZONE.fullmatch(value):
            return False
        try:
            zone_of(value)
        except (KeyError, OSError):  # not known; a folder of zones
            return False
        return True

    def hint(self, value: Any) -> str:
        if not _zones():
            return f": this machine knows {UNIVERSAL} alone. Run: pip install tzdata"
        meant = _zones().get(value.casefold().replace(" ", "_")) if isinstance(value, str) else ""
        return f": {meant} is one" if meant else ""


@cache
def _zones() -> dict[str, str]:
    """Return the time zones of this machine, by their names in lower case."""
    return {name.casefold(): name for name in available_timezones()}


def _hours(rows: list[str]) -> Hours:
    """Return the hours of the rows. ValueError says what is wrong with them."""
    week: dict[int, tuple[Window, ...]] = {}
    dates: dict[str, tuple[Window, ...]] = {}
    shut: set[str] = set()
    for row in rows:
        days, window = _row(row)
        for day in days:
            if window and isinstance(day, int):
                week[day] = (*week.get(day, ()), window)
            elif isinstance(day, str):
                dates[day] = (*dates.get(day, ()), *([window] if window else []))
                shut |= set() if window else {day}
    if any(dates[day] for day in shut):
        raise ValueError("a date cannot be both open and closed")
    if rows and not week and not any(dates.values()):
        raise ValueError('it has no hours: add "Mon-Sun 00:00-24:00" for the other days')
    return Hours(week, dates)


def _row(text: Any) -> tuple[list[int] | list[str], Window | None]:
    """Return the days of a row, and its window; None if it is closed then."""
    if not isinstance(text, str) or len(text) > LONGEST_ROW:
        raise ValueError('must be a text such as "Mon-Fri 08:00-18:00"')
    days, _, times = re.sub(r"\s*([-,:])\s*", r"\1", text.strip().lower()).partition(" ")
    times = times.strip()
    if _DATE.fullmatch(days):
        return [_date(days)], None if times == CLOSED else _window(times)
    if not _WEEKDAYS.fullmatch(days):
        what = "Mon, Mon-Fri or Mon,Wed-Fri, or with a date such as 2026-12-24"
        raise ValueError(f"must begin with weekdays such as {what}")
    if times == CLOSED:
        raise ValueError("has weekdays, which are closed without a row: closed is for dates")
    return [*dict.fromkeys(_weekdays(days))], _window(times)


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("has a date that is in no calendar") from None


def _weekdays(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, last = (_SHORT.index(day) for day in (part[:3], part[-3:]))
        yield from ((first + n) % 7 for n in range((last - first) % 7 + 1))


def _window(text: str) -> Window:
    """Return the window; one that ends before it begins ends on the next day."""
    found = _WINDOW.fullmatch(text)
    if not found:
        raise ValueError("must end with times such as 08:00-18:00")
    hours = [int(each) for each in found.groups()]
    begins, ends = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if begins >= A_DAY or ends > A_DAY:
        raise ValueError("must have times from 00:00 to 24:00")
    if begins == ends:
        raise ValueError("begins when it ends: a whole day is 00:00-24:00")
    return Window(begins, ends if ends > begins else ends + A_DAY)
