"""Timelines and facts for reports that processes share: the contract, and when they are written."""

from __future__ import annotations

import pytest
from rigs import core as rig
from rigs.core import EMPTY, T0, asks
from rigs.meetings_contract import Dictionary, MeetingsContract, Process, shown, talks
from rigs.waiting import until

from conference.core.room import Room
from conference.registry.unavailable import Unavailable
from conference.reporting import shared_meetings as module
from conference.reporting.lane import Lane
from conference.reporting.shared_meetings import MeetingStore


@pytest.fixture
def store() -> MeetingStore:
    return Dictionary()


class TestSharedMeetings(MeetingsContract):
    """With the fixture of this file."""


def test_only_what_has_changed_is_written() -> None:
    store = Dictionary()
    home = Process(store)
    room = home.joins(home.joins(EMPTY, "A", T0), "B", T0 + 10)
    home.shared.write()
    home.shared.write()
    room = home.happens(room, talks("A", T0 + 20))
    home.shared.write()
    assert [sorted(each) for each in store.saved] == [["lane A", "lane B", "report"], ["lane A"]]


def test_what_cannot_be_written_waits() -> None:
    store = Dictionary(reachable=False)
    home = Process(store)
    room = home.joins(EMPTY, "A", T0)
    for _ in range(2):
        with pytest.raises(Unavailable):
            home.shared.write()
    room = home.happens(home.joins(room, "B", T0), talks("A", T0 + 10))
    store.reachable = True
    home.happens(room, talks("B", T0 + 20))
    found = shown(home.shared.lanes("demo"))
    assert found == shown(home.timeline.lanes("demo"))
    assert [band for band in found["A"] if band[0] == "talking"] == [("talking", T0 + 10, T0 + 20)]
    assert store.kept["demo"].keys() == {"lane A", "lane B", "report"}


def test_a_store_that_has_lost_its_data_gets_all_again() -> None:
    store = Dictionary()
    home = Process(store)
    room = home.joins(home.joins(EMPTY, "A", T0), "B", T0 + 10)
    home.shared.write()
    store.kept.clear()
    home.happens(room, talks("A", T0 + 20))
    home.shared.write()
    assert store.kept["demo"].keys() == {"lane A", "lane B", "report"}


def test_of_many_rooms_the_oldest_is_written_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WRITTEN", 1)
    store = Dictionary()
    home = Process(store)
    room = home.joins(home.joins(EMPTY, "A", T0), "B", T0 + 10)
    home.shared.write()
    home.joins(Room("other"), "C", T0 + 20)
    home.shared.write()
    home.happens(room, talks("A", T0 + 30))
    home.shared.write()
    assert store.kept["demo"].keys() == {"lane A", "lane B", "report"}


def test_a_thread_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 0.01)
    store = Dictionary(reachable=False)
    home = Process(store)
    home.shared.start()
    room = home.joins(EMPTY, "A", T0)
    store.reachable = True
    until(lambda: "demo" in store.kept, "it writes")
    home.happens(room, rig.hangup("A", T0 + 5))
    home.shared.stop()
    assert not Lane.read(store.kept["demo"]["lane A"]).is_inside
    store.reachable = False
    home.joins(EMPTY, "B", T0 + 9)
    home.shared.stop()


def test_a_report_that_was_given_while_the_store_was_gone_is_not_given_again() -> None:
    store = Dictionary()
    first, second = Process(store), Process(store)
    room = first.happens(first.joins(EMPTY, "A", T0), asks("record-start", at=T0 + 1, format="mp3"))
    room = first.happens(room, rig.hangup("A", T0 + 5))
    first.shared.write()
    store.reachable = False
    first.reports.stop(T0 + 6)
    with pytest.raises(Unavailable):
        first.shared.write()
    store.reachable = True
    first.shared.write()
    second.shared.load(room, T0 + 7)
    second.reports.stop(T0 + 100)
    assert (len(first.given), second.given) == (1, [])
