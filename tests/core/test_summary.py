"""A room in a few words."""

from __future__ import annotations

from typing import NamedTuple

from rigs import core as rig
from rigs.core import EMPTY, T0, asks, with_settings
from rigs.texml_rooms import comes

from conference.core.room import Room
from conference.reporting import public_view

ALONE = rig.inside()
ALONE_IN_WORDS = "alone, on hold with music"
COMING = rig.ringing(rig.greeting(rig.waiting(), "B"), "C")
TWO = rig.inside(ALONE, "B")
THREE = rig.inside(TWO, "C")
SILENT = rig.inside(with_settings(hold_audio_url=""))
WAIT_FOR_START = with_settings(texml={"startConferenceOnEnter": "false"})


class Words(NamedTuple):
    name: str
    room: Room
    summary: str


def held(room: Room, *calls: str) -> Room:
    return rig.well(rig.after(room, asks("hold", *calls, at=T0)))


TABLE = [
    Words("nobody", EMPTY, "empty"),
    Words("everyone is on the way out", rig.leaving(), "empty"),
    Words("one rings", rig.ringing(), "1 on the way in"),
    Words("three on the way", COMING, "3 on the way in"),
    Words("alone", ALONE, ALONE_IN_WORDS),
    Words("alone, without music", SILENT, "alone, on hold"),
    Words("alone, not on hold yet", rig.after(rig.let_in(), rig.joined()), "alone"),
    Words("one comes", rig.greeting(ALONE, "B"), f"{ALONE_IN_WORDS}, 1 on the way in"),
    Words("two", TWO, "2 talking"),
    Words("two and a newcomer", rig.ringing(TWO, "C"), "2 talking, 1 on the way in"),
    Words("three, one of them on hold", held(THREE, "A"), "2 talking, 1 on hold"),
    Words("three, two of them on hold", held(THREE, "A", "B"), "everyone on hold"),
    Words("all on hold", held(TWO, "A", "B"), "everyone on hold"),
    Words("hold is requested", rig.after(THREE, asks("hold", "A", at=T0)), "3 talking"),
    Words("one is taken out", rig.parked(THREE), "2 talking, 1 taken out"),
    Words("one leaves", rig.leaving(THREE), "2 talking"),
    Words(
        "nobody has started it",
        rig.after(WAIT_FOR_START, comes("A", 1), comes("B", 2)),
        "waiting for the start, everyone on hold",
    ),
    Words(
        "one waits for the start",
        rig.after(WAIT_FOR_START, comes("A", 1)),
        "waiting for the start, alone, on hold",
    ),
]


@rig.each_case(TABLE)
def test_a_room_in_words(case: Words) -> None:
    assert public_view.about(case.room)["summary"] == case.summary
