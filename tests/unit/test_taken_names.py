"""A conference name that is taken at Telnyx though no list shows by what: log, health, doctor."""

from __future__ import annotations

import logging

import pytest
from rigs import core as rig
from rigs.core import T0
from rigs.health import examine_server

from conference.core.commands import CONFERENCE
from conference.core.decide import decide
from conference.core.events import Event
from conference.core.room import Room
from conference.reporting.health import TAKEN_LASTS, report, warnings
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.server_health import ServerHealth
from conference.reporting.telnyx_errors import TelnyxErrors


class Watched:
    """A room whose changes the observer of Telnyx's errors sees."""

    def __init__(self, room: Room) -> None:
        self.room, self.health = room, ServerHealth(T0)
        self._errors = TelnyxErrors(self.health, RateLimitedLog(clock=lambda: 0.0))

    def apply(self, event: Event) -> None:
        change = decide(self.room, event)
        self._errors.observe(change)
        self.room = change.after

    def is_refused_its_name(self, at: float, found: str = "") -> None:
        self.apply(rig.answer(self.room, CONFERENCE, 422, "90033", at=at))
        self.apply(rig.answer(self.room, CONFERENCE, data={"id": found}, at=at))
        if rig.pending(self.room, CONFERENCE):
            self.apply(rig.time(self.room.deadlines[rig.retry(CONFERENCE)]))


def test_a_name_that_no_list_shows_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    line = Watched(rig.waiting())
    with caplog.at_level(logging.WARNING):
        line.is_refused_its_name(T0)
        line.is_refused_its_name(T0 + 1)
        assert (line.health.taken_names, caplog.records) == ({}, []), "it may be ending"
        line.is_refused_its_name(T0 + 5)
        line.is_refused_its_name(T0 + 10)
    (record,) = caplog.records
    assert "room demo cannot open" in record.getMessage()
    assert "REGION" in record.getMessage()
    health = report([line.room], line.health, T0 + 20)
    assert [(each["room"], each["age"]) for each in health["taken_names"]] == [("demo", 10)]
    assert [w for w in warnings(health) if "room demo cannot open" in w]
    (finding,) = [f for f in examine_server(health) if f.check == "name"]
    assert (finding.state, "room demo" in finding.what) == ("failure", True)
    late = report([line.room], line.health, T0 + 10 + TAKEN_LASTS)
    assert late["taken_names"] == []


def test_a_conference_that_is_found_in_the_end_ends_the_report() -> None:
    line = Watched(rig.waiting())
    line.is_refused_its_name(T0 + 5)
    assert line.health.taken_names == {"demo": T0 + 5}
    line.is_refused_its_name(T0 + 12, found="L")
    assert (line.room.conference, line.health.taken_names) == ("L", {})
