"""Announcements are spoken to participants inside, and never to everyone by accident."""

from __future__ import annotations

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW

from conference.core import commands as c
from conference.core.announcements.announcing import announce
from conference.core.command_ids import command_id
from conference.core.draft import EMPTY_DRAFT
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import forget

TWO = rig.inside(rig.inside(EMPTY), "B")
CONFERENCE = c.Queue("requests", "K")


def spoken(room: Room) -> list[c.PassThrough]:
    return [each for each in room.pending.get(CONFERENCE, ()) if isinstance(each, c.PassThrough)]


def test_those_inside_hear_it_by_name() -> None:
    (command,) = spoken(announce(TWO, "You are muted.", NOW, ["B", "A", "elsewhere"]))
    assert command.name == "speak"
    assert command.body == {
        "payload": "You are muted.",
        "voice": "female",
        "language": "en-GB",
        "call_control_ids": ["A", "B"],
    }
    assert command.at == NOW


@pytest.mark.parametrize(
    ("room", "calls"),
    [
        (TWO, ["elsewhere"]),
        (TWO, []),
        (EMPTY, []),
        (forget(rig.inside(EMPTY), "A", NOW), []),
        (replace(TWO, front="texml"), ["A"]),
    ],
    ids=["they left", "no names", "no conference", "nobody is inside", "a front without speech"],
)
def test_nobody_hears_it(room: Room, calls: list[str]) -> None:
    assert announce(room, "Hello.", NOW, calls) == room


def test_equal_announcements_are_no_repetitions() -> None:
    """Telnyx ignores a command_id that it has had in the last minute."""
    room = announce(announce(TWO, "Muted.", NOW, ["A"]), "Muted.", NOW, ["B"])
    later = announce(replace(TWO, version=TWO.version + 1), "Muted.", NOW, ["A"])
    ids = {command_id(command) for command in (*spoken(room), *spoken(later))}
    assert len(ids) == 3


def test_all_that_the_same_participants_hear_of_one_change_is_one_speech() -> None:
    room = announce(announce(TWO, "Muted.", NOW, ["A"]), "Hello.", NOW, "AB")
    room = announce(announce(room, "Star six: unmute.", NOW, ["A"]), "Goodbye.", NOW, "BA")
    assert [(each.body["payload"], each.body["call_control_ids"]) for each in spoken(room)] == [
        ("Muted. Star six: unmute.", ["A"]),
        ("Hello. Goodbye.", ["A", "B"]),
    ]


def test_a_speech_that_is_on_its_way_stays_as_it_is() -> None:
    sent = replace(announce(TWO, "Muted.", NOW, ["A"]), draft=EMPTY_DRAFT)
    room = announce(sent, "Unmuted.", NOW, ["A"])
    assert [each.body["payload"] for each in spoken(room)] == ["Muted.", "Unmuted."]
