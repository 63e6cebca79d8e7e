"""Logs the lines of activity, and keeps the newest for `/api/events`."""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Any

from conference.core.change import Change
from conference.reporting.activity import ActivityLine, activity
from conference.reporting.public_view import iso

log = logging.getLogger(__name__)

MOST_KEPT = 8_000  # lines; an ordinary call makes about 25
MOST_IN_ANSWER = 1000  # lines in one answer of `/api/events`


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of activity, with its number, its time (Unix seconds) and its room."""

    n: int
    at: float
    room: str
    line: ActivityLine

    def as_json(self) -> dict[str, Any]:
        """Return `n, at, room, front, kind, calls, number, text, event_type, details`.

        The last two are a webhook's: its type, and its main fields by Telnyx's names, such as
        `status`, `digits` and `gather_id` of call.gather.ended. Other lines have null and {}.
        """
        return {
            "n": self.n,
            "at": iso(self.at, precise=True),
            "room": self.room,
            "front": self.line.front,
            "kind": self.line.kind,
            "calls": list(self.line.calls),
            "number": self.line.number,
            "text": self.line.text,
            "event_type": self.line.event_type or None,
            "details": dict(self.line.details),
        }


class EventLog:
    """An observer. Numbers begin with the start time in milliseconds, so that a restart shows."""

    def __init__(self) -> None:
        self._last = int(time.time() * 1000)
        self._entries: deque[Entry] = deque(maxlen=MOST_KEPT)
        self._lock = Lock()

    def observe(self, change: Change) -> None:
        """Keep the lines of the change, and log those of the kind `change`."""
        for line in activity(change):
            self.append(change.event.at, change.after.name, line)
            if line.kind == "change":
                log.info("%s", line.text)

    def append(self, at: float, room: str, line: ActivityLine) -> None:
        """Keep one line."""
        with self._lock:
            self._last += 1
            self._entries.append(Entry(self._last, at, room, line))

    def after(self, n: int, most: int) -> tuple[list[Entry], int, bool]:
        """Return up to `most` entries after number n, the last number, and if some are lost."""
        with self._lock:
            first = self._entries[0].n if self._entries else self._last + 1
            begin = max(n + 1 - first, 0)
            found = list(islice(self._entries, begin, begin + most))
            gap = n > self._last or 0 < n < first - 1
            return found, found[-1].n if found else self._last, gap
