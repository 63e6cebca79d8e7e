"""What status callbacks of TeXML make of a room, in any order, and what is asked for in it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from core_rig import (
    EMPTY,
    MUSIC,
    NOW,
    T0,
    after,
    answer,
    asks,
    hangup,
    head,
    hook,
    initiated,
    inside,
    joined,
    newcomer,
    ringing,
    status,
    time,
    well,
    with_settings,
)

from conference import view
from conference.core import commands as c
from conference.core.decide import decide
from conference.core.events import Event, HandedOver, Ignored, LookWanted, Outcome, Refused
from conference.core.listed import Seen, Snapshot
from conference.core.moderation import may_move_to
from conference.core.news import news
from conference.core.retries import TRIED_FOR
from conference.core.room import FREE, Asked, Deadline, Room, RoomSettings, Told, retry
from conference.core.routing import route
from conference.core.steps import ELSEWHERE, FULL, LOCKED
from conference.core.texml.facts import MOST, StatusCallback, learn
from conference.core.texml.handlers import HANDLERS, turned_away
from conference.core.texml.verbs import COMES_WITHIN
from conference.core.texml.verbs import VERBS as IN_TEXML
from conference.core.verbs import VERBS

ACCOUNT = "acc"
OURS = {"account": ACCOUNT}


def told(type: str, call: str = "A", n: int = 1, at: float = NOW, **given: Any) -> StatusCallback:
    usual = {"conference": "X", "room": "demo", "account": ACCOUNT, "from_": f"+{call}"}
    return StatusCallback(type, at, call=call, sequence=n, **{**usual, **given})


def starts(n: int = 0, **given: Any) -> StatusCallback:
    return told("conference-start", n=n, **given)


def comes(call: str = "A", n: int = 1, **given: Any) -> StatusCallback:
    return told("participant-join", call, n, **given)


def goes(call: str = "A", n: int = 2, **given: Any) -> StatusCallback:
    return told("participant-leave", call, n, **given)


def speaks(call: str = "A", n: int = 3, **given: Any) -> StatusCallback:
    return told("participant-speech-start", call, n, **given)


def ends(n: int = 9, **given: Any) -> StatusCallback:
    return told("conference-end", n=n, **given)


def texml(*calls: str, room: Room = EMPTY, at: float = T0) -> Room:
    """They are in, and Telnyx was told all that follows."""
    for n, call in enumerate(calls):
        room = well(after(room, comes(call, n, at=at)), at)
    return room


def shown(room: Room) -> Any:
    facts = (room.front, room.conference, room.joined, room.speaker, {*room.recorded})
    numbers = {call: p.number for call, p in room.participants.items()}
    return facts, numbers


# Status callbacks


def test_a_start_opens_the_room() -> None:
    room = after(EMPTY, starts())
    assert shown(room) == (("texml", "X", frozenset(), "", set()), {})


def test_whoever_comes_is_in_at_once_and_held_while_alone() -> None:
    room, sent = decide(EMPTY, comes("A"))
    assert (room.front, room.conference, status(room)) == ("texml", "X", {"A": "joined"})
    assert room.participants["A"] == newcomer("A", number="+A", status="joined", joined_at=NOW)
    assert sent == (c.Hold("X", ("A",), "", MUSIC, at=NOW, account=ACCOUNT),)
    room, sent = decide(well(room), comes("B", 2))
    assert sent == (c.Unhold("X", ("A",), at=NOW, account=ACCOUNT),)


def test_whoever_goes_is_forgotten_and_the_last_one_closes_the_room() -> None:
    room, sent = decide(texml("A", "B"), goes("A"))
    assert (status(room), room.conference) == ({"B": "joined"}, "X")
    assert sent == (c.Hold("X", ("B",), "", MUSIC, at=NOW, account=ACCOUNT),)
    room, sent = decide(room, goes("B", 3))
    assert (status(room), room.conference, room.front, sent) == ({}, "", "call-control", ())


def test_who_speaks_is_who_began_last_and_has_not_stopped() -> None:
    room = texml("A", "B")
    room = after(room, speaks("A", 4))
    assert room.speaker == "A"
    room = after(room, speaks("B", 5))
    assert room.speaker == "B"
    assert after(room, told("participant-speech-stop", "B", 6)).speaker == "A"
    assert after(room, goes("B", 7)).speaker == "A"


def test_an_end_is_final() -> None:
    room = after(texml("A", "B"), ends())
    assert shown(room) == (("call-control", "", frozenset(), "", set()), {})
    assert status(after(room, comes("C", 3), starts(10), speaks("C"))) == {}
    assert after(room, comes("C", 0, conference="Y")).conference == "Y", "another one is not over"


COMPANY = (
    *(starts(0), comes("A", 1), comes("B", 2), speaks("B", 3), speaks("A", 4)),
    goes("A", 5),
)


def test_in_any_order_and_twice_they_come_to_the_same() -> None:
    one = shown(after(EMPTY, *COMPANY))
    assert one == (("texml", "X", {"B"}, "B", set()), {"B": "+B"})
    for order in permutations(COMPANY):
        room = after(EMPTY, *order)
        assert shown(room) == one, order
        assert shown(after(room, *order)) == one, order


EXAMPLES = (starts(0), comes("A", 1), goes("A", 3), ends(4, call="B"), speaks("B", 5))


@pytest.mark.parametrize("left_out", [None, *EXAMPLES])
def test_all_of_a_conference_in_any_order_leaves_nobody(left_out: StatusCallback | None) -> None:
    some = [each for each in EXAMPLES if each is not left_out]
    last = shown(after(EMPTY, *some))
    assert last[0][2] == frozenset()
    for order in permutations(some):
        assert shown(after(EMPTY, *order)) == last, order
        assert shown(after(EMPTY, *order, *order)) == last, order


def test_a_call_may_come_back_and_only_the_newest_counts() -> None:
    moves = (comes("A", 1), goes("A", 2), comes("A", 3))
    for order in permutations(moves):
        assert status(after(EMPTY, *order)) == {"A": "joined"}, order
    for order in permutations((*moves, goes("A", 4))):
        assert status(after(EMPTY, *order)) == {}, order


def test_the_end_of_another_conference_changes_nothing() -> None:
    room = after(texml("A", "B"), ends(conference="another"))
    assert shown(room) == shown(texml("A", "B"))
    assert after(room, comes("C", 9, conference="another")).conference == "X"


BEFORE = "2026-08-21T14:59:59.000000"
EARLY, LATE = "2026-08-21T15:00:00.000000", "2026-08-21T15:00:09.000000"


def test_a_room_has_the_newer_of_two_conferences() -> None:
    old = (comes("A", 1, occurred_at=EARLY), goes("A", 2, occurred_at=EARLY))
    new = comes("B", 0, conference="Y", occurred_at=LATE)
    for order in permutations((*old, new)):
        room = after(EMPTY, *order)
        assert (room.conference, status(room)) == ("Y", {"B": "joined"}), order


def test_one_that_has_not_said_that_it_ended_makes_way_for_the_next() -> None:
    room = texml("A", "B")
    room = after(room, comes("C", 0, conference="Y"))
    assert (room.conference, status(room)) == ("Y", {"C": "joined"})
    later = after(room, goes("C", 9), comes("A", 9))
    assert shown(later) == shown(room), "whose number is of the one before"
    assert head(later, c.LOOK) == replace(LOOK_AT_X, conference="Y"), "unless that is over"


def of_y(type: str, call: str, n: int, occurred_at: str) -> StatusCallback:
    return told(type, call, n, conference="Y", occurred_at=occurred_at)


@pytest.mark.parametrize(
    ("type", "n", "occurred_at", "takes_over"),
    [
        ("participant-join", 7, LATE, True),
        ("participant-speech-start", 7, LATE, True),
        ("conference-start", 0, EARLY, True),  # within the same second
        ("participant-join", 2, EARLY, True),
        ("participant-join", 7, EARLY, False),
        ("participant-join", 2, BEFORE, False),
        ("participant-leave", 7, LATE, False),
        ("participant-speech-stop", 7, LATE, False),
        ("conference-end", 7, LATE, False),
    ],
)
def test_another_conference_takes_over_when_it_shows_that_it_is_the_newer_one(
    type: str, n: int, occurred_at: str, takes_over: bool
) -> None:
    room = after(EMPTY, comes("A", 1, occurred_at=EARLY))
    other = after(room, of_y(type, "B", n, occurred_at))
    assert (other.texml.conference, "A" in other.joined) == (
        ("Y", False) if takes_over else ("X", True)
    )


def test_of_two_under_one_name_the_room_is_the_one_heard_of_last_and_neither_is_over() -> None:
    """That there are two is not to be; but then neither may be lost for good."""
    room = after(EMPTY, comes("A", 1, occurred_at=EARLY), of_y("participant-join", "B", 1, LATE))
    back = after(room, comes("C", 5, occurred_at="2026-08-21T15:00:10.000000"))
    assert (back.conference, status(back)) == ("X", {"C": "joined"})
    assert head(back, c.LOOK) == LOOK_AT_X, "who else is in it?"
    assert status(after(back, listed(back, "A", "C"))) == {"A": "joined", "C": "joined"}


def test_what_is_kept_is_bounded() -> None:
    said = learn({}, "inside", 0, True)
    for n in range(1, MOST + 10):
        said = learn(said, f"left {n}", n, False)
    assert len(said) == MOST
    assert "inside" in said and "left 1" not in said and f"left {MOST + 9}" in said
    for n in range(MOST + 10):
        said = learn(said, f"inside {n}", n, True)
    assert len(said) == MOST, "also if of none the end is told"


def test_who_has_left_does_not_speak_any_more() -> None:
    room = after(texml("A", "B"), speaks("A", 4), goes("A", 5), speaks("A", 3))
    assert room.texml.speaks["A"] == (5, False)


def test_a_recording_is_shown_until_it_has_ended() -> None:
    def recording(type: str) -> StatusCallback:
        return StatusCallback(f"recording-{type}", NOW, "", call="A", recording="R")

    room = after(texml("A", "B"), recording("in-progress"))
    assert room.recorded == {"X": 1}
    assert after(room, recording("completed")).recorded == {}
    assert after(texml("A"), recording("completed"), recording("in-progress")).recorded == {}
    assert after(inside(), recording("in-progress")).recorded == {}, "Call Control's is another"
    assert after(room, ends()).recorded == {}


@pytest.mark.parametrize("conference", ["", "Y"])
def test_the_recording_of_a_conference_that_is_not_known_changes_no_room(conference: str) -> None:
    for what in ("in-progress", "completed", "absent"):
        event = StatusCallback(f"recording-{what}", NOW, conference, call="?", recording="R")
        for room in (EMPTY, inside(), texml("A", "B"), recorded_from_start("A")):
            assert decide(room, event) == (room, ())


def recorded_from_start(*calls: str) -> Room:
    settings = with_settings(texml={"record": "record-from-start"})
    room = texml(*calls, room=after(settings, starts(0)))
    assert room.recorded == {"X": 1}
    return room


def test_one_that_is_recorded_from_its_start_is_shown_so_at_once() -> None:
    recorded = with_settings(texml={"record": "record-from-start"})
    for order in permutations((starts(0), comes("A", 1), comes("B", 2), goes("A", 3))):
        assert after(recorded, *order).recorded == {"X": 1}, order
        assert after(recorded, *order, ends()).recorded == {}
    assert after(EMPTY, starts()).recorded == {}


def test_where_all_come_in_muted_they_are_and_can_be_unmuted() -> None:
    quiet = with_settings(texml={"muted": "true"})
    room = texml("A", "B", room=quiet)
    assert (room.told["A"], room.asked["A"]) == (Told(muted=True), Asked(mute=True))
    room, sent = decide(room, asks("unmute", "A"))
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
    assert route(event, {"A": "of A"}.get, {"K": "of K"}.get, "default") == room


def test_what_changes_nothing_is_ignored() -> None:
    assert isinstance(route(told("participant-mute"), {}.get, {}.get, "default"), Ignored)


# Whom Telnyx lists


def listed(room: Room, *calls: str, at: float = NOW, **seen: Seen) -> Outcome:
    look = head(room, c.LOOK)
    joined = {call: seen.get(call, Seen(False, False)) for call in calls}
    return Outcome(look, at, data=Snapshot("X" if joined else "", joined, of_texml=True))


LOOK_AT_X = c.Look("demo", conference="X", account=ACCOUNT, at=NOW)


@pytest.mark.parametrize("event", [goes("B", 7), speaks("B", 7)])
def test_after_a_restart_the_first_callback_finds_who_is_in(event: StatusCallback) -> None:
    room, sent = decide(EMPTY, event)
    assert (room.conference, sent) == ("", (LOOK_AT_X,))
    room = after(room, listed(room, "A", "C"))
    assert (room.front, room.conference, status(room)) == (
        *("texml", "X"),
        {"A": "joined", "C": "joined"},
    )
    room = after(room, comes("A", 1))
    assert room.participants["A"].number == "+A"


def test_a_join_that_tells_of_earlier_ones_finds_who_is_in() -> None:
    """After a restart; the first of a conference need not ask."""
    assert c.LOOK not in after(EMPTY, comes("A", 1)).pending, "it is the first"
    assert after(EMPTY, comes("B", 2)).head(c.LOOK) == LOOK_AT_X, "one waits alone"
    assert after(EMPTY, comes("B", 7)).head(c.LOOK) == LOOK_AT_X


@pytest.mark.parametrize("event", [comes("B", 7), goes("B", 7), speaks("B", 7)])
def test_who_is_in_is_also_asked_while_the_start_looks_elsewhere(event: StatusCallback) -> None:
    """Of a lasting room Call Control's lists are read at first."""
    lasting = replace(with_settings(reconcile_seconds=0), lookout=True)
    room = after(lasting, LookWanted(NOW), event, speaks("B", 8))
    by_name = c.Look("demo", at=NOW)
    assert room.pending[c.LOOK] == (by_name, LOOK_AT_X), "once"
    room, sent = decide(room, Outcome(by_name, NOW, data=Snapshot()))
    assert LOOK_AT_X in sent
    room = after(room, listed(room, "A", "C"))
    assert {"A", "C"} <= room.joined


