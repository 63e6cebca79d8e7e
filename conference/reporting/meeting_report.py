"""Reports each meeting of the rooms file once it is over: the participants, their times and shares.

A report waits up to a minute for recordings that Telnyx has not saved yet. Then nothing of it is
kept here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import astuple, dataclass, field
from threading import Lock
from typing import Any

from conference.clock import Iso, iso
from conference.core.admission.saying_names import is_name
from conference.core.change import Change
from conference.core.events import Event, Webhook
from conference.core.meeting import goes_on
from conference.core.room import Room
from conference.core.texml.facts import StatusCallback
from conference.masking import mask_number, masked
from conference.reporting.lane import Lane
from conference.reporting.timeline import Timeline

log = logging.getLogger(__name__)

WAITS_AT_MOST = 60.0  # seconds for recordings
MOST_RECORDINGS = 100  # of a meeting


@dataclass(frozen=True, slots=True)
class Row:
    """A participant. `name`: the label, or the last digits of the number. Times: Unix seconds.

    `seconds`: inside. `share`: of the time in which anybody had the floor, 0 to 1.
    """

    name: str
    role: str
    joined: float
    left: float
    seconds: float
    share: float


@dataclass(frozen=True, slots=True)
class Report:
    """A meeting that is over. `conference`: the last one of it. `recordings`: their ids."""

    room: str
    conference: str
    began: float
    ended: float
    participants: tuple[Row, ...]
    recordings: tuple[str, ...]

    def as_json(self, iso: Iso = iso) -> dict[str, Any]:
        """Return `room, began, ended, participants, recordings`.

        A participant has `name, role, joined_at, left_at, seconds, share_of_floor`.
        """
        return {
            "room": self.room,
            "began": iso(self.began),
            "ended": iso(self.ended),
            "participants": [
                {
                    "name": row.name,
                    "role": row.role,
                    "joined_at": iso(row.joined),
                    "left_at": iso(row.left),
                    "seconds": round(row.seconds),
                    "share_of_floor": round(row.share, 3),
                }
                for row in self.participants
            ],
            "recordings": list(self.recordings),
        }

    def in_words(self, iso: Iso = iso) -> str:
        """Return one line for the log."""
        people = ", ".join(
            f"{row.name} ({row.role}) {row.seconds:.0f} s, {row.share:.0%} of the floor"
            for row in self.participants
        )
        saved = ", ".join(self.recordings) or "none"
        times = f"from {iso(self.began)} to {iso(self.ended)}"
        return f"room {self.room}: meeting {times}: {people}; recordings: {saved}"


@dataclass(slots=True)
class _Meeting:
    """The facts of a meeting that its timeline lacks. `rows`: of a meeting that is over."""

    conference: str = ""
    recordings: list[str] = field(default_factory=list)
    rows: tuple[Row, ...] | None = None
    over_at: float = 0.0

    def text(self) -> str:
        """Return the facts as JSON, for `read` in another process."""
        rows = None if self.rows is None else [astuple(row) for row in self.rows]
        return json.dumps([self.conference, self.recordings, rows, self.over_at])

    @classmethod
    def read(cls, text: str) -> _Meeting:
        """Return the facts that `text` wrote."""
        conference, recordings, rows, over_at = json.loads(text)
        found = None if rows is None else tuple(Row(*row) for row in rows)
        return cls(conference, recordings, found, over_at)


class MeetingReports:
    """An observer of these rooms, to be called after the timeline's. `give` gets each report, with
    the time in Unix seconds."""

    def __init__(
        self,
        timeline: Timeline,
        rooms: Collection[str],
        give: Callable[[Report, float], None],
        iso: Iso = iso,
    ) -> None:
        self._timeline = timeline
        self._rooms = rooms
        self._give = give
        self._iso = iso
        self._meetings: dict[str, _Meeting] = {}  # by room
        self._lock = Lock()

    def observe(self, change: Change) -> None:
        """Follow the meetings, and report one that is over."""
        if change.after.name not in self._rooms:
            return
        with self._lock:
            reports = list(self._follow(change))
        self._report(reports, change.event.at)

    def watch(self, now: float) -> None:
        """Report the meetings whose recordings were awaited for long enough."""
        self._report(self._overdue(now - WAITS_AT_MOST), now)

    def stop(self, now: float) -> None:
        """Report the meetings that are over: the server ends."""
        self._report(self._overdue(now), now)

    def facts(self, room: str) -> str:
        """Return the facts of the room's meeting as JSON, for `load`; empty without a meeting."""
        with self._lock:
            meeting = self._meetings.get(room)
            return meeting.text() if meeting else ""

    def load(self, room: str, facts: str, over: bool, at: float) -> None:
        """Replace the facts of the room's meeting by these; forget it with empty text.

        `over`: the meeting has ended meanwhile. Then its timeline must still have its lanes.
        """
        with self._lock:
            self._meetings.pop(room, None)
            if facts and room in self._rooms:
                meeting = self._meetings[room] = _Meeting.read(facts)
                if over and meeting.rows is None:
                    self._end(meeting, room, at)

    def _overdue(self, before: float) -> list[Report]:
        with self._lock:
            over = [room for room, m in self._meetings.items() if m.rows and m.over_at <= before]
            return [self._made(room) for room in over]

    def _report(self, reports: list[Report], at: float) -> None:
        for report in reports:
            log.info("%s", report.in_words(self._iso))
            self._give(report, at)

    def _follow(self, change: Change) -> Iterator[Report]:
        name, at, after = change.after.name, change.event.at, change.after
        meeting = self._meetings.get(name)
        if meeting and meeting.rows is None and _is_over(change.before, at):
            self._end(meeting, name, at)  # by time
        if meeting and meeting.rows and after.joined:
            yield self._made(name)  # the next one begins
            meeting = None
        if meeting is None:
            if not after.joined:
                return
            meeting = self._meetings[name] = _Meeting()
        meeting.conference = after.conference or meeting.conference
        saved = _saved(change.before, change.event)
        if saved and saved not in meeting.recordings and len(meeting.recordings) < MOST_RECORDINGS:
            meeting.recordings.append(saved)
        if meeting.rows is None and _is_over(after, at):
            self._end(meeting, name, at)
        if meeting.rows and not (after.recordings.going_on or after.recordings.unsaved):
            yield self._made(name)

    def _end(self, meeting: _Meeting, room: str, at: float) -> None:
        lanes = self._timeline.lanes(room)
        talked = sum(lane.seconds("talking", at) for lane in lanes) or 1.0
        meeting.rows = tuple(_row(lane, at, talked) for lane in lanes)
        meeting.over_at = at
        if not lanes:
            del self._meetings[room]  # forgotten by the timeline, in a crowd of rooms

    def _made(self, room: str) -> Report:
        meeting = self._meetings.pop(room)
        rows = meeting.rows or ()
        return Report(
            room,
            meeting.conference,
            began=min(row.joined for row in rows),
            ended=max(row.left for row in rows),
            participants=rows,
            recordings=tuple(meeting.recordings),
        )


def _is_over(room: Room, at: float) -> bool:
    return not room.joined and not goes_on(room, at)


def _row(lane: Lane, at: float, talked: float) -> Row:
    times = lane.times["joined"]
    return Row(
        name=masked(lane.of.label) or mask_number(lane.of.number) or f"{lane.of.member}",
        role=lane.of.role,
        joined=times[0],
        left=at if lane.is_inside else times[-1],
        seconds=lane.seconds("joined", at),
        share=lane.seconds("talking", at) / talked,
    )


def _saved(room: Room, event: Event) -> str:
    """Return the id of the recording that the event reports; empty if none, and for a name."""
    if isinstance(event, StatusCallback):
        return event.recording if event.type == "recording-completed" else ""
    if isinstance(event, Webhook) and event.type.endswith("recording.saved"):
        return "" if is_name(room, event) else str(event.details.get("recording_id", ""))
    return ""
