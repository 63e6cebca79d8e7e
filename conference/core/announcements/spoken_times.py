"""Times as people speak them, such as `on Monday at eight thirty in the morning`."""

from __future__ import annotations

from datetime import datetime

from conference.core.admission.opening_hours import DAYS

NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
PARTS = ((5, "at night"), (12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"))
"""The parts of a day, each until this hour; the rest is night."""
WHOLE = {(0, 0): "midnight", (12, 0): "noon"}


def spoken_moment(moment: datetime, now: datetime) -> str:
    """Return a coming moment, such as `today at noon`. Both are of one time zone."""
    return f"{_day(moment, now)} at {_time(moment.hour, moment.minute)}"


def _day(moment: datetime, now: datetime) -> str:
    days = (moment.date() - now.date()).days
    if days < 7:
        return ("today", "tomorrow")[days] if days < 2 else f"on {DAYS[moment.weekday()]}"
    year = f", {moment.year}" if days > 330 else ""
    return f"on {MONTHS[moment.month - 1]} {moment.day}{year}"


def _time(hour: int, minute: int) -> str:
    if (hour, minute) in WHOLE:
        return WHOLE[hour, minute]
    part = next((words for until, words in PARTS if hour < until), PARTS[0][1])
    return f"{NUMBERS[hour % 12 or 12]}{_minutes(minute)} {part}"


def _minutes(minute: int) -> str:
    if minute < len(NUMBERS):
        return f" {'oh ' if minute < 10 else ''}{NUMBERS[minute]}" if minute else ""
    tens, ones = divmod(minute, 10)
    return f" {TENS[tens]}" + (f" {NUMBERS[ones]}" if ones else "")
