"""What an event costs in one process beside few and many participants, in few and many rooms."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench_core import Instant, come, event
from bench_rows import Row, Size, against

from conference.core.codec import decode_room, encode
from conference.serving.lifecycle import log_to_stderr

KINDS = {  # and how many steps its call has taken before
    "conference.floor.changed": 4,
    "conference.participant.joined": 3,
    "conference.participant.left": 4,
    "call.speak.ended": 2,
}
NEWCOMER = 1000  # the number of the call that the events are about


class Crowd(NamedTuple):
    participants: int
    rooms: int

    def __str__(self) -> str:
        return f"{self.participants:,} in {self.rooms:,} room{'s' * (self.rooms > 1)}"


SMALLEST = Crowd(10, 1)
CROWDS = (SMALLEST, Crowd(100, 10), Crowd(1000, 100), Crowd(10_000, 1000), Crowd(800, 1))


class Place:
    """A line of its own, with its crowd inside."""

    def __init__(self, crowd: Crowd) -> None:
        self.engine = Instant()
        first = _named(0)
        for n in range(crowd.participants // crowd.rooms):
            come(self.engine, first, n)
        self.names = [_named(n) for n in range(crowd.rooms)]
        text = encode(self.engine.registry.room(first))
        for name in self.names[1:]:
            self.engine.put_back(decode_room(text.replace(first, name)))

    def costs(self, kind: str, steps: int, repeats: int) -> Iterator[float]:
        """Of the event about a newcomer that has taken so many steps: each time in another room."""
        engine, names = self.engine, self.names[:repeats]
        empty = [engine.registry.room(name) for name in names]
        for name in names:
            come(engine, name, NEWCOMER, steps)
        before = {name: engine.registry.room(name) for name in names}
        for name in islice(cycle(names), repeats):
            yield engine.timed(name, event(kind, NEWCOMER, name))
            assert engine.registry.room(name) is not before[name], f"{kind} changed nothing"
            engine.put_back(before[name])
        for room in empty:
            engine.put_back(room)


def _named(n: int) -> str:
    return f"room-{n:04}"


def many_rooms(size: Size, folder: Path) -> Iterator[Row]:
    """All that an event costs here: decide, save, the timer, and the log's lines.

    One room is filled by events, and the others are copies of it. The floor is the smallest crowd;
    it is measured twice, once as a row against itself, which shows the noise.
    """
    _log_to_nowhere()
    places = {crowd: Place(crowd) for crowd in CROWDS}
    again = Place(SMALLEST)
    gc.collect()
    gc.freeze()  # as the line does once it serves
    for kind, steps in KINDS.items():
        floors, *found = _in_turns([again, *places.values()], kind, steps, size.repeats)
        for crowd, costs in zip(places, found, strict=True):
            yield _row(kind, str(crowd), costs, floors)
    for place in (again, *places.values()):
        place.engine.stop()
    gc.unfreeze()


def _in_turns(places: list[Place], kind: str, steps: int, repeats: int) -> list[list[float]]:
    """The costs in each place: one event here, one event there."""
    rows = zip(*(place.costs(kind, steps, repeats) for place in places), strict=True)
    warm_up = repeats // 10
    return [list(column) for column in zip(*islice(rows, warm_up, None), strict=True)]


def _row(kind: str, name: str, costs: list[float], floors: list[float]) -> Row:
    """Of the medians: single events differ by more than rooms do."""
    return against(name, [median(costs)], [median(floors)], "us", scale=1e6, of=kind)


def _log_to_nowhere() -> None:
    """Lines are made and written, as when serving, and not seen."""
    log_to_stderr()
    for handler in logging.getLogger("conference").handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(open(os.devnull, "w"))
