"""The event log, while a thread describes the changes."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from rigs.lines import TestLine, test_line
from rigs.waiting import until

from conference.core.events import SnapshotWanted
from conference.reporting import event_log as module
from conference.reporting.event_log import EventLog


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line() as line:
        yield line


@pytest.fixture
def events(line: TestLine) -> Iterator[EventLog]:
    events = line.services.event_log
    events.start()
    yield events
    events.stop()


def texts(events: EventLog) -> list[str]:
    return [entry.line.text for entry in events.after(0, 1000)[0] if entry.line.kind == "change"]


MOVES = [
    "...0142: new -[call.initiated]> ringing, room demo-conference, conference none",
    "...0142: ringing -[call.answered]> greeting, room demo-conference, conference none",
]


def test_a_reader_sees_every_change_that_was_made(line: TestLine, events: EventLog) -> None:
    line.happens("call.initiated")
    assert texts(events) == MOVES[:1]
    line.happens("call.answered")
    assert texts(events) == MOVES


def test_the_lines_are_logged_in_order_and_the_last_ones_at_the_end(
    line: TestLine, events: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "conference")

    def logged() -> list[str]:
        return [text for text in caplog.messages if text.startswith("...0142: ")]

    line.happens("call.initiated")
    until(lambda: logged() == MOVES[:1], "the thread has logged it")
    line.happens("call.answered")
    events.stop()
    assert logged() == MOVES
    line.happens("call.speak.ended")
    assert len(logged()) == 3, "after the end it logs at once"


def test_a_change_that_cannot_be_described_stops_no_other(
    line: TestLine,
    events: EventLog,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = module.activity

    def fails_at_snapshots(change: module.Change, outside: object) -> object:
        if isinstance(change.event, SnapshotWanted):
            raise LookupError("no words")
        return real(change, {})

    monkeypatch.setattr(module, "activity", fails_at_snapshots)
    line.engine.apply("demo-conference", SnapshotWanted(0.0))
    line.happens("call.initiated")
    until(lambda: "a change cannot be described" in caplog.text, "it is in the log")
    assert "LookupError: no words" in caplog.text
    assert texts(events) == MOVES[:1]
