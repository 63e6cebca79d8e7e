"""A room in a few words."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
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
FOUR = rig.inside(THREE, "D")
SILENT = rig.inside(with_settings(hold_audio_url=""))
QUESTIONS, LECTURE = (asks("mode", at=T0, mode=mode) for mode in ("questions", "lecture"))
WAIT_FOR_START = with_settings(texml={"startConferenceOnEnter": "false"})


class Words(NamedTuple):
    name: str
    room: Room
    summary: str


def held(room: Room, *calls: str) -> Room:
    return rig.well(rig.after(room, asks("hold", *calls, at=T0)))


def muted(room: Room, *calls: str) -> Room:
    return rig.well(rig.after(room, asks("mute", *calls, at=T0)))


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
    Words("three, one of them muted", muted(THREE, "A"), "2 talking, 1 muted"),
    Words("all muted", muted(TWO, "A", "B"), "2 muted"),
    Words("one muted, another on hold", held(muted(FOUR, "A"), "A", "B"), "2 talking, 2 on hold"),
    Words("a mute is requested", rig.after(TWO, asks("mute", "A", at=T0)), "2 talking"),
    Words("one is taken out", rig.parked(THREE), "2 talking, 1 taken out"),
    Words("question time", rig.well(rig.after(TWO, QUESTIONS)), "2 muted, question time"),
    Words("a hand", rig.after(TWO, asks("raise-hand", "A")), "2 talking, 1 hand up"),
    Words(
        "hands",
        rig.after(rig.well(rig.after(TWO, QUESTIONS)), asks("raise-hand", "A", "B")),
        "2 muted, question time, 2 hands up",
    ),
    Words("a lecture", rig.well(rig.after(THREE, LECTURE)), "3 muted, lecture"),
    Words("one leaves", rig.leaving(THREE), "2 talking"),
    Words(
        "nobody has started it",
        rig.after(WAIT_FOR_START, comes("A", 1), comes("B", 2)),
        "waiting for the start, everyone on hold",
    ),
    Words(
        "one waits for the start",
        rig.after(WAIT_FOR_START, comes("A", 1)),
        "waiting for the start, on hold",
    ),
]


@rig.each_case(TABLE)
def test_a_room_in_words(case: Words) -> None:
    assert public_view.about(case.room)["summary"] == case.summary


@pytest.mark.parametrize(
    ("fields", "known_as"),
    [
        ({"label": "Ann", "number": "+13125550111"}, "Ann"),
        ({"number": "+13125550111"}, "...0111"),
        ({"number": "anonymous"}, "participant 1"),
        ({"number": ""}, "participant 1"),
    ],
)
def test_the_reason_names_the_participant_as_people_know_it(
    fields: dict[str, str], known_as: str
) -> None:
    alone = {"A": replace(ALONE.participants["A"], **fields)}  # type: ignore[arg-type]
    room = replace(ALONE, participants=alone)
    assert public_view.reason(room) == f"music is on, because only {known_as} is here"


@pytest.mark.parametrize(("verb", "back"), [("mute", "unmute"), ("hold", "unhold")])
def test_nobody_speaks_while_muted_or_put_on_hold(verb: str, back: str) -> None:
    """Telnyx reports no end of a speech."""
    speaks = rig.after(THREE, rig.hook("conference.floor.changed", "B"))
    quiet = rig.well(rig.after(speaks, asks(verb, "B", at=T0)))
    again = rig.well(rig.after(quiet, asks(back, "B", at=T0)))
    for room, speaker in ((speaks, "B"), (quiet, None), (again, "B")):
        assert public_view.about(room)["speaker"] == speaker
        rows = {row["call_control_id"]: row for row in public_view.participants(room)}
        assert rows["B"]["speaking"] is (speaker == "B")
