"""Stories of the ends of meetings, over real HTTP: what is announced before, and reported after."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest
from rigs.people import ANN, BOB
from rigs.receiver import Receiver
from rigs.rehearsals import rehearsal, settled
from rigs.rooms_line import RoomsLine, rooms_line, talk
from rigs.waiting import until

from conference.core.entering import MINUTES_USED_UP
from conference.core.limits.minutes_limit import NEARLY, USED_UP
from conference.core.limits.time_limits import ALONE_SOON, CONFERENCE_ENDS

SALES, SHORT, LONELY, FRUGAL = (f"+1312555010{n}" for n in range(1, 5))

REPORTED = f"""
[rooms.sales]
numbers = ["{SALES}"]
roster = {{ "{ANN}" = {{ name = "Ann", role = "moderator" }} }}
"""
LIMITED = f"""
[rooms.short]
numbers = ["{SHORT}"]
duration_minutes = 8

[rooms.lonely]
numbers = ["{LONELY}"]
alone_minutes = 2

[rooms.frugal]
numbers = ["{FRUGAL}"]
minutes_per_day = 2
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(LIMITED, speed=20) as line:
        yield line


def test_everyone_hears_that_the_conference_ends(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", SHORT), line.comes("Bob", SHORT)
    ann.hears(CONFERENCE_ENDS)
    bob.hears(CONFERENCE_ENDS)
    line.settles()
    assert [each.told.count(CONFERENCE_ENDS) for each in (ann, bob)] == [1, 1]


def test_one_alone_hears_so_before_the_goodbye(line: RoomsLine) -> None:
    ann = line.comes("Ann", LONELY)
    ann.is_hung_up()
    assert ann.told.count(ALONE_SOON) == 1


def test_a_room_whose_minutes_are_used_up_ends_and_refuses_callers(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", FRUGAL), line.comes("Bob", FRUGAL)
    ann.is_hung_up()
    bob.is_hung_up()
    assert (ann.told.count(NEARLY), bob.told.count(USED_UP)) == (1, 1)
    line.settles()
    ann.dials(FRUGAL)
    ann.is_hung_up()
    assert ann.told.count(MINUTES_USED_UP) == 1


def test_a_meeting_is_reported_with_its_times_and_the_recording(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "conference")
    with Receiver() as receiver:
        told = {"status_callback": receiver.url, "time_factor": 6}
        with rooms_line(REPORTED, speed=20, **told) as line:
            ann, bob = line.comes("Ann", SALES), line.comes("Bob", SALES)
            talk(ann, bob)
            line.acts("sales", "record-start", format="mp3")
            inside = line.shown("sales", ann)
            bob.hangs_up()
            ann.hangs_up()
            until(lambda: "conference-report" in receiver.kinds, "the report has come")
            line.settles()
            fields = receiver.taken[-1]
            assert fields["StatusCallbackEvent"] == "conference-report", "the last news"
            assert fields["FriendlyName"] == "sales"
            assert fields["ConferenceSid"] == line.telnyx.conferences[0].id
            assert receiver.kinds.count("conference-report") == 1
            report = json.loads(fields["Report"])
            first, second = report["participants"]
            assert (first["name"], first["role"]) == ("Ann", "moderator")
            assert (second["name"], second["role"]) == ("...0112", "participant")
            assert first["joined_at"] == report["began"] == inside["joined_at"]
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
