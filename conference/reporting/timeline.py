"""The timeline of each room's meeting: when its participants were inside, talked, were muted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from conference.core.change import Change
from conference.core.meeting import goes_on
from conference.core.room import Room
from conference.reporting.lane import KINDS, Lane
from conference.reporting.public_view import in_order

MOST_LANES = 5_000  # of all rooms; beyond, the room whose meeting began first is forgotten
MOST_LANES_OF_ROOM = 1_000  # beyond, a participant who left is forgotten; 800 can be inside
MOST_BANDS_OF_ROOM = 4_000  # of one kind; shared by its lanes
LEAST_BANDS, MOST_BANDS = 8, 100  # of one kind in a lane


@dataclass(slots=True)
class _Meeting:
    """The lanes of a room. One that is over is kept until the next one begins."""

    lanes: dict[str, Lane] = field(default_factory=dict)
    over: bool = False


class Lanes(Protocol):
    """Returns the lanes of any room."""

    def lanes(self, room: str) -> list[Lane]:
        """Return copies of the room's lanes, in the order of the participants; [] without any."""


class Timeline:
    """An observer. It keeps the present meeting of each room, or else the last one."""

    def __init__(self) -> None:
        self._meetings: dict[str, _Meeting] = {}  # that which began first, first
        self._lock = Lock()

    def observe(self, change: Change) -> None:
        """Begin and end the bands of the participants whose rows have changed."""
        with self._lock:
            self._end_meeting(change)  # the next may begin with a dial, before anybody has a row
            for call in change.rows:
                self._turn(change.after, call, change.event.at)

    def lanes(self, room: str) -> list[Lane]:
        with self._lock:
            meeting = self._meetings.get(room, _Meeting())
            in_turn = sorted(meeting.lanes.values(), key=lambda lane: in_order(lane.of))
            return [lane.copy() for lane in in_turn]

    def calls(self, room: str) -> frozenset[str]:
        """Return the calls that have a lane."""
        with self._lock:
            return frozenset(self._meetings.get(room, _Meeting()).lanes)

    def lanes_of(self, room: str, calls: Collection[str]) -> list[Lane]:
        """Return copies of the lanes of these calls, as far as there are any."""
        with self._lock:
            lanes = self._meetings.get(room, _Meeting()).lanes
            return [lanes[call].copy() for call in calls if call in lanes]

    def replace(self, room: str, lanes: Iterable[Lane], over: bool) -> None:
        """Replace the lanes of the room by these; forget the room without any.

        `over`: the next participant inside begins a new meeting.
        """
        with self._lock:
            self._meetings.pop(room, None)
            if of_calls := {lane.of.call: lane for lane in lanes}:
                self._meetings[room] = _Meeting(of_calls, over)

    def catch_up(self, room: Room, at: float) -> None:
        """Begin and end the bands of all participants, as the room is now."""
        with self._lock:
            known = self._meetings.get(room.name, _Meeting()).lanes
            for call in [*known, *sorted(room.joined - known.keys())]:
                self._turn(room, call, at)

    def _end_meeting(self, change: Change) -> None:
        before, meeting = change.before, self._meetings.get(change.before.name)
        if meeting and not before.joined and not goes_on(before, change.event.at):
            meeting.over = True

    def _turn(self, room: Room, call: str, at: float) -> None:
        lane = self._lane(room, call)
        if lane is None:
            return
        lane.of = room.participants.get(call, lane.of)
        most = MOST_BANDS_OF_ROOM // len(self._meetings[room.name].lanes)
        most = min(max(most, LEAST_BANDS), MOST_BANDS)
        for what, (is_so, gap) in KINDS.items():
            lane.turn(what, is_so(room, call), at, gap, most)

    def _lane(self, room: Room, call: str) -> Lane | None:
        """Return the call's lane; a new one if the call has just joined."""
        meeting = self._meetings.get(room.name)
        if meeting and call in meeting.lanes and not meeting.over:
            return meeting.lanes[call]
        if call not in room.joined:
            return None
        if meeting is None or meeting.over:
            self._meetings.pop(room.name, None)
            meeting = self._meetings[room.name] = _Meeting()
        self._make_place(meeting)
        lane = meeting.lanes[call] = Lane(room.participants[call])
        lane.join(lane.of.joined_at or lane.of.since)
        return lane

    def _make_place(self, meeting: _Meeting) -> None:
        """Forget lanes, so that there is place for one more of this meeting."""
        if len(meeting.lanes) >= MOST_LANES_OF_ROOM:
            left = (call for call, lane in meeting.lanes.items() if not lane.is_inside)
            del meeting.lanes[next(left, next(iter(meeting.lanes)))]
        while sum(len(each.lanes) for each in self._meetings.values()) >= MOST_LANES:
            oldest = next(name for name, each in self._meetings.items() if each is not meeting)
            del self._meetings[oldest]
