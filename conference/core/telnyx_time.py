"""Telnyx's times, of webhooks and of TeXML's callbacks, as text that sorts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_CLOCK = r"\d\d:\d\d:\d\d"
_ISO = re.compile(
    rf"(\d{{4}}-\d\d-\d\d)[T ]({_CLOCK}(?:\.\d{{1,9}})?) ?(Z|[+-]\d\d:?\d\d)", re.ASCII
)
_RFC2822 = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?\d{{1,2}} [A-Z][a-z]{{2}} \d{{4}} {_CLOCK} (?:[+-]\d{{4}}|GMT|UTC?|Z)",
    re.ASCII,
)


def unix(timestamp: object) -> float | None:
    """Return a time as Unix seconds; None for anything that `sortable` does not know."""
    text = sortable(timestamp)
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() if text else None


def sortable(timestamp: object) -> str:
    """Return a time in UTC, as `2021-04-28T22:51:29.993535`; "" for anything else.

    Known forms: ISO 8601, as `2021-04-28 22:51:29.993535Z`, and RFC 2822. Each must have an offset.
    """
    if not isinstance(timestamp, str):
        return ""
    try:
        if iso := _ISO.fullmatch(timestamp):
            time = datetime.fromisoformat(f"{iso[1]}T{iso[2]}{iso[3]}")
            if iso[3] == "Z":  # as in nearly all of them: nothing to convert
                return f"{iso[1]}T{iso[2]}{'' if '.' in iso[2] else '.'}000000"[:26]
        elif _RFC2822.fullmatch(timestamp):
            time = parsedate_to_datetime(timestamp)
        else:
            return ""
        time = time.astimezone(UTC) if time.tzinfo else time  # RFC 2822 without one is -0000: UTC
        return time.replace(tzinfo=None).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):  # there is no such day, hour or offset
        return ""