def test_who_is_found_in_it_is_held_and_muted_as_it_was() -> None:
    """Nothing else remembers a moderator's mute."""
    room = well(after(EMPTY, comes("B", 7)), only=c.HOLD_AND_MUTE)
    room, sent = decide(room, listed(room, "A", "B", A=Seen(held=True, muted=True)))
    assert (room.asked["A"].mute, room.told["A"].held) == (True, True)
    assert [type(x) for x in sent] == [c.Unhold], "and is alone no more"


@pytest.mark.parametrize("start", [starts(0), speaks("B", 4)])
def test_till_it_has_started_telnyx_has_them_wait(start: StatusCallback) -> None:
    later = with_settings(texml={"startConferenceOnEnter": "false"})
    room, sent = decide(later, comes("A"))
    assert (room.waits_for_start, sent) == (True, ())
    assert [p["on_hold"] for p in view.participants(room)] == [True]
    room, sent = decide(after(room, comes("B", 2)), start)
    assert (room.waits_for_start, sent) == (False, ())
    _, sent = decide(room, goes("B", 5))
    assert [type(x) for x in sent] == [c.Hold], "alone, as in any other"
    assert not after(later, comes("A"), ends()).waits_for_start


def test_a_list_brings_nobody_back_who_has_left_since() -> None:
    room = after(texml("A", "B"), time(NOW))
    room = after(replace(room, deadlines={Deadline("look", ""): NOW}), time(NOW))
    assert head(room, c.LOOK) == LOOK_AT_X
    late = listed(room, "A", "B")
    assert status(after(room, goes("B", 7), late)) == {"A": "joined"}
    assert status(after(room, ends(), late)) == {}


