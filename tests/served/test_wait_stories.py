"""Stories of callers who wait, and of the words and tones that they hear meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import RoomsLine, rooms_line, talk

from conference.core.greeting import WAIT_FOR_HOST

TEAM, BOARD, LISBON = "+13125550101", "+13125550102", "+13125550103"
MUSIC, HELD = "https://music.example/wait.wav", "https://music.example/hold.wav"
ALONE = "You are the first. Please hold."
NEXT = "You join the others."

FILE = f"""
[defaults]
greeting_first = "{ALONE}"
greeting_next = "{NEXT}"
hold_audio_url = "{HELD}"

[rooms.team]
numbers = ["{TEAM}"]
beep = "on_enter"

[rooms.board]
numbers = ["{BOARD}"]
start_conference_on_enter = {{ participant = false }}
wait_url = "{MUSIC}"
beep = "never"
roster = {{ "+13125550118" = {{ name = "Hana", role = "moderator" }} }}

[rooms.lisbon]
numbers = ["{LISBON}"]
greeting_first = "Bem-vindo. Aguarde, por favor."
greeting_next = "Bem-vindo."
language = "pt-PT"
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(FILE) as line:
        yield line


# Announce


def test_each_caller_is_greeted_before_the_conference_and_the_others_hear_nothing_of_it(
    line: RoomsLine,
) -> None:
    ann = line.dials("Ann", TEAM)
    ann.hears(ALONE)
    assert ann.leg.conference is None, "she is greeted before she is inside"
    ann.hears_music()
    bob = line.dials("Bob", TEAM)
    bob.hears(NEXT)
    talk(ann, bob)
    assert (ann.told, bob.told) == ([ALONE], [NEXT])


def test_a_tone_for_callers_who_come_and_none_for_those_who_leave(line: RoomsLine) -> None:
    ann, bob = line.dials("Ann", TEAM), line.dials("Bob", TEAM)
    talk(ann, bob)
    line.settles()
    before = ann.beeps
    cleo = line.dials("Cleo", TEAM)
    talk(ann, bob, cleo)
    assert ann.beeps == before + 1
    cleo.hangs_up()
    talk(ann, bob)
    assert ann.beeps == before + 1


def test_a_room_without_tones(line: RoomsLine) -> None:
    hana, ann = line.dials("Hana", BOARD), line.dials("Ann", BOARD)
    talk(hana, ann)
    line.dials("Bob", BOARD).hears_only(hana, ann)
    assert (hana.beeps, ann.beeps) == (0, 0)


def test_a_moderator_speaks_to_the_room_and_to_one_member(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", TEAM), line.comes("Bob", TEAM)
    talk(ann, bob)
    line.acts("team", "speak", payload="Five minutes left.")
    ann.hears("Five minutes left.")
    bob.hears("Five minutes left.")
    line.acts("team", "speak", ann, payload="Please call Bob afterwards.")
    ann.hears("Please call Bob afterwards.")
    talk(ann, bob)
    assert bob.told == [NEXT, "Five minutes left."]


def test_a_room_speaks_its_own_language(line: RoomsLine) -> None:
    ann = line.dials("Ann", LISBON)
    ann.hears("Bem-vindo. Aguarde, por favor.")
    ann.hears_music()
    line.acts("lisbon", "speak", ann, payload="Faltam cinco minutos.")
    ann.hears("Faltam cinco minutos.")
    line.dials("Bob", TEAM).hears(ALONE)
    assert [each["language"] for each in line.sent("speak")] == ["pt-PT"] * 2 + ["en-GB"]


# Wait


def test_music_plays_for_one_who_is_alone_also_after_the_others_have_left(line: RoomsLine) -> None:
    ann = line.dials("Ann", TEAM)
    ann.hears_music(HELD)
    bob, cleo = line.dials("Bob", TEAM), line.dials("Cleo", TEAM)
    talk(ann, bob, cleo)
    bob.hangs_up()
    talk(ann, cleo)
    cleo.hangs_up()
    ann.hears_music(HELD)
    bob.dials(TEAM)
    talk(ann, bob)


def test_waiting_for_the_host_is_not_being_alone(line: RoomsLine) -> None:
    ann = line.dials("Ann", BOARD)
    ann.hears(WAIT_FOR_HOST)
    ann.hears_music(MUSIC)
    line.settles()
    shown = line.room("board")
    assert shown["reason"] == "music is on, because the room waits for its host"
    assert line.shown("board", ann)["hold_reason"] == "not-started"

    bob = line.dials("Bob", TEAM)
    bob.hears(ALONE)
    bob.hears_music(HELD)
    line.settles()
    shown = line.room("team")
    assert shown["reason"] == "music is on, because only ...0112 is here"
    assert line.shown("team", bob)["hold_reason"] == "alone"

    hana = line.dials("Hana", BOARD)
    talk(ann, hana)
    hana.hangs_up()
    ann.hears_music(HELD)
    assert line.shown("board", ann)["hold_reason"] == "alone", "the meeting has begun"


def test_one_member_is_on_hold_with_music_while_the_others_talk(line: RoomsLine) -> None:
    ann, bob, cleo = (line.dials(name, TEAM) for name in ("Ann", "Bob", "Cleo"))
    talk(ann, bob, cleo)
    line.acts("team", "hold", bob, audio_url=MUSIC)
    bob.hears_music(MUSIC)
    talk(ann, cleo)
    assert line.shown("team", bob)["hold_reason"] == "moderator"
    cleo.hangs_up()
    ann.hears_music(HELD)
    bob.hears_music(MUSIC)
    line.acts("team", "unhold", bob)
    talk(ann, bob)
