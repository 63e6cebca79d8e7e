"""The timeline of a room's meeting: lanes of participants, and bands within bounds."""

from __future__ import annotations

from array import array
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, T0, asks, hook
from rigs.lines import CALL, test_line
from rigs.people import TOKEN
from rigs.texml_rooms import comes

from conference.core.decide import decide
from conference.core.events import Event, Outcome
from conference.core.room import Room, in_flight
from conference.core.texml.facts import Fetch
from conference.reporting import timeline
from conference.reporting.bands import pairs, turn
from conference.reporting.timeline import Timeline

DIALLED = "B"  # the call of each dial

Bands = list[tuple[str, float, float | None]]


class Followed:
    """A room whose changes a timeline observes. Telnyx accepts each command at once."""

    def __init__(self, room: Room = EMPTY, kept: Timeline | None = None) -> None:
        self.room = room
        self.kept = kept or Timeline()

    def happens(self, *events: Event) -> Followed:
        for event in events:
            self._apply(event)
            while flying := in_flight(self.room):
                for command in flying.values():
                    data = {"id": "K", "call_control_id": DIALLED}
                    self._apply(Outcome(command, event.at, data=data))
        return self

    def _apply(self, event: Event) -> None:
        change = decide(self.room, event)
        self.room = change.after
        self.kept.observe(change)

    def joins(self, call: str, at: float) -> Followed:
        types = ("call.initiated", "call.answered", "call.speak.ended")
        steps = [hook(each, call, at, direction="incoming", from_=f"+{call}") for each in types]
        return self.happens(*steps, rig.joined(call, at))

    def talks(self, call: str, at: float) -> Followed:
        return self.happens(hook("conference.floor.changed", call, at))

    @property
    def lanes(self) -> dict[str, Bands]:
        lanes = self.kept.lanes(self.room.name)
        return {
            lane.of.call: [
                (what, begin, end)
                for what, times in lane.times.items()
                for begin, end in pairs(times)
            ]
            for lane in lanes
        }


def test_a_meeting_in_lanes() -> None:
    met = Followed().joins("A", T0).joins("B", T0 + 10)
    met.talks("A", T0 + 20).talks("B", T0 + 25)
    met.happens(asks("mute", "B", at=T0 + 30), asks("unmute", "B", at=T0 + 40))
    met.happens(asks("hold", "A", at=T0 + 50), rig.hangup("A", T0 + 60))
    assert met.lanes == {
        "A": [
            ("joined", T0, T0 + 60),
            ("talking", T0 + 20, T0 + 25),
            ("held", T0, T0 + 10),  # alone
            ("held", T0 + 50, T0 + 60),
        ],
        "B": [
            ("joined", T0 + 10, None),
            ("talking", T0 + 25, T0 + 30),
            ("talking", T0 + 40, None),  # still has the floor
            ("muted", T0 + 30, T0 + 40),
            ("held", T0 + 50, None),  # alone
        ],
    }


def test_callers_on_the_way_have_no_lane_until_they_join() -> None:
    met = Followed().joins("B", T0).happens(rig.initiated("A", T0 + 1))
    met.happens(rig.initiated("C", T0 + 1), rig.hangup("C", T0 + 2))
    assert list(met.lanes) == ["B"]
    assert list(met.joins("A", T0 + 3).lanes) == ["B", "A"]


def test_lanes_are_in_the_order_of_the_numbers_not_of_joining() -> None:
    met = Followed().happens(rig.initiated("A", T0)).joins("B", T0 + 1).joins("A", T0 + 2)
    assert list(met.lanes) == ["A", "B"]


def test_a_participant_taken_out_and_back_keeps_the_lane() -> None:
    met = Followed().joins("A", T0).joins("B", T0 + 1)
    met.happens(asks("leave", "A", at=T0 + 5), rig.left("A", T0 + 5))
    met.happens(asks("join", "A", at=T0 + 9), rig.joined("A", T0 + 9))
    joined = [band for band in met.lanes["A"] if band[0] == "joined"]
    assert joined == [("joined", T0, T0 + 5), ("joined", T0 + 9, None)]


