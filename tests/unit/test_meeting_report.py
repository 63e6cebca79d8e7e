"""The report of a meeting that is over: its figures, and when it is given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import EMPTY, T0, asks, hook

from conference.callbacks.subscriptions import Subscription
from conference.core.decide import decide
from conference.core.events import Event, Outcome
from conference.core.news import REPORT
from conference.core.room import Room, in_flight
from conference.reporting.meeting_report import MOST_RECORDINGS, MeetingReports, Report, Row
from conference.reporting.timeline import Timeline


class Line:
    """A room whose meetings are reported. Telnyx accepts each command at once."""

    def __init__(self, room: Room = EMPTY, rooms: frozenset[str] = frozenset({"demo"})) -> None:
        self.room = room
        self.timeline = Timeline()
        self.given: list[Report] = []
        self.reports = MeetingReports(
            self.timeline, rooms, lambda report, at: self.given.append(report)
        )

    def happens(self, *events: Event) -> Line:
        for event in events:
            self._apply(event)
            while flying := in_flight(self.room):
                for command in flying.values():
                    self._apply(Outcome(command, event.at, data={"id": "K"}))
        return self

    def _apply(self, event: Event) -> None:
        change = decide(self.room, event)
        self.room = change.after
        self.timeline.observe(change)
        self.reports.observe(change)

    def joins(self, call: str, at: float) -> Line:
        types = ("call.initiated", "call.answered", "call.speak.ended")
        number = f"+1312555010{call}"
        steps = [hook(each, call, at, direction="incoming", from_=number) for each in types]
        return self.happens(*steps, rig.joined(call, at))

    def talks(self, call: str, at: float) -> Line:
        return self.happens(hook("conference.floor.changed", call, at))

    def ends(self, at: float) -> Line:
        return self.happens(*(rig.hangup(call, at) for call in sorted(self.room.participants)))


def saved(at: float, id: str = "R") -> Event:
    return hook("conference.recording.saved", "", at, details={"recording_id": id})


def test_a_meeting_with_known_times() -> None:
    """A talks for 30 s, B for 10 s; B is out for 20 s in between."""
    line = Line().joins("1", T0).joins("2", T0 + 10)
    line.talks("1", T0 + 20).talks("2", T0 + 50)
    line.happens(asks("leave", "2", at=T0 + 60), rig.left("2", T0 + 60))
    line.happens(asks("join", "2", at=T0 + 80), rig.joined("2", T0 + 80))
    line.happens(asks("rename", "1", at=T0 + 90, label="Ann"))
    line.happens(rig.hangup("1", T0 + 100))
    assert line.given == []
    line.happens(rig.hangup("2", T0 + 130))
    assert line.given == [
        Report(
            room="demo",
            conference="K",
            began=T0,
            ended=T0 + 130,
            participants=(
                Row("Ann", "participant", T0, T0 + 100, 100.0, 0.75),
                Row("...0102", "participant", T0 + 10, T0 + 130, 100.0, 0.25),
            ),
            recordings=(),
        )
    ]
    assert line.given[0].in_words() == (
        "room demo: meeting from 1970-01-01T00:16:40+00:00 to 1970-01-01T00:18:50+00:00: "
        "Ann (participant) 100 s, 75% of the floor, "
        "...0102 (participant) 100 s, 25% of the floor; recordings: none"
    )


def test_the_share_stays_exact_however_often_the_speaker_changes() -> None:
    line = Line().joins("1", T0).joins("2", T0)
    for n in range(400):
        line.talks("1", T0 + 10 * n).talks("2", T0 + 10 * n + 9)
    line.ends(T0 + 4000)
    assert [row.share for row in line.given[0].participants] == [
        pytest.approx(x) for x in (0.9, 0.1)
    ]


def test_the_report_waits_for_the_recording_and_names_it() -> None:
    line = Line().joins("1", T0).joins("2", T0)
    line.happens(asks("record-start", at=T0 + 5, format="mp3"))
    line.ends(T0 + 20)
    assert line.given == []
    line.happens(saved(T0 + 25))
    (report,) = line.given
    assert (report.recordings, report.ended) == (("R",), T0 + 20)


def test_it_waits_for_a_minute_at_most() -> None:
    line = Line().joins("1", T0).happens(asks("record-start", at=T0 + 5, format="mp3"))
    line.ends(T0 + 20)
    line.reports.watch(T0 + 79)
    assert line.given == []
    line.reports.watch(T0 + 80)
    line.reports.watch(T0 + 81)
    assert [report.recordings for report in line.given] == [()]


@pytest.mark.parametrize("ends", ["the next meeting begins", "the server ends"])
def test_nothing_is_lost_while_it_waits(ends: str) -> None:
    line = Line().joins("1", T0).happens(asks("record-start", at=T0 + 5, format="mp3"))
    line.ends(T0 + 20)
    if ends == "the server ends":
        line.reports.stop(T0 + 21)
    else:
        line.joins("2", T0 + 30)
    assert [[row.name for row in each.participants] for each in line.given] == [["...0101"]]


def test_each_meeting_has_its_own_report() -> None:
    line = Line().joins("1", T0).ends(T0 + 5).joins("2", T0 + 10).ends(T0 + 15)
    assert [(each.began, each.ended) for each in line.given] == [
        (T0, T0 + 5),
        (T0 + 10, T0 + 15),
    ]


def test_callers_who_never_join_are_in_no_report() -> None:
    line = Line().happens(rig.initiated("1", T0), rig.hangup("1", T0 + 1))
    assert line.given == []


def test_a_report_has_a_body_whatever_the_method() -> None:
    by_get = Subscription("S", "https://a.b/c?d=e", "GET", frozenset(), frozenset())
    assert by_get.message("x=1", REPORT) == ("POST", "https://a.b/c?d=e", b"x=1", b"x=1")
    assert by_get.message("x=1", "conference-end") == (
        *("GET", "https://a.b/c?d=e&x=1", b"", b"d=e&x=1"),
    )


def test_other_rooms_are_not_reported() -> None:
    line = Line(replace(EMPTY, name="reception")).joins("1", T0).ends(T0 + 5)
    assert line.given == []


def test_a_label_that_is_a_phone_number_is_masked_as_one() -> None:
    line = Line().joins("1", T0)
    line.happens(asks("rename", "1", at=T0 + 1, label="+13125550142")).ends(T0 + 10)
    (report,) = line.given
    assert [row.name for row in report.participants] == ["+...0142"]
    assert "3125550142" not in report.in_words() + str(report.as_json())


def test_a_meeting_of_many_recordings_stays_bounded() -> None:
    line = Line().joins("1", T0)
    line.happens(*(saved(T0 + n, f"R{n}") for n in range(MOST_RECORDINGS + 5))).ends(T0 + 900)
    assert line.given[0].recordings == tuple(f"R{n}" for n in range(MOST_RECORDINGS))