def test_a_list_of_what_is_over_proves_nothing() -> None:
    """It was begun to be read when the room had another conference, or callers of another door."""
    looking = after(replace(texml("A", "B"), deadlines={Deadline("look", ""): NOW}), time(NOW))
    stale = listed(looking, "A", "B", "D")
    replaced = after(looking, comes("C", 0, conference="Y"))
    assert shown(after(replaced, stale)) == shown(replaced)
    closed = after(looking, goes("A"), goes("B"))
    taken = after(closed, initiated("Z"))
    assert status(after(taken, stale)) == {"Z": "ringing"}
    empty = after(replace(EMPTY, deadlines={Deadline("look", ""): NOW}), time(NOW))
    of_call_control = Outcome(head(empty, c.LOOK), NOW, data=Snapshot("K", calls={}))
    assert shown(after(empty, comes("A"), of_call_control)) == shown(after(empty, comes("A")))
    doubted = replace(after(empty, comes("A")), doubts=frozenset({("ended", "A")}))
    assert status(after(doubted, of_call_control)) == {"A": "joined"}


def test_a_conference_that_nobody_has_come_to_is_looked_at_as_well() -> None:
    room = after(with_settings(reconcile_seconds=30), starts())
    assert room.deadlines[Deadline("look", "")] == NOW + 30


