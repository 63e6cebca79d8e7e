"""Stories of callers of a line with a rooms file: what each of them does and hears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import (
    FILE,
    LISTENER,
    MODERATOR,
    PARTICIPANT,
    SUPPORT,
    RoomsLine,
    rooms_line,
    talk,
)

from conference.core import host
from conference.core.admission import reception
from conference.core.entering import FULL, LOCKED
from conference.core.greeting import WAIT_FOR_HOST
from conference.core.requests.hands import TURN, TURN_OVER, UP


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(FILE) as line:
        yield line


# In


def test_ann_and_bob_wait_for_the_host_and_talk_with_her(line: RoomsLine) -> None:
    ann = line.enters("Ann", PARTICIPANT)
    ann.hears(WAIT_FOR_HOST)
    ann.hears_music()
    bob = line.enters("Bob", PARTICIPANT)
    bob.hears(WAIT_FOR_HOST)
    bob.hears_music()
    line.shows("sales", summary="waiting for the host, everyone on hold")
    assert line.shown("sales", bob)["hold_reason"] == "not-started"

    hana = line.enters("Hana", MODERATOR)
    hana.hears("Others are here.")
    ann.hears(host.HERE)
    bob.hears(host.HERE)
    talk(ann, bob, hana)
    roles = [line.shown("sales", each)["role"] for each in (ann, hana)]
    assert roles == ["participant", "moderator"]
    assert line.conferences == ["Sales"]

    hana.hangs_up()
    ann.hears(host.ENDS_AT_ONCE)
    ann.is_hung_up()
    bob.is_hung_up()


def test_the_number_of_a_room_leads_there_without_a_pin(line: RoomsLine) -> None:
    ann = line.dials("Ann", SUPPORT)
    ann.hears("You are the first.")
    ann.hears_music()
    bob = line.dials("Bob", SUPPORT)
    talk(ann, bob)
    assert reception.ENTER not in ann.told + bob.told
    known = line.shown("support", bob)
    assert (known["label"], known["role"]) == ("Bob", "moderator"), "the roster knows him"
    assert line.shown("support", ann)["role"] == "participant"
    ann.hangs_up()
    bob.hears_music()


def test_three_wrong_pins_end_the_call(line: RoomsLine) -> None:
    mallory = line.enters("Mallory", "1111#")
    mallory.hears(reception.PROMPTS["unknown"])
    mallory.presses("2222#")
    mallory.hears(reception.PROMPTS["unknown"], times=2)
    mallory.presses("333333")
    mallory.hears(reception.GOODBYES["unknown"])
    mallory.is_hung_up()
    assert line.conferences == []


def test_a_full_room_has_a_place_for_its_moderator(line: RoomsLine) -> None:
    ann, bob, dan = (line.enters(name, PARTICIPANT) for name in ("Ann", "Bob", "Dan"))
    for caller in (ann, bob, dan):
        caller.hears_music()
    cleo = line.enters("Cleo", PARTICIPANT)
    cleo.hears(FULL)
    cleo.is_hung_up()
    hana = line.enters("Hana", MODERATOR)
    talk(ann, bob, dan, hana)


def test_a_locked_room_lets_a_moderator_in(line: RoomsLine) -> None:
    ann = line.enters("Ann", PARTICIPANT)
    hana = line.enters("Hana", MODERATOR)
    talk(ann, hana)
    hana.presses("*5")
    hana.hears("Locked.")
    cleo = line.enters("Cleo", PARTICIPANT)
    cleo.hears(LOCKED)
    cleo.is_hung_up()
    bob = line.enters("Bob", MODERATOR)
    talk(ann, bob, hana)
    assert line.room("sales")["locked"]


# Keys


def test_a_listener_stays_muted_whatever_keys_he_presses(line: RoomsLine) -> None:
    hana = line.enters("Hana", MODERATOR)
    hana.hears_music()
    bob = line.enters("Bob", LISTENER)
    bob.hears_only(hana)
    hana.hears_only()
    answers = {
        "*6": "Listeners stay muted.",
        "##": "Only a moderator can do this.",
        "*5": "Only a moderator can do this.",
        "*9": "Listeners cannot do this.",
        "*7": "Only a moderator can do this.",
        "*3": "Enter the moderator PIN, then press hash.",
        "1234#": "That PIN is wrong.",
    }
    for keys, answer in answers.items():
        heard = bob.told.count(answer)
        bob.presses(keys)
        bob.hears(answer, times=heard + 1)
        bob.hears_only(hana)  # the answer is over
        assert bob.leg.muted
    hana.hears_only()
    row, room = line.shown("sales", bob), line.room("sales")
    assert (row["role"], row["mute_reason"], room["locked"]) == ("listener", "listener", False)


def test_ann_becomes_the_moderator_by_star_three_and_begins(line: RoomsLine) -> None:
    ann, bob = line.enters("Ann", PARTICIPANT), line.enters("Bob", PARTICIPANT)
    ann.hears_music()
    bob.hears_music()
    ann.presses("*3")
    ann.hears("Enter the moderator PIN, then press hash.")
    ann.presses(MODERATOR)
    ann.hears("You are a moderator now.")
    talk(ann, bob)
    ann.presses("##")
    ann.hears("Everyone is muted.")
    bob.hears("You were muted by the moderator. Star six unmutes you.")
    ann.hears_only()
    bob.presses("*6")
    talk(ann, bob)


def test_a_key_of_the_rooms_own_table(line: RoomsLine) -> None:
    ann = line.dials("Ann", SUPPORT)
    ann.hears_music()
    bob = line.dials("Bob", SUPPORT)
    talk(ann, bob)
    ann.presses("*6")
    assert not ann.leg.muted, "the file has removed it"
    ann.presses("#1")
    ann.hears("Muted.")
    bob.hears_only()
    ann.presses("*#")
    ann.hears("There are 2 people in the conference.")
    ann.presses("*1")
    ann.hears_of("Hash one: mute or unmute yourself.")


def test_the_host_records_and_ends_by_key(line: RoomsLine) -> None:
    ann = line.enters("Ann", PARTICIPANT)
    hana = line.enters("Hana", MODERATOR)
    talk(ann, hana)
    hana.presses("*9")
    hana.hears("The recording begins.")
    line.shows("sales", recording=True)
    hana.presses("*9")
    hana.hears("The recording ends.")
    line.shows("sales", recording=False)
    hana.presses("*0")
    hana.hears("To end the conference for everyone, press one.")
    hana.presses("1")
    ann.is_hung_up()
    hana.is_hung_up()


def test_hands_are_called_one_by_one_in_question_time(line: RoomsLine) -> None:
    ann, bob = line.enters("Ann", PARTICIPANT), line.enters("Bob", PARTICIPANT)
    hana = line.enters("Hana", MODERATOR)
    talk(ann, bob, hana)
    hana.presses("*7")
    hana.hears_only()
    for place, caller in enumerate((bob, ann), 1):
        caller.presses("*9")
        caller.hears(UP.format(place=place))
    for caller in (bob, ann):
        hana.presses("*2")
        caller.hears(TURN)
        hana.hears_only(caller)
    bob.hears(TURN_OVER)
    bob.presses("*6")
    hana.hears_only(ann)
    hana.presses("*7")
    hana.hears_only()
    hana.presses("*7")
    talk(ann, bob, hana)


def test_a_moderator_moves_ann_to_the_other_room(line: RoomsLine) -> None:
    ann, bob = line.dials("Ann", SUPPORT), line.dials("Bob", SUPPORT)
    talk(ann, bob)
    cleo = line.enters("Cleo", MODERATOR)
    cleo.hears_music()
    line.acts("support", "move", ann, room="SALES")
    talk(ann, cleo)
    bob.hears_music()
    line.acts("sales", "speak", payload="Welcome, Ann.")
    cleo.hears("Welcome, Ann.")
    line.acts("sales", "kick", ann)
    ann.is_hung_up()
    cleo.hears_music()


def test_one_who_is_moved_to_a_room_without_its_host_hears_why_music_plays(line: RoomsLine) -> None:
    ann, bob = line.dials("Ann", SUPPORT), line.dials("Bob", SUPPORT)
    talk(ann, bob)
    line.acts("support", "move", ann, room="sales")
    ann.hears(WAIT_FOR_HOST)
    ann.hears_music()
    hana = line.enters("Hana", MODERATOR)
    ann.hears(host.HERE)
    talk(ann, hana)
    assert ann.told.count(WAIT_FOR_HOST) == 1
