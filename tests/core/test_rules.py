"""Who is held and who is muted follows from the room as it is, and only the difference is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0

from conference.core import room_states, rules
from conference.core.client_state import ClientState
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, Command, Hold, Mute, Unhold, Unmute
from conference.core.parts import Asked, Told
from conference.core.room import Room

HELD = Told(held=True, music=MUSIC)
UNSURE = Told(None)
LISTENS = Asked(mute_by="moderator")
HOLD_A, HOLD_B = (Hold("K", (call,), music=MUSIC) for call in "AB")
HOLD_A_NOW = Hold("K", ("A",), music=MUSIC, at=NOW)
FREE_A = Unhold("K", ("A",))
AWAY = Asked(hold=True)
ONE = rig.inside()
TWO = rig.inside(rig.inside(), "B")
THREE = rig.inside(TWO, "C")


def step(room: Room) -> list[Command]:
    """The one command by which the rules bring the room nearer to what they want."""
    command = rules.next_hold_or_mute(room)
    return [command] if command else []


def like(room: Room, told: dict[str, Told], asked: dict[str, Asked]) -> Room:
    return rig.given(room, told=told, asked=asked)


class Case(NamedTuple):
    name: str
    room: Room
    told: dict[str, Told]
    asked: dict[str, Asked]
    commands: list[Command]


TABLE: list[Case] = [
    Case("alone: on hold", room=ONE, told={}, asked={}, commands=[HOLD_A]),
    Case("alone and on hold: nothing", room=ONE, told={"A": HELD}, asked={}, commands=[]),
    Case(
        "alone, not known whether held: hold",
        room=ONE,
        told={"A": UNSURE},
        asked={},
        commands=[HOLD_A],
    ),
    Case("not alone: nothing", room=TWO, told={}, asked={}, commands=[]),
    Case("not alone any more: off hold", room=TWO, told={"A": HELD}, asked={}, commands=[FREE_A]),
    Case(
        "not alone, not known whether held: off hold",
        room=TWO,
        told={"A": UNSURE},
        asked={},
        commands=[FREE_A],
    ),
    Case(
        "other music: hold again",
        room=ONE,
        told={"A": Told(True, music="old")},
        asked={},
        commands=[HOLD_A],
    ),
    Case("a moderator's hold", room=THREE, told={}, asked={"B": AWAY}, commands=[HOLD_B]),
    Case(
        "a moderator's hold outlives being alone",
        room=THREE,
        told={"A": HELD},
        asked={"A": AWAY},
        commands=[],
    ),
    Case(
        "a moderator's hold says the same as being alone",
        room=ONE,
        told={"A": HELD},
        asked={"A": AWAY},
        commands=[],
    ),
    Case(
        "a moderator's hold that has ended, while alone",
        room=ONE,
        told={"A": HELD},
        asked={"A": Asked()},
        commands=[],
    ),
    Case(
        "a moderator's hold that has ended, in company",
        room=TWO,
        told={"A": HELD},
        asked={},
        commands=[FREE_A],
    ),
    Case(
        "a moderator's hold leaves the other alone: on hold",
        room=TWO,
        told={"B": HELD},
        asked={"B": AWAY},
        commands=[HOLD_A],
    ),
    Case(
        "alone beside two on a moderator's hold: on hold",
        room=THREE,
        told={"B": HELD, "C": HELD},
        asked={"B": AWAY, "C": AWAY},
        commands=[HOLD_A],
    ),
    Case(
        "two who are free beside one on hold: nothing",
        room=THREE,
        told={"C": HELD},
        asked={"C": AWAY},
        commands=[],
    ),
    Case(
        "the mute of the other is no hold: nothing",
        room=TWO,
        told={"B": Told(muted=True)},
        asked={"B": LISTENS},
        commands=[],
    ),
    Case(
        "with the end of a moderator's hold both are let out at once",
        room=TWO,
        told={"A": HELD, "B": HELD},
        asked={},
        commands=[Unhold("K", ("A", "B"))],
    ),
    Case(
        "a moderator's mute", room=TWO, told={}, asked={"B": LISTENS}, commands=[Mute("K", ("B",))]
    ),
    Case(
        "a moderator's mute that has ended",
        room=TWO,
        told={"B": Told(muted=True)},
        asked={},
        commands=[Unmute("K", ("B",))],
    ),
    Case(
        "muted already: nothing",
        room=TWO,
        told={"B": Told(muted=True)},
        asked={"B": LISTENS},
        commands=[],
    ),
    Case(
        "muted or not: on",
        room=TWO,
        told={"B": Told(muted=None)},
        asked={"B": LISTENS},
        commands=[Mute("K", ("B",))],
    ),
    Case(
        "muted or not: off",
        room=TWO,
        told={"B": Told(muted=None)},
        asked={},
        commands=[Unmute("K", ("B",))],
    ),
    Case(
        "several at once, in order",
        room=THREE,
        told={},
        asked={"C": LISTENS, "A": LISTENS},
        commands=[Mute("K", ("A", "C"))],
    ),
    Case(
        "off hold before on hold",
        room=THREE,
        told={"A": HELD, "C": HELD},
        asked={"B": AWAY},
        commands=[Unhold("K", ("A", "C"))],
    ),
    Case(
        "hold before mute",
        room=THREE,
        told={},
        asked={"A": LISTENS, "B": AWAY},
        commands=[HOLD_B],
    ),
    Case(
        "mute before unmute",
        room=TWO,
        told={"A": Told(muted=True)},
        asked={"B": LISTENS},
        commands=[Mute("K", ("B",))],
    ),
    Case(
        "who has not joined is not muted",
        room=rig.waiting(TWO, "C"),
        told={},
        asked={"C": LISTENS},
        commands=[],
    ),
    Case(
        "who has left is not held",
        room=rig.leaving(TWO, "B"),
        told={"A": HELD},
        asked={"B": AWAY},
        commands=[],
    ),
]


@rig.each_case(TABLE)
def test_the_difference_is_sent(case: Case) -> None:
    assert step(like(case.room, case.told, case.asked)) == case.commands


@pytest.mark.parametrize(
    ("room", "call", "reason"),
    [
        (ONE, "A", "alone"),
        (TWO, "A", None),
        (like(TWO, {}, {"A": AWAY}), "A", "moderator"),
        (like(TWO, {}, {"A": AWAY}), "B", "alone"),
        (like(TWO, {}, {"A": LISTENS}), "B", None),
        (like(TWO, {}, {"A": AWAY, "B": AWAY}), "B", "moderator"),
        (like(THREE, {}, {"A": AWAY}), "B", None),
        (like(THREE, {}, {"A": AWAY, "B": AWAY}), "C", "alone"),
        (like(ONE, {}, {"A": AWAY}), "A", "moderator"),
        (like(ONE, {}, {"A": LISTENS}), "A", "alone"),
        (rig.waiting(ONE, "B"), "B", None),
    ],
)
def test_the_reason_of_a_hold(room: Room, call: str, reason: str | None) -> None:
    assert room_states.hold_reason(room, call) == reason


@pytest.mark.parametrize(
    ("room", "lonely"),
    [
        (EMPTY, ""),
        (rig.let_in(), ""),
        (ONE, "A"),
        (rig.greeting(ONE, "B"), "A"),
        (TWO, ""),
        (THREE, ""),
        (like(TWO, {}, {"B": AWAY}), "A"),
        (like(TWO, {}, {"B": LISTENS}), ""),
        (like(TWO, {}, {"A": AWAY, "B": AWAY}), ""),
        (like(ONE, {}, {"A": AWAY}), ""),
        (like(THREE, {}, {"A": AWAY, "C": AWAY}), "B"),
        (like(THREE, {}, {"A": AWAY}), ""),
        (like(rig.waiting(TWO, "C"), {}, {"A": AWAY, "C": AWAY}), "B"),
    ],
)
def test_alone_is_the_only_one_inside_whom_no_moderator_holds(room: Room, lonely: str) -> None:
    assert room_states.alone(room) == lonely


def test_a_moderator_s_hold_leaves_the_other_with_music_until_both_are_free() -> None:
    room, commands = rig.decide(TWO, rig.asks("hold", "B"))
    assert [c for c in commands if isinstance(c, Hold)] == [
        Hold("K", ("A", "B"), "", MUSIC, at=NOW)
    ]
    room, commands = rig.decide(rig.well(room), rig.asks("unhold", "B"))
    assert [c for c in commands if isinstance(c, Unhold)] == [Unhold("K", ("A", "B"), at=NOW)]
    assert rig.well(room).holding.told == {}


def test_company_of_one_who_is_held_is_no_company_and_the_next_one_is() -> None:
    room = rig.well(rig.after(TWO, rig.asks("hold", "B", at=T0)))
    assert room.holding.told == {"A": HELD, "B": HELD}
    room, commands = rig.decide(rig.let_in(room, "C"), rig.joined("C"))
    assert commands == (Unhold("K", ("A",), at=NOW),)
    room, commands = rig.decide(rig.well(room), rig.hangup("C"))
    assert commands == (HOLD_A_NOW,)


@pytest.mark.parametrize("command", [Hold, Unhold, Mute, Unmute])
def test_an_empty_list_would_concern_everyone(command: Any) -> None:
    with pytest.raises(ValueError, match=rf"{command.name} without calls"):
        command("K", ())
    assert command("K", ("A",)).calls == ("A",)


def test_a_call_s_first_and_last_companion() -> None:
    sent: list[Command] = []
    room = rig.let_in()
    for event in (rig.joined(), rig.hook("conference.created", "A")):
        room, commands = rig.decide(room, event)
        sent += commands
    room = rig.well(room)
    room = rig.let_in(room, "B")
    for event in (rig.joined("B"), rig.hangup("B")):
        room, commands = rig.decide(rig.well(room), event)
        sent += commands
    assert sent == [
        Hold("K", ("A",), music=MUSIC, at=NOW),
        Unhold("K", ("A",), at=NOW),
        Hold("K", ("A",), music=MUSIC, at=NOW),
    ]


def test_a_moderator_s_hold_is_known_again_by_our_client_state() -> None:
    away = ClientState("demo", hold=True, mute_by="moderator")
    room = rig.after(TWO, rig.hook("call.answered", "C", client_state=away))
    assert room.holding.asked == {"C": Asked(hold=True, mute_by="moderator")}
    room = rig.well(rig.after(rig.well(room), rig.hook("call.speak.ended", "C", T0)))
    room, commands = rig.decide(room, rig.joined("C"))
    assert commands == (Hold("K", ("C",), music=MUSIC, at=NOW),)
    room, commands = rig.decide(room, rig.answer(room, HOLD_AND_MUTE))
    assert commands == (Mute("K", ("C",), at=NOW),)
    room = rig.well(room)
    assert room.holding.told == {"C": Told(True, True, MUSIC)}
    # The others go: being alone adds nothing to C, and company takes nothing away.
    room = rig.well(rig.after(room, rig.hangup("A")))
    room, commands = rig.decide(room, rig.hangup("B"))
    assert (room_states.hold_reason(room, "C"), commands) == ("moderator", ())
    room = rig.let_in(room, "D")
    hold_d = Hold("K", ("D",), music=MUSIC, at=NOW)
    assert rig.decide(room, rig.joined("D"))[1] == (hold_d,), "D is alone beside C on hold"
    assert rig.after(room, rig.hangup("C")).holding.asked == {}


def test_one_hold_or_mute_is_in_flight_at_a_time() -> None:
    room = rig.after(rig.let_in(), rig.joined())
    assert isinstance(rig.head(room, HOLD_AND_MUTE), Hold)
    room = rig.waiting(room, "B")
    room, commands = rig.decide(room, rig.joined("B"))
    assert commands == ()
    assert room.pending == rig.queued(HOLD_AND_MUTE, Hold("K", ("A",), music=MUSIC, at=NOW))
    room, commands = rig.decide(room, rig.answer(room, HOLD_AND_MUTE))
    assert commands == (Unhold("K", ("A",), at=NOW),)
    room, commands = rig.decide(room, rig.answer(room, HOLD_AND_MUTE))
    assert (commands, room.pending) == ((), {})


def test_what_has_changed_back_meanwhile_is_not_sent() -> None:
    room = rig.waiting(rig.after(rig.let_in(), rig.joined()), "B")
    room = rig.after(room, rig.joined("B"), rig.hangup("B"))
    assert rig.decide(room, rig.answer(room, HOLD_AND_MUTE))[1] == ()


def test_music_whose_address_becomes_known_is_sent() -> None:
    room = rig.inside(rig.with_settings(hold_audio_url=""))
    assert room.holding.told == {"A": Told(held=True, music="")}
    room, commands = rig.decide(room, rig.initiated("B", delivered_to="https://x.example/webhook"))
    hold = Hold("K", ("A",), music="https://x.example/hold-music.wav", at=NOW)
    assert [command for command in commands if isinstance(command, Hold)] == [hold]
    assert rig.well(room).holding.told == {"A": Told(held=True, music=hold.music)}


@pytest.mark.parametrize(
    ("settings", "origin", "music"),
    [
        ({"hold_audio_url": "u", "public_url": "https://p"}, "https://o", "u"),
        (
            {"hold_audio_url": "", "public_url": "https://p"},
            "https://o",
            "https://p/hold-music.wav",
        ),
        ({"hold_audio_url": "", "public_url": ""}, "https://o", "https://o/hold-music.wav"),
        ({"hold_audio_url": "", "public_url": ""}, "", ""),
    ],
)
def test_where_the_music_comes_from(settings: dict[str, str], origin: str, music: str) -> None:
    assert replace(rig.with_settings(**settings), origin=origin).music == music


@pytest.mark.parametrize("bring", [rig.ringing, rig.greeting, rig.waiting, rig.let_in, rig.refused])
def test_nothing_is_sent_to_someone_who_is_not_joined(bring: Any) -> None:
    room = rig.given(bring(TWO, "C"), asked={"C": Asked(True, "moderator")})
    assert step(room) == []
    assert set(rules.wanted(room)) == set()


def test_nothing_is_sent_without_a_conference() -> None:
    room = rig.given(ONE, conference="", told={})
    assert [c for c in rig.decide(room, rig.initiated("B"))[1] if isinstance(c, Hold)] == []


def test_joining_makes_it_not_held_and_not_muted() -> None:
    held = rig.given(TWO, told={"B": Told(True, True, MUSIC)}, asked={"B": LISTENS})
    room, commands = rig.decide(held, rig.left("B", occurred_at="2026-5"))
    assert (room.holding.told, commands) == ({}, (Hold("K", ("A",), music=MUSIC, at=NOW),))
    room = rig.well(room)
    room = rig.after(room, rig.joined("B", occurred_at="2026-6"))
    assert room.holding.told == {"A": HELD}
    assert rig.well(room).holding.told == {"B": Told(muted=True)}


def test_a_new_conference_knows_nothing_of_the_old_one_s_holds() -> None:
    room = rig.waiting(ONE, "B")
    room = rig.after(room, rig.answer(room, "B", 422, "90019"))
    assert (room.holding.told, room.joined, room.conference) == ({}, frozenset(), "")


def test_the_last_one_out_closes_the_room_unless_somebody_is_on_the_way_in() -> None:
    assert rig.after(ONE, rig.left(occurred_at="2026-5")).conference == ""
    room = rig.after(rig.waiting(ONE, "B"), rig.left(occurred_at="2026-5"))
    assert (room.conference, rig.status(room)) == ("K", {"A": "leaving", "B": "waiting"})
    assert rig.after(rig.greeting(ONE, "B"), rig.hangup()).conference == ""
    assert rig.after(TWO, rig.ended()).conference == ""


def test_a_created_conference_that_nobody_waits_for_is_closed() -> None:
    room = rig.after(rig.waiting(), rig.hangup())
    command = rig.head(room, CONFERENCE)
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "K"}))
    assert command.call == "A"
    assert (room.conference, room.pending, room.participants) == ("", {}, {})