def _looks_twice(room: Room, *calls: str, **seen: Seen) -> Room:
    """Telnyx lists these, now and some seconds later."""
    for at in (NOW, NOW + 5):
        room = after(replace(room, deadlines={Deadline("look", ""): at}), time(at))
        room = after(room, listed(room, *calls, at=at, **seen))
    return room


def test_lost_callbacks_are_made_up_for_by_two_looks() -> None:
    room = _looks_twice(texml("A", "B"), "A", "C")
    assert status(room) == {"A": "joined", "C": "joined"}
    room = _looks_twice(texml("A", "B"))
    assert (status(room), room.conference, room.front) == ({}, "", "call-control")
    assert not any(isinstance(q[0], c.Create | c.Hangup | c.Speak) for q in room.pending.values())
    assert _looks_twice(after(EMPTY, starts())).conference == ""


def test_what_looks_have_missed_comes_back_with_the_next_callback() -> None:
    """A list is no end: of a conference only its own end is final."""
    gone = _looks_twice(texml("A", "B"))
    room = after(gone, comes("C", 8))
    assert (room.conference, status(room)) == ("X", {"C": "joined"})
    assert head(room, c.LOOK) == LOOK_AT_X
    assert head(after(gone, speaks("A", 8)), c.LOOK) == LOOK_AT_X
    room = texml("A", "B")
    for at in (NOW, NOW + 5):
        room = after(replace(room, deadlines={Deadline("look", ""): at}), time(at))
        found = Snapshot("X", of_texml=True)
        room = after(room, Outcome(head(room, c.LOOK), at, data=found))
    assert status(room) == {}, "the conference goes on without them"
    assert head(after(room, speaks("A", 8)), c.LOOK), "or does it?"
    held = after(texml("A"), asks("mute", "A"))
    ended = after(held, answer(held, c.HOLD_AND_MUTE, 422, "90019"))
    assert status(after(ended, comes("B", 8))) == {"B": "joined"}


def test_who_speaks_after_it_has_left_is_worth_a_look() -> None:
    room = after(texml("A", "B"), goes("A", 5))
    assert c.LOOK not in after(room, speaks("A", 4)).pending, "that was before"
    assert head(after(room, speaks("A", 6)), c.LOOK) == LOOK_AT_X


def test_who_is_listed_as_coming_has_not_left() -> None:
    room = texml("A", "B")
    for at in (NOW, NOW + 5):
        room = after(replace(room, deadlines={Deadline("look", ""): at}), time(at))
        found = Snapshot("X", {"A": Seen(False, False)}, of_texml=True, coming=frozenset("BC"))
        room = after(room, Outcome(head(room, c.LOOK), at, data=found))
    assert status(room) == {"A": "joined", "B": "joined"}, "and C is not in yet"


def test_what_telnyx_has_otherwise_is_told_again() -> None:
    room = _looks_twice(texml("A", "B"), "A", "B", B=Seen(True, False))
    assert head(room, c.HOLD_AND_MUTE) == c.Unhold("X", ("B",), at=NOW + 5, account=ACCOUNT)


# Two doors


def test_a_caller_of_call_control_is_told_that_it_is_elsewhere() -> None:
    room = well(after(texml("A"), initiated("Z")), T0, "Z")
    room = after(room, hook("call.answered", "Z"))
    assert status(room) == {"A": "joined", "Z": "refused"}
    assert head(room, "Z").text == ELSEWHERE
    room = after(room, answer(room, "Z"), hook("call.speak.ended", "Z"))
    assert isinstance(head(room, "Z"), c.Hangup)
    moved = after(texml("A"), HandedOver(NOW, newcomer("Z", status="parked"), Asked()))
    assert status(moved)["Z"] == "refused"
    assert status(after(room, ends()))["Z"] == "ending", "the end concerns TeXML's callers only"


