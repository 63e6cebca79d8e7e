"""Logs the lines of activity, and keeps the newest for `/api/events`."""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass
from itertools import islice
from threading import Event, Lock, Thread
from typing import Any

from conference.clock import Iso, iso
from conference.core.change import Change
from conference.reporting.activity import activity
from conference.reporting.activity_line import ActivityLine
from conference.reporting.request_ids import CallsOutside

log = logging.getLogger(__name__)

MOST_KEPT = 8_000  # lines; an ordinary call makes about 25
LATE = 0.1  # seconds that a line may be late
MOST_IN_ANSWER = 1000  # lines in one answer of `/api/events`


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


class EventLog:
    """An observer. Numbers begin with the start time in milliseconds, so that a restart shows.

    After `start` a thread describes the changes, those of LATE seconds together. One by one each
    costs several times as much: the processor's cache has other code by then.
    """

    def __init__(self) -> None:
        self._last = int(time.time() * 1000)
        self._entries: deque[Entry] = deque(maxlen=MOST_KEPT)
        self._lock = Lock()
        self._outside = CallsOutside()
        self._changes: deque[Change] = deque()  # not yet described
        self._describing = Lock()
        self._wanted, self._ending = Event(), Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Describe changes in a thread from now on."""
        self._thread = Thread(target=self._run, name="event log", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Describe the waiting changes now, and later ones at once."""
        thread, self._thread = self._thread, None
        if thread:
            self._ending.set()
            self._wanted.set()
            thread.join()
        self._describe_waiting()

    def observe(self, change: Change) -> None:
        """Keep the lines of the change, and log those of the kind `change`."""
        self._changes.append(change)
        if self._thread is None:
            self._describe_waiting()
        elif not self._wanted.is_set():
            self._wanted.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wanted.wait()
            self._ending.wait(LATE)
            self._wanted.clear()
            self._describe_waiting()

    def _describe_waiting(self) -> None:
        with self._describing:  # so that the lines keep the order of the changes
            while self._changes:
                self._describe(self._changes.popleft())

    def _describe(self, change: Change) -> None:
        try:
            for line in activity(change, self._outside.requests):
                self.append(change.event.at, change.after.name, line)
                if line.kind == "change":
                    log.info("%s", line.text)
            self._outside.note(change)
        except Exception:
            log.exception("room %s: a change cannot be described", change.after.name)

    def append(self, at: float, room: str, line: ActivityLine) -> None:
        """Keep one line."""
        with self._lock:
            self._last += 1
            self._entries.append(Entry(self._last, at, room, line))

    @property
    def newest(self) -> int:
        """The number of the newest line that is described."""
        return self._last

    def after(self, n: int, most: int, room: str = "") -> tuple[list[Entry], int, bool]:
        """Return up to `most` entries after number n, the number up to which they are complete, and
        if some are lost.

        With a `room`: the entries of that room alone.
        """
        self._describe_waiting()
        with self._lock:
            first = self._entries[0].n if self._entries else self._last + 1
            newer = islice(self._entries, max(n + 1 - first, 0), None)
            wanted = (entry for entry in newer if room in ("", entry.room))
            found = list(islice(wanted, most))
            gap = n > self._last or 0 < n < first - 1
            return found, found[-1].n if len(found) == most else self._last, gap
