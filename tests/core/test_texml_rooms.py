"""What status callbacks of TeXML and its lists make of a room, in any order."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0
from rigs.texml_rooms import (
    ACCOUNT,
    COMPANY,
    LOOK_AT_X,
    comes,
    ends,
    goes,
    kicks,
    listed,
    shown,
    speaks,
    starts,
    texml,
    told,
)

from conference.core import commands as c
from conference.core.doors import Doors
from conference.core.entering import FULL, HELD_ELSEWHERE, LOCKED
from conference.core.events import HandedOver, Ignored, Outcome, Refused, SnapshotWanted
from conference.core.outcomes.retries import TRIED_FOR
from conference.core.parts import Asked, Told
from conference.core.requests.moderation import check_move_to
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room
from conference.core.routing import route
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.door import greeting, refusal
from conference.core.texml.facts import MOST_CALLS, NOT_NUMBERED, Fetch, StatusCallback, keep_newer
from conference.core.texml.handlers import HANDLERS
from conference.reporting import public_view

FIRST, NEXT = EMPTY.settings.greeting_first, EMPTY.settings.greeting_next
EXPECTED = math.ceil(EMPTY.settings.expects_for)


# Status callbacks


def test_a_start_opens_the_room() -> None:
    room = rig.after(EMPTY, starts())
    assert shown(room) == (("texml", "X", frozenset(), "", set()), {})


def test_whoever_comes_is_in_at_once_and_held_while_alone() -> None:
    room, sent = rig.decide(EMPTY, comes("A"))
    assert (room.front, room.conference, rig.status(room)) == ("texml", "X", {"A": "joined"})
    assert room.participants["A"] == rig.newcomer("A", number="+A", status="joined", joined_at=NOW)
    assert sent == (c.Hold("X", ("A",), "", MUSIC, at=NOW, account=ACCOUNT),)
    room, sent = rig.decide(rig.well(room), comes("B", 2))
    assert sent == (c.Unhold("X", ("A",), at=NOW, account=ACCOUNT),)


def test_whoever_goes_is_forgotten_and_the_last_one_closes_the_room() -> None:
    room, sent = rig.decide(texml("A", "B"), goes("A"))
    assert (rig.status(room), room.conference) == ({"B": "joined"}, "X")
    assert sent == (c.Hold("X", ("B",), "", MUSIC, at=NOW, account=ACCOUNT),)
    room, sent = rig.decide(room, goes("B", 3))
    assert (rig.status(room), room.conference, room.front, sent) == ({}, "", "call-control", ())


def test_callbacks_without_a_number_count_as_they_arrive() -> None:
    unnumbered = {"n": NOT_NUMBERED}
    room = rig.after(EMPTY, comes("A", **unnumbered), comes("B", **unnumbered))
    room = rig.after(room, speaks("A", **unnumbered))
    assert (rig.status(room), room.speaker) == ({"A": "joined", "B": "joined"}, "A")
    room = rig.after(room, goes("A", **unnumbered), speaks("B", 7))
    assert (rig.status(room), room.speaker) == ({"B": "joined"}, "B")
    assert rig.status(rig.after(room, goes("B", **unnumbered))) == {}
    same = [comes("A", occurred_at=time, **unnumbered).id for time in ("2026-5", "2026-6")]
    assert same[0] != same[1], "one that is delivered again has the same time"


def test_the_first_at_the_door_is_told_so_as_often_as_it_asks() -> None:
    room = rig.after(EMPTY, Fetch("A", NOW), Fetch("B", NOW + 1), Fetch("A", NOW + 2))
    assert [greeting(room, call) for call in "AB"] == [FIRST, NEXT]
    assert rig.status(room) == {}, "neither is in yet"


def test_nobody_is_hung_up_for_being_alone_while_somebody_is_at_the_door() -> None:
    lonely = texml("A", room=rig.with_settings(alone_minutes=1))
    room = rig.after(lonely, Fetch("B", T0 + 59))
    room, commands = rig.decide(room, rig.time(T0 + 60))
    assert (commands, room.deadlines[Deadline("alone", "A")]) == ((), T0 + 120)
    assert [each.call for each in rig.decide(room, rig.time(T0 + 120))[1]] == ["A"], "B has hung up"
    held = rig.after(lonely, Fetch("B", T0 + 59), rig.asks("hold-all", at=T0 + 59))
    assert [each.call for each in rig.decide(rig.well(held), rig.time(T0 + 60))[1]] == ["A"]


def test_of_who_hung_up_at_the_door_nobody_tells() -> None:
    room = rig.after(EMPTY, Fetch("A", NOW))
    soon = rig.after(room, Fetch("B", NOW + EXPECTED - 1))
    assert (greeting(soon, "B"), soon.over(NOW + EXPECTED)) == (NEXT, False)
    later = rig.after(room, Fetch("B", NOW + EXPECTED))
    assert greeting(later, "B") == FIRST
    assert room.over(NOW + EXPECTED), "the room itself is not kept for it"


def test_who_came_in_and_went_was_not_the_first_for_who_comes_then() -> None:
    room = rig.after(EMPTY, Fetch("A", NOW), comes("A"))
    assert greeting(rig.after(room, Fetch("B", NOW)), "B") == NEXT
    room = rig.after(room, goes("A"), Fetch("B", NOW))
    assert greeting(room, "B") == FIRST


def test_who_speaks_is_who_began_last_and_has_not_stopped() -> None:
    room = texml("A", "B")
    room = rig.after(room, speaks("A", 4))
    assert room.speaker == "A"
    room = rig.after(room, speaks("B", 5))
    assert room.speaker == "B"
    assert rig.after(room, told("participant-speech-stop", "B", 6)).speaker == "A"
    assert rig.after(room, goes("B", 7)).speaker == "A"


def test_an_end_is_final() -> None:
    room = rig.after(texml("A", "B"), ends())
    assert shown(room) == (("call-control", "", frozenset(), "", set()), {})
    assert rig.status(rig.after(room, comes("C", 3), starts(10), speaks("C"))) == {}
    assert rig.after(room, comes("C", 0, conference="Y")).conference == "Y", (
        "another one is not over"
    )


def test_in_any_order_and_twice_they_come_to_the_same() -> None:
    one = shown(rig.after(EMPTY, *COMPANY))
    assert one == (("texml", "X", {"B"}, "B", set()), {"B": "+B"})
    for order in permutations(COMPANY):
        room = rig.after(EMPTY, *order)
        assert shown(room) == one, order
        assert shown(rig.after(room, *order)) == one, order


EXAMPLES = (starts(0), comes("A", 1), goes("A", 3), ends(4, call="B"), speaks("B", 5))


@pytest.mark.parametrize("left_out", [None, *EXAMPLES])
def test_all_of_a_conference_in_any_order_leaves_nobody(left_out: StatusCallback | None) -> None:
    some = [each for each in EXAMPLES if each is not left_out]
    last = shown(rig.after(EMPTY, *some))
    assert last[0][2] == frozenset()
    for order in permutations(some):
        assert shown(rig.after(EMPTY, *order)) == last, order
        assert shown(rig.after(EMPTY, *order, *order)) == last, order


def test_a_call_may_come_back_and_only_the_newest_counts() -> None:
    moves = (comes("A", 1), goes("A", 2), comes("A", 3))
    for order in permutations(moves):
        assert rig.status(rig.after(EMPTY, *order)) == {"A": "joined"}, order
    for order in permutations((*moves, goes("A", 4))):
        assert rig.status(rig.after(EMPTY, *order)) == {}, order


def test_the_end_of_another_conference_changes_nothing() -> None:
    room = rig.after(texml("A", "B"), ends(conference="another"))
    assert shown(room) == shown(texml("A", "B"))
    assert rig.after(room, comes("C", 9, conference="another")).conference == "X"


BEFORE = "2026-08-21T14:59:59.000000"
EARLY, LATE = "2026-08-21T15:00:00.000000", "2026-08-21T15:00:09.000000"


def test_a_room_has_the_newer_of_two_conferences() -> None:
    old = (comes("A", 1, occurred_at=EARLY), goes("A", 2, occurred_at=EARLY))
    new = comes("B", 0, conference="Y", occurred_at=LATE)
    for order in permutations((*old, new)):
        room = rig.after(EMPTY, *order)
        assert (room.conference, rig.status(room)) == ("Y", {"B": "joined"}), order


def test_one_that_has_not_said_that_it_ended_makes_way_for_the_next() -> None:
    room = texml("A", "B")
    room = rig.after(room, comes("C", 0, conference="Y"))
    assert (room.conference, rig.status(room)) == ("Y", {"C": "joined"})
    later = rig.after(room, goes("C", 9), comes("A", 9))
    assert shown(later) == shown(room), "whose number is of the one before"
    assert rig.head(later, c.SNAPSHOT) == replace(LOOK_AT_X, conference="Y"), "unless that is over"


def of_y(type: str, call: str, n: int, occurred_at: str) -> StatusCallback:
    return told(type, call, n, conference="Y", occurred_at=occurred_at)


class Heard(NamedTuple):
    type: str
    n: int
    occurred_at: str
    takes_over: bool


@pytest.mark.parametrize(
    ("type", "n", "occurred_at", "takes_over"),
    [
        Heard("participant-join", n=7, occurred_at=LATE, takes_over=True),
        Heard("participant-speech-start", n=7, occurred_at=LATE, takes_over=True),
        Heard(
            "conference-start", n=0, occurred_at=EARLY, takes_over=True
        ),  # within the same second
        Heard("participant-join", n=2, occurred_at=EARLY, takes_over=True),
        Heard("participant-join", n=7, occurred_at=EARLY, takes_over=False),
        Heard("participant-join", n=2, occurred_at=BEFORE, takes_over=False),
        Heard("participant-leave", n=7, occurred_at=LATE, takes_over=False),
        Heard("participant-speech-stop", n=7, occurred_at=LATE, takes_over=False),
        Heard("conference-end", n=7, occurred_at=LATE, takes_over=False),
    ],
)
def test_another_conference_takes_over_when_it_shows_that_it_is_the_newer_one(
    type: str, n: int, occurred_at: str, takes_over: bool
) -> None:
    room = rig.after(EMPTY, comes("A", 1, occurred_at=EARLY))
    other = rig.after(room, of_y(type, "B", n, occurred_at))
    assert (other.texml.facts.conference, "A" in other.joined) == (
        ("Y", False) if takes_over else ("X", True)
    )


def test_of_two_under_one_name_the_room_is_the_one_heard_of_last_and_neither_is_over() -> None:
    """That there are two is not to be; but then neither may be lost for good."""
    room = rig.after(
        EMPTY, comes("A", 1, occurred_at=EARLY), of_y("participant-join", "B", 1, LATE)
    )
    back = rig.after(room, comes("C", 5, occurred_at="2026-08-21T15:00:10.000000"))
    assert (back.conference, rig.status(back)) == ("X", {"C": "joined"})
    assert rig.head(back, c.SNAPSHOT) == LOOK_AT_X, "who else is in it?"
    assert rig.status(rig.after(back, listed(back, "A", "C"))) == {"A": "joined", "C": "joined"}


def test_what_is_kept_is_bounded() -> None:
    said = keep_newer({}, "inside", 0, True)
    for n in range(1, MOST_CALLS + 10):
        said = keep_newer(said, f"left {n}", n, False)
    assert len(said) == MOST_CALLS
    assert "inside" in said and "left 1" not in said and f"left {MOST_CALLS + 9}" in said
    for n in range(MOST_CALLS + 10):
        said = keep_newer(said, f"inside {n}", n, True)
    assert len(said) == MOST_CALLS, "even if no end is reported"


def test_who_has_left_does_not_speak_any_more() -> None:
    room = rig.after(texml("A", "B"), speaks("A", 4), goes("A", 5), speaks("A", 3))
    assert room.texml.facts.speaks["A"] == (5, False)


def test_a_recording_is_shown_until_it_has_ended() -> None:
    def recording(type: str) -> StatusCallback:
        return StatusCallback(f"recording-{type}", NOW, "", call="A", recording="R")

    room = rig.after(texml("A", "B"), recording("in-progress"))
    assert room.recordings.going_on == {"X": 1}
    assert rig.after(room, recording("completed")).recordings.going_on == {}
    assert (
        rig.after(texml("A"), recording("completed"), recording("in-progress")).recordings.going_on
        == {}
    )
    assert rig.after(rig.inside(), recording("in-progress")).recordings.going_on == {}, (
        "Call Control's is another"
    )
    assert rig.after(room, ends()).recordings.going_on == {}


@pytest.mark.parametrize("conference", ["", "Y"])
def test_the_recording_of_a_conference_that_is_not_known_changes_no_room(conference: str) -> None:
    for what in ("in-progress", "completed", "absent"):
        event = StatusCallback(f"recording-{what}", NOW, conference, call="?", recording="R")
        for room in (EMPTY, rig.inside(), texml("A", "B"), recorded_from_start("A")):
            assert rig.decide(room, event) == (room, ())


def recorded_from_start(*calls: str) -> Room:
    settings = rig.with_settings(texml={"record": "record-from-start"})
    room = texml(*calls, room=rig.after(settings, starts(0)))
    assert room.recordings.going_on == {"X": 1}
    return room


def test_one_that_is_recorded_from_its_start_is_shown_so_at_once() -> None:
    recorded = rig.with_settings(texml={"record": "record-from-start"})
    for order in permutations((starts(0), comes("A", 1), comes("B", 2), goes("A", 3))):
        assert rig.after(recorded, *order).recordings.going_on == {"X": 1}, order
        assert rig.after(recorded, *order, ends()).recordings.going_on == {}
    assert rig.after(EMPTY, starts()).recordings.going_on == {}


def test_where_all_come_in_muted_they_are_and_can_be_unmuted() -> None:
    quiet = rig.with_settings(texml={"muted": "true"})
    room = texml("A", "B", room=quiet)
    assert (room.holding.told["A"], room.holding.asked["A"]) == (
        Told(muted=True),
        Asked(mute_by="moderator"),
    )
    room, sent = rig.decide(room, rig.asks("unmute", "A"))
    assert sent == (c.Unmute("X", ("A",), at=NOW, account=ACCOUNT),)


@pytest.mark.parametrize(
    ("event", "room"),
    [
        *((told(type, room="blue"), "blue") for type in (*HANDLERS, "conference-end")),
        (told("recording-completed", room="", conference="K"), "of K"),
        (told("recording-completed", room="", conference=""), "of A"),
        (told("recording-completed", "?", room="", conference="?"), "default"),
        (told("recording-completed", "?", room="", conference=""), "default"),
    ],
)
def test_whose_callback_it_is(event: StatusCallback, room: str) -> None:
    assert route(event, {"A": "of A"}.get, {"K": "of K"}.get, Doors("default")) == room


def test_what_changes_nothing_is_ignored() -> None:
    assert isinstance(route(told("participant-mute"), {}.get, {}.get, Doors("default")), Ignored)


# Whom Telnyx lists


@pytest.mark.parametrize("event", [goes("B", 7), speaks("B", 7)])
def test_after_a_restart_the_first_callback_finds_who_is_in(event: StatusCallback) -> None:
    room, sent = rig.decide(EMPTY, event)
    assert (room.conference, sent) == ("", (LOOK_AT_X,))
    room = rig.after(room, listed(room, "A", "C"))
    assert (room.front, room.conference) == ("texml", "X")
    assert rig.status(room) == {"A": "joined", "C": "joined"}
    room = rig.after(room, comes("A", 1))
    assert room.participants["A"].number == "+A"


def test_a_join_that_tells_of_earlier_ones_finds_who_is_in() -> None:
    """After a restart; the first of a conference need not ask."""
    assert not rig.pending(rig.after(EMPTY, comes("A", 1)), c.SNAPSHOT), "it is the first"
    assert rig.head(rig.after(EMPTY, comes("B", 2)), c.SNAPSHOT) == LOOK_AT_X, "one waits alone"
    assert rig.head(rig.after(EMPTY, comes("B", 7)), c.SNAPSHOT) == LOOK_AT_X


@pytest.mark.parametrize("event", [comes("B", 7), goes("B", 7), speaks("B", 7)])
def test_who_is_in_is_also_asked_while_the_start_looks_elsewhere(event: StatusCallback) -> None:
    """Of a lasting room Call Control's lists are read at first."""
    lasting = replace(rig.with_settings(reconcile_seconds=0), watches_unknown_calls=True)
    room = rig.after(lasting, SnapshotWanted(NOW), event, speaks("B", 8))
    by_name = c.TakeSnapshot("demo", at=NOW)
    assert rig.pending(room, c.SNAPSHOT) == (by_name, LOOK_AT_X), "once"
    room, sent = rig.decide(room, Outcome(by_name, NOW, data=Snapshot()))
    assert LOOK_AT_X in sent
    room = rig.after(room, listed(room, "A", "C"))
    assert {"A", "C"} <= room.joined


