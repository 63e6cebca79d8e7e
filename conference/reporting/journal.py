"""Keeps the newest lines of activity, numbered, for `/api/events`."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import islice
from operator import attrgetter
from threading import Lock
from typing import Any, Protocol

from conference.clock import Iso, iso
from conference.reporting.activity_line import ActivityLine

MOST_KEPT = 8_000  # lines; an ordinary call makes about 25

FIELDS = tuple(each.name for each in fields(ActivityLine))
"""The order in which fields are written for other processes: a new one must be the last."""

_values = attrgetter(*FIELDS)
_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A line of activity of a room, with its time by the line's clock."""

    at: float
    room: str
    line: ActivityLine

    def text(self) -> tuple[str, str]:
        """Return the room, and all of it as JSON, for `Entry.read` in another process."""
        return self.room, _json([self.at, self.room, *_values(self.line)])


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of activity, with its number, its time (by the line's clock) and its room."""

    n: int
    at: float
    room: str
    line: ActivityLine

    def as_json(self, iso: Iso = iso) -> dict[str, Any]:
        """Return `n, at, room, front, kind, calls, number, label, text, requests`, and a webhook's
        fields.

        `requests` are the ids of the moderators' requests that the line came of.
        A webhook's fields are `event_type, id, occurred_at, conference_id, call_leg_id, details`.
        `occurred_at` is Telnyx's time, `at` ours. `details` are the main fields by Telnyx's names,
        such as `status`, `digits` and `gather_id` of call.gather.ended. A field that the webhook
        lacks is null, as are all of these in a line that reports no webhook; there `details` is {}.
        `iso` writes our time: that of the line's clock.
        """
        line = self.line
        return {
            "n": self.n,
            "at": iso(self.at, precise=True),
            "room": self.room,
            "front": line.front,
            "kind": line.kind,
            "calls": list(line.calls),
            "number": line.number,
            "label": line.label,
            "text": line.text,
            "requests": list(line.requests),
            "event_type": line.event_type or None,
            "id": line.id or None,
            "occurred_at": f"{line.occurred_at}Z" if line.occurred_at else None,
            "conference_id": line.conference or None,
            "call_leg_id": line.leg or None,
            "details": dict(line.details),
        }

    @classmethod
    def read(cls, n: int, text: str) -> Entry:
        """Return the entry with this number, of a line that `RoomLine.text` wrote."""
        at, room, *values = json.loads(text)
        written = dict(zip(FIELDS, values, strict=False))  # a newer version may have more fields
        lists = {name: tuple(written[name]) for name in ("calls", "requests")}
        return cls(n, at, room, ActivityLine(**written | lists))


class Journal(Protocol):
    """Numbers the lines in the order in which they are appended, one by one."""

    def append(self, lines: Sequence[RoomLine]) -> None:
        """Keep these lines, in this order, and nothing in between."""

    def newest(self) -> int:
        """Return the number of the newest line."""

    def after(self, n: int, most: int, room: str = "") -> tuple[list[Entry], int, bool]:
        """Return up to `most` entries after number n, the number up to which they are complete, and
        if some are lost.

        With a `room`: the entries of that room alone.
        """


class MemoryJournal:
    """The lines of this process. Numbers begin with its start time in milliseconds."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._last = int(time.time() * 1000)
        self._entries: deque[Entry] = deque(maxlen=most_kept)
        self._lock = Lock()

    def append(self, lines: Sequence[RoomLine]) -> None:
        with self._lock:
            for n, each in enumerate(lines, self._last + 1):
                self._entries.append(Entry(n, each.at, each.room, each.line))
            self._last += len(lines)

    def newest(self) -> int:
        return self._last

    def after(self, n: int, most: int, room: str = "") -> tuple[list[Entry], int, bool]:
        with self._lock:
            first = self._entries[0].n if self._entries else self._last + 1
            newer = islice(self._entries, max(n + 1 - first, 0), None)
            wanted = (entry for entry in newer if room in ("", entry.room))
            found = list(islice(wanted, most))
            gap = n > self._last or 0 < n < first - 1
            return found, found[-1].n if len(found) == most else self._last, gap
