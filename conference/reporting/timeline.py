"""The timeline of each room's meeting: when its participants were inside, talked, were muted."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from conference.clock import Iso, iso
from conference.core.change import Change
from conference.core.meeting import goes_on
from conference.core.participant import Participant
from conference.core.room import Room
from conference.reporting import bands
from conference.reporting.public_view import identity, in_order, is_muted, is_speaking, on_hold

MOST_LANES = 5_000  # of all rooms; beyond, the room whose meeting began first is forgotten
MOST_LANES_OF_ROOM = 1_000  # beyond, a participant who left is forgotten; 800 can be inside
MOST_BANDS_OF_ROOM = 4_000  # of one kind; shared by its lanes
LEAST_BANDS, MOST_BANDS = 8, 100  # of one kind in a lane

KINDS: dict[str, tuple[Callable[[Room, str], bool], float]] = {
    "joined": (lambda room, call: call in room.joined, 0.0),
    "talking": (is_speaking, 2.0),
    "muted": (lambda room, call: call in room.joined and is_muted(room, call), 0.0),
    "held": (lambda room, call: call in room.joined and on_hold(room, call), 0.0),
}
"""What a band shows -> whether it is so, and the seconds of an interruption that is left out."""


@dataclass(slots=True)
class Lane:
    """A participant, as last known, and the bands of each kind."""

    of: Participant
    times: dict[str, bands.Times[float]] = field(
        default_factory=lambda: {what: array("d") for what in KINDS}
    )
    _spent: dict[str, float] = field(default_factory=dict)  # seconds, until it last ended
    _since: dict[str, float] = field(default_factory=dict)  # what goes on, Unix seconds

    def copy(self) -> Lane:
        """Return a lane that does not change."""
        times = {what: times[:] for what, times in self.times.items()}
        return Lane(self.of, times, dict(self._spent), dict(self._since))

    def join(self, at: float) -> None:
        """Begin the first band, at the time of joining."""
        self.times["joined"].append(at)
        self._since["joined"] = at

    def turn(self, what: str, on: bool, at: float, gap: float, most: int) -> None:
        """Begin or end a band of this kind, unless it is so already."""
        bands.turn(self.times[what], on, at, gap, most)
        if on:
            self._since.setdefault(what, at)
        elif what in self._since:
            self._spent[what] = self.seconds(what, at)
            del self._since[what]

    def seconds(self, what: str, at: float) -> float:
        """Return for how long it was so until now: exact, while bands leave gaps out and merge."""
        return self._spent.get(what, 0.0) + max(at - self._since.get(what, at), 0.0)

    @property
    def is_inside(self) -> bool:
        return bands.is_open(self.times["joined"])

    def as_json(self, iso: Iso = iso) -> dict[str, Any]:
        """Return the fields by which people know the participant, and `bands`.

        A band has `what, from, to`: joined, talking, muted or held; to is null while it goes on.
        """
        shown = [
            {"what": what, "from": iso(begin, precise=True), "to": iso(end, precise=True)}
            for what, times in self.times.items()
            for begin, end in bands.pairs(times)
        ]
        return {**identity(self.of), "bands": shown}


@dataclass(slots=True)
class _Meeting:
    """The lanes of a room. One that is over is kept until the next one begins."""

    lanes: dict[str, Lane] = field(default_factory=dict)
    over: bool = False


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
        """Return copies of the room's lanes, in the order of the participants; [] without any."""
        with self._lock:
            meeting = self._meetings.get(room, _Meeting())
            in_turn = sorted(meeting.lanes.values(), key=lambda lane: in_order(lane.of))
            return [lane.copy() for lane in in_turn]

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