def test_who_is_found_in_it_is_held_and_muted_as_it_was() -> None:
    """Nothing else remembers a moderator's mute."""
    room = rig.well(rig.after(EMPTY, comes("B", 7)), only=c.HOLD_AND_MUTE)
    room, sent = rig.decide(room, listed(room, "A", "B", A=Seen(held=True, muted=True)))
    assert (room.holding.asked["A"].mute, room.holding.told["A"].held) == (True, True)
    assert [type(x) for x in sent] == [c.Unhold], "and is alone no more"


@pytest.mark.parametrize("start", [starts(0), speaks("B", 4)])
def test_till_it_has_started_telnyx_has_them_wait(start: StatusCallback) -> None:
    later = rig.with_settings(texml={"startConferenceOnEnter": "false"})
    room, sent = rig.decide(later, comes("A"))
    assert (room.waits_for_start, sent) == (True, ())
    assert [p["on_hold"] for p in public_view.participants(room)] == [True]
    room, sent = rig.decide(rig.after(room, comes("B", 2)), start)
    assert (room.waits_for_start, sent) == (False, ())
    _, sent = rig.decide(room, goes("B", 5))
    assert [type(x) for x in sent] == [c.Hold], "alone, as in any other"
    assert not rig.after(later, comes("A"), ends()).waits_for_start