def test_the_last_meeting_is_kept_until_somebody_joins_the_next() -> None:
    met = Followed().joins("A", T0).happens(rig.hangup("A", T0 + 5))
    ended = {"A": [("joined", T0, T0 + 5), ("held", T0, T0 + 5)]}
    assert met.lanes == ended
    met.happens(rig.initiated("B", T0 + 100), hook("call.answered", "B", T0 + 101))
    assert met.lanes == ended
    met.joins("B", T0 + 102)
    assert list(met.lanes) == ["B"]


def test_the_next_meeting_begins_before_anybody_has_a_row() -> None:
    """With a dial, or with TeXML's fetch of instructions."""
    met = Followed().joins("A", T0).happens(rig.hangup("A", T0 + 5))
    met.happens(asks("dial", at=T0 + 100, to="+15550101"), hook("call.answered", DIALLED, T0 + 101))
    met.happens(hook("call.speak.ended", DIALLED, T0 + 102), rig.joined(DIALLED, T0 + 103))
    assert list(met.lanes) == [DIALLED]
    met.happens(rig.hangup(DIALLED, T0 + 105), Fetch("C", T0 + 200), comes("C", at=T0 + 201))
    assert list(met.lanes) == ["C"]


def test_a_caller_on_the_way_keeps_the_meeting_going() -> None:
    met = Followed().joins("A", T0)
    met.happens(rig.initiated("B", T0 + 1), hook("call.answered", "B", T0 + 1))
    met.happens(rig.hangup("A", T0 + 2)).joins("B", T0 + 3)
    assert list(met.lanes) == ["A", "B"]


def test_a_lane_shows_the_newest_label() -> None:
    met = Followed().joins("A", T0).happens(asks("rename", "A", at=T0 + 1, label="Ann"))
    (lane,) = met.kept.lanes("demo")
    assert lane.as_json()["label"] == "Ann"
    met.happens(rig.hangup("A", T0 + 2))
    (lane,) = met.kept.lanes("demo")
    assert lane.as_json() == {
        **{
            "member": 1,
            "call_control_id": "A",
            "number": "+A",
            "label": "Ann",
            "role": "participant",
        },
        "bands": [
            {
                "what": what,
                "from": "1970-01-01T00:16:40.000+00:00",
                "to": "1970-01-01T00:16:42.000+00:00",
            }
            for what in ("joined", "held")
        ],
    }


def test_whom_others_interrupt_for_a_moment_talks_on() -> None:
    met = Followed().joins("A", T0).joins("B", T0)
    met.talks("A", T0 + 10).talks("B", T0 + 20).talks("A", T0 + 21.9).talks("B", T0 + 30)
    assert [band for band in met.lanes["A"] if band[0] == "talking"] == [
        ("talking", T0 + 10, T0 + 30)
    ]


def test_a_lane_begins_with_the_joining_that_a_snapshot_shows() -> None:
    """The greeting, and a call that rang before a restart, are no part of it."""
    room = rig.inside()
    there = replace(room.participants["A"], since=T0 - 60, joined_at=T0 - 30)
    room = replace(room, participants={"A": there})
    met = Followed(room).talks("A", T0 + 1)
    assert met.lanes["A"][0] == ("joined", T0 - 30, None)


def test_what_is_read_does_not_change() -> None:
    met = Followed().joins("A", T0)
    (read,) = met.kept.lanes("demo")
    met.happens(rig.hangup("A", T0 + 2))
    assert read.is_inside
    assert met.kept.lanes("another") == []


