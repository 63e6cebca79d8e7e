"""Stories of recorded rooms, over real HTTP: who hears when that they are recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rigs.keypads import press, told
from rigs.moderator import ask
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import APPLICATION, forget_everything, hears, rehearsal, settled
from rigs.waiting import until

from conference.core.events import SnapshotWanted
from conference.core.keys.presets import PRESETS
from conference.core.recording_notice import ENDED, NO_LONGER, RECORDED
from conference.core.room_settings import Known, RoomSettings
from conference.demo.rehearsal import Line
from conference.simulator import Leg

DAN = "+13125550114"
SALES = "+13125550101"
ROOM = "/api/rooms/sales"
NOTICES = (RECORDED, ENDED, NO_LONGER)


@contextmanager
def sales(speed: float = 20, **settings: Any) -> Iterator[Line]:
    """Run a line with a room whose moderator is Ann, by her number."""
    given = {
        "roster": {ANN: Known("Ann", "moderator")},
        "keys": PRESETS["zoom"],
        "announce_recording": True,
        **settings,
    }
    with rehearsal(
        speed,
        control_token=TOKEN,
        telnyx_connection_id=APPLICATION,
        rooms={"sales": RoomSettings(**given)},
        numbers={SALES: "sales"},
    ) as line:
        yield line


def comes(line: Line, number: str) -> Leg:
    leg = line.telnyx.phone(number).dial(to=SALES)
    until(lambda: leg.conference is not None, f"{number} is let in")
    settled(line)
    return leg


def notices(leg: Leg) -> list[str]:
    """The notices that this telephone has heard, in order."""
    return [notice for text in told(leg) for notice in NOTICES if text.startswith(notice)]


def all_hear(legs: Sequence[Leg], *words: str) -> None:
    """Wait until these telephones have heard exactly these notices."""
    for leg in legs:
        until(lambda: notices(leg) == [*words], f"{leg.number} hears {words}")  # noqa: B023


def starts(line: Line) -> list[Any]:
    """The bodies of the requests for recordings of a conference, without their ids."""
    found = [r for r in line.telnyx.requests if r.path.endswith("/actions/record_start")]
    return [{k: v for k, v in r.body.items() if k != "command_id"} for r in found]


def test_a_room_is_recorded_from_its_host_on_and_everybody_hears_so_once() -> None:
    with sales(record="record-from-start", record_from_host=True, trim="trim-silence") as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        assert starts(line) == [] and notices(bob) == []

        ann = comes(line, ANN)
        until(lambda: ask(line, ROOM)["recording"], "the room is recorded")
        assert starts(line) == [{"format": "mp3", "play_beep": True, "trim": "trim-silence"}]
        all_hear((ann, bob, cleo), RECORDED)

        dan = comes(line, DAN)
        all_hear((ann, bob, cleo, dan), RECORDED)

        press(line, ann, "*9")
        until(lambda: not ask(line, ROOM)["recording"], "she has ended it")
        all_hear((ann, bob, cleo, dan), RECORDED, ENDED)


def test_one_who_is_alone_hears_it_beside_the_music_and_once() -> None:
    with sales(record="record-from-start") as line:
        bob = comes(line, BOB)
        hears(bob, "music")
        until(lambda: notices(bob) == [RECORDED], "he hears it")
        comes(line, CLEO)
        assert bob.hears.others == (CLEO,) and notices(bob) == [RECORDED]


def test_a_recording_by_a_program_is_announced_too() -> None:
    with sales() as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        ask(line, f"{ROOM}/actions/record-start?wait=1", {})
        all_hear((bob, cleo), RECORDED)
        ask(line, f"{ROOM}/actions/record-stop?wait=1", {})
        all_hear((bob, cleo), RECORDED, ENDED)


def test_without_the_setting_nobody_hears_of_it() -> None:
    with sales(announce_recording=False) as line:
        bob = comes(line, BOB)
        comes(line, CLEO)
        ask(line, f"{ROOM}/actions/record-start?wait=1", {})
        settled(line)
        assert ask(line, ROOM)["recording"] and notices(bob) == []


def test_after_a_restart_the_conference_is_not_recorded_twice() -> None:
    with sales(record="record-from-start") as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        all_hear((bob, cleo), RECORDED)
        forget_everything(line)
        line.engine.apply("sales", SnapshotWanted(line.engine.clock()))
        until(lambda: len(line.engine.registry.room("sales").joined) == 2, "they are known again")
        settled(line)
        assert ask(line, ROOM)["recording"]
        dan = comes(line, DAN)
        assert len(starts(line)) == 1
        all_hear((dan,), RECORDED)
        assert notices(bob) == notices(cleo) == [RECORDED]