def test_a_list_brings_nobody_back_who_has_left_since() -> None:
    room = rig.after(texml("A", "B"), rig.time(NOW))
    room = rig.after(replace(room, deadlines={NEXT_SNAPSHOT: NOW}), rig.time(NOW))
    assert rig.head(room, c.SNAPSHOT) == LOOK_AT_X
    late = listed(room, "A", "B")
    assert rig.status(rig.after(room, goes("B", 7), late)) == {"A": "joined"}
    assert rig.status(rig.after(room, ends(), late)) == {}


def test_a_list_of_what_is_over_proves_nothing() -> None:
    """It was begun to be read when the room had another conference, or callers of another door."""
    looking = rig.after(replace(texml("A", "B"), deadlines={NEXT_SNAPSHOT: NOW}), rig.time(NOW))
    stale = listed(looking, "A", "B", "D")
    replaced = rig.after(looking, comes("C", 0, conference="Y"))
    assert shown(rig.after(replaced, stale)) == shown(replaced)
    closed = rig.after(looking, goes("A"), goes("B"))
    taken = rig.after(closed, rig.initiated("Z"))
    assert rig.status(rig.after(taken, stale)) == {"Z": "ringing"}
    empty = rig.after(replace(EMPTY, deadlines={NEXT_SNAPSHOT: NOW}), rig.time(NOW))
    of_call_control = Outcome(rig.head(empty, c.SNAPSHOT), NOW, data=Snapshot("K", calls={}))
    assert shown(rig.after(empty, comes("A"), of_call_control)) == shown(
        rig.after(empty, comes("A"))
    )
    doubted = rig.given(rig.after(empty, comes("A")), doubts=frozenset({("ended", "A")}))
    assert rig.status(rig.after(doubted, of_call_control)) == {"A": "joined"}


