"""Versions: which rows a change of the room concerns, and what a poll with `since` gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, asks, hook
from rigs.texml_rooms import comes, starts

from conference.core import versions
from conference.core.decide import decide
from conference.core.events import DeadlinePassed, Event, HandedOver
from conference.core.parts import NOTHING_ASKED
from conference.core.room import Room
from conference.reporting import public_view

AT = int(NOW * 1000)
FOUR = rig.inside(rig.inside(rig.inside(rig.inside(), "B"), "C"), "D")
HELD = rig.well(rig.after(FOUR, asks("hold", "A", "B", at=T0)))
FLOOR = rig.after(FOUR, hook("conference.floor.changed", "C", T0))
WAIT_FOR_START = rig.with_settings(texml={"startConferenceOnEnter": "false"})
WAITING = rig.after(WAIT_FOR_START, comes("A", 1, at=T0), comes("B", 2, at=T0))
PARKED = rig.parked(FOUR)
QUEUED = rig.after(PARKED, hook("call.enqueued", "A", T0, details={"queue": "q"}))
RECORD = {"format": "wav", "channels": "dual"}
RECORDED = rig.well(rig.after(FOUR, asks("record-start", "B", at=T0, **RECORD)))
MUTING = rig.after(FOUR, asks("mute", "B", at=T0))


class Rows(NamedTuple):
    """A row of a table: an event in a room, and the calls whose rows it changes."""

    name: str
    room: Room
    event: Event
    rows: str


TABLE = [
    Rows("a first speaker", FOUR, hook("conference.floor.changed", "B"), "B"),
    Rows("another speaker", FLOOR, hook("conference.floor.changed", "B"), "B C"),
    Rows("a newcomer", FOUR, rig.initiated("E"), "E"),
    Rows("a caller who answers", rig.ringing(FOUR, "E"), hook("call.answered", "E"), "E"),
    Rows("a hangup", FOUR, rig.hangup("D"), "D"),
    Rows("the speaker hangs up", FLOOR, rig.hangup("C"), "C"),
    Rows("a hangup that leaves one alone", HELD, rig.hangup("D"), "C D"),
    Rows("a hold is requested", FOUR, asks("hold", "A"), "A"),
    Rows("an unhold is requested", HELD, asks("unhold", "B"), "B"),
    Rows("a hold that leaves one alone", HELD, asks("hold", "C"), "C D"),
    Rows("a mute is requested", FOUR, asks("mute", "B"), "B"),
    Rows("Telnyx has muted", MUTING, rig.answer(MUTING, rig.c.HOLD_AND_MUTE), "B"),
    Rows("a label", FOUR, asks("rename", "D", label="Dora"), "D"),
    Rows("a lock", FOUR, asks("lock"), ""),
    Rows("a queue is entered", PARKED, hook("call.enqueued", details={"queue": "q"}), "A"),
    Rows("a queue is left", QUEUED, hook("call.dequeued", occurred_at="2027"), "A"),
    Rows("a recording ends", RECORDED, hook("call.recording.saved", "B"), "B"),
    Rows("the conference starts", WAITING, starts(3), "A B"),
    Rows("the conference ends", FLOOR, rig.ended(), "A B C D"),
]


@rig.each_case(TABLE)
def test_a_change_gives_its_version_to_the_rows_that_it_changes(case: Rows) -> None:
    change = decide(case.room, case.event)
    after = change.after
    assert change.rows == tuple(case.rows.split())
    assert after.version == AT
    stamped = {p.call for p in after.participants.values() if p.version == AT}
    assert stamped == after.participants.keys() & {*change.rows}
    others = after.participants.keys() - {*change.rows}
    assert all(after.participants[call] is case.room.participants[call] for call in others)


def test_an_event_that_changes_nothing_keeps_the_version() -> None:
    assert decide(FLOOR, hook("conference.floor.changed", "C")).after is FLOOR


@pytest.mark.parametrize("at", [T0 - 5, T0])
def test_a_version_rises_also_when_the_time_does_not(at: float) -> None:
    assert T0 * 1000 < FOUR.version < AT, "several changes in one millisecond"
    room = decide(FOUR, hook("conference.floor.changed", "A", at)).after
    assert room.version == FOUR.version + 1


def test_who_had_the_floor_spoke_until_another_took_it() -> None:
    room = rig.after(FLOOR, hook("conference.floor.changed", "B", NOW))
    spoke = {p.call: p.spoke_at for p in room.participants.values()}
    assert spoke == {"A": None, "B": None, "C": NOW, "D": None}
    room = rig.after(room, asks("leave", "B", at=NOW + 1))
    assert room.participants["B"].spoke_at == NOW + 1, "nobody has the floor"


def test_in_another_room_nobody_has_spoken() -> None:
    spoke = replace(FOUR.participants["A"], spoke_at=T0, version=AT * 2)
    room = rig.after(EMPTY, HandedOver(NOW, spoke, NOTHING_ASKED, "K"))
    assert room.participants["A"].spoke_at is None
    assert room.participants["A"].version == room.version == AT


# Polls


def poll(room: Room, since: int | None) -> dict[str, Any]:
    """Return the answer with the call ids of its rows."""
    answer = public_view.since(room, since)
    return answer | {"participants": [p["call_control_id"] for p in answer["participants"]]}


def test_nothing_changed() -> None:
    answer = public_view.since(FOUR, FOUR.version)
    assert answer == {"version": FOUR.version, "since": FOUR.version}


def test_what_changed() -> None:
    room = rig.after(FLOOR, hook("conference.floor.changed", "B"), rig.hangup("D", NOW + 1))
    answer = poll(room, FLOOR.version)
    assert answer == public_view.about(room) | {
        "since": FLOOR.version,
        "participants": ["B", "C"],
        "left": ["D"],
    }
    assert poll(room, AT) | {"participants": [], "left": ["D"]} == poll(room, AT)
    assert poll(rig.after(room, asks("lock", at=NOW + 2)), room.version)["locked"] is True


@pytest.mark.parametrize("since", [None, 0, 1, AT * 10])
def test_a_version_that_the_room_does_not_know(since: int | None) -> None:
    """Without one, of the time before the room, and of another server's clock."""
    answer = poll(FOUR, since)
    assert (answer["since"], answer["left"]) == (None, [])
    assert answer["participants"] == ["A", "B", "C", "D"]
    assert answer | {"participants": None} == public_view.about(FOUR) | {
        "since": None,
        "participants": None,
        "left": [],
    }


