"""The contract of every store of timelines and facts for reports, as tests: processes write them,
read them and take them over. A file of tests has the fixture `store`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from rigs import core as rig
from rigs.core import EMPTY, T0, asks, hook

from conference.core.decide import decide
from conference.core.events import Event, Outcome
from conference.core.room import Room, in_flight
from conference.registry.unavailable import Unavailable
from conference.reporting.bands import pairs
from conference.reporting.lane import Lane
from conference.reporting.meeting_report import WAITS_AT_MOST, MeetingReports, Report
from conference.reporting.shared_meetings import MeetingStore, SharedMeetings
from conference.reporting.timeline import Timeline


@dataclass
class Dictionary:
    """A store of this process, which can be reached or not, and lose its data."""

    kept: dict[str, dict[str, str]] = field(default_factory=dict)
    saved: list[list[str]] = field(default_factory=list)  # the fields of each save
    reachable: bool = True

    def update(self, room: str, fields: Mapping[str, str], gone: Collection[str]) -> bool:
        if not self.read(room):
            return False
        self.saved.append([*fields, *gone])
        self.kept[room].update(fields)
        for each in gone:
            self.kept[room].pop(each, None)
        return True

    def replace(self, room: str, fields: Mapping[str, str]) -> None:
        self.read(room)
        self.saved.append([*fields])
        self.kept[room] = dict(fields)

    def read(self, room: str) -> dict[str, str]:
        if not self.reachable:
            raise Unavailable("Redis: connection refused")
        return dict(self.kept.get(room, {}))


class Process:
    """A process that observes the room. Telnyx accepts each command at once."""

    def __init__(self, store: MeetingStore) -> None:
        self.timeline = Timeline()
        self.given: list[Report] = []
        self.reports = MeetingReports(
            self.timeline, {"demo"}, lambda report, at: self.given.append(report)
        )
        self.shared = SharedMeetings(self.timeline, self.reports, store)

    def happens(self, room: Room, *events: Event) -> Room:
        for event in events:
            room = self._apply(room, event)
            while flying := in_flight(room):
                for command in flying.values():
                    room = self._apply(room, Outcome(command, event.at, data={"id": "K"}))
        return room

    def joins(self, room: Room, call: str, at: float) -> Room:
        types = ("call.initiated", "call.answered", "call.speak.ended")
        steps = [hook(each, call, at, direction="incoming", from_=f"+{call}") for each in types]
        return self.happens(room, *steps, rig.joined(call, at))

    def _apply(self, room: Room, event: Event) -> Room:
        change = decide(room, event)
        self.shared.observe(change)
        return change.after


def talks(call: str, at: float) -> Event:
    return hook("conference.floor.changed", call, at)


def saved(at: float, recording: str) -> Event:
    return hook("conference.recording.saved", "", at, details={"recording_id": recording})


def shown(lanes: list[Lane]) -> dict[str, list[tuple[str, float, float | None]]]:
    return {
        lane.of.call: [(what, *band) for what, each in lane.times.items() for band in pairs(each)]
        for lane in lanes
    }


class MeetingsContract:
    def test_a_store_keeps_fields_by_room(self, store: MeetingStore) -> None:
        assert store.read("red") == {}
        assert store.update("red", {"a": "1"}, ()) is False
        assert store.read("red") == {}
        store.replace("red", {"a": "1", "b": "2"})
        assert store.update("red", {"b": "3", "c": "4"}, ["a", "z"]) is True
        assert store.read("red") == {"b": "3", "c": "4"}
        store.replace("red", {"c": "5"})
        assert store.read("red") == {"c": "5"}
        assert store.update("red", {}, ["c"]) is True
        assert (store.read("red"), store.read("blue")) == ({}, {})
        assert store.update("red", {"a": "5"}, ()) is False, "it had none"

    def test_all_processes_show_the_same_lanes(self, store: MeetingStore) -> None:
        home, other = Process(store), Process(store)
        room = home.joins(home.joins(EMPTY, "A", T0), "B", T0 + 10)
        room = home.happens(room, talks("A", T0 + 20), talks("B", T0 + 25))
        home.shared.write()
        assert shown(other.shared.lanes("demo")) == shown(home.timeline.lanes("demo"))
        room = home.happens(
            room, rig.hangup("A", T0 + 60), asks("rename", "B", at=T0 + 61, label="Bo")
        )
        assert shown(home.shared.lanes("demo")) == shown(home.timeline.lanes("demo")), (
            "written first"
        )
        found = other.shared.lanes("demo")
        assert shown(found) == shown(home.timeline.lanes("demo"))
        assert [each.as_json() for each in found] == [
            each.as_json() for each in home.timeline.lanes("demo")
        ]
        assert other.shared.lanes("another") == []

    def test_the_next_meeting_replaces_the_last(self, store: MeetingStore) -> None:
        home = Process(store)
        room = home.happens(home.joins(EMPTY, "A", T0), rig.hangup("A", T0 + 5))
        assert list(shown(home.shared.lanes("demo"))) == ["A"]
        home.joins(room, "B", T0 + 100)
        assert list(shown(home.shared.lanes("demo"))) == ["B"]

    def test_the_next_meeting_in_another_process_replaces_the_last(
        self, store: MeetingStore
    ) -> None:
        """The room was over, and had no home for a while."""
        last, home = Process(store), Process(store)
        last.happens(last.joins(EMPTY, "A", T0), rig.hangup("A", T0 + 5))
        last.shared.write()
        room = home.happens(EMPTY, rig.initiated("B", T0 + 900))
        assert list(shown(home.shared.lanes("demo"))) == ["A"], "until somebody joins"
        assert home.given == last.given[1:] == [], "it was reported"
        home.joins(room, "B", T0 + 901)
        assert list(shown(home.shared.lanes("demo"))) == ["B"]

    def test_a_new_home_goes_on_with_the_meeting(self, store: MeetingStore) -> None:
        """The report has the participants, the shares and the recordings of both."""
        killed, home, alone = Process(store), Process(store), Process(Dictionary())
        room = EMPTY
        for process in (killed, alone):
            room = process.joins(process.joins(EMPTY, "A", T0), "B", T0 + 10)
            room = process.happens(room, talks("A", T0 + 20), saved(T0 + 30, "R1"))
        killed.shared.write()
        rest = [talks("B", T0 + 50), saved(T0 + 60, "R2"), rig.hangup("A", T0 + 70)]
        rest.append(rig.hangup("B", T0 + 80))
        home.happens(room, *rest)
        alone.happens(room, *rest)
        assert home.given == alone.given
        (report,) = home.given
        assert report.recordings == ("R1", "R2")
        assert [row.share for row in report.participants] == [0.5, 0.5]
        assert shown(home.shared.lanes("demo")) == shown(alone.shared.lanes("demo"))

    def test_a_home_that_gets_its_room_back_goes_on_from_what_the_other_wrote(
        self, store: MeetingStore
    ) -> None:
        first, second, alone = Process(store), Process(store), Process(Dictionary())
        room = EMPTY
        for process in (first, alone):
            room = process.joins(process.joins(EMPTY, "A", T0), "B", T0 + 10)
        first.shared.write()
        between, rest = [talks("A", T0 + 20), talks("B", T0 + 30)], [talks("A", T0 + 50)]
        alone.happens(alone.happens(room, *between), *rest)
        room = second.happens(room, *between)
        second.shared.write()
        first.shared.load(room, T0 + 40)
        first.happens(room, *rest)
        assert shown(first.shared.lanes("demo")) == shown(alone.shared.lanes("demo"))

    def test_what_the_old_home_did_not_write_is_caught_up_with(self, store: MeetingStore) -> None:
        killed, home = Process(store), Process(store)
        room = killed.joins(killed.joins(EMPTY, "A", T0), "B", T0 + 10)
        killed.shared.write()
        room = killed.joins(room, "C", T0 + 20)
        room = killed.happens(room, rig.hangup("A", T0 + 21))
        home.shared.load(room, T0 + 25)
        joined = {call: bands[0] for call, bands in shown(home.shared.lanes("demo")).items()}
        assert joined == {
            "A": ("joined", T0, T0 + 25),
            "B": ("joined", T0 + 10, None),
            "C": ("joined", T0 + 20, None),
        }

    def test_a_meeting_that_ended_without_a_home_is_reported(self, store: MeetingStore) -> None:
        killed, home = Process(store), Process(store)
        room = killed.joins(EMPTY, "A", T0)
        killed.shared.write()
        killed.happens(room, rig.hangup("A", T0 + 5))
        home.shared.load(Room("demo"), T0 + 30)
        home.reports.watch(T0 + 30 + WAITS_AT_MOST)
        (report,) = home.given
        assert (report.began, report.ended) == (T0, T0 + 30)
        assert list(shown(home.shared.lanes("demo"))) == ["A"], "the last meeting is shown"

    def test_participants_of_another_meeting_begin_a_new_timeline(
        self, store: MeetingStore
    ) -> None:
        killed, home, elsewhere = Process(store), Process(store), Process(Dictionary())
        killed.joins(EMPTY, "A", T0)
        killed.shared.write()
        home.shared.load(elsewhere.joins(EMPTY, "B", T0 + 900), T0 + 1000)
        assert shown(home.shared.lanes("demo"))["B"][0] == ("joined", T0 + 900, None)
        assert list(shown(home.shared.lanes("demo"))) == ["B"]

    def test_a_report_is_given_by_one_process(self, store: MeetingStore) -> None:
        """Also if it was given without a change of its room."""
        first, second = Process(store), Process(store)
        room = first.happens(
            first.joins(EMPTY, "A", T0), asks("record-start", at=T0 + 1, format="mp3")
        )
        room = first.happens(room, rig.hangup("A", T0 + 5))
        first.shared.write()
        assert first.given == [], "it waits for the recording"
        first.reports.stop(T0 + 6)
        first.shared.write()
        second.shared.load(room, T0 + 7)
        second.reports.stop(T0 + 100)
        assert (len(first.given), second.given) == (1, [])