@pytest.mark.parametrize(
    ("room", "why"),
    [
        (EMPTY, ""),
        (texml("A"), ""),
        (after(EMPTY, starts()), ""),
        (inside(), ELSEWHERE),
        (ringing(), ELSEWHERE),
        (after(EMPTY, asks("dial", to="+13125550142")), ELSEWHERE),
        (after(EMPTY, asks("lock")), LOCKED),
        (after(texml("A"), asks("lock")), LOCKED),
        (texml("A", "B", room=with_settings(max_participants=2)), FULL),
        (texml("A", room=with_settings(max_participants=2)), ""),
        (after(texml("A"), ends()), ""),
        (after(inside(), hangup()), ""),
    ],
)
def test_who_is_turned_away(room: Room, why: str) -> None:
    assert turned_away(room) == why


def test_who_comes_by_texml_after_all_is_put_out() -> None:
    room, sent = decide(inside(), comes("T"))
    assert status(room) == {"A": "joined"}
    assert sent == (kicks("T"),)
    for event in (starts(), goes("T"), speaks("T"), ends()):
        assert shown(after(inside(), event)) == shown(inside()), event
    for event in (goes("T"), ends()):
        assert "T" not in after(room, event).pending, "nobody is to be put out any more"
    assert "T" in after(room, ends(conference="another")).pending


@pytest.mark.parametrize("status_", [404, 503, 0])
def test_until_it_is_out(status_: int) -> None:
    """Also if it is not known there yet."""
    room = after(inside(), comes("T"))
    room = after(room, answer(room, "T", status_))
    due = room.deadlines[Deadline("retry", "T")]
    room, sent = decide(room, time(due))
    assert [x.call for x in sent] == ["T"]
    gone = after(room, answer(room, "T", 404, at=NOW + TRIED_FOR))
    assert "T" not in gone.pending
    assert Deadline("look", "") in gone.deadlines, "the list tells"


@pytest.mark.parametrize("status_", [401, 422])
def test_one_whom_telnyx_does_not_put_out_is_not_kept_in_mind_unless_it_is_in_the_room(
    status_: int,
) -> None:
    room = after(inside(), comes("T"))
    assert "T" not in after(room, answer(room, "T", status_)).pending
    room = after(texml("A", "B"), asks("kick", "A"))
    room = after(room, answer(room, "A", status_))
    due = room.deadlines[Deadline("retry", "A")]
    _, sent = decide(room, time(due))
    assert [x.call for x in sent] == ["A"]


def test_who_talks_on_while_others_have_the_room_may_stay() -> None:
    """After a restart of the line: they were there before."""
    _, sent = decide(inside(), speaks("T"))
    assert sent == ()


def test_who_only_hears_a_goodbye_has_not_the_room() -> None:
    room = well(after(texml("A"), initiated("Z")), T0, "Z")
    room = after(room, hook("call.answered", "Z"), goes("A", 5))
    assert (status(room), turned_away(room)) == ({"Z": "refused"}, "")
    room = after(room, comes("C", 1, conference="Y"))
    assert status(room) == {"Z": "refused", "C": "joined"}
    room = after(room, answer(room, "Z"), hook("call.speak.ended", "Z"))
    assert isinstance(head(room, "Z"), c.Hangup)
    assert turned_away(room) == ""


@pytest.mark.parametrize("verb", ["kick", "play", "hold", "mute", "rename"])
def test_nothing_of_texml_is_done_to_who_came_by_call_control(verb: str) -> None:
    room = after(texml("A"), initiated("Z"))
    values = {"play": {"audio_url": "u"}, "rename": {"label": "x"}}.get(verb, {})
    with pytest.raises(Refused, match="came by Call Control") as refused:
        decide(room, asks(verb, "Z", **values))
    assert refused.value.kind == "not-now"
    assert isinstance(head(room, "Z"), c.Answer)


def test_nobody_is_moved_to_where_he_cannot_stay() -> None:
    with pytest.raises(Refused, match="room demo has callers of TeXML"):
        may_move_to(texml("A"))
    may_move_to(EMPTY)
    may_move_to(inside())


def test_call_control_may_have_the_room_when_texmls_conference_is_over() -> None:
    room = inside(well(after(texml("A"), goes("A"))), "Z")
    assert (room.front, status(room), room.conference) == ("call-control", {"Z": "joined"}, "K")
    assert after(room, goes("A")) == room


# What is asked for


def kicks(call: str) -> c.Kick:
    return c.Kick(call, "X", at=NOW, account=ACCOUNT)


def of_x(action: str, **body: Any) -> c.Do:
    return c.Do("conference", "X", action, body, "request", at=NOW, account=ACCOUNT)


