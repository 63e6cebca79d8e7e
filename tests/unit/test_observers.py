"""Observers get changes after the room's lock is released, in the room's order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from rigs.core import EMPTY, asks, inside
from rigs.lines import WillingApi
from rigs.registry import keep

from conference.core.change import Change
from conference.core.commands import Command
from conference.core.doors import Doors
from conference.core.events import DeadlinePassed, Outcome
from conference.engine import Engine
from conference.engine.outbox import Observer, Outbox
from conference.registry import MemoryRegistry
from conference.reporting.event_log import EventLog

TWO = inside(inside(), "B")


class WatchedRegistry(MemoryRegistry):
    """A registry that counts how often a lock is taken, and records the thread that holds it."""

    def __init__(self) -> None:
        super().__init__(lambda name: replace(EMPTY, name=name))
        self.taken = 0
        self.holder: int | None = None

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with super()._locked(name):
            self.taken += 1
            self.holder = threading.get_ident()
            try:
                yield
            finally:
                self.holder = None


class SlowApi(WillingApi):
    """A Telnyx that does not answer before `over` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def send(self, command: Command) -> Outcome:
        self.over.wait(20)
        return super().send(command)


def test_one_mute_takes_one_room_lock_and_no_log_or_observer_runs_under_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry, api = WatchedRegistry(), SlowApi()
    observed: list[bool] = []
    logged: list[tuple[bool, str]] = []

    def under_the_lock() -> bool:
        return registry.holder == threading.get_ident()

    class Log(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.append((under_the_lock(), record.getMessage()))

    observers: list[Observer] = [
        lambda change: observed.append(under_the_lock()),
        EventLog().observe,
    ]
    engine = Engine(registry, api, Doors("demo"), observers=observers)
    keep(registry, TWO)
    log, before = Log(), registry.taken
    logging.getLogger("conference").addHandler(log)
    try:
        with caplog.at_level(logging.INFO, "conference"):
            engine.moderate("demo", asks("mute", "A"))
            assert (registry.taken - before, observed) == (1, [False])
            api.over.set()
            assert engine.idle(10)
        assert observed == [False] * 3, "the request, and the outcomes of its two commands"
        (line,) = logged
        assert line[0] is False
        assert "muted" in line[1]
    finally:
        logging.getLogger("conference").removeHandler(log)
        api.over.set()
        engine.stop()


def changes(count: int, name: str = "demo") -> list[Change]:
    return [
        Change(replace(EMPTY, name=name), replace(EMPTY, name=name), DeadlinePassed(n))
        for n in range(count)
    ]


def test_a_rooms_changes_are_observed_in_order_by_any_thread() -> None:
    seen: list[float] = []
    outbox, order = Outbox([lambda change: seen.append(change.event.at)]), threading.Lock()
    waiting = iter(changes(400))

    def commit(_: int) -> None:
        with order:  # as under the room's lock
            outbox.note(next(waiting))
        outbox.deliver("demo")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(commit, range(400)))
    assert seen == list(range(400))


def test_deliver_waits_for_another_thread_that_delivers() -> None:
    begun, go_on, seen = threading.Event(), threading.Event(), []

    def slowly(change: Change) -> None:
        begun.set()
        assert go_on.wait(10)
        seen.append(change.event.at)

    outbox = Outbox([slowly])
    first, second = changes(2)
    outbox.note(first)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(outbox.deliver, "demo")
        assert begun.wait(10)
        outbox.note(second)
        other = pool.submit(outbox.deliver, "demo")
        assert not other.done()
        go_on.set()
        one.result(10), other.result(10)
    assert seen == [0, 1]


def test_a_failing_observer_does_not_affect_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[Change] = []

    def fails(change: Change) -> None:
        raise RuntimeError("a bug")

    outbox = Outbox([fails, seen.append])
    (change,) = changes(1)
    outbox.note(change)
    outbox.deliver("demo")
    assert seen == [change]
    assert "room demo: an observer of a change failed" in caplog.text
