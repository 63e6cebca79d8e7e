"""The event log, while a thread describes the changes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import pytest
from rigs.core import EMPTY, T0, hook
from rigs.lines import TestLine, test_line
from rigs.waiting import until

from conference.core.change import Change
from conference.core.decide import decide
from conference.core.events import SnapshotWanted
from conference.registry.unavailable import Unavailable
from conference.reporting import event_log as module
from conference.reporting.event_log import EventLog
from conference.reporting.journal import MemoryJournal, RoomLine


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


# A journal that cannot be reached


class Distant(MemoryJournal):
    """A journal that can be reached or not."""

    reachable = False
    tries = 0

    def append(self, lines: Sequence[RoomLine]) -> None:
        self.tries += 1
        if not self.reachable:
            raise Unavailable("Redis: connection refused")
        super().append(lines)


def comes(call: str) -> Change:
    return decide(
        EMPTY, hook("call.initiated", call, T0, direction="incoming", from_=f"+1312555010{call}")
    )


def kinds(events: EventLog) -> list[str]:
    return [
        entry.line.calls[0] for entry in events.after(0, 1000)[0] if entry.line.kind == "change"
    ]


def test_lines_are_logged_and_wait_for_the_journal(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "conference")
    journal = Distant()
    events = EventLog(journal)
    events.observe(comes("1"))
    events.observe(comes("2"))
    assert [line.split(":")[0] for line in caplog.messages] == ["...0101", "...0102"]
    with pytest.raises(Unavailable):
        events.after(0, 1000)
    journal.reachable = True
    assert kinds(events) == ["1", "2"]


def test_the_thread_tries_again_without_a_further_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.01)
    journal = Distant()
    events = EventLog(journal)
    events.start()
    events.observe(comes("1"))
    until(lambda: journal.tries > 2, "it tries again")
    journal.reachable = True
    until(lambda: journal.after(0, 1)[0], "the lines are there")
    events.stop()
    assert kinds(events) == ["1"]


def test_so_many_lines_wait_and_the_loss_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", len(lines_of("1")))
    journal = Distant()
    events = EventLog(journal)
    events.observe(comes("1"))
    events.observe(comes("2"))
    journal.reachable = True
    assert kinds(events) == ["2"]
    assert caplog.messages == [f"{len(lines_of('1'))} lines of activity are lost to /api/events"]


def test_lines_that_the_journal_never_took_are_counted_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    events = EventLog(Distant())
    events.start()
    events.observe(comes("1"))
    events.stop()
    assert caplog.messages == [f"{len(lines_of('1'))} lines of activity are lost to /api/events"]


def lines_of(call: str) -> list[object]:
    events = EventLog()
    events.observe(comes(call))
    return [*events.after(0, 1000)[0]]
