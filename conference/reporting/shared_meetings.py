"""Shares the timelines and the facts for reports of all rooms with other processes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import NamedTuple, Protocol

from conference.core.change import Change
from conference.core.room import Room
from conference.registry.unavailable import Unavailable
from conference.reporting.lane import Lane
from conference.reporting.meeting_report import MeetingReports
from conference.reporting.public_view import in_order
from conference.reporting.timeline import Timeline

EVERY = 0.5  # seconds between two writes
MOST_WRITTEN = 5_000  # rooms; the oldest are written as a whole the next time
LANE, REPORT = "lane ", "report"  # how the fields of lanes begin; the field of the report's facts


class MeetingStore(Protocol):
    """Keeps text by room and field, for all processes. Unavailable if it cannot be reached."""

    def update(self, room: str, fields: Mapping[str, str], gone: Collection[str]) -> bool:
        """Write these fields, and remove those that are gone.

        Return False, and change nothing, if the room has none: the store has lost them.
        """

    def replace(self, room: str, fields: Mapping[str, str]) -> None:
        """Write these fields, and remove all others of the room."""

    def read(self, room: str) -> dict[str, str]:
        """Return all fields of the room; {} without any."""


class _Written(NamedTuple):
    """What another process finds of a room: the calls with a lane, and the report's facts."""

    calls: frozenset[str]
    report: str


class SharedMeetings:
    """An observer in place of the timeline and the reports, to which it gives each change.

    Before a room's first change here, what another process has written of its meeting is loaded.
    After `start` a thread writes what has changed, twice a second. What cannot be written waits.
    """

    def __init__(self, timeline: Timeline, reports: MeetingReports, store: MeetingStore) -> None:
        self._timeline, self._reports, self._store = timeline, reports, store
        self._changed: dict[str, set[str]] = {}  # by room: the calls
        self._written: dict[str, _Written] = {}  # by room, of those that are loaded
        self._lock = Lock()  # guards the changes
        self._writing = Lock()
        self._ending = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Write in a thread from now on."""
        self._thread = Thread(target=self._run, name="meetings", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write the rest, if the store can be reached."""
        self._ending.set()
        if self._thread:
            self._thread.join()
        self._write_if_possible()

    def observe(self, change: Change) -> None:
        """Give the change to the timeline and the reports, and note which lanes have changed."""
        room = change.before
        if room.name not in self._written and not self._timeline.calls(room.name):
            with suppress(Unavailable):  # the next change tries again
                self.load(room, change.event.at)
        self._timeline.observe(change)
        self._reports.observe(change)
        self._note(change.after.name, change.rows)

    def lanes(self, room: str) -> list[Lane]:
        """Return the lanes that any process has written, as `Timeline.lanes` does. Unavailable."""
        self.write()  # a reader sees its own changes
        found = _lanes(self._store.read(room))
        return sorted(found, key=lambda lane: in_order(lane.of))

    def load(self, room: Room, at: float) -> None:
        """Go on with the meeting of this room that another process has observed. Unavailable.

        A meeting is over if the room knows none of its participants.
        """
        self.write()
        fields = self._store.read(room.name)
        lanes = _lanes(fields)
        over = room.participants.keys().isdisjoint(lane.of.call for lane in lanes)
        with self._writing:
            self._timeline.replace(room.name, lanes, over)
            self._reports.load(room.name, fields.get(REPORT, ""), over, at)
            calls = frozenset(lane.of.call for lane in lanes)
            self._written[room.name] = _Written(calls, fields.get(REPORT, ""))
        self._timeline.catch_up(room, at)
        self._note(room.name, [*calls, *room.participants])

    def write(self) -> None:
        """Write what has changed. Unavailable if that fails: then it is still to be written."""
        with self._writing:
            with self._lock:
                changed, self._changed = self._changed, {}
            reported = [room for room, written in self._written.items() if written.report]
            for room in {*changed, *reported}:  # a report may be given without a change
                try:
                    self._write(room, changed.get(room, set()))
                except Unavailable:
                    self._note(room, ())
                    for each, calls in changed.items():
                        self._note(each, calls)
                    raise
                changed.pop(room, None)

    def _run(self) -> None:
        while not self._ending.wait(EVERY):
            self._write_if_possible()

    def _write_if_possible(self) -> None:
        with suppress(Unavailable):  # `/readyz` reports it
            self.write()

    def _note(self, room: str, calls: Collection[str]) -> None:
        with self._lock:
            self._changed.setdefault(room, set()).update(calls)

    def _write(self, room: str, calls: Collection[str]) -> None:
        before = self._written.get(room)
        now = _Written(self._timeline.calls(room), self._reports.facts(room))
        if before is None or not self._update(room, calls, before, now):
            if any(now):  # else the store keeps the last meeting
                self._store.replace(room, self._fields(room, *now))
        self._written.pop(room, None)
        self._written[room] = now  # as the newest
        if len(self._written) > MOST_WRITTEN:
            del self._written[next(iter(self._written))]

    def _update(self, room: str, calls: Collection[str], before: _Written, now: _Written) -> bool:
        """Write what has changed. Return False if the store has lost the room."""
        fields = self._fields(room, calls, now.report if now.report != before.report else "")
        gone = [LANE + call for call in before.calls - now.calls]
        if before.report and not now.report:
            gone.append(REPORT)
        return not (fields or gone) or self._store.update(room, fields, gone)

    def _fields(self, room: str, calls: Collection[str], report: str) -> dict[str, str]:
        lanes = self._timeline.lanes_of(room, calls)
        fields = {LANE + lane.of.call: lane.text() for lane in lanes}
        return fields | ({REPORT: report} if report else {})


def _lanes(fields: Mapping[str, str]) -> list[Lane]:
    return [Lane.read(text) for field, text in fields.items() if field.startswith(LANE)]