ASKED: dict[str, tuple[Event, tuple[c.Command, ...]]] = {
    "mute": (asks("mute", "A"), (c.Mute("X", ("A",), at=NOW, **OURS),)),
    "hold": (asks("hold", "A"), (c.Hold("X", ("A",), "", MUSIC, at=NOW, **OURS),)),
    "hold with music": (
        asks("hold", "A", audio_url="https://a.example/b.mp3"),
        (c.Hold("X", ("A",), "", "https://a.example/b.mp3", at=NOW, **OURS),),
    ),
    "kick": (asks("kick", "B"), (kicks("B"),)),
    "play": (asks("play", audio_url="u"), (of_x("play", audio_url="u"),)),
    "play to one": (
        asks("play", "B", audio_url="u"),
        (of_x("play", audio_url="u", call_control_id="B"),),
    ),
    "end": (asks("end"), (of_x("end"),)),
    "mute-all": (asks("mute-all"), (c.Mute("X", ("A",), at=NOW, **OURS),)),
    "rename": (asks("rename", "A", label="Ann"), ()),
    "lock": (asks("lock"), ()),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_a_moderator_asks_for(case: str) -> None:
    event, commands = ASKED[case]
    room, sent = decide(texml("A", "B"), event)
    assert sent == commands
    assert room is not texml("A", "B")


def test_each_command_is_about_one() -> None:
    room = after(texml("A", "B", "C"), asks("hold-all"))
    held = []
    while (command := room.head(c.HOLD_AND_MUTE)) is not None:
        held.append(command)
        room = after(room, Outcome(command, NOW))
    assert held == [c.Hold("X", (x,), "", MUSIC, at=NOW, **OURS) for x in "ABC"]


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - IN_TEXML.keys()))
def test_what_texml_cannot_do_is_refused(verb: str) -> None:
    room = texml("A", "B")
    with pytest.raises(Refused, match=f"^{verb} is not possible") as refused:
        decide(room, asks(verb, "A"))
    assert refused.value.kind == "not-in-texml"
    assert "Call Control" in str(refused.value)


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("hold", {"media_name": "m"}),
        ("kick", {"text": "Bye."}),
        ("play", {"audio_url": "u", "loop": "infinity"}),
        ("dial", {"to": "+13125550142", "confirm": True}),
        ("dial", {"to": "+13125550142", "timeout_secs": 121}),
    ],
)
def test_so_are_parameters_that_it_has_nothing_for(verb: str, values: dict[str, Any]) -> None:
    calls = () if verb == "dial" else ("A",)
    with pytest.raises(Refused) as refused:
        decide(texml("A", "B"), asks(verb, *calls, **values))
    assert refused.value.kind == "not-in-texml"


CALLED_D = {"call_control_id": "D"}


def dialled(room: Room | None = None) -> Room:
    room = room or texml("A", "B", room=with_settings(public_url="https://l.example"))
    return after(room, asks("dial", to="+13125550142", label="Cy", role="moderator"))


def test_who_is_called_rings_and_comes_in_as_whom_we_called() -> None:
    room = dialled()
    command = head(room, "dial request")
    where = (command.conference, command.account, command.callback, command.beep)
    assert where == ("X", ACCOUNT, "https://l.example/texml/status", "always")
    rings = Outcome(command, NOW, data={"call_control_id": "D"})
    for order in permutations((rings, comes("D", 8, from_="+13125550100"))):
        there = after(room, *order).participants["D"]
        assert (there.status, there.direction) == ("joined", "outgoing")
        assert (there.number, there.label, there.role) == ("+13125550142", "Cy", "moderator")


@pytest.mark.parametrize(
    ("role", "given", "attributes"),
    [
        ("participant", {}, {}),
        ("listener", {}, {"muted": "true"}),
        ("participant", {"muted": "true"}, {"muted": "true"}),
        ("moderator", {"muted": "true", "startConferenceOnEnter": "false"}, {}),
        ("moderator", {"endConferenceOnExit": "true"}, {"endConferenceOnExit": "true"}),
        ("participant", {"record": "record-from-start", "trim": "trim-silence"}, {}),
        (
            *("participant", {"startConferenceOnEnter": "false"}),
            {"startConferenceOnEnter": "false", "waitUrl": MUSIC},
        ),
        (
            *("participant", {"startConferenceOnEnter": "false", "waitUrl": "https://a.example"}),
            {"startConferenceOnEnter": "false", "waitUrl": "https://a.example"},
        ),
    ],
)
def test_who_is_called_comes_in_as_callers_do(
    role: str, given: dict[str, str], attributes: dict[str, str]
) -> None:
    room = after(texml("A", room=with_settings(texml=given)), starts())
    room = after(room, asks("dial", to="+13125550142", role=role))
    command = head(room, "dial request")
    assert command.attributes == attributes
    muted = attributes.get("muted") == "true"
    rings = Outcome(command, NOW, data={"call_control_id": "D"})
    for order in permutations((rings, comes("D", 8))):
        there = well(after(room, *order[:1]), only=c.HOLD_AND_MUTE)
        there, sent = decide(there, order[1])
        assert there.told.get("D", FREE).muted == muted
        assert there.asked.get("D", Asked()).mute == muted
        assert not [x for x in sent if isinstance(x, c.Mute | c.Unmute)], "it came in so"


CYS = "+13125550142"


@pytest.mark.parametrize("status_", [200, 0, 503])
def test_who_is_called_is_known_by_its_number_whatever_became_of_the_answer(status_: int) -> None:
    """And stays muted, where it was to come in so."""
    room = after(texml("A", "B"), asks("dial", to=CYS, role="listener", label="Cy"))
    command = head(room, "dial request")
    room = after(room, Outcome(command, NOW, status_))  # 200: with nothing in it
    room = after(room, comes("D", 8, from_="+13125550100", to=CYS))
    cy = room.participants["D"]
    assert (cy.number, cy.label, cy.role, cy.direction) == (CYS, "Cy", "listener", "outgoing")
    assert (room.asked["D"].mute, room.told["D"].muted, room.called) == (True, True, {})
    again = after(room, comes("E", 9, from_=CYS, to="+13125550100"))
    assert again.participants["E"].direction == "incoming", "who calls back is another"