def test_the_lanes_of_a_room_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST_LANES_OF_ROOM", 2)
    met = Followed().joins("A", T0).joins("B", T0 + 1)
    met.happens(rig.hangup("B", T0 + 2)).joins("C", T0 + 3)
    assert list(met.lanes) == ["A", "C"], "B has left"
    met.joins("D", T0 + 4)
    assert list(met.lanes) == ["C", "D"]
    met.talks("A", T0 + 5)
    assert met.lanes["A"] == [("joined", T0, None), ("talking", T0 + 5, None)]


def test_the_lanes_of_all_rooms_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST_LANES", 3)
    kept = Timeline()
    red, blue, green = (Followed(Room(name), kept) for name in ("red", "blue", "green"))
    red.joins("A", T0).joins("B", T0)
    blue.joins("C", T0)
    assert (len(red.lanes), len(blue.lanes)) == (2, 1)
    green.joins("D", T0)
    assert (red.lanes, list(blue.lanes), list(green.lanes)) == ({}, ["C"], ["D"])


# Bands


def bands(*turns: tuple[bool, float], gap: float = 0.0, most: int = 100) -> Any:
    times = array("d")
    for on, at in turns:
        turn(times, on, at, gap, most)
    return list(pairs(times))


def test_a_short_interruption_is_left_out() -> None:
    on_off = [(True, 1.0), (False, 3.0), (True, 4.9), (False, 6.0), (True, 8.0)]
    assert bands(*on_off, gap=2.0) == [(1.0, 6.0), (8.0, None)]
    assert bands(*on_off) == [(1.0, 3.0), (4.9, 6.0), (8.0, None)]


def test_what_is_so_already_changes_nothing() -> None:
    assert bands((False, 1.0), (True, 2.0), (True, 3.0), (False, 4.0), (False, 5.0)) == [(2.0, 4.0)]


def test_no_band_ends_before_it_begins() -> None:
    assert bands((True, 5.0), (False, 4.0), (True, 3.0)) == [(5.0, 5.0), (5.0, None)]


@pytest.mark.parametrize("most", [8, 9, 30])
def test_old_bands_are_merged_and_none_is_lost(most: int) -> None:
    turns = [(n % 2 == 0, float(n)) for n in range(1001)]
    found = bands(*turns, most=most)
    assert most // 2 < len(found) <= most + 1
    assert (found[0][0], found[-1]) == (0.0, (1000.0, None))
    assert found[-4:-1] == [(994.0, 995.0), (996.0, 997.0), (998.0, 999.0)], "the newest are whole"
    assert all(end is not None and end < begin for (_, end), (begin, _) in pairwise(found))
    lengths = [end - begin for begin, end in found[:-1]]
    assert lengths == sorted(lengths, reverse=True), "the older the coarser"


def test_many_lanes_share_the_bands_of_a_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST_BANDS_OF_ROOM", 24)
    met = Followed().joins("A", T0).joins("B", T0)
    for n in range(100):
        met.talks("AB"[n % 2], T0 + n * 10)
    talking = [band for lane in met.lanes.values() for band in lane if band[0] == "talking"]
    assert 12 < len(talking) <= 26


# Over HTTP


def test_the_route() -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with test_line(control_token=TOKEN) as line:
        path = "/api/rooms/demo-conference/timeline"
        assert line.client.get(path, headers=headers).json["lanes"] == []
        line.happens("call.initiated", "call.answered", "call.speak.ended", client_state=None)
        line.happens("conference.participant.joined", "conference.floor.changed")
        answer = line.client.get(path, headers=headers).json
        (lane,) = answer["lanes"]
        assert (lane["call_control_id"], answer.keys()) == (CALL, {"at", "lanes"})
        assert [band["what"] for band in lane["bands"]] == ["joined", "talking", "held"]
        assert all(band["from"] <= answer["at"] and band["to"] is None for band in lane["bands"])
        assert line.client.get("/api/rooms/red/timeline", headers=headers).status_code == 404
        assert line.client.get(path).status_code == 401
