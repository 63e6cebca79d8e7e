"""Opening hours by the clock of a time zone: open or not, and the next opening."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from rigs.core import EMPTY, each_case

from conference.core.admission.opening_hours import ALWAYS, Hours, Window
from conference.core.announcements.spoken_times import spoken_moment

BERLIN = "Europe/Berlin"
OFFICE = Hours({day: (Window(480, 1080),) for day in range(5)})  # Mon-Fri 08:00-18:00
NIGHT = Hours({4: (Window(1320, 1560),)})  # Fri 22:00-02:00
HOLIDAYS = Hours(
    OFFICE.week, {"2026-12-24": (Window(600, 720),), "2026-12-25": (), "2026-12-28": ()}
)
WEEKLY = Hours({0: (Window(1065, 1080),)}, {"2026-12-28": (), "2027-01-04": ()})
SKIPPED, SUMMER = Hours({6: (Window(135, 165),)}), "2026-04-05 02:15"  # Sun 02:15-02:45
MEETING = Hours(dates={"2026-12-24": (Window(600, 720),)})
TWO = Hours({0: (Window(480, 720), Window(780, 1020))})  # Mon 08:00-12:00, 13:00-17:00


def unix(shown: str, zone: str = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(shown).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


class Case(NamedTuple):
    """`opens`: the next opening, as the clock of Berlin shows it; empty if none follows."""

    name: str
    hours: Hours
    now: str
    is_open: bool
    opens: str


CASES = (
    Case("without hours", ALWAYS, "2026-11-30 03:00", True, ""),
    Case("before the first minute", OFFICE, "2026-11-30 07:59:59", False, "2026-11-30 08:00"),
    Case("in the first second", OFFICE, "2026-11-30 08:00", True, "2026-12-01 08:00"),
    Case("in the last second", OFFICE, "2026-11-30 17:59:59", True, "2026-12-01 08:00"),
    Case("at its end", OFFICE, "2026-11-30 18:00", False, "2026-12-01 08:00"),
    Case("over a weekend", OFFICE, "2026-12-05 12:00", False, "2026-12-07 08:00"),
    Case("between two windows", TWO, "2026-11-30 12:30", False, "2026-11-30 13:00"),
    Case("a week later", TWO, "2026-11-30 17:00", False, "2026-12-07 08:00"),
    Case("before midnight", NIGHT, "2026-12-04 23:59", True, "2026-12-11 22:00"),
    Case("after midnight", NIGHT, "2026-12-05 01:59", True, "2026-12-11 22:00"),
    Case("at the end of the night", NIGHT, "2026-12-05 02:00", False, "2026-12-11 22:00"),
    Case("the next evening", NIGHT, "2026-12-05 23:00", False, "2026-12-11 22:00"),
    Case("a date instead", HOLIDAYS, "2026-12-24 09:00", False, "2026-12-24 10:00"),
    Case("after it, over closed days", HOLIDAYS, "2026-12-24 12:00", False, "2026-12-29 08:00"),
    Case("after closed weeks", WEEKLY, "2026-12-22 12:00", False, "2027-01-11 17:45"),
    Case("after a window that the clock skips", SKIPPED, "2026-03-23 12:00", False, SUMMER),
    Case("long before a meeting", MEETING, "2025-01-01 00:00", False, "2026-12-24 10:00"),
    Case("in a meeting", MEETING, "2026-12-24 11:00", True, ""),
    Case("after a meeting", MEETING, "2026-12-24 12:00", False, ""),
)


@each_case(CASES)
def test_the_hours(case: Case) -> None:
    now = unix(case.now)
    assert case.hours.is_open(now, BERLIN) == case.is_open
    assert case.hours.opens_at(now, BERLIN) == (unix(case.opens) if case.opens else None)


def test_the_zone_decides() -> None:
    at = unix("2026-11-30 17:30")
    zones = ("UTC", BERLIN, "America/New_York", "Asia/Kathmandu", "Pacific/Auckland")
    assert [OFFICE.is_open(at, zone) for zone in zones] == [True, True, True, False, False]
    assert OFFICE.opens_at(at, "Asia/Kathmandu") == unix("2026-12-01 08:00", "Asia/Kathmandu")


# Days on which the clock is changed


class Changed(NamedTuple):
    """A window of a day, in minutes of the clock; and the time for which it is open."""

    name: str
    zone: str
    day: str
    window: Window
    begins: float
    minutes: int


SPRING, AUTUMN = "2026-03-29", "2026-10-25"  # Berlin: 02:00 -> 03:00, and 03:00 -> 02:00
CHANGED = (
    Changed("over the skip", BERLIN, SPRING, Window(60, 240), unix(f"{SPRING} 01:00"), 120),
    Changed("from within it", BERLIN, SPRING, Window(150, 195), unix(f"{SPRING} 03:00"), 15),
    Changed("until within it", BERLIN, SPRING, Window(60, 150), unix(f"{SPRING} 01:00"), 60),
    Changed("all of it", BERLIN, SPRING, Window(120, 180), unix(f"{SPRING} 03:00"), 0),
    Changed("a short night", BERLIN, "2026-03-28", Window(1320, 1800), unix("2026-03-28 22:00"),
            420),
    Changed("over the repetition", BERLIN, AUTUMN, Window(60, 240), unix(f"{AUTUMN} 01:00"), 240),
    Changed("from within both", BERLIN, AUTUMN, Window(150, 240), unix(f"{AUTUMN} 02:30"), 150),
    Changed("until the first", BERLIN, AUTUMN, Window(60, 150), unix(f"{AUTUMN} 01:00"), 90),
    Changed("the first alone", BERLIN, AUTUMN, Window(135, 165), unix(f"{AUTUMN} 02:15"), 30),
    Changed("a long night", BERLIN, "2026-10-24", Window(1320, 1800), unix("2026-10-24 22:00"),
            540),
    Changed("half an hour is skipped", "Australia/Lord_Howe", "2026-10-04", Window(135, 180),
            unix("2026-10-04 02:30", "Australia/Lord_Howe"), 30),
    Changed("midnight is skipped", "America/Asuncion", "2023-10-01", Window(0, 120),
            unix("2023-10-01 01:00", "America/Asuncion"), 60),
    Changed("a whole day is skipped", "Pacific/Apia", "2011-12-30", Window(480, 1080),
            unix("2011-12-31 00:00", "Pacific/Apia"), 0),
)  # fmt: skip


@each_case(CHANGED)
def test_each_minute_of_a_day_on_which_the_clock_is_changed(case: Changed) -> None:
    hours = Hours(dates={case.day: (case.window,)})
    first = case.begins - 30 * 3600
    minutes = [first + 60 * n for n in range(60 * 60)]
    found = [at for at in minutes if hours.is_open(at, case.zone)]
    assert len(found) == case.minutes
    assert found == [case.begins + 60 * n for n in range(case.minutes)]
    expected = case.begins if found else None
    assert {hours.opens_at(at, case.zone) for at in minutes if at < case.begins} == {expected}


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hours", [OFFICE, NIGHT, TWO])
@pytest.mark.parametrize("first", ["2026-03-06", "2026-10-02"])
def test_the_next_opening_is_the_first_one(hours: Hours, zone: str, first: str) -> None:
    """Every half hour of the weeks in which the clocks of these zones are changed."""
    opens: float | None = None
    was_open = True
    for n in range(33 * 48):
        at = unix(first, "UTC") + n * 1800
        is_open = hours.is_open(at, zone)
        if is_open and not was_open:
            assert at == opens
        if not is_open and was_open:
            opens = hours.opens_at(at, zone)
        was_open = is_open


# Spoken


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-30 08:00", "today at eight in the morning"),
        ("2026-11-30 23:59", "today at eleven fifty nine at night"),
        ("2026-12-01 00:00", "tomorrow at midnight"),
        ("2026-12-01 00:10", "tomorrow at twelve ten at night"),
        ("2026-12-02 12:00", "on Wednesday at noon"),
        ("2026-12-03 04:05", "on Thursday at four oh five at night"),
        ("2026-12-04 05:00", "on Friday at five in the morning"),
        ("2026-12-05 12:30", "on Saturday at twelve thirty in the afternoon"),
        ("2026-12-06 18:20", "on Sunday at six twenty in the evening"),
        ("2026-12-07 21:45", "on December 7 at nine forty five in the evening"),
        ("2027-10-31 19:19", "on October 31, 2027 at seven nineteen in the evening"),
    ],
)
def test_a_moment_is_spoken(moment: str, words: str) -> None:
    now = datetime.fromisoformat("2026-11-30 07:00")
    assert spoken_moment(EMPTY, datetime.fromisoformat(moment), now) == words
