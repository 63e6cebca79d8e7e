"""What status callbacks of TeXML and its lists make of a room, in any order."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from rigs.core import (
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
    newcomer,
    ringing,
    status,
    time,
    well,
    with_settings,
)
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
from conference.core.decide import decide
from conference.core.entering import ELSEWHERE, FULL, LOCKED
from conference.core.events import HandedOver, Ignored, LookWanted, Outcome, Refused
from conference.core.outcomes.retries import TRIED_FOR
from conference.core.requests.moderation import may_move_to
from conference.core.room import GREETED_WITHIN, Asked, Deadline, Room, Told
from conference.core.routing import route
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.facts import MOST, Fetch, StatusCallback, learn
from conference.core.texml.handlers import HANDLERS, greeting, turned_away
from conference.reporting import public_view as view

FIRST, NEXT = EMPTY.settings.greeting_first, EMPTY.settings.greeting_next


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


def test_the_first_at_the_door_is_told_so_as_often_as_it_asks() -> None:
    room = after(EMPTY, Fetch("A", NOW), Fetch("B", NOW + 1), Fetch("A", NOW + 2))
    assert [greeting(room, call) for call in "AB"] == [FIRST, NEXT]
    assert status(room) == {}, "neither is in yet"


def test_of_who_hung_up_at_the_door_nobody_tells() -> None:
    room = after(EMPTY, Fetch("A", NOW))
    soon = after(room, Fetch("B", NOW + GREETED_WITHIN - 1))
    assert (greeting(soon, "B"), soon.over(NOW + GREETED_WITHIN)) == (NEXT, False)
    later = after(room, Fetch("B", NOW + GREETED_WITHIN))
    assert greeting(later, "B") == FIRST
    assert room.over(NOW + GREETED_WITHIN), "the room itself is not kept for it"


def test_who_came_in_and_went_was_not_the_first_for_who_comes_then() -> None:
    room = after(EMPTY, Fetch("A", NOW), comes("A"))
    assert greeting(after(room, Fetch("B", NOW)), "B") == NEXT
    room = after(room, goes("A"), Fetch("B", NOW))
    assert greeting(room, "B") == FIRST


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
