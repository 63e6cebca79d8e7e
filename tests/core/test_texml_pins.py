"""The reception by TeXML: each input decides about the next document, once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import NOW
from rigs.reception import MODERATOR, PARTICIPANT, PINS, ROOMS

from conference.core.admission import pin_defence, reception
from conference.core.client_state import Role
from conference.core.commands import KEY_SECONDS
from conference.core.human_text import speech_seconds
from conference.core.parts import PinEntry
from conference.core.room import ENDED_KEPT, PIN_ENTRY_KEPT, Room
from conference.core.texml.facts import PinPosted
from conference.core.texml.pin_entry import MOST_ENTRIES, result, tries_left

HERE = Room("reception", replace(ROOMS["reception"], reconcile_seconds=0))
NUMBER = "+13125550111"


def posts(digits: str, nth: int = 1, call: str = "A", at: float = NOW) -> PinPosted:
    return PinPosted(call, at, NUMBER, nth, digits)


def entry(room: Room, call: str = "A") -> PinEntry:
    return room.texml.entries[call]


@pytest.mark.parametrize(("digits", "name", "role"), PINS)
def test_a_pin_leads_to_its_room_in_its_role(digits: str, name: str, role: Role) -> None:
    room, commands = rig.decide(HERE, posts(digits))
    assert (entry(room).room, entry(room).role, entry(room).pin) == (name, role, "")
    assert result(entry(room)) == f"it leads to room {name} as {role}"
    assert commands == (), "Telnyx gets a document, and no command"


@pytest.mark.parametrize("digits", ["482", "48210", "4822", "90771", "*", "4821*", "0" * 64])
def test_no_other_digits_lead_anywhere(digits: str) -> None:
    room = rig.after(HERE, posts(digits))
    assert (entry(room).room, entry(room).tries) == ("", ("unknown",))


def test_three_tries_are_answered_and_no_fourth() -> None:
    room = HERE
    for nth, (digits, why) in enumerate([("1111", "unknown"), ("", "silent"), ("3333", "unknown")]):
        assert nth == 0 or tries_left(entry(room))
        room = rig.after(room, posts(digits, nth + 1))
        assert entry(room).tries[-1] == why
        words = {"unknown": "it is not known", "silent": "none was entered"}
        assert result(entry(room)) == words[why]
    assert not tries_left(entry(room))
    assert rig.after(room, posts(PARTICIPANT, 3)) == room


def test_a_post_that_is_delivered_again_counts_once() -> None:
    once = rig.after(HERE, posts("1111"))
    assert rig.after(once, posts("1111", at=NOW + 1)) == once
    assert once.pin_defence.records[NUMBER].wrong == 1
    second = rig.after(once, posts("2222", 2))
    assert rig.after(second, posts("1111", 1)) == second
    right = rig.after(HERE, posts(MODERATOR))
    assert rig.after(right, posts(MODERATOR)) == right
    assert rig.after(right, posts("1111")) == right


def test_after_a_restart_the_address_says_which_try_it_is() -> None:
    room = rig.after(HERE, posts("1111", 3))
    assert entry(room).tries == ("unknown",) * 3
    assert not tries_left(entry(room))
    assert entry(rig.after(HERE, posts(PARTICIPANT, 3))).room == "sales"


def guessed(times: int, at: float = NOW) -> Room:
    """The reception after wrong PINs of the number, each in a call of its own."""
    room = HERE
    for n in range(times):
        room = rig.after(room, posts(f"99{n:02}", call=f"X{n}", at=at))
    return room


def test_after_wrong_pins_the_next_one_waits_for_its_turn() -> None:
    room = rig.after(guessed(3), posts(PARTICIPANT))
    due = NOW + pin_defence.FIRST_WAIT
    assert (entry(room).turn, entry(room).room) == (due, "")
    assert result(entry(room)) == "it waits for its turn"
    assert PARTICIPANT not in repr(room)
    assert rig.after(room, posts(PARTICIPANT, at=due - 1)) == room, "delivered again"
    assert rig.after(room, posts("", at=due - 1)) == room, "fetched too early"
    assert entry(rig.after(room, posts("", at=due))).room == "sales"


def test_a_wrong_pin_that_waited_counts_then() -> None:
    room = rig.after(guessed(3), posts("1111"))
    assert room.pin_defence.records[NUMBER].wrong == 3
    room = rig.after(room, posts("", at=NOW + pin_defence.FIRST_WAIT))
    assert (entry(room).tries, entry(room).pin) == (("unknown",), "")
    assert room.pin_defence.records[NUMBER].wrong == 4


def test_a_long_wait_is_refused_and_not_shortened_by_posting_again() -> None:
    room = guessed(3)
    for n in range(5):
        room = rig.after(room, posts("1111", call=f"Y{n}"))
    assert [entry(room, f"Y{n}").put_off for n in range(5)] == [False] * 4 + [True]
    assert rig.after(room, posts(PARTICIPANT, call="Y4")) == room
    assert result(entry(room, "Y4")) == "there were too many wrong ones"


def test_both_doors_share_the_defence() -> None:
    room = rig.after(
        HERE, rig.initiated("C", from_=NUMBER), rig.hook("call.answered", "C"), *guesses_by_phone()
    )
    assert room.pin_defence.records[NUMBER].wrong == 3
    assert entry(rig.after(room, posts(PARTICIPANT))).turn == NOW + pin_defence.FIRST_WAIT
    by_texml = rig.well(
        rig.after(guessed(3), rig.initiated("C", from_=NUMBER), rig.hook("call.answered", "C"))
    )
    keys = rig.hook("call.gather.ended", "C", details={"digits": PARTICIPANT})
    assert rig.after(by_texml, keys).participants["C"].pin == PARTICIPANT, "waits, too"


def guesses_by_phone() -> list[object]:
    return [
        rig.hook("call.gather.ended", "C", details={"digits": f"99{n:02}"}, id=f"{n}")
        for n in range(3)
    ]


def test_what_is_kept_is_bounded_and_forgotten() -> None:
    room = HERE
    for n in range(MOST_ENTRIES + 2):
        room = rig.after(room, posts("", call=f"X{n}"))
    assert len(room.texml.entries) == MOST_ENTRIES
    assert "X0" not in room.texml.entries
    room = rig.after(HERE, posts(""))
    later = NOW + PIN_ENTRY_KEPT
    assert not room.over(later - 1)
    assert room.over(later + ENDED_KEPT)
    assert rig.after(room, posts("", call="B", at=later)).texml.entries.keys() == {"B"}


def test_a_caller_who_takes_all_the_time_there_is_is_kept() -> None:
    """Twelve keys, each at the last moment, after the longest prompt."""
    one_try = speech_seconds(reception.PROMPTS["silent"]) + 12 * KEY_SECONDS
    assert reception.MOST_TRIES * (one_try + pin_defence.MOST_WAITED) < PIN_ENTRY_KEPT
