"""Times as people speak them, such as `on Monday at eight thirty in the morning`."""

from __future__ import annotations

from datetime import datetime

from conference.core.admission.opening_hours import DAYS
from conference.core.room import Room
from conference.core.words import Sentence, Words, say

NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty")
TODAY = Sentence("today at {time}")
TOMORROW = Sentence("tomorrow at {time}")
ON_WEEKDAY = Sentence("on {day} at {time}")
ON_DATE = Sentence("on {month} {day} at {time}")
IN_ANOTHER_YEAR = Sentence("on {month} {day}, {year} at {time}")
WEEKDAYS = tuple(map(Sentence, DAYS))
MONTHS = (
    *(Sentence("January"), Sentence("February"), Sentence("March"), Sentence("April")),
    *(Sentence("May"), Sentence("June"), Sentence("July"), Sentence("August")),
    *(Sentence("September"), Sentence("October"), Sentence("November"), Sentence("December")),
)
TIME = Sentence("{hour}:{minute}")
"""A time in digits, from 0:00 to 23:59: for translations alone. In English it is in words."""
PARTS = ((5, "at night"), (12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"))
"""The parts of a day, each until this hour; the rest is night."""
WHOLE = {(0, 0): "midnight", (12, 0): "noon"}


def spoken_moment(room: Room, moment: datetime, now: datetime) -> Words:
    """Return a coming moment, such as `today at noon`. Both are of one time zone."""
    time, days = _time(room, moment.hour, moment.minute), (moment.date() - now.date()).days
    if days < 2:
        return say(room, (TODAY, TOMORROW)[days], time=time)
    if days < 7:
        return say(room, ON_WEEKDAY, day=say(room, WEEKDAYS[moment.weekday()]), time=time)
    date = ON_DATE if days <= 330 else IN_ANOTHER_YEAR
    month = say(room, MONTHS[moment.month - 1])
    return say(room, date, month=month, day=moment.day, year=moment.year, time=time)


def _time(room: Room, hour: int, minute: int) -> str:
    if TIME in room.settings.words:
        return say(room, TIME, hour=hour, minute=f"{minute:02}")
    if (hour, minute) in WHOLE:
        return WHOLE[hour, minute]
    part = next((words for until, words in PARTS if hour < until), PARTS[0][1])
    return f"{NUMBERS[hour % 12 or 12]}{_minutes(minute)} {part}"


def _minutes(minute: int) -> str:
    if minute < len(NUMBERS):
        return f" {'oh ' if minute < 10 else ''}{NUMBERS[minute]}" if minute else ""
    tens, ones = divmod(minute, 10)
    return f" {TENS[tens]}" + (f" {NUMBERS[ones]}" if ones else "")
