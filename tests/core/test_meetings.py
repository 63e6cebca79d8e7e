"""A meeting: what is said of the room concerns everyone in it and on the way in."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0
from rigs.texml_rooms import OURS, comes, ends, goes, listed, starts, texml

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.entering import LOCKED as WORDS
from conference.core.events import Event, Refused, SnapshotWanted
from conference.core.parts import Asked
from conference.core.room import ENDED_KEPT, Room
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.door import refusal
from conference.core.texml.facts import Fetch

TWO = rig.inside(rig.inside(), "B")
COMING = {"rings": rig.ringing, "is greeted": rig.greeting, "waits": rig.waiting}
MUTED, HELD = Asked(mute_by="mute-all"), Asked(hold=True)
BY_NAME = Asked(mute_by="moderator")
OUTGOING = ClientState("demo", direction="outgoing", number="+2")
EXPECTED = math.ceil(rig.SETTINGS.expects_for)
UNKNOWN = replace(EMPTY, watches_unknown_calls=True)


def called(
    room: Room, role: str = "participant", call: str = "C", dial: str = OUTGOING.dial
) -> Room:
    """A participant is being called: the call rings."""
    state = replace(OUTGOING, role=role, dial=dial)
    return rig.after(
        room, rig.initiated(call, T0, direction="outgoing", to="+2", client_state=state)
    )


def comes_in(room: Room, call: str = "C") -> tuple[c.Command, ...]:
    """Return the holds and mutes for a caller from being seen inside until Telnyx has them."""
    sent: list[c.Command] = []
    room, commands = rig.decide(rig.well(room), rig.joined(call))
    while commands:
        sent += [each for each in commands if isinstance(each, c.HoldOrMute)]
        head = rig.pending(room, c.HOLD_AND_MUTE)
        if not head:
            break
        room, commands = rig.decide(room, rig.answer(room, c.HOLD_AND_MUTE))
    return tuple(sent)


# Hold and mute


@pytest.mark.parametrize("come", COMING.values(), ids=COMING)
def test_mute_all_concerns_those_on_the_way_in(come: object) -> None:
    room = rig.after(come(TWO, "C"), rig.asks("mute-all"))  # type: ignore[operator]
    assert room.holding.asked == {"A": MUTED, "B": MUTED, "C": MUTED}
    assert rig.head(room, c.memory("C")).client_state.mute_by, "known after a restart"
    assert comes_in(room) == (c.Mute("K", ("C",), at=NOW),)


@pytest.mark.parametrize("come", COMING.values(), ids=COMING)
def test_hold_all_concerns_those_on_the_way_in(come: object) -> None:
    room = rig.after(come(TWO, "C"), rig.asks("hold-all"))  # type: ignore[operator]
    assert room.holding.asked == {"A": HELD, "B": HELD, "C": HELD}
    assert comes_in(room) == (c.Hold("K", ("C",), music=MUSIC, at=NOW),)
    room = rig.after(room, rig.asks("unhold-all"))
    assert (room.holding.asked, comes_in(room)) == ({}, ())


def test_mute_all_spares_a_moderator_who_is_being_called_and_unmute_all_a_listener() -> None:
    room = rig.after(called(called(TWO), "moderator", "D"), rig.asks("mute-all"))
    assert room.holding.asked == {"A": MUTED, "B": MUTED, "C": MUTED}
    room = rig.after(called(room, "listener", "E"), rig.asks("mute", "E"), rig.asks("unmute-all"))
    assert room.holding.asked == {"E": BY_NAME}


def test_the_first_ones_are_concerned_before_there_is_a_conference() -> None:
    room = rig.after(rig.greeting(rig.ringing(call="B")), rig.asks("mute-all"))
    assert room.holding.asked == {"A": MUTED, "B": MUTED}


def test_the_parked_come_back_as_is_said_of_everyone() -> None:
    room = rig.after(rig.parked(), rig.asks("mute-all"))
    assert room.holding.asked == {"A": MUTED, "B": MUTED}
    assert rig.after(room, rig.asks("unmute-all")).holding.asked == {}


def test_who_is_on_the_way_to_another_room_or_out_is_not_concerned() -> None:
    moving = rig.after(TWO, rig.asks("move", "A", room="blue"), rig.asks("mute-all"))
    assert moving.holding.asked == {"B": MUTED}
    out = rig.after(TWO, rig.asks("kick", "A"), rig.asks("mute-all"))
    assert out.holding.asked == {"B": MUTED}


@pytest.mark.parametrize("verb", ["mute-all", "unmute-all", "hold-all", "unhold-all", "end"])
def test_of_nobody_nothing_can_be_said(verb: str) -> None:
    with pytest.raises(Refused, match="no conference is running") as refused:
        rig.after(EMPTY, rig.asks(verb))
    assert refused.value.kind == "no-conference"


def test_another_programs_call_is_left_alone() -> None:
    room = rig.after(rig.inside(UNKNOWN), rig.initiated("C"))
    room = rig.given(room, unknown_calls=frozenset("C"))
    muted, commands = rig.decide(room, rig.asks("mute-all"))
    assert {command.name for command in commands} == {"remember", "mute"}
    assert rig.pending(muted, c.memory("C")) == ()
    over = rig.after(muted, rig.hook("call.answered", "C"))
    assert over.holding.asked == {"A": MUTED}


# By TeXML


@pytest.mark.parametrize(
    ("verb", "wanted", "sent"),
    [
        ("mute-all", MUTED, c.Mute("X", ("C",), at=NOW, **OURS)),
        ("hold-all", HELD, c.Hold("X", ("C",), music=MUSIC, at=NOW, **OURS)),
    ],
)
def test_a_caller_of_texml_who_has_the_document_comes_in_as_was_said_of_everyone(
    verb: str, wanted: Asked, sent: c.Command
) -> None:
    room = rig.well(rig.after(texml("A", "B"), Fetch("C", T0), rig.asks(verb)))
    room, commands = rig.decide(room, comes("C", 3))
    assert (room.holding.asked["C"], commands) == (wanted, (sent,))
    later, commands = rig.decide(rig.well(room), comes("D", 4))
    assert "D" not in later.holding.asked, "who calls afterwards is not concerned"


def test_a_caller_of_texml_who_comes_in_muted_is_unmuted_by_unmute_all() -> None:
    settings = {"muted": "true"}
    room = texml("A", "B", room=rig.with_settings(texml=settings))
    room = rig.well(rig.after(room, Fetch("C", T0), rig.asks("unmute-all")))
    assert room.holding.asked == {}
    room, commands = rig.decide(room, comes("C", 3))
    assert commands == (c.Unmute("X", ("C",), at=NOW, **OURS),)
    room, commands = rig.decide(rig.well(room), comes("D", 4))
    assert (room.holding.asked, commands) == ({"D": BY_NAME}, ()), "who comes unexpected is muted"


def test_the_first_caller_of_texml_is_concerned_before_there_is_a_conference() -> None:
    room = rig.after(EMPTY, Fetch("A", T0), Fetch("B", T0), rig.asks("mute-all"))
    room = rig.well(rig.after(room, comes("A")))
    _, commands = rig.decide(room, comes("B", 2))
    assert room.holding.told["A"].muted, "at once"
    assert commands == (c.Unhold("X", ("A",), at=NOW, **OURS),), "and then B is muted"


def test_a_caller_of_texml_is_on_the_way_for_as_long_as_the_greeting_lasts() -> None:
    room = texml("A", "B", room=rig.with_settings(greeting_next="Please listen. " * 40))
    room = rig.after(room, Fetch("C", NOW), rig.asks("mute-all", at=NOW + 60))
    assert room.holding.asked == {"A": MUTED, "B": MUTED, "C": MUTED}


def test_of_a_caller_of_texml_who_hung_up_at_the_door_nothing_is_kept() -> None:
    room = rig.after(EMPTY, Fetch("A", NOW), rig.asks("mute-all"))
    assert room.holding.asked == {"A": MUTED}
    room = rig.after(room, Fetch("B", NOW + EXPECTED))
    assert room.holding.asked == {}
    with pytest.raises(Refused, match="no conference is running"):
        rig.after(room, rig.asks("mute-all", at=NOW + 2 * EXPECTED))


def test_a_participant_called_by_texml_comes_in_as_was_said_of_everyone() -> None:
    room = texml("A", "B")
    room = rig.after(room, rig.asks("dial", to="+2"))
    room = rig.after(room, rig.answer(room, rig.DIAL, data={"call_control_id": "C"}))
    room = rig.well(rig.after(room, rig.asks("mute-all")))
    _, commands = rig.decide(room, comes("C", 3, to="+2"))
    assert commands == (c.Mute("X", ("C",), at=NOW, **OURS),)


def test_by_texml_a_list_does_not_take_back_a_mute_of_those_on_the_way_in() -> None:
    muted = Seen(held=False, muted=True)
    room = rig.well(rig.after(texml("A", "B"), Fetch("C", T0), rig.asks("mute-all")))
    room = rig.after(room, SnapshotWanted(NOW))
    room, commands = rig.decide(room, listed(room, "A", "B", "C", A=muted, B=muted))
    assert (room.holding.asked["C"], commands) == (MUTED, (c.Mute("X", ("C",), at=NOW, **OURS),))


def test_by_texml_a_list_does_not_take_back_a_mute_of_somebody_who_is_called() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to="+2"))
    room = rig.after(room, rig.answer(room, rig.DIAL, data={"call_control_id": "C"}))
    room = rig.after(rig.well(rig.after(room, rig.asks("mute", "C"))), SnapshotWanted(NOW))
    room, commands = rig.decide(room, listed(room, "A", "B", "C"))
    assert (room.holding.asked["C"], commands) == (BY_NAME, (c.Mute("X", ("C",), at=NOW, **OURS),))


# End


END = c.PassThrough("conference", "K", "end", {}, "request", at=NOW)


def hangups(commands: tuple[c.Command, ...]) -> list[str]:
    assert all(isinstance(each, c.Hangup) for each in commands)
    return [each.call for each in commands if isinstance(each, c.Hangup)]


@pytest.mark.parametrize("come", [*COMING.values(), called], ids=[*COMING, "is called"])
def test_end_hangs_up_those_on_the_way_in(come: object) -> None:
    room, (end, *others) = rig.decide(come(TWO, call="C"), rig.asks("end"))  # type: ignore[operator]
    assert (end, others) == (END, [c.Hangup("C", at=NOW)])
    assert rig.status(room) == {"A": "joined", "B": "joined", "C": "ending"}
    room = rig.after(rig.well(room), rig.ended(), *map(rig.hangup, "ABC"))
    assert (room.participants, room.conference) == ({}, "")


def test_end_hangs_up_the_parked_but_nobody_on_the_way_to_another_room() -> None:
    _, (_, *others) = rig.decide(rig.parked(), rig.asks("end"))
    assert others == [c.Hangup("A", at=NOW)]
    moving = rig.after(TWO, rig.asks("move", "A", room="blue"))
    assert rig.decide(moving, rig.asks("end"))[1] == (END,)


def test_end_before_there_is_a_conference_lets_nobody_open_one() -> None:
    room = rig.greeting(rig.ringing(rig.waiting(call="C"), "B"))
    create = rig.head(room, c.CONFERENCE)
    room, commands = rig.decide(room, rig.asks("end"))
    assert hangups(commands) == ["C", "B", "A"]
    opened = rig.after(room, rig.answer(room, c.CONFERENCE, data={"id": "K"}))
    assert create.call == "C"
    opened = rig.after(rig.well(opened), *map(rig.hangup, "ABC"))
    assert (opened.conference, opened.pending, opened.participants) == ("", {}, {})
    gone, commands = rig.decide(room, rig.answer(room, c.CONFERENCE, 422, "90018"))
    assert (commands, rig.pending(gone, c.CONFERENCE)) == ((), ())


def test_end_stops_a_create_that_waits_for_its_next_try() -> None:
    room = rig.waiting(rig.waiting(), "B")
    room = rig.after(room, rig.answer(room, c.CONFERENCE, 503))
    room, commands = rig.decide(room, rig.asks("end"))
    assert (hangups(commands), rig.pending(room, c.CONFERENCE)) == (["A", "B"], ())


def test_who_calls_after_the_end_begins_a_new_meeting() -> None:
    room = rig.after(rig.greeting(TWO, "C"), rig.asks("end"))
    room = rig.after(rig.well(room), rig.ended(), *map(rig.hangup, "ABC"))
    room = rig.waiting(room, "D", NOW)
    assert isinstance(rig.head(room, c.CONFERENCE), c.Create)


def test_a_participant_whose_call_had_not_begun_at_the_end_is_hung_up() -> None:
    room = rig.after(TWO, rig.asks("dial", to="+2"), rig.asks("end"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    assert hangups(rig.decide(room, rings)[1]) == ["C"]
    sooner = called(room)
    assert hangups(rig.decide(sooner, rings)[1]) == ["C"], "its webhook came before"
    assert rig.pending(rig.after(room, rig.answer(room, rig.DIAL, 503)), rig.DIAL) == ()
    later = rig.after(TWO, rig.asks("dial", to="+2"))
    later = rig.after(later, rig.answer(later, rig.DIAL, 429, "90103", retry_after=5.0))
    later = rig.after(later, rig.asks("end"))
    assert (rig.pending(later, rig.DIAL), rig.retry(rig.DIAL) in later.deadlines) == ((), False)


def kicked(commands: tuple[c.Command, ...]) -> list[tuple[str, str]]:
    return [(each.call, each.conference) for each in commands if isinstance(each, c.Kick)]


def test_end_by_texml_keeps_out_the_callers_who_have_the_document() -> None:
    room, commands = rig.decide(rig.after(texml("A", "B"), Fetch("C", T0)), rig.asks("end"))
    assert commands == (replace(END, about="X", account=OURS["account"]),)
    over = rig.after(rig.well(room), ends())
    assert (over.front, over.conference) == ("call-control", "")
    new, commands = rig.decide(over, starts(conference="Y"))
    new, commands = rig.decide(new, comes("C", 1, conference="Y"))
    assert (kicked(commands), new.participants) == ([("C", "Y")], {})
    gone = rig.after(rig.well(new), goes("C", 2, conference="Y"), ends(conference="Y"))
    assert (gone.conference, gone.pending) == ("", {})
    fresh = rig.after(gone, Fetch("D", NOW), comes("D", 1, conference="Z"))
    assert rig.status(fresh) == {"D": "joined"}, "who calls afterwards is welcome"


def test_end_by_texml_before_there_is_a_conference() -> None:
    room = rig.after(EMPTY, Fetch("A", T0), rig.asks("end"))
    assert kicked(rig.decide(room, comes("A"))[1]) == [("A", "X")]
    assert not room.over(NOW), "remembered for a while"
    assert room.over(NOW + ENDED_KEPT)


def test_of_callers_who_are_sent_away_nothing_is_kept_for_long() -> None:
    room = rig.after(EMPTY, Fetch("A", T0), rig.asks("mute-all", at=T0), rig.asks("end", at=T0))
    assert (room.holding.asked, room.texml.sent_away) == ({}, {"A": T0})
    later = T0 + ENDED_KEPT
    room = rig.after(room, Fetch("B", later), rig.asks("end", at=later))
    assert room.texml.sent_away == {"B": later}


def test_end_by_texml_keeps_out_whom_we_are_calling() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to="+2"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    late = rig.after(rig.after(room, rig.asks("end"), ends()), rings)
    assert kicked(rig.decide(late, comes("C", conference="Y", to="+2"))[1]) == [("C", "Y")]
    room = rig.after(rig.after(room, rings), rig.asks("end"), ends())
    assert kicked(rig.decide(room, comes("C", conference="Y", to="+2"))[1]) == [("C", "Y")]


def test_who_was_sent_away_is_not_taken_in_by_a_list() -> None:
    room = rig.after(texml("A", "B"), Fetch("C", T0), rig.asks("end"))
    room = rig.after(rig.well(room), SnapshotWanted(NOW))
    room, commands = rig.decide(room, listed(room, "A", "B", "C"))
    assert (rig.status(room), kicked(commands)) == ({"A": "joined", "B": "joined"}, [("C", "X")])


# Lock

LOCKED = rig.well(rig.after(TWO, rig.asks("lock", at=T0)))


def test_lock_is_kept_by_telnyx_with_each_call() -> None:
    room, commands = rig.decide(rig.greeting(TWO, "C"), rig.asks("lock"))
    kept = [c.Remember(call, rig.state(call, locked=True), at=NOW) for call in "ABC"]
    assert commands == tuple(kept)
    room, commands = rig.decide(rig.well(room), rig.asks("unlock"))
    assert commands == tuple(c.Remember(call, rig.state(call), at=NOW) for call in "ABC")
    assert rig.after(room, rig.asks("unlock")) is room


def test_whom_a_moderator_calls_into_a_locked_room_carries_the_lock() -> None:
    room = rig.after(LOCKED, rig.asks("dial", to="+2"))
    assert rig.head(room, rig.DIAL).client_state.locked


def test_who_is_turned_away_does_not_carry_the_lock() -> None:
    room = rig.after(LOCKED, rig.initiated("C"))
    assert not rig.head(room, "C").client_state.locked


def test_a_moderator_whom_the_lock_lets_in_carries_it() -> None:
    room = rig.well(rig.after(LOCKED, rig.initiated("C"), rig.asks("role", "C", role="moderator")))
    kept = rig.state("C", role="moderator", locked=True)
    ours = rig.hook("call.answered", "C", client_state=rig.state("C"))
    assert c.Remember("C", kept, at=NOW) in rig.decide(room, ours)[1]


@pytest.mark.parametrize("room", [EMPTY, rig.ringing(), rig.ending(), rig.refused()])
def test_an_empty_room_cannot_be_locked(room: Room) -> None:
    with pytest.raises(Refused, match="lasts as long as the meeting") as refused:
        rig.after(room, rig.asks("lock"))
    assert refused.value.kind == "nobody-here"


@pytest.mark.parametrize(
    "room",
    [
        rig.greeting(),
        rig.waiting(),
        called(EMPTY),
        rig.after(rig.parked(), rig.hangup("B")),
        rig.after(EMPTY, rig.asks("dial", to="+2")),
        rig.after(EMPTY, Fetch("A", T0)),
    ],
    ids=["is greeted", "waits", "is called", "is parked", "is about to be called", "by TeXML"],
)
def test_a_lock_is_for_those_on_the_way_too(room: Room) -> None:
    room = rig.after(room, rig.asks("lock"))
    assert room.locked
    assert rig.after(room, rig.initiated("Z")).locked, "which changes nothing"


ENDS = {
    "all hang up": (LOCKED, [rig.hangup("A"), rig.hangup("B")]),
    "all leave": (LOCKED, [rig.left(x, occurred_at="2026-5") for x in "AB"] + [rig.time(T0 + 60)]),
    "all are kicked": (LOCKED, [rig.asks("kick", "A", "B")]),
    "the conference ends": (LOCKED, [rig.ended()]),
    "the last parked one hangs up": (
        rig.after(rig.parked(), rig.asks("lock"), rig.hangup("B")),
        [rig.hangup("A")],
    ),
    "nobody answers": (
        rig.after(called(LOCKED), rig.hangup("A"), rig.hangup("B")),
        [rig.hangup("C")],
    ),
    "the last one moves": (
        rig.after(LOCKED, rig.hangup("A")),
        [rig.asks("move", "B", room="blue")],
    ),
}


@pytest.mark.parametrize(("room", "events"), ENDS.values(), ids=ENDS)
def test_the_end_of_the_meeting_ends_the_lock(room: Room, events: list[Event]) -> None:
    assert room.locked
    for event in events[:-1]:
        room = rig.after(room, event)
        assert room.locked or event == events[-2], "not before the last one is out"
    room = rig.well(rig.after(room, events[-1]))
    assert not room.locked
    room = rig.waiting(room, "Z", NOW)
    assert rig.status(room)["Z"] == "waiting", "the next one begins a new meeting"


def test_a_list_without_anybody_ends_the_lock() -> None:
    room = LOCKED
    for at in (NOW, NOW + 5):
        room = rig.after(room, SnapshotWanted(at))
        room = rig.after(room, rig.answer(room, c.SNAPSHOT, at=at, data=Snapshot(calls={})))
    assert (room.participants, room.locked) == ({}, False)


def test_callers_who_are_turned_away_do_not_keep_the_lock() -> None:
    room = rig.well(rig.after(rig.ringing(LOCKED, "C"), rig.hook("call.answered", "C")))
    room = rig.ringing(room, "D")
    assert rig.status(room) == {"A": "joined", "B": "joined", "C": "refused", "D": "ringing"}
    room = rig.after(room, rig.hangup("A"), rig.hangup("B"))
    assert not room.locked
    assert rig.status(rig.after(room, rig.hook("call.answered", "D")))["D"] == "greeting"


def test_a_lock_outlasts_a_new_conference() -> None:
    room = rig.after(rig.ringing(called(LOCKED)), rig.hook("call.answered", "C"))
    room = rig.after(rig.well(room), rig.hook("call.speak.ended", "C"))
    room = rig.after(room, rig.answer(room, "C", 422, "90019"))
    assert (rig.status(room)["A"], room.conference, room.locked) == ("waiting", "", True)


def test_by_texml_the_lock_ends_with_the_meeting_too() -> None:
    room = rig.after(texml("A", "B"), rig.asks("lock"))
    assert (
        refusal(room, Fetch("Z", NOW)),
        refusal(rig.after(room, goes("A")), Fetch("Z", NOW)),
    ) == (
        WORDS,
        WORDS,
    )
    assert refusal(rig.after(room, goes("A"), goes("B", 3)), Fetch("Z", NOW)) == ""
    assert refusal(rig.after(room, ends()), Fetch("Z", NOW)) == ""


def test_by_texml_a_caller_on_the_way_is_let_in_though_telnyx_asks_twice() -> None:
    room = rig.after(texml("A"), Fetch("B", T0), rig.asks("lock"))
    assert (refusal(room, Fetch("B", NOW)), refusal(room, Fetch("C", NOW))) == ("", WORDS)


def test_by_texml_a_caller_on_the_way_keeps_the_lock_for_as_long_as_expected() -> None:
    room = rig.after(texml("A"), Fetch("B", NOW), rig.asks("lock"), goes("A"))
    assert room.locked
    assert refusal(room, Fetch("Z", NOW + EXPECTED - 1)) == WORDS
    assert refusal(room, Fetch("Z", NOW + EXPECTED)) == "", "B has hung up, and nobody reports it"
    assert room.over(NOW + ENDED_KEPT + EXPECTED)
    assert not rig.after(room, Fetch("C", NOW + EXPECTED)).locked


# The lock over a restart


FORGOTTEN = replace(EMPTY, watches_unknown_calls=True)


def kept(**locks: bool) -> dict[str, ClientState]:
    return {call: rig.state(call, locked=lock) for call, lock in locks.items()}


def shown(room: Room, at: float = NOW, outside: str = "", **locks: bool) -> Room:
    """Let Telnyx list these calls with their locks, in the conference except those outside."""
    room = rig.after(room, SnapshotWanted(at))
    joined = {call: Seen(False, False) for call in locks if call not in outside}
    listed = Snapshot("K", joined, kept(**locks))
    return rig.after(room, rig.answer(room, c.SNAPSHOT, at=at, data=listed))


def test_a_restart_inside_a_meeting_keeps_the_lock() -> None:
    room = shown(FORGOTTEN, A=True, B=True)
    assert (rig.status(room), room.locked) == ({"A": "joined", "B": "joined"}, True)
    new = rig.after(rig.ringing(rig.well(room), "C", NOW), rig.hook("call.answered", "C"))
    assert rig.status(new)["C"] == "refused"
    assert not rig.after(room, rig.hangup("A"), rig.hangup("B")).locked
    assert not shown(FORGOTTEN, A=False, B=False).locked


@pytest.mark.parametrize("status", ["ringing", "greeting", "waiting", "joined"])
def test_who_came_before_the_lists_showed_the_lock_is_turned_away(status: str) -> None:
    come = {"ringing": rig.ringing, "greeting": rig.greeting, "waiting": rig.waiting}
    newcomer = come[status](FORGOTTEN, "C") if status in come else rig.inside(FORGOTTEN, "C")
    assert rig.status(newcomer)["C"] == status
    room = shown(newcomer, A=True, B=True)
    if status == "ringing":
        room = rig.after(room, rig.hook("call.answered", "C"))
    if status == "greeting":
        assert rig.status(room)["C"] == "greeting", "the greeting ends first"
        room = rig.after(room, rig.hook("call.speak.ended", "C"))
    assert (rig.status(room)["C"], rig.head(room, "C").text) == ("refused", WORDS)
    welcome = shown(newcomer, A=False, B=False)
    assert rig.status(welcome)["C"] == status, "where the room is not locked"


@pytest.mark.parametrize(
    ("locks", "locked"),
    [
        ({"A": True, "B": False}, False),
        ({"A": True, "B": False, "C": False}, False),
        ({"A": True, "B": True, "C": False}, True),
        ({"A": True}, True),
    ],
)
def test_most_calls_decide_where_one_has_an_older_state(
    locks: dict[str, bool], locked: bool
) -> None:
    room = shown(FORGOTTEN, **locks)
    assert room.locked == locked
    for at in (NOW + 5, NOW + 10):
        room = shown(room, at, **locks)
    assert room.locked == locked
    healed = {call for call, lock in locks.items() if lock != locked}
    assert {queue.id for queue in room.pending if queue.of == "memory"} == healed


def test_a_stranger_who_calls_during_the_restart_has_no_say() -> None:
    room = rig.greeting(FORGOTTEN, "C")
    assert shown(room, A=True).locked


@pytest.mark.parametrize("locks", [{"A": True}, {"A": True, "B": True}], ids=["one", "two"])
def test_callers_who_were_being_turned_away_have_no_say_and_stay_out(
    locks: dict[str, bool],
) -> None:
    room = shown(FORGOTTEN, outside="CDE", **locks, C=False, D=False, E=False)
    assert room.locked
    away = dict.fromkeys("CDE", "refused")
    assert rig.status(room) == dict.fromkeys(locks, "joined") | away
    assert rig.head(room, "C").text == WORDS


def test_callers_on_the_way_in_carry_the_lock_over_a_restart() -> None:
    room = shown(FORGOTTEN, outside="BC", A=True, B=True, C=False)
    assert (rig.status(room), room.locked) == (
        {"A": "joined", "B": "waiting", "C": "refused"},
        True,
    )
    room = shown(FORGOTTEN, outside="BC", A=False, B=False, C=False)
    assert (rig.status(room)["C"], room.locked) == ("waiting", False)


def test_a_call_of_a_locked_meeting_that_is_found_again_is_let_in() -> None:
    room = shown(LOCKED, outside="CD", A=True, B=True, C=True, D=False)
    assert (rig.status(room)["C"], rig.status(room)["D"]) == ("waiting", "refused")


def test_a_call_that_begins_after_the_unlock_does_not_lock_again() -> None:
    room = rig.after(LOCKED, rig.asks("dial", to="+2"))
    state = rig.head(room, rig.DIAL).client_state
    room = rig.after(room, rig.asks("unlock"), rig.hangup("A"), rig.hangup("B"))
    begun = rig.initiated("C", direction="outgoing", to="+2", client_state=state)
    room = rig.well(rig.after(room, begun))
    assert not room.locked
    healed = rig.after(room, rig.hook("call.answered", "C", client_state=state))
    assert not rig.head(healed, c.memory("C")).client_state.locked


def test_an_event_that_comes_before_the_list_brings_the_lock_back() -> None:
    state = replace(OUTGOING, locked=True)
    room = rig.after(FORGOTTEN, rig.hook("call.answered", client_state=state))
    assert room.locked
    assert not shown(room, A=True, B=False, C=False).locked, "A's was an older one"


def test_an_older_state_changes_nothing_in_a_meeting() -> None:
    room = shown(LOCKED, A=True, B=True)
    (state,) = kept(C=False).values()
    room = rig.after(room, rig.hook("call.answered", "C", client_state=state))
    assert room.locked
    assert shown(room, NOW + 5, A=True, B=False, C=False, D=False).locked
    (state,) = kept(C=True).values()
    echo = rig.hook("call.answered", "C", client_state=state)
    unlocked = rig.after(room, rig.asks("unlock"), echo)
    assert not unlocked.locked
    assert not shown(unlocked, NOW + 5, A=True, B=True, C=True, D=True).locked


# A call that Telnyx has not begun yet


@pytest.mark.parametrize(("verb", "wanted"), [("mute-all", MUTED), ("hold-all", HELD)])
def test_a_call_that_is_about_to_begin_is_concerned(verb: str, wanted: Asked) -> None:
    room = rig.after(TWO, rig.asks("dial", to="+2"), rig.asks(verb))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    for before in (room, called(room, dial="request")):
        begun = rig.after(before, rings)
        assert begun.holding.asked == {"A": wanted, "B": wanted, "C": wanted}
        state = rig.pending(begun, c.memory("C"))[-1].client_state  # type: ignore[union-attr]
        assert (state.mute_by, state.hold) == (wanted.mute_by, wanted.hold)
    assert "request" not in rig.after(room, rig.answer(room, rig.DIAL, 422)).holding.asked
    open_again = rig.after(room, rig.asks(f"un{verb}"))
    assert open_again.holding.asked == {}


def test_a_moderator_who_is_about_to_be_called_is_not_muted() -> None:
    room = rig.after(TWO, rig.asks("dial", to="+2", role="moderator"), rig.asks("mute-all"))
    assert room.holding.asked == {"A": MUTED, "B": MUTED}


def test_by_texml_a_call_that_is_about_to_begin_is_concerned() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to="+2"), rig.asks("mute-all"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    for events in ([rings, comes("C", 3, to="+2")], [comes("C", 3, to="+2"), rings]):
        inside = rig.well(rig.after(room, *events))
        assert inside.holding.told["C"].muted
        assert inside.holding.asked.keys() == {"A", "B", "C"}


def test_of_a_call_that_ended_before_telnyxs_response_nothing_is_kept() -> None:
    room = rig.after(TWO, rig.asks("dial", to="+2"), rig.asks("mute-all"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    room = rig.after(called(room), rig.hangup("C"), rings)
    assert room.holding.asked == {"A": MUTED, "B": MUTED}


def test_by_texml_of_a_call_whose_conference_ended_nothing_is_kept() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to="+2"), rig.asks("mute-all"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    assert rig.after(room, ends(), rings).holding.asked == {}