def test_a_conference_that_nobody_has_come_to_is_looked_at_as_well() -> None:
    room = rig.after(rig.with_settings(reconcile_seconds=30), starts())
    assert room.deadlines[NEXT_SNAPSHOT] == NOW + 30


def _looks_twice(room: Room, *calls: str, **seen: Seen) -> Room:
    """Telnyx lists these, now and some seconds later."""
    for at in (NOW, NOW + 5):
        room = rig.after(replace(room, deadlines={NEXT_SNAPSHOT: at}), rig.time(at))
        room = rig.after(room, listed(room, *calls, at=at, **seen))
    return room


def test_lost_callbacks_are_made_up_for_by_two_looks() -> None:
    room = _looks_twice(texml("A", "B"), "A", "C")
    assert rig.status(room) == {"A": "joined", "C": "joined"}
    room = _looks_twice(texml("A", "B"))
    assert (rig.status(room), room.conference, room.front) == ({}, "", "call-control")
    assert not any(isinstance(q[0], c.Create | c.Hangup | c.Speak) for q in room.pending.values())
    assert _looks_twice(rig.after(EMPTY, starts())).conference == ""


def test_what_looks_have_missed_comes_back_with_the_next_callback() -> None:
    """A list is no end: of a conference only its own end is final."""
    gone = _looks_twice(texml("A", "B"))
    room = rig.after(gone, comes("C", 8))
    assert (room.conference, rig.status(room)) == ("X", {"C": "joined"})
    assert rig.head(room, c.SNAPSHOT) == LOOK_AT_X
    assert rig.head(rig.after(gone, speaks("A", 8)), c.SNAPSHOT) == LOOK_AT_X
    room = texml("A", "B")
    for at in (NOW, NOW + 5):
        room = rig.after(replace(room, deadlines={NEXT_SNAPSHOT: at}), rig.time(at))
        found = Snapshot("X", of_texml=True)
        room = rig.after(room, Outcome(rig.head(room, c.SNAPSHOT), at, data=found))
    assert rig.status(room) == {}, "the conference goes on without them"
    assert rig.head(rig.after(room, speaks("A", 8)), c.SNAPSHOT), "or does it?"