def test_so_it_is_after_its_ringing_time() -> None:
    room = after(texml("A", "B"), asks("dial", to=CYS, role="listener"))
    rings = Outcome(head(room, "dial request"), NOW, data={"call_control_id": "D"})
    room = after(room, rings)
    room = after(room, time(room.deadlines[Deadline("call", "D")]))
    assert "D" not in room.participants
    room = after(room, comes("D", 8, to=CYS))
    assert room.participants["D"].role == "listener"


def test_nobody_is_awaited_for_ever() -> None:
    room = after(texml("A", "B"), asks("dial", to=CYS), asks("dial", to="+13125550143"))
    assert room.called.keys() == {CYS, "+13125550143"}
    later = asks("dial", to="+13125550144", at=NOW + COMES_WITHIN + 1)
    assert after(room, later).called.keys() == {"+13125550144"}
    assert after(room, ends()).called == {}


def test_what_is_asked_for_while_the_answer_is_on_its_way_is_kept() -> None:
    room = after(texml("A", "B"), asks("dial", to=CYS, role="listener"))
    rings = Outcome(head(room, "dial request"), NOW, data={"call_control_id": "D"})
    room = after(room, comes("D", 8, to=CYS), asks("unmute", "D"), rings)
    assert "D" not in room.asked
    assert head(room, c.HOLD_AND_MUTE) == c.Unmute("X", ("D",), at=NOW, account=ACCOUNT)


def test_kicked_while_it_rings_it_does_not_come_in() -> None:
    room = after(dialled(), Outcome(head(dialled(), "dial request"), NOW, data=CALLED_D))
    room = after(room, asks("kick", "D"))
    room = after(room, answer(room, "D", 404, at=NOW + TRIED_FOR + 5))
    room = after(room, comes("D", 8))
    due = room.deadlines[Deadline("retry", "D")]
    _, sent = decide(room, time(due))
    assert [x.call for x in sent] == ["D"]
    unanswered = after(room, goes("D", 9))
    assert ("D" in unanswered.pending, "D" in unanswered.participants) == (False, False)


def test_a_moderator_who_is_called_starts_the_conference() -> None:
    room = texml("A", room=with_settings(texml={"startConferenceOnEnter": "false"}))
    assert room.waits_for_start
    there = after(room, asks("dial", to=CYS), comes("D", 8, to=CYS))
    assert there.waits_for_start
    there = after(room, asks("dial", to=CYS, role="moderator"), comes("D", 8, to=CYS))
    assert not there.waits_for_start
    assert not after(there, comes("B", 9)).waits_for_start


def test_that_it_has_started_is_also_seen() -> None:
    room = texml("A", room=with_settings(texml={"startConferenceOnEnter": "false"}))
    room = after(replace(room, deadlines={Deadline("look", ""): NOW}), time(NOW))
    look = head(room, c.LOOK)
    seen = Snapshot("X", {"A": Seen(False, False)}, of_texml=True)
    assert after(room, Outcome(look, NOW, data=seen)).waits_for_start
    room, sent = decide(room, Outcome(look, NOW, data=replace(seen, started=True)))
    assert (room.waits_for_start, [type(x) for x in sent]) == (False, [c.Hold])


def test_who_is_called_and_kicked_before_coming_is_not_shown_any_more() -> None:
    room = dialled()
    room = after(room, Outcome(head(room, "dial request"), NOW, data={"call_control_id": "D"}))
    room, sent = decide(room, asks("kick", "D"))
    assert sent == (kicks("D"),)
    assert "D" not in after(room, answer(room, "D")).participants


def test_who_does_not_answer_is_forgotten_without_a_command() -> None:
    room = after(
        dialled(), Outcome(head(dialled(), "dial request"), NOW, data={"call_control_id": "D"})
    )
    assert status(room)["D"] == "ringing"
    late = room.deadlines[Deadline("call", "D")]
    gone, sent = decide(room, time(late))
    assert ("D" in gone.participants, sent) == (False, ())
    assert "D" not in after(room, ends()).participants
    room = dialled()
    command = head(room, "dial request")
    room = after(room, Outcome(command, NOW, data={"call_control_id": "D"}))
    due = room.deadlines[Deadline("call", "D")]
    assert NOW + command.rings < due < NOW + command.rings + 60, "TeXML does not say so"
    room = after(room, time(due))
    assert "D" not in room.participants
    assert "D" in after(room, comes("D", 8)).participants, "it was about to be answered"


def test_it_is_called_once_even_where_nobody_knows_whether_it_was() -> None:
    room = dialled()
    for status_ in (0, 503):
        assert "dial request" not in after(room, answer(room, "dial request", status_)).pending
    limited = after(room, answer(room, "dial request", 429, retry_after=1.0))
    assert Deadline("retry", "dial request") in limited.deadlines


def test_so_is_what_would_be_heard_twice_but_not_what_is_harmless() -> None:
    room = after(texml("A", "B"), asks("play", audio_url="u"))
    assert "done to X" not in after(room, answer(room, "done to X", 503)).pending
    limited = after(room, answer(room, "done to X", 429, retry_after=1.0))
    assert Deadline("retry", "done to X") in limited.deadlines
    for verb, of in (("kick", "A"), ("end", "done to X")):
        room = after(texml("A", "B"), asks(verb, *({of} - {"done to X"})))
        unanswered = after(room, answer(room, of, 0))
        assert Deadline("retry", of) in unanswered.deadlines, verb


