"""Stories of chimes, over real HTTP: who hears that others have joined, and how often."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import RoomsLine, rooms_line
from rigs.waiting import until

from conference.core.announcements.chimes import NEXT_CHIME
from conference.core.origin import CHIME

NAMED, LARGE, SALES, COUNTED = (f"+1312555010{n}" for n in range(1, 5))
ONE, TWO = "A caller has joined.", "Two people have joined."
COUNT = "There are {} people in the conference."
ROSTER = '{ "+13125550111" = { name = "Ann", role = "moderator" }, "+13125550112" = "Bob" }'

FILE = f"""
[defaults]
greeting_first = ""
greeting_next = ""
chimes = true

[rooms.named]
numbers = ["{NAMED}"]
announce_names = true
roster = {ROSTER}

[rooms.large]
numbers = ["{LARGE}"]
chimes_up_to = 1

[rooms.sales]
numbers = ["{SALES}"]
roster = {ROSTER}

[rooms.counted]
numbers = ["{COUNTED}"]
chimes = false
announce_count = true
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    """Ten seconds of the line's time pass in one."""
    with rooms_line(FILE, speed=20, time_factor=10) as line:
        yield line


def quiet(line: RoomsLine, room: str) -> None:
    """Wait until nobody is to be announced, and the last announcement is over."""
    registry = line.line.engine.registry
    until(lambda: NEXT_CHIME not in registry.room(room).deadlines, "it is quiet")
    line.settles()


def test_names_are_spoken_to_the_others_and_no_number_is(line: RoomsLine) -> None:
    ann = line.comes("Ann", NAMED)
    bob = line.comes("Bob", NAMED)
    ann.hears("Bob has joined.")
    quiet(line, "named")
    cleo = line.comes("Cleo", NAMED)
    ann.hears(ONE)
    bob.hears(ONE)
    assert cleo.told == [] and bob.told == [ONE]
    heard = " ".join(ann.told + bob.told)
    assert not any(digit in heard for digit in "0123456789")
    (create,) = line.sent("conferences")
    assert create["beep_enabled"] == "never"


def test_a_large_room_hears_one_summary_and_those_on_hold_nothing(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", LARGE), line.comes("Bob", LARGE)
    ann.hears(ONE)
    quiet(line, "large")
    line.acts("large", "hold", bob)
    bob.hears_music()
    line.comes("Cleo", LARGE)
    line.comes("Dan", LARGE)
    assert ann.told == [ONE], "the summary is not due yet"
    ann.hears(TWO)
    quiet(line, "large")
    assert ann.told == [ONE, TWO] and bob.told == []


def test_a_moderator_turns_them_off_by_key_and_on_by_the_api(line: RoomsLine) -> None:
    tone = line.line.url + CHIME
    ann, bob = line.comes("Ann", SALES), line.comes("Bob", SALES)
    ann.hears(tone)
    quiet(line, "sales")
    ann.presses("*8")
    ann.hears("Chimes off.")
    line.comes("Cleo", SALES)
    quiet(line, "sales")
    line.acts("sales", "chimes", on=True)
    line.comes("Dan", SALES)
    bob.hears(tone)
    ann.hears(tone, times=2)
    assert bob.told == [] and ann.told == ["Chimes off."]
    heard = [each.detail for each in (*bob.leg.timeline, *ann.leg.timeline)]
    assert heard.count(tone) == 3, "Cleo was not announced, and Bob did not hear himself"


def test_a_newcomer_hears_how_many_are_there(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", COUNTED), line.comes("Bob", COUNTED)
    bob.hears(COUNT.format(2))
    cleo = line.comes("Cleo", COUNTED)
    cleo.hears(COUNT.format(3))
    assert ann.told == [] and bob.told == [COUNT.format(2)]