def test_who_speaks_after_it_has_left_is_worth_a_look() -> None:
    room = rig.after(texml("A", "B"), goes("A", 5))
    assert not rig.pending(rig.after(room, speaks("A", 4)), c.SNAPSHOT), "that was before"
    assert rig.head(rig.after(room, speaks("A", 6)), c.SNAPSHOT) == LOOK_AT_X


def test_who_is_listed_as_coming_has_not_left() -> None:
    room = texml("A", "B")
    for at in (NOW, NOW + 5):
        room = rig.after(replace(room, deadlines={NEXT_SNAPSHOT: at}), rig.time(at))
        found = Snapshot("X", {"A": Seen(False, False)}, of_texml=True, coming=frozenset("BC"))
        room = rig.after(room, Outcome(rig.head(room, c.SNAPSHOT), at, data=found))
    assert rig.status(room) == {"A": "joined", "B": "joined"}, "and C is not in yet"


def test_what_telnyx_has_otherwise_is_told_again() -> None:
    room = _looks_twice(texml("A", "B"), "A", "B", B=Seen(True, False))
    assert rig.head(room, c.HOLD_AND_MUTE) == c.Unhold("X", ("B",), at=NOW + 5, account=ACCOUNT)


# Two doors


def test_a_caller_of_call_control_is_told_that_it_is_elsewhere() -> None:
    room = rig.well(rig.after(texml("A"), rig.initiated("Z")), T0, "Z")
    room = rig.after(room, rig.hook("call.answered", "Z"))
    assert rig.status(room) == {"A": "joined", "Z": "refused"}
    assert rig.head(room, "Z").text == HELD_ELSEWHERE
    room = rig.after(room, rig.answer(room, "Z"), rig.hook("call.speak.ended", "Z"))
    assert isinstance(rig.head(room, "Z"), c.Hangup)
    moved = rig.after(texml("A"), HandedOver(NOW, rig.newcomer("Z", status="parked"), Asked()))
    assert rig.status(moved)["Z"] == "refused"
    assert rig.status(rig.after(room, ends()))["Z"] == "ending", (
        "the end concerns TeXML's callers only"
    )


