"""Who is here, by key and in private: names, and never a whole number."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from rigs import core as rig
from rigs.core import NOW, T0, each_case, with_settings

from conference.core import commands as c
from conference.core.admission.admitting import ONE_WAITS
from conference.core.keys.presets import PRESETS
from conference.core.keys.roll_call import DIGITS_HEARD, MOST_WAITING
from conference.core.keys.spoken import WORDS
from conference.core.participant import SpokenName
from conference.core.room import Room
from conference.core.room_settings import Pin
from conference.core.transitions import change

KEYS = {**PRESETS["zoom"], "#0": "roll-call"}
EMPTY = with_settings(keys=KEYS, chimes=True, pins=(Pin("907713", "demo", "moderator"),))
NAMES = with_settings(EMPTY, announce_names=True)
NUMBERS = {"A": "+13125550111", "B": "+13125550142", "C": "+13125550143", "D": "anonymous"}
ADDRESS = "https://s3.example/name.mp3"


def pressed(room: Room, keys: str = "*#", call: str = "B", at: float = NOW) -> Room:
    """Press keys half a second apart. What follows waits for Telnyx."""
    return rig.after(
        rig.well(room, at),
        *(
            rig.hook("call.dtmf.received", call, at + n / 2, id=f"{n}", details={"digit": key})
            for n, key in enumerate(keys)
        ),
    )


def heard(room: Room) -> list[str]:
    """What waits for Telnyx to be heard inside: words, and addresses."""
    waiting = rig.pending(room, rig.requests("K"))
    bodies = [x.body for x in waiting if isinstance(x, c.PassThrough)]
    return [body.get("payload") or body["audio_url"] for body in bodies]


def here(labels: dict[str, str], room: Room = NAMES, host: str = "") -> Room:
    """These callers are inside, with their labels; all heard everything before."""
    for call in labels:
        room = rig.inside(room, call)
        number = NUMBERS.get(call, "+13125550199")
        room = change(room, call, label=labels[call], number=number)
        room = rig.well(rig.after(room, rig.time(T0 + 999)))
    return rig.well(change(room, host, role="moderator")) if host else room


def with_said(room: Room, call: str, until: float = NOW + 99) -> Room:
    return change(room, call, spoken_name=SpokenName(0.0, ADDRESS, until))


class Case(NamedTuple):
    name: str
    room: Room
    heard: list[str]


THREE = here({"A": "Ann", "B": "Bob", "C": ""})
TEN = [f"Person {letter}" for letter in "ABCDEFGHIJ"]
TABLE = [
    Case("alone", here({"B": ""}), ["You are the only one in the conference."]),
    Case(
        "names, and one without",
        THREE,
        ["There are 3 people in the conference. Ann. Bob. A caller without a name."],
    ),
    Case(
        "nobody has a name",
        here({"A": "", "B": ""}),
        ["There are 2 people in the conference. Two callers without a name."],
    ),
    Case(
        "a name that was said",
        with_said(THREE, "C"),
        ["There are 3 people in the conference. Ann. Bob.", ADDRESS],
    ),
    Case(
        "words after it",
        with_said(here({"A": "", "B": "Bob", "C": ""}), "A"),
        ["There are 3 people in the conference.", ADDRESS, "Bob. A caller without a name."],
    ),
    Case(
        "a name that Telnyx serves no more",
        with_said(THREE, "C", until=NOW),
        ["There are 3 people in the conference. Ann. Bob. A caller without a name."],
    ),
    Case(
        "ten names at most",
        here({letter: f"Person {letter}" for letter in "ABCDEFGHIJK"} | {"L": ""}),
        [f"There are 12 people in the conference. {'. '.join(TEN)}. And two more."],
    ),
    Case(
        "to a moderator the end of a number",
        here({"A": "Ann", "B": "Bob", "C": "", "D": ""}, host="B"),
        [
            "There are 4 people in the conference. Ann. Bob. "
            "A caller with zero one four three. A caller without a name."
        ],
    ),
    Case(
        "a label that is a number is none",
        here({"A": "+1 312 555-0111", "B": "Bob"}),
        ["There are 2 people in the conference. Bob. A caller without a name."],
    ),
]


@each_case(TABLE)
def test_who_is_here(case: Case) -> None:
    for keys in ("*#", "#0"):
        room = pressed(case.room, keys)
        assert heard(room) == case.heard
        waiting = rig.pending(room, rig.requests("K"))
        bodies = [x.body for x in waiting if isinstance(x, c.PassThrough)]
        assert all(body["call_control_ids"] == ["B"] for body in bodies), "in private"
        assert len({x.id for x in waiting if isinstance(x, c.PassThrough)}) == len(waiting)


def test_without_names_the_count_has_none_and_the_roll_call_has() -> None:
    quiet = with_settings(THREE, announce_names=False)
    assert heard(pressed(quiet)) == ["There are 3 people in the conference."]
    assert heard(pressed(quiet, "#0")) == TABLE[1].heard


def test_a_roll_call_waits_for_what_the_conference_has_to_hear_first() -> None:
    room = THREE
    for n in range(MOST_WAITING):
        asks = rig.asks("speak", text=f"{n}", payload=f"{n}")
        room = rig.after(room, asks)
    before = heard(room)
    assert len(before) == MOST_WAITING
    for n, key in enumerate("*#"):
        at = NOW + n / 2
        room = rig.after(room, rig.hook("call.dtmf.received", "B", at, details={"digit": key}))
    assert heard(room) == [*before, "Please try again in a moment."]


# Numbers

NOTATIONS = ("{}", "Ann {}", "{} (mobile)", "tel:{}", "Room 12, {}")
AS_WRITTEN = ("+13125550142", "+1 312 555-0142", "3125550142", "(312) 555-0142", "٣١٢٥٥٥٠١٤٢")
DIGITS = {word: digit for digit, word in WORDS.items() if digit.isdigit()}


def digits_in_a_row(words: str) -> int:
    """Return how many digits follow each other, in figures of any script and in words."""
    plain = re.sub(r"\w+", lambda word: DIGITS.get(word[0].lower(), word[0]), words)
    runs = re.findall(r"\d(?:\W*\d)*", plain)
    return max((sum(each.isdigit() for each in run) for run in runs), default=0)


@pytest.mark.parametrize("host", ["", "B"], ids=["participant", "moderator"])
@pytest.mark.parametrize("form", NOTATIONS)
@pytest.mark.parametrize("number", AS_WRITTEN)
def test_no_number_is_spoken_as_a_whole(number: str, form: str, host: str) -> None:
    """Whatever a label is: by chimes, by the lobby, by keys."""
    label = form.format(number)
    room = here({"A": "Ann", "B": ""}, host=host)
    said = heard(rig.after(change(rig.let_in(room, "C"), "C", label=label), rig.joined("C")))
    assert said == ["A caller has joined."]
    room = here({"A": "Ann", "B": "", "C": label}, host=host)
    room = rig.well(change(room, "C", number="+13125550142"))
    for keys in ("*#", "#0", "*1", "*6"):
        for words in heard(pressed(room, keys)):
            assert digits_in_a_row(words) <= (DIGITS_HEARD if host else 1)
    lobby = with_settings(room, lobby=True)
    there = rig.after(rig.ringing(lobby, "D"), rig.asks("rename", "D", label=label))
    words = heard(rig.after(there, rig.hook("call.answered", "D")))
    assert words == ([ONE_WAITS] if host else [])


def test_digits_are_found_however_they_are_spoken() -> None:
    assert digits_in_a_row("Zero one, four 2. Star six: mute.") == 4
    assert digits_in_a_row("Ann, +1 (312) 555-0142.") == 11
    assert digits_in_a_row("There are 3 people.") == 1
