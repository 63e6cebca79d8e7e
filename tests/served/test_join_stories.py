"""Stories of callers who come into a room: how they come in, and who is kept out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import RoomsLine, rooms_line, talk

from conference.core.admission import reception
from conference.core.entering import FULL

SEMINAR, STUDIO = "+13125550101", "+13125550102"

FILE = f"""
[defaults]
greeting_first = ""
greeting_next = ""

[rooms.seminar]
numbers = ["{SEMINAR}"]
muted = {{ participant = true }}
roster = {{ "+13125550118" = {{ name = "Hana", role = "moderator" }} }}

[rooms.studio]
numbers = ["{STUDIO}"]
max_participants = 2

[rooms.board]
participant_pin = "61524"
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(FILE, speed=20) as line:
        yield line


def test_participants_come_in_muted_and_the_moderator_does_not(line: RoomsLine) -> None:
    hana = line.dials("Hana", SEMINAR)
    hana.hears_music()
    ann, bob = line.dials("Ann", SEMINAR), line.dials("Bob", SEMINAR)
    ann.hears_only(hana)
    bob.hears_only(hana)
    hana.hears_only()
    ann.hears("You are muted. Star six unmutes you.")
    assert "You are muted. Star six unmutes you." not in hana.told
    ann.presses("*6")
    ann.hears("Unmuted.")
    hana.hears_only(ann)
    bob.hears_only(hana, ann)


def test_a_room_takes_as_many_as_its_settings_say(line: RoomsLine) -> None:
    ann, bob = line.dials("Ann", STUDIO), line.dials("Bob", STUDIO)
    talk(ann, bob)
    cleo = line.dials("Cleo", STUDIO)
    cleo.hears(FULL)
    cleo.is_hung_up()
    talk(ann, bob)
    bob.hangs_up()
    ann.hears_music()
    cleo.dials(STUDIO)
    talk(ann, cleo)


def test_a_number_that_guesses_is_kept_out_for_a_while_and_nobody_else_is(
    line: RoomsLine,
) -> None:
    mallory = line.enters("Mallory", "1111#")
    mallory.hears(reception.PROMPTS["unknown"])
    mallory.presses("2222#")
    mallory.hears(reception.PROMPTS["unknown"], times=2)
    mallory.presses("3333#")
    mallory.hears(reception.GOODBYES["unknown"])
    mallory.is_hung_up()

    for guess in ("4444#", "5555#", "6666#"):  # each one waits longer than the one before
        mallory.enters(guess)
        mallory.hears(reception.WAIT)
        mallory.hears(reception.PROMPTS["unknown"])
        mallory.hangs_up()
    mallory.enters("61524#")
    mallory.hears(reception.LATER)
    mallory.is_hung_up()

    ann = line.enters("Ann", "61524#")
    ann.hears_music()
    assert reception.WAIT not in ann.told
