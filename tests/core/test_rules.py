"""Who is held and who is muted follows from the room as it is, and only the difference is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs.core import (
    EMPTY,
    MUSIC,
    NOW,
    T0,
    after,
    answer,
    ended,
    greeting,
    hangup,
    head,
    hook,
    initiated,
    inside,
    joined,
    leaving,
    left,
    let_in,
    refused,
    ringing,
    status,
    waiting,
    well,
    with_settings,
)

from conference.core import rules
from conference.core.client_state import ClientState
from conference.core.commands import HOLD_AND_MUTE, Command, Hold, Mute, Unhold, Unmute
from conference.core.decide import decide
from conference.core.room import Asked, Room, Told

HELD = Told(held=True, music=MUSIC)
UNSURE = Told(None)
LISTENS = Asked(mute=True)
HOLD_A, HOLD_B = (Hold("K", (call,), music=MUSIC) for call in "AB")
FREE_A = Unhold("K", ("A",))
AWAY = Asked(hold=True)
ONE = inside()
TWO = inside(inside(), "B")
THREE = inside(TWO, "C")


def step(room: Room) -> list[Command]:
    """The one command by which the rules bring the room nearer to what they want."""
    command = rules.next_hold_or_mute(room)
    return [command] if command else []


def like(room: Room, told: dict[str, Told], asked: dict[str, Asked]) -> Room:
    return replace(room, told=told, asked=asked)


TABLE: list[tuple[str, Room, dict[str, Told], dict[str, Asked], list[Command]]] = [
    ("alone: on hold", ONE, {}, {}, [HOLD_A]),
    ("alone and on hold: nothing", ONE, {"A": HELD}, {}, []),
    ("alone, not known whether held: hold", ONE, {"A": UNSURE}, {}, [HOLD_A]),
    ("not alone: nothing", TWO, {}, {}, []),
    ("not alone any more: off hold", TWO, {"A": HELD}, {}, [FREE_A]),
    ("not alone, not known whether held: off hold", TWO, {"A": UNSURE}, {}, [FREE_A]),
    ("other music: hold again", ONE, {"A": Told(True, music="old")}, {}, [HOLD_A]),
    ("a moderator's hold", TWO, {}, {"B": AWAY}, [HOLD_B]),
    ("a moderator's hold outlives being alone", TWO, {"A": HELD}, {"A": AWAY}, []),
    ("a moderator's hold says the same as being alone", ONE, {"A": HELD}, {"A": AWAY}, []),
    ("a moderator's hold that has ended, while alone", ONE, {"A": HELD}, {"A": Asked()}, []),
    ("a moderator's hold that has ended, in company", TWO, {"A": HELD}, {}, [FREE_A]),
    ("a moderator's hold leaves the other's loneliness alone", TWO, {"B": HELD}, {"B": AWAY}, []),
    ("a moderator's mute", TWO, {}, {"B": LISTENS}, [Mute("K", ("B",))]),
    ("a moderator's mute that has ended", TWO, {"B": Told(muted=True)}, {}, [Unmute("K", ("B",))]),
    ("muted already: nothing", TWO, {"B": Told(muted=True)}, {"B": LISTENS}, []),
    ("muted or not: on", TWO, {"B": Told(muted=None)}, {"B": LISTENS}, [Mute("K", ("B",))]),
    ("muted or not: off", TWO, {"B": Told(muted=None)}, {}, [Unmute("K", ("B",))]),
    (
        "several at once, in order",
        THREE,
        {},
        {"C": LISTENS, "A": LISTENS},
        [Mute("K", ("A", "C"))],
    ),
    (
        "off hold before on hold",
        THREE,
        {"A": HELD, "C": HELD},
        {"B": AWAY},
        [Unhold("K", ("A", "C"))],
    ),
    ("hold before mute", TWO, {}, {"A": LISTENS, "B": AWAY}, [HOLD_B]),
    (
        "mute before unmute",
        TWO,
        {"A": Told(muted=True)},
        {"B": LISTENS},
        [Mute("K", ("B",))],
    ),
    ("who has not joined is not muted", waiting(TWO, "C"), {}, {"C": LISTENS}, []),
    ("who has left is not held", leaving(TWO, "B"), {"A": HELD}, {"B": AWAY}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("room", "told", "asked", "sent"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_difference_is_sent(
    room: Room, told: dict[str, Told], asked: dict[str, Asked], sent: list[Command]
) -> None:
    assert step(like(room, told, asked)) == sent


@pytest.mark.parametrize(
    ("room", "call", "reason"),
    [
        (ONE, "A", "alone"),
        (TWO, "A", None),
        (like(TWO, {}, {"A": AWAY}), "A", "moderator"),
        (like(TWO, {}, {"A": AWAY}), "B", None),
        (like(ONE, {}, {"A": AWAY}), "A", "moderator"),
        (like(ONE, {}, {"A": LISTENS}), "A", "alone"),
        (waiting(ONE, "B"), "B", None),
    ],
)
def test_the_reason_of_a_hold(room: Room, call: str, reason: str | None) -> None:
    assert rules.hold_reason(room, call) == reason


@pytest.mark.parametrize(
    ("room", "lonely"),
    [(EMPTY, ""), (let_in(), ""), (ONE, "A"), (greeting(ONE, "B"), "A"), (TWO, ""), (THREE, "")],
)
def test_alone_is_the_only_one_who_has_joined(room: Room, lonely: str) -> None:
    assert rules.alone(room) == lonely


@pytest.mark.parametrize("command", [Hold, Unhold, Mute, Unmute])
def test_an_empty_list_would_concern_everyone(command: Any) -> None:
    with pytest.raises(ValueError, match=rf"{command.__name__} without calls"):
        command("K", ())
    assert command("K", ("A",)).calls == ("A",)


def test_a_call_s_first_and_last_companion() -> None:
    sent: list[Command] = []
    room = let_in()
    for event in (joined(), hook("conference.created", "A")):
        room, commands = decide(room, event)
        sent += commands
    room = well(room)
    room = let_in(room, "B")
    for event in (joined("B"), hangup("B")):
        room, commands = decide(well(room), event)
        sent += commands
    assert sent == [
        Hold("K", ("A",), music=MUSIC, at=NOW),
        Unhold("K", ("A",), at=NOW),
        Hold("K", ("A",), music=MUSIC, at=NOW),
    ]


def test_a_moderator_s_hold_is_known_again_by_our_client_state() -> None:
    away = ClientState("demo", hold=True, mute=True)
    room = after(TWO, hook("call.answered", "C", client_state=away))
    assert room.asked == {"C": Asked(hold=True, mute=True)}
    room = well(after(well(room), hook("call.speak.ended", "C", T0)))
    room, commands = decide(room, joined("C"))
    assert commands == (Hold("K", ("C",), music=MUSIC, at=NOW),)
    room, commands = decide(room, answer(room, HOLD_AND_MUTE))
    assert commands == (Mute("K", ("C",), at=NOW),)
    room = well(room)
    assert room.told == {"C": Told(True, True, MUSIC)}
    # The others go: being alone adds nothing, and company takes nothing away.
    room, commands = decide(after(room, hangup("A")), hangup("B"))
    assert (rules.alone(room), commands) == ("C", ())
    room = let_in(room, "D")
    assert decide(room, joined("D"))[1] == ()
    assert after(room, hangup("C")).asked == {}


def test_one_hold_or_mute_is_in_flight_at_a_time() -> None:
    room = after(let_in(), joined())
    assert isinstance(head(room, HOLD_AND_MUTE), Hold)
    room = waiting(room, "B")
    room, commands = decide(room, joined("B"))
    assert commands == ()
    assert room.pending == {HOLD_AND_MUTE: (Hold("K", ("A",), music=MUSIC, at=NOW),)}
    room, commands = decide(room, answer(room, HOLD_AND_MUTE))
    assert commands == (Unhold("K", ("A",), at=NOW),)
    room, commands = decide(room, answer(room, HOLD_AND_MUTE))
    assert (commands, room.pending) == ((), {})


def test_what_has_changed_back_meanwhile_is_not_sent() -> None:
    room = waiting(after(let_in(), joined()), "B")
    room = after(room, joined("B"), hangup("B"))
    assert decide(room, answer(room, HOLD_AND_MUTE))[1] == ()


def test_music_whose_address_becomes_known_is_sent() -> None:
    room = inside(with_settings(hold_audio_url=""))
    assert room.told == {"A": Told(held=True, music="")}
    room, commands = decide(room, initiated("B", delivered_to="https://x.example/webhook"))
    hold = Hold("K", ("A",), music="https://x.example/hold-music.wav", at=NOW)
    assert [command for command in commands if isinstance(command, Hold)] == [hold]
    assert well(room).told == {"A": Told(held=True, music=hold.music)}


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
    assert replace(with_settings(**settings), origin=origin).music == music


@pytest.mark.parametrize("bring", [ringing, greeting, waiting, let_in, refused])
def test_nothing_is_sent_to_someone_who_is_not_joined(bring: Any) -> None:
    room = replace(bring(TWO, "C"), asked={"C": Asked(True, True)})
    assert step(room) == []
    assert set(rules.wanted(room)) == set()


def test_nothing_is_sent_without_a_conference() -> None:
    room = replace(ONE, conference="", told={})
    assert [c for c in decide(room, initiated("B"))[1] if isinstance(c, Hold)] == []


def test_joining_makes_it_not_held_and_not_muted() -> None:
    held = replace(TWO, told={"B": Told(True, True, MUSIC)}, asked={"B": LISTENS})
    room, commands = decide(held, left("B", occurred_at="2026-5"))
    assert (room.told, commands) == ({}, (Hold("K", ("A",), music=MUSIC, at=NOW),))
    room = well(room)
    room = after(room, joined("B", occurred_at="2026-6"))
    assert room.told == {"A": HELD}
    assert well(room).told == {"B": Told(muted=True)}


def test_a_new_conference_knows_nothing_of_the_old_one_s_holds() -> None:
    room = waiting(ONE, "B")
    room = after(room, answer(room, "B", 422, "90019"))
    assert (room.told, room.joined, room.conference) == ({}, frozenset(), "")


def test_the_last_one_out_closes_the_room_unless_somebody_is_on_the_way_in() -> None:
    assert after(ONE, left(occurred_at="2026-5")).conference == ""
    room = after(waiting(ONE, "B"), left(occurred_at="2026-5"))
    assert (room.conference, status(room)) == ("K", {"A": "leaving", "B": "waiting"})
    assert after(greeting(ONE, "B"), hangup()).conference == ""
    assert after(TWO, ended()).conference == ""


def test_a_created_conference_that_nobody_waits_for_is_closed() -> None:
    room = after(waiting(), hangup())
    command = head(room, "conference")
    room = after(room, answer(room, "conference", data={"id": "K"}))
    assert command.call == "A"
    assert (room.conference, room.pending, room.participants) == ("", {}, {})
