"""A lane of a timeline: a participant, and the times between which something was so."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conference.clock import Iso, iso
from conference.core.participant import Participant
from conference.core.room import Room
from conference.reporting import bands
from conference.reporting.public_view import identity, is_muted, is_speaking, on_hold

KNOWN_BY = ("call", "number", "label", "role", "direction", "status", "member", "since")
"""The fields of a participant that another process reads."""

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

    def text(self) -> str:
        """Return the lane as JSON, for `read` in another process."""
        of = {name: getattr(self.of, name) for name in KNOWN_BY}
        times = {what: times.tolist() for what, times in self.times.items()}
        return json.dumps([of, times, self._spent, self._since], separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Lane:
        """Return the lane that `text` wrote."""
        of, times, spent, since = json.loads(text)
        lane = cls(Participant(**of), _spent=spent, _since=since)
        lane.times.update((what, array("d", each)) for what, each in times.items())
        return lane

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
