"""A meeting: what is said of the room concerns everyone in it and on the way in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0
from rigs.texml_rooms import OURS, comes, ends, goes, listed, starts, texml

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.events import Refused, SnapshotWanted
from conference.core.parts import Asked
from conference.core.room import ENDED_KEPT, EXPECTED_AT_MOST, Room
from conference.core.texml.facts import Fetch

TWO = rig.inside(rig.inside(), "B")
COMING = {"rings": rig.ringing, "is greeted": rig.greeting, "waits": rig.waiting}
MUTED, HELD = Asked(mute=True), Asked(hold=True)
OUTGOING = ClientState("demo", direction="outgoing", number="+2")
UNKNOWN = replace(EMPTY, watches_unknown_calls=True)


def called(room: Room, role: str = "participant", call: str = "C") -> Room:
    """A participant is being called: the call rings."""
    state = replace(OUTGOING, role=role)
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
    assert rig.head(room, c.memory("C")).client_state.mute, "known after a restart"
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
    assert room.holding.asked == {"E": MUTED}


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
    assert rig.after(room, rig.asks("mute-all")).holding.asked == {"A": MUTED}


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
    assert (room.holding.asked, commands) == ({"D": MUTED}, ()), "who comes unexpected is muted"


def test_the_first_caller_of_texml_is_concerned_before_there_is_a_conference() -> None:
    room = rig.after(EMPTY, Fetch("A", T0), Fetch("B", T0), rig.asks("mute-all"))
    room = rig.well(rig.after(room, comes("A")))
    _, commands = rig.decide(room, comes("B", 2))
    assert room.holding.told["A"].muted, "at once"
    assert commands == (c.Unhold("X", ("A",), at=NOW, **OURS),), "and then B is muted"


def test_of_a_caller_of_texml_who_hung_up_at_the_door_nothing_is_kept() -> None:
    room = rig.after(EMPTY, Fetch("A", NOW), rig.asks("mute-all"))
    assert room.holding.asked == {"A": MUTED}
    room = rig.after(room, Fetch("B", NOW + EXPECTED_AT_MOST))
    assert room.holding.asked == {}
    with pytest.raises(Refused, match="no conference is running"):
        rig.after(room, rig.asks("mute-all", at=NOW + 2 * EXPECTED_AT_MOST))


def test_a_participant_called_by_texml_comes_in_as_was_said_of_everyone() -> None:
    room = texml("A", "B")
    room = rig.after(room, rig.asks("dial", to="+2"))
    room = rig.after(room, rig.answer(room, rig.DIAL, data={"call_control_id": "C"}))
    room = rig.well(rig.after(room, rig.asks("mute-all")))
    _, commands = rig.decide(room, comes("C", 3, to="+2"))
    assert commands == (c.Mute("X", ("C",), at=NOW, **OURS),)


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
