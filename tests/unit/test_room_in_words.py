"""A room of the rooms file as `flask participants` shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import EMPTY, T0, asks, with_settings

from conference.cli.listing import in_words
from conference.core.room import Room
from conference.core.transitions import change
from conference.reporting import public_view


def lines(room: Room) -> list[str]:
    """Return the lines between the first one and the table."""
    _, *notes = in_words(public_view.room(room)).splitlines()
    return [line for line in notes if not line.startswith(("#", "1", "2", "3"))]


TWO = rig.inside(rig.inside(EMPTY, at=T0), "B", T0)
NAMED = change(change(TWO, "A", label="Ann"), "B", label="Bob")
HANDS = rig.after(
    NAMED, asks("mode", mode="questions"), asks("raise-hand", "B"), asks("raise-hand", "A")
)


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (TWO, []),
        (HANDS, ["Hands up: Bob, Ann"]),
        (rig.after(HANDS, asks("next-hand")), ["Turn: Bob", "Hands up: Ann"]),
        (with_settings(TWO, chimes=True), ["Chimes: on"]),
        (with_settings(replace(TWO, chimes_off=True), chimes=True), ["Chimes: off"]),
        (replace(TWO, banned=frozenset({"+13125550199"})), ["Numbers kept out: 1"]),
    ],
)
def test_the_state_is_in_words(room: Room, shown: list[str]) -> None:
    assert lines(room) == shown


def test_the_first_line_has_the_mode() -> None:
    assert in_words(public_view.room(HANDS)).splitlines()[0] == "Conference ID: K, question time"


def test_a_caller_in_the_lobby_has_no_status_of_the_greeting() -> None:
    room = rig.after(rig.ringing(with_settings(lobby=True)), rig.hook("call.answered"))
    first, note, _, row = in_words(public_view.room(room)).splitlines()
    assert (first, note) == ("No conference is running in room demo", "Waiting outside: 1")
    assert "in the lobby" in row and "greeting" not in row