@pytest.mark.parametrize(
    ("room", "why"),
    [
        (EMPTY, ""),
        (texml("A"), ""),
        (rig.after(EMPTY, starts()), ""),
        (rig.inside(), HELD_ELSEWHERE),
        (rig.ringing(), HELD_ELSEWHERE),
        (rig.after(EMPTY, rig.asks("dial", to="+13125550142")), HELD_ELSEWHERE),
        (rig.after(EMPTY, Fetch("A", NOW), rig.asks("lock")), LOCKED),
        (rig.after(texml("A"), rig.asks("lock")), LOCKED),
        (texml("A", "B", room=rig.with_settings(max_participants=2)), FULL),
        (texml("A", room=rig.with_settings(max_participants=2)), ""),
        (rig.after(texml("A"), ends()), ""),
        (rig.after(rig.inside(), rig.hangup()), ""),
    ],
)
def test_who_is_turned_away(room: Room, why: str) -> None:
    assert refusal(room, Fetch("Z", NOW)) == why


def test_who_comes_by_texml_after_all_is_put_out() -> None:
    room, sent = rig.decide(rig.inside(), comes("T"))
    assert rig.status(room) == {"A": "joined"}
    assert sent == (kicks("T"),)
    for event in (starts(), goes("T"), speaks("T"), ends()):
        assert shown(rig.after(rig.inside(), event)) == shown(rig.inside()), event
    for event in (goes("T"), ends()):
        assert not rig.pending(rig.after(room, event), "T"), "nobody is to be put out any more"
    assert rig.pending(rig.after(room, ends(conference="another")), "T")


