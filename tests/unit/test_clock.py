"""The line's clock: what a correction of the system's clock moves, and what it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from rigs.waiting import until

from conference.callbacks.form import form
from conference.clock import Clock
from conference.core.news import News
from conference.core.participant import Participant
from conference.core.room import Room
from conference.engine.timers import Timers
from conference.reporting import health, public_view
from conference.reporting.activity_line import ActivityLine
from conference.reporting.journal import MemoryJournal, RoomLine
from conference.reporting.server_health import ServerHealth

HOUR = 3600.0
BEGAN = datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()
CORRECTIONS = pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["set back", "set forward"])


class Sources:
    """The two clocks of a machine, as its owner and time set them."""

    def __init__(self) -> None:
        self.system, self.steady = BEGAN, 500.0

    def clock(self, factor: float = 1.0) -> Clock:
        return Clock(factor, lambda: self.system, lambda: self.steady)

    def pass_(self, seconds: float) -> None:
        self.system += seconds
        self.steady += seconds

    def correct(self, by: float) -> None:
        self.system += by


@CORRECTIONS
@pytest.mark.parametrize("factor", [1.0, 20.0])
def test_a_corrected_system_clock_moves_no_time(by: float, factor: float) -> None:
    machine = Sources()
    clock = machine.clock(factor)
    assert clock() == BEGAN
    machine.pass_(10)
    machine.correct(by)
    assert clock() == BEGAN + 10 * factor
    machine.pass_(5)
    assert clock() == BEGAN + 15 * factor
    assert clock.real(15 * factor) == 15


@CORRECTIONS
def test_times_are_shown_by_the_corrected_clock(by: float) -> None:
    machine = Sources()
    clock = machine.clock()
    at = clock()
    assert clock.iso(at) == "2026-07-01T12:00:00+00:00"
    assert clock.iso(None) is None
    machine.pass_(10)
    machine.correct(by)
    assert clock.unix(at) == BEGAN + by
    assert clock.unix(clock()) == machine.system
    assert clock.iso(at, precise=True) == (
        datetime.fromtimestamp(BEGAN + by, UTC).isoformat(timespec="milliseconds")
    )


@pytest.mark.parametrize("by", [-0.4, -0.000003, 0.000002, 0.3])
def test_drift_does_not_change_the_time_of_an_event(by: float) -> None:
    machine = Sources()
    clock = machine.clock()
    at = clock()
    machine.correct(by)
    assert clock.unix(at) == at


@CORRECTIONS
def test_a_wait_lasts_as_long_as_was_set(by: float) -> None:
    machine = Sources()
    with _timers(machine.clock()) as (timers, due):
        now = timers_now = machine.clock()()
        timers.set("due", now + 1)
        timers.set("a minute", timers_now + 60)
        machine.correct(by)
        machine.pass_(1)
        timers.set("wakes the thread", now)
        until(lambda: sorted(due) == ["due", "wakes the thread"])
    assert "a minute" not in due


@contextmanager
def _timers(clock: Clock) -> Iterator[tuple[Timers, list[str]]]:
    due: list[str] = []
    timers = Timers(due.append, clock)
    yield timers, due
    timers.stop()


@CORRECTIONS
def test_every_view_shows_the_corrected_time(by: float) -> None:
    machine = Sources()
    clock = machine.clock()
    began = clock()
    caller = Participant(
        "A", "+13125550142", "participant", "incoming", "joined", since=began, joined_at=began
    )
    room = Room("demo", participants={"A": caller}, joined=frozenset({"A"}))
    server = ServerHealth(began, webhook_at=began, error_at=began, error="no answer")
    log = MemoryJournal()
    log.append([RoomLine(began, "demo", ActivityLine("change", (), "a line"))])
    machine.pass_(60)
    machine.correct(by)
    right = datetime.fromtimestamp(BEGAN + by, UTC).isoformat(timespec="seconds")

    (shown,) = public_view.room(room, clock.iso)["participants"]
    assert (shown["since"], shown["joined_at"]) == (right, right)
    report = health.report([room], server, clock(), clock.iso)
    assert (report["started_at"], report["webhook_at"]) == (right, right)
    assert report["telnyx_error"]["at"] == right
    assert (report["uptime"], report["webhook_age"], report["telnyx_error"]["age"]) == (60, 60, 60)
    (entry,), _, _ = log.after(0, 10)
    assert json.dumps(entry.as_json(clock.iso)["at"]) == f'"{right[:-6]}.000+00:00"'


@CORRECTIONS
def test_a_callback_reports_the_corrected_time(by: float) -> None:
    machine = Sources()
    clock = machine.clock()
    news = News("participant-join", "demo", "C", clock())
    machine.correct(by)
    (told,) = parse_qs(form(news, 1, "", clock.unix))["Timestamp"]
    assert told == f"{datetime.fromtimestamp(BEGAN + by, UTC):%Y-%m-%d %H:%M:%S.%f}Z"
