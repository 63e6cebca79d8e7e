"""Describes each change in lines of activity, logs them, and gives them to the journal."""

from __future__ import annotations

import logging
from collections import deque
from contextlib import suppress
from itertools import islice
from threading import Event, Lock, Thread

from conference.core.change import Change
from conference.registry.unavailable import Unavailable
from conference.reporting.activity import activity
from conference.reporting.journal import Entry, Journal, MemoryJournal, RoomLine
from conference.reporting.request_ids import CallsOutside

log = logging.getLogger(__name__)

LATE = 0.1  # seconds that a line may be late
MOST_IN_ANSWER = 1000  # lines in one answer of `/api/events`
MOST_APPENDED = 500  # lines at a time
MOST_WAITING = 8_000  # lines while the journal cannot be reached; beyond, the oldest are lost
AGAIN = 1.0  # seconds until it is tried again


class EventLog:
    """An observer. `journal`: in memory unless another is given.

    After `start` a thread describes the changes, those of LATE seconds together. One by one each
    costs several times as much: the processor's cache has other code by then.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal or MemoryJournal()
        self._outside = CallsOutside()
        self._changes: deque[Change] = deque()  # not yet described
        self._lines: deque[RoomLine] = deque()  # not yet in the journal
        self._lost = 0  # lines that the journal will never have
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
        self._describe_if_possible()
        if self._lines:
            log.warning("%d lines of activity are lost to /api/events", len(self._lines))

    def observe(self, change: Change) -> None:
        """Describe the change, and log the lines of the kind `change`."""
        self._changes.append(change)
        if self._thread is None:
            self._describe_if_possible()
        elif not self._wanted.is_set():
            self._wanted.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wanted.wait(AGAIN if self._lines else None)
            self._ending.wait(LATE)
            self._wanted.clear()
            self._describe_if_possible()

    def _describe_if_possible(self) -> None:
        with suppress(Unavailable):  # the lines wait
            self._describe_waiting()

    def _describe_waiting(self) -> None:
        """Describe the changes, and give their lines to the journal. Unavailable if that fails."""
        with self._describing:  # so that the lines keep the order of the changes
            while self._changes:
                self._describe(self._changes.popleft())
            try:
                self._append_waiting()
            except Unavailable:
                while len(self._lines) > MOST_WAITING:
                    self._lines.popleft()
                    self._lost += 1
                raise

    def _append_waiting(self) -> None:
        while batch := list(islice(self._lines, MOST_APPENDED)):
            self._journal.append(batch)
            for _ in batch:
                self._lines.popleft()
        if self._lost:
            log.warning("%d lines of activity are lost to /api/events", self._lost)
            self._lost = 0

    def _describe(self, change: Change) -> None:
        try:
            for line in activity(change, self._outside.requests):
                self._lines.append(RoomLine(change.event.at, change.after.name, line))
                if line.kind == "change":
                    log.info("%s", line.text)
            self._outside.note(change)
        except Exception:
            log.exception("room %s: a change cannot be described", change.after.name)

    @property
    def newest(self) -> int:
        """The number of the newest line that is described."""
        return self._journal.newest()

    def after(self, n: int, most: int, room: str = "") -> tuple[list[Entry], int, bool]:
        """Describe the waiting changes, and return the entries that `Journal.after` does.

        Unavailable if the journal cannot be reached.
        """
        self._describe_waiting()
        return self._journal.after(n, most, room)
