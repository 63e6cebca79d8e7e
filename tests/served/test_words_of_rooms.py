"""A line whose rooms have German words, and one room that has English ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import RoomsLine, rooms_line, talk

LAGER = "+13125550101"
FILE = f"""
[defaults]
language = "de-DE"
greeting_first = "Willkommen."
greeting_next = "Willkommen."
chimes = true

[defaults.words]
"Please enter the PIN of your conference, then the hash key." = "Bitte geben Sie die PIN ein."
"This PIN is not known. Please try again." = "Diese PIN ist nicht bekannt."
"The conference starts when the host arrives. Please hold." = "Bitte warten Sie auf den Gastgeber."
"The host has arrived." = "Der Gastgeber ist da."
"You were muted by the moderator." = "Der Moderator hat Sie stumm geschaltet."
"{{key}} unmutes you." = "Zum Sprechen drücken Sie {{key}}."
"star" = "Stern"
"six" = "sechs"
"Unmuted." = "Sie sind zu hören."
"There are {{n}} people in the conference." = "{{n}} Teilnehmer."

[rooms.vertrieb]
participant_pin = "4821"
moderator_pin = "907713"
start_conference_on_enter = {{ participant = false }}

[rooms.lager]
numbers = ["{LAGER}"]
language = "en-GB"
"""
ENTER = "Bitte geben Sie die PIN ein."


@pytest.fixture(scope="module")
def line() -> Iterator[RoomsLine]:
    with rooms_line(FILE) as line:
        yield line


def test_a_caller_hears_german_from_the_first_prompt_to_the_keys(line: RoomsLine) -> None:
    ann = line.dials("Ann")
    ann.hears(ENTER)
    ann.presses("1111#")
    ann.hears("Diese PIN ist nicht bekannt.")
    ann.presses("4821#")
    ann.hears("Bitte warten Sie auf den Gastgeber.")
    ann.hears_music()
    hana = line.dials("Hana")
    hana.hears(ENTER)
    hana.presses("907713")
    ann.hears("Der Gastgeber ist da.")
    talk(ann, hana)

    line.acts("vertrieb", "mute", ann)
    ann.hears("Der Moderator hat Sie stumm geschaltet. Zum Sprechen drücken Sie Stern sechs.")
    ann.presses("*6")
    ann.hears("Sie sind zu hören.")
    hana.presses("*#")
    hana.hears("2 Teilnehmer.")
    hana.presses("*5")
    hana.hears("Locked.")  # not translated
    assert {each["language"] for each in line.sent("speak")} == {"de-DE"}
    line.clears()


def test_a_room_of_another_language_has_none_of_these_words(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", LAGER), line.comes("Bob", LAGER)
    talk(ann, bob)
    ann.presses("*#")
    ann.hears("There are 2 people in the conference.")
    line.acts("lager", "mute", bob)
    bob.hears("You were muted by the moderator. Star six unmutes you.")
    line.clears()