@pytest.mark.parametrize("status_", [404, 503, 0])
def test_until_it_is_out(status_: int) -> None:
    """Also if it is not known there yet."""
    room = rig.after(rig.inside(), comes("T"))
    room = rig.after(room, rig.answer(room, "T", status_))
    due = room.deadlines[rig.retry("T")]
    room, sent = rig.decide(room, rig.time(due))
    assert [x.call for x in sent] == ["T"]
    gone = rig.after(room, rig.answer(room, "T", 404, at=NOW + TRIED_FOR))
    assert not rig.pending(gone, "T")
    assert NEXT_SNAPSHOT in gone.deadlines, "the list tells"


@pytest.mark.parametrize("status_", [401, 422])
def test_one_whom_telnyx_does_not_put_out_is_not_kept_in_mind_unless_it_is_in_the_room(
    status_: int,
) -> None:
    room = rig.after(rig.inside(), comes("T"))
    assert not rig.pending(rig.after(room, rig.answer(room, "T", status_)), "T")
    room = rig.after(texml("A", "B"), rig.asks("kick", "A"))
    room = rig.after(room, rig.answer(room, "A", status_))
    due = room.deadlines[rig.retry("A")]
    _, sent = rig.decide(room, rig.time(due))
    assert [x.call for x in sent] == ["A"]


def test_who_talks_on_while_others_have_the_room_may_stay() -> None:
    """After a restart of the line: they were there before."""
    _, sent = rig.decide(rig.inside(), speaks("T"))
    assert sent == ()


def test_who_only_hears_a_goodbye_has_not_the_room() -> None:
    room = rig.well(rig.after(texml("A"), rig.initiated("Z")), T0, "Z")
    room = rig.after(room, rig.hook("call.answered", "Z"), goes("A", 5))
    assert (rig.status(room), refusal(room, Fetch("Z", NOW))) == ({"Z": "refused"}, "")
    room = rig.after(room, comes("C", 1, conference="Y"))
    assert rig.status(room) == {"Z": "refused", "C": "joined"}
    room = rig.after(room, rig.answer(room, "Z"), rig.hook("call.speak.ended", "Z"))
    assert isinstance(rig.head(room, "Z"), c.Hangup)
    assert refusal(room, Fetch("Z", NOW)) == ""


@pytest.mark.parametrize("verb", ["kick", "play", "hold", "mute", "rename"])
def test_nothing_of_texml_is_done_to_who_came_by_call_control(verb: str) -> None:
    room = rig.after(texml("A"), rig.initiated("Z"))
    values = {"play": {"audio_url": "u"}, "rename": {"label": "x"}}.get(verb, {})
    with pytest.raises(Refused, match="came by Call Control") as refused:
        rig.decide(room, rig.asks(verb, "Z", **values))
    assert refused.value.kind == "not-now"
    assert isinstance(rig.head(room, "Z"), c.Answer)


def test_nobody_is_moved_to_where_he_cannot_stay() -> None:
    with pytest.raises(Refused, match="room demo has callers of TeXML"):
        check_move_to(texml("A"))
    check_move_to(EMPTY)
    check_move_to(rig.inside())


def test_call_control_may_have_the_room_when_texmls_conference_is_over() -> None:
    room = rig.inside(rig.well(rig.after(texml("A"), goes("A"))), "Z")
    assert (room.front, rig.status(room), room.conference) == ("call-control", {"Z": "joined"}, "K")
    assert rig.after(room, goes("A")) == room
