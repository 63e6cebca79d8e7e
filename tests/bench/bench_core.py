"""In process: what an event costs in a big room; then start-up, and memory."""

from __future__ import annotations

import gc
import json
import logging
import os
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench_rows import Row, Size, rounds
from rigs.recorded import make
from rigs.registry import keep
from rigs.servers import GUNICORN, NOWHERE, run

from conference.core.change import Change
from conference.core.commands import Command
from conference.core.events import DeadlinePassed, Outcome, Webhook, parse
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.engine import Engine
from conference.engine.outbox import Outbox
from conference.registry import MemoryRegistry
from conference.reporting.event_log import EventLog
from conference.reporting.health import ServerHealth
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.telnyx_errors import TelnyxErrors
from conference.reporting.timeline import Timeline
from conference.serving.lifecycle import log_to_stderr
from conference.telnyx_api import TelnyxApi

SMALL, BIG = 10, 800
CALL = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE"  # a number follows
SETTINGS = RoomSettings(public_url="https://line.example", reconcile_seconds=0)


class Instant(Engine):
    """The product's, but commands wait in `given` until they are answered here."""

    def __init__(self) -> None:
        registry = MemoryRegistry(lambda name: Room(name, SETTINGS))
        errors = TelnyxErrors(ServerHealth(0.0), RateLimitedLog())
        observers = (EventLog().observe, Timeline().observe, errors.observe)
        super().__init__(registry, TelnyxApi("", NOWHERE), "room", observers=observers)
        self.given: list[tuple[str, Command]] = []
        ours = (self._receipts.observe, self._watch.observe)
        self._outbox = Outbox((*ours, *observers, self._keep))  # in the dispatcher's place

    def _keep(self, change: Change) -> None:
        self.given += [(change.after.name, command) for command in change.commands]

    def answer(self) -> None:
        """All of them went well, and what follows from that too."""
        while self.given:
            name, command = self.given.pop(0)
            self.apply(name, Outcome(command, time.time(), data={"id": f"K-{name}"}))

    def timed(self, name: str, event: Webhook) -> float:
        began = time.perf_counter()
        self.apply(name, event, event.id)
        return time.perf_counter() - began

    def put_back(self, room: Room) -> None:
        keep(self.registry, room)
        self._watch.observe(Change(room, room, DeadlinePassed(0.0)))
        self.given.clear()


def event(kind: str, n: int, name: str) -> Webhook:
    """Telnyx's, about call `n` and the room's conference, read from its body."""
    about: dict[str, Any] = {"call_control_id": f"{CALL}{n}-{name}", "conference_id": f"K-{name}"}
    if kind == "call.initiated":
        about |= {"direction": "incoming", "from": f"+1312{n:07}"}
    body = make(kind, client_state=None, **about)
    found = parse(json.dumps(body).encode(), time.time())
    assert isinstance(found, Webhook)
    return found


STEPS = (
    "call.initiated",
    "call.answered",
    "call.speak.ended",
    "conference.participant.joined",
)


def come(engine: Instant, name: str, n: int, steps: int = 4) -> None:
    """Call `n` takes the first steps of its way, all commands answered."""
    for kind in STEPS[:steps]:
        each = event(kind, n, name)
        engine.apply(name, each, each.id)
        engine.answer()


KINDS = {  # and how many steps its call has taken before
    "conference.floor.changed": 4,
    "conference.participant.joined": 3,
    "conference.participant.left": 4,
    "call.speak.ended": 2,
}


def room_size(size: Size, folder: Path) -> Iterator[Row]:
    """All that an event costs here: decide, save, the timer, and the log's lines."""
    _log_to_nowhere()
    engine = Instant()
    for name, count in (("small", SMALL), ("other", SMALL), ("big", BIG)):
        for n in range(count):
            come(engine, name, n)
    for kind, steps in KINDS.items():
        small, big, other = _costs(engine, ["small", "big", "other"], kind, steps, size.repeats)
        yield Row(f"{kind}, room of {SMALL}", small * 1e6, "us")
        yield Row(f"{kind}, room of {BIG}", big * 1e6, "us")
        yield Row(f"{kind}, ratio", big / small, at_most=1.2)
        yield Row(f"{kind}, ratio of another room of {SMALL}", other / small)
    engine.stop()


def _costs(
    engine: Instant, names: list[str], kind: str, steps: int, repeats: int
) -> Iterator[float]:
    """In each of the rooms, of the event about a newcomer that has taken that many steps."""
    empty = {name: engine.registry.room(name) for name in names}
    costs: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        come(engine, name, BIG + 1, steps)
    before = {name: engine.registry.room(name) for name in names}
    gc.collect()
    for _ in range(repeats):
        for name in names:
            costs[name].append(engine.timed(name, event(kind, BIG + 1, name)))
            assert engine.registry.room(name) is not before[name], f"{kind} changed nothing"
            engine.put_back(before[name])
    for name in names:
        engine.put_back(empty[name])
    return map(median, costs.values())


def _log_to_nowhere() -> None:
    """Lines are made and written, as when serving, and not seen."""
    log_to_stderr()
    for handler in logging.getLogger("conference").handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(open(os.devnull, "w"))


def start_up(size: Size, folder: Path) -> Iterator[Row]:
    """From exec to the first 200 of /healthz, and what the worker then has in memory."""
    took, worker, master = [], [], []
    for _ in range(size.rounds):
        began = time.perf_counter()
        with run(GUNICORN, folder) as server:
            server.up()
            took.append(time.perf_counter() - began)
            worker.append(_rss(server.workers[0]))
            master.append(_rss(server.process.pid))
    yield rounds("exec to the first 200 of /healthz", took, "s")
    yield rounds("RSS after start: worker", worker, "MB")
    yield rounds("RSS after start: gunicorn's master", master, "MB")


def _rss(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def each_participant(size: Size, folder: Path) -> Iterator[Row]:
    """In ten rooms, come in by their events; ids of events already counted are left out."""
    engine, rooms = Instant(), [f"big-{n}" for n in range(10)]
    for name in rooms:
        come(engine, name, 0)
    gc.collect()
    tracemalloc.start()
    for n in range(1, size.participants // 10 + 1):
        for name in rooms:
            come(engine, name, n)
    engine.registry._seen.clear()
    gc.collect()
    found, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    engine.stop()
    inside = sum(len(room.joined) for room in engine.registry.rooms())
    yield Row(f"each of {inside} participants", found / size.participants, "bytes")