def test_an_empty_room_that_nothing_has_happened_in() -> None:
    assert poll(EMPTY, None)["version"] == 0
    assert public_view.since(EMPTY, 0) == {"version": 0, "since": 0}
    assert poll(rig.ringing(), 0)["participants"] == ["A"]


def test_calls_that_are_gone_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MOST_GONE", 2)
    room = rig.after(FOUR, *(rig.hangup(call, NOW + n) for n, call in enumerate("ABC")))
    assert room.gone == {"B": AT + 1000, "C": AT + 2000}
    assert room.goes_back_to == AT, "the version in which A went"
    assert poll(room, AT)["left"] == ["B", "C"]
    assert poll(room, AT - 1)["since"] is None, "A would be left out"


def test_a_call_that_comes_back_is_not_gone() -> None:
    room = rig.after(rig.leaving(FOUR))
    assert room.gone.keys() == {"A"}
    back = rig.after(room, rig.joined("A", occurred_at="2026-6"))
    assert back.gone == {}
    assert poll(back, FOUR.version)["participants"] == ["A"]


def test_the_next_meeting_gets_the_calls_of_the_last_one_too() -> None:
    room = rig.after(rig.after(FOUR, *map(rig.hangup, "ABCD")), rig.initiated("E", NOW + 9))
    answer = poll(room, FOUR.version)
    assert (answer["participants"], answer["left"]) == (["E"], ["A", "B", "C", "D"])


def test_a_deadline_that_changes_nothing_shown_sends_no_rows() -> None:
    room = rig.after(FOUR, DeadlinePassed(NOW), rig.hook("call.speak.ended", "X"))
    assert room.version > FOUR.version
    assert poll(room, FOUR.version)["participants"] == []
