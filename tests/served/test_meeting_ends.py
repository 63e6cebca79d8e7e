"""Stories of the ends of meetings, over real HTTP: what is announced before, and reported after."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from rigs.moderator import ask
from rigs.people import ANN, BOB, TOKEN
from rigs.receiver import Receiver
from rigs.rehearsals import rehearsal, settled
from rigs.waiting import until

from conference.core.entering import MINUTES_USED_UP
from conference.core.minutes_limit import NEARLY, USED_UP
from conference.core.room_settings import Known, RoomSettings
from conference.core.time_limits import ALONE_SOON, CONFERENCE_ENDS
from conference.demo.rehearsal import Line
from conference.simulator import Leg

SALES = "+13125550101"
ROOM = "/api/rooms/sales"
APPLICATION = "1494404757140276705"  # the simulated Telnyx's


@contextmanager
def sales(factor: float = 6, line_settings: Any = None, **settings: Any) -> Iterator[Line]:
    """Run a line with one room; `factor` seconds of its time pass in one, and 20 of Telnyx's."""
    given = {"roster": {ANN: Known("Ann", "moderator")}, "announce_ends": True, **settings}
    with rehearsal(
        20,
        control_token=TOKEN,
        telnyx_connection_id=APPLICATION,
        time_factor=factor,
        rooms={"sales": RoomSettings(**given)},
        numbers={SALES: "sales"},
        **(line_settings or {}),
    ) as line:
        yield line


def comes(line: Line, number: str) -> Leg:
    leg = line.telnyx.phone(number).dial(to=SALES)
    until(lambda: leg.conference is not None, f"{number} is let in")
    settled(line)
    return leg


def heard(leg: Leg, text: str) -> int:
    return [each.detail for each in leg.timeline].count(text)


def test_everyone_hears_that_the_conference_ends() -> None:
    with sales(20, duration_minutes=8) as line:
        ann, bob = comes(line, ANN), comes(line, BOB)
        until(lambda: heard(ann, CONFERENCE_ENDS), "Ann hears it")
        until(lambda: heard(bob, CONFERENCE_ENDS), "Bob hears it")
        settled(line)
        assert (heard(ann, CONFERENCE_ENDS), heard(bob, CONFERENCE_ENDS)) == (1, 1)


def test_one_alone_hears_so_before_the_goodbye() -> None:
    with sales(20, alone_minutes=2) as line:
        ann = comes(line, ANN)
        until(lambda: ann.state == "ended", "Ann is hung up")
        assert heard(ann, ALONE_SOON) == 1


def test_a_meeting_is_reported_with_its_times_and_the_recording(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "conference")
    with Receiver() as receiver:
        told = {"status_callback": receiver.url}
        with sales(line_settings=told) as line:
            _, bob = comes(line, ANN), comes(line, BOB)
            until(lambda: bob.hears.others == (ANN,), "they talk")
            ask(line, f"{ROOM}/actions/record-start?wait=1", {"format": "mp3"})
            inside = {p["number"]: p for p in ask(line, ROOM)["participants"]}
            line.telnyx.phone(BOB).hang_up()
            until(lambda: bob.state == "ended", "Bob is gone")
            line.telnyx.phone(ANN).hang_up()
            until(lambda: "conference-report" in receiver.kinds, "the report has come")
            settled(line)
            fields = receiver.taken[-1]
            assert fields["StatusCallbackEvent"] == "conference-report", "the last news"
            assert fields["FriendlyName"] == "sales"
            assert fields["ConferenceSid"] == line.telnyx.conferences[0].id
            assert receiver.kinds.count("conference-report") == 1
            report = json.loads(fields["Report"])
            first, second = report["participants"]
            assert (first["name"], first["role"]) == ("Ann", "moderator")
            assert (second["name"], second["role"]) == ("...0112", "participant")
            assert first["joined_at"] == report["began"] == inside[ANN]["joined_at"]
            assert first["left_at"] == report["ended"]
            for each in (first, second):
                began, left = (datetime.fromisoformat(each[t]) for t in ("joined_at", "left_at"))
                assert abs((left - began).total_seconds() - each["seconds"]) <= 1
            shares = [each["share_of_floor"] for each in report["participants"]]
            assert sum(shares) == pytest.approx(1, abs=0.002)
            (recording,) = report["recordings"]
            lines = [r.getMessage() for r in caplog.records if "meeting from" in r.getMessage()]
            assert len(lines) == 1
            assert lines[0].startswith("room sales: meeting from ")
            assert recording in lines[0]
            assert ANN not in fields["Report"] + lines[0]
            assert BOB not in fields["Report"] + lines[0]


def test_without_a_rooms_file_nothing_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "conference")
    with Receiver() as receiver, rehearsal(20, status_callback=receiver.url) as line:
        leg = line.telnyx.phone(ANN).dial()
        until(lambda: leg.conference is not None, "Ann is let in")
        line.telnyx.phone(ANN).hang_up()
        until(lambda: "conference-end" in receiver.kinds, "the end is reported")
        settled(line)
        assert "conference-report" not in receiver.kinds
        assert not [r for r in caplog.records if "meeting from" in r.getMessage()]


def test_a_room_whose_minutes_are_used_up_ends_and_refuses_callers() -> None:
    with sales(20, minutes_per_day=2) as line:
        ann, bob = comes(line, ANN), comes(line, BOB)
        until(lambda: (ann.state, bob.state) == ("ended", "ended"), "the conference ends")
        assert (heard(ann, NEARLY), heard(bob, USED_UP)) == (1, 1)
        settled(line)
        again = line.telnyx.phone(ANN).dial(to=SALES)
        until(lambda: again.state == "ended", "Ann is refused")
        assert heard(again, MINUTES_USED_UP) == 1
