"""Stories of recorded rooms, over real HTTP: who hears when that they are recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import Caller, RoomsLine, rooms_line, talk
from rigs.waiting import until

from conference.core.announcements.recording_notice import ENDED, NO_LONGER, RECORDED

HOSTED, ALWAYS, ON_REQUEST, UNTOLD = (f"+1312555010{n}" for n in range(1, 5))
NOTICES = (RECORDED, ENDED, NO_LONGER)

FILE = f"""
[rooms.hosted]
numbers = ["{HOSTED}"]
record = "record-from-start"
record_from_host = true
trim = "trim-silence"
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.always]
numbers = ["{ALWAYS}"]
record = "record-from-start"

[rooms.on-request]
numbers = ["{ON_REQUEST}"]

[rooms.untold]
numbers = ["{UNTOLD}"]
announce_recording = false
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(FILE, speed=20) as line:
        yield line


def notices(caller: Caller) -> list[str]:
    """The notices that this telephone has heard, in order."""
    return [notice for text in caller.told for notice in NOTICES if text.startswith(notice)]


def all_hear(callers: tuple[Caller, ...], *words: str) -> None:
    """Wait until these have heard exactly these notices."""
    for caller in callers:
        expected = f"{caller.name} hears {words}"
        until(lambda: notices(caller) == [*words], expected)  # noqa: B023


def test_a_room_is_recorded_from_its_host_on_and_everybody_hears_so_once(line: RoomsLine) -> None:
    bob, cleo = line.comes("Bob", HOSTED), line.comes("Cleo", HOSTED)
    assert line.sent("record_start") == [] and notices(bob) == []

    ann = line.comes("Ann", HOSTED)
    line.shows("hosted", recording=True)
    start = {"format": "mp3", "play_beep": True, "trim": "trim-silence"}
    assert line.sent("record_start") == [start]
    all_hear((ann, bob, cleo), RECORDED)

    dan = line.comes("Dan", HOSTED)
    all_hear((ann, bob, cleo, dan), RECORDED)

    ann.presses("*9")
    line.shows("hosted", recording=False)
    all_hear((ann, bob, cleo, dan), RECORDED, ENDED)


def test_one_who_is_alone_hears_it_beside_the_music_and_once(line: RoomsLine) -> None:
    bob = line.comes("Bob", ALWAYS)
    all_hear((bob,), RECORDED)
    bob.hears_music()
    cleo = line.comes("Cleo", ALWAYS)
    talk(bob, cleo)
    assert notices(bob) == [RECORDED]


def test_a_recording_by_a_program_is_announced_too(line: RoomsLine) -> None:
    bob, cleo = line.comes("Bob", ON_REQUEST), line.comes("Cleo", ON_REQUEST)
    line.acts("on-request", "record-start")
    all_hear((bob, cleo), RECORDED)
    line.acts("on-request", "record-stop")
    all_hear((bob, cleo), RECORDED, ENDED)


def test_without_the_setting_nobody_hears_of_it(line: RoomsLine) -> None:
    bob, cleo = line.comes("Bob", UNTOLD), line.comes("Cleo", UNTOLD)
    line.acts("untold", "record-start")
    assert line.room("untold")["recording"]
    assert notices(bob) == notices(cleo) == []


def test_after_a_restart_the_conference_is_not_recorded_twice(line: RoomsLine) -> None:
    bob, cleo = line.comes("Bob", ALWAYS), line.comes("Cleo", ALWAYS)
    all_hear((bob, cleo), RECORDED)
    line.forgets("always")
    assert line.room("always")["recording"]
    dan = line.comes("Dan", ALWAYS)
    assert len(line.sent("record_start")) == 1
    all_hear((dan,), RECORDED)
    assert notices(bob) == notices(cleo) == [RECORDED]