def test_who_was_called_into_a_conference_that_is_over_is_not_awaited() -> None:
    room = dialled()
    rings = Outcome(head(room, "dial request"), NOW, data={"call_control_id": "D"})
    assert status(after(room, ends(), rings)) == {}


def test_the_rest_is_tried_again() -> None:
    room = after(texml("A", "B"), asks("mute", "A"))
    again = after(room, answer(room, c.HOLD_AND_MUTE, 503))
    when = again.deadlines[Deadline("retry", c.HOLD_AND_MUTE)]
    _, sent = decide(again, time(when))
    assert [(x.calls, x.account) for x in sent] == [(("A",), ACCOUNT)]


def test_whoever_telnyx_does_not_find_has_left() -> None:
    room = after(texml("A", "B"), asks("mute", "A"))
    not_found = after(room, answer(room, c.HOLD_AND_MUTE, 404))
    assert status(not_found) == {"A": "joined", "B": "joined"}, "it may not be known there yet"
    not_found, (look,) = decide(not_found, time(NOW + 1))
    assert isinstance(look, c.Look)
    assert status(after(room, answer(room, c.HOLD_AND_MUTE, 422, "90019"))) == {}


def test_who_is_alone_for_too_long_is_put_out() -> None:
    room = texml("A", room=with_settings(alone_minutes=1))
    room, sent = decide(room, time(T0 + 60))
    assert sent == (replace(kicks("A"), at=T0 + 60, alone=True),)
    assert status(room) == {"A": "joined"}, "until Telnyx says that it has left"
    assert Deadline("alone", "A") in room.deadlines, "in case it does not go"


def test_who_has_left_unnoticed_is_not_put_out_for_ever() -> None:
    """Also where rooms are not compared regularly."""
    room = texml("A", room=with_settings(alone_minutes=1, reconcile_seconds=0))
    room = after(room, time(T0 + 60))
    room = after(room, answer(room, "A", 404, at=T0 + 60 + TRIED_FOR))
    for _ in range(2):
        at = room.deadlines[Deadline("look", "")]
        room = after(room, time(at))
        room = after(room, listed(room, at=at + 1))
    assert (status(room), room.pending) == ({}, {})


def test_who_has_company_by_then_is_not_put_out_for_having_been_alone() -> None:
    room = after(texml("A", room=with_settings(alone_minutes=1)), time(T0 + 60))
    room = after(room, comes("B", 2))
    assert "A" not in after(room, answer(room, "A", 503)).pending
    asked = after(texml("A", "B"), asks("kick", "A"))
    assert "A" in after(asked, answer(asked, "A", 503)).pending, "a moderator's word counts"


def test_a_moderator_who_asks_again_does_not_wait_for_the_next_try() -> None:
    room = after(texml("A", "B"), asks("kick", "A"))
    room = after(room, answer(room, "A", 401))
    room, sent = decide(room, asks("kick", "A"))
    assert sent == (kicks("A"),)
    assert retry("A") not in room.deadlines


def test_no_command_of_call_control_is_made_for_callers_of_texml() -> None:
    room = with_settings(alone_minutes=1, reconcile_seconds=30)
    sent: list[c.Command] = []
    events = [*COMPANY, asks("mute", "B"), asks("rename", "B", label="Cy"), comes("C", 7)]
    events.append(goes("C", 8))
    for event in events:
        room, commands = decide(room, event)
        sent += commands
        room = well(room)
    for at in range(int(NOW), int(NOW) + 200, 10):
        room, commands = decide(room, time(at))
        sent += commands
        room = well(room, at)
    assert {type(x) for x in sent} == {c.Hold, c.Unhold, c.Mute, c.Look, c.Kick}
    assert {x.account for x in sent} == {ACCOUNT}


def test_who_listens_outside_is_told_of_texmls_conferences_too() -> None:
    def heard(event: StatusCallback, room: Room = EMPTY) -> list[tuple[str, str, str]]:
        return [(x.kind, x.conference, x.call) for x in news(room, after(room, event), event)]

    start, join = ("conference-start", "X", "A"), ("participant-join", "X", "A")
    assert heard(starts()) == [start]
    assert heard(comes()) == [start, join]
    assert heard(speaks(), texml("A", "B")) == [("participant-speech-start", "X", "A")]
    assert heard(goes(), texml("A", "B")) == [("participant-leave", "X", "A")]
    over = [("participant-leave", "X", "A"), ("conference-end", "X", "A")]
    assert heard(goes(), texml("A")) == heard(ends(), texml("A")) == over
    events = (starts(), comes(), goes(), ends())
    accounts = {x.account for event in events for x in news(EMPTY, after(EMPTY, event), event)}
    last = texml("A")
    accounts |= {x.account for x in news(last, after(last, ends()), ends())}
    assert accounts == {ACCOUNT}


def test_the_room_learns_where_telnyx_reaches_it() -> None:
    room = Room("demo", RoomSettings(alone_minutes=0))
    room, sent = decide(room, comes(origin="https://l.example"))
    assert [x.music for x in sent if isinstance(x, c.Hold)] == ["https://l.example/hold-music.wav"]
    room = after(room, speaks(origin=""))
    assert room.base == "https://l.example"
    room = after(room, speaks(origin="https://new.example"))
    assert room.base == "https://new.example", "it has moved"


def test_a_webhook_of_the_conference_does_not_let_texmls_callers_in_twice() -> None:
    room = texml("A", "B")
    assert status(after(room, joined("A", conference="X"))) == status(room)
