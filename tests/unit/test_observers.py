"""Whoever observes changes does so after the room's lock is released, and in the room's order."""

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
from conference.core.events import DeadlinePassed, Outcome
from conference.engine import Engine
from conference.engine.outbox import Observer, Outbox
from conference.registry import MemoryRegistry
from conference.reporting.event_log import EventLog

TWO = inside(inside(), "B")


class WatchedRegistry(MemoryRegistry):
    """Counts how often a room's lock is taken, and knows which thread holds it."""

    def __init__(self) -> None:
        super().__init__(lambda name: replace(EMPTY, name=name))
        self.taken = 0
        self.holder: int | None = None

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with super()._alone(name):
            self.taken += 1
            self.holder = threading.get_ident()
            try:
                yield
            finally:
                self.holder = None


class DeafApi(WillingApi):
    """A Telnyx that does not answer before the test has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def send(self, command: Command) -> Outcome:
        self.over.wait(20)
        return super().send(command)


def test_one_mute_takes_one_room_lock_and_no_log_or_observer_runs_under_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry, api = WatchedRegistry(), DeafApi()
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
    engine = Engine(registry, api, "demo", observers=observers)
    keep(registry, TWO)
    log, before = Log(), registry.taken
    logging.getLogger("conference").addHandler(log)
    try:
        with caplog.at_level(logging.INFO, "conference"):
            engine.ask("demo", asks("mute", "A"))
            assert (registry.taken - before, observed) == (1, [False])
            api.over.set()
            assert engine.idle(10)
        assert observed == [False] * 3, "the request, and the answers to its two commands"
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


def test_each_room_is_observed_in_its_order_by_whichever_thread() -> None:
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


def test_delivered_means_observed_also_where_another_thread_does_it() -> None:
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


def test_an_observer_that_breaks_keeps_nothing_from_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[Change] = []

    def breaks(change: Change) -> None:
        raise RuntimeError("a bug")

    outbox = Outbox([breaks, seen.append])
    (change,) = changes(1)
    outbox.note(change)
    outbox.deliver("demo")
    assert seen == [change]
    assert "room demo: a change was not observed" in caplog.text
