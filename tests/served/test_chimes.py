"""Stories of chimes, over real HTTP: who hears that others have joined, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rigs.keypads import is_told, press, told
from rigs.moderator import ask
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import APPLICATION, hears, rehearsal, settled
from rigs.waiting import until

from conference.core.chimes import NEXT_CHIME
from conference.core.keys.presets import PRESETS
from conference.core.room_settings import Known, RoomSettings
from conference.demo.rehearsal import Line
from conference.simulator import Leg

DAN = "+13125550114"
SALES = "+13125550101"
ROOM = "/api/rooms/sales"
UNGREETED = {"greeting_first": "", "greeting_next": ""}
ONE, TWO = "A caller has joined.", "Two people have joined."
COUNT = "There are {} people in the conference."


@contextmanager
def sales(speed: float = 20, **settings: Any) -> Iterator[Line]:
    """Run a line with a room with chimes, without greetings. Its moderator is Ann.

    Ten seconds of the line's time pass in one.
    """
    given = {
        "roster": {ANN: Known("Ann", "moderator"), BOB: Known("Bob")},
        "keys": PRESETS["zoom"],
        "chimes": True,
        **UNGREETED,
        **settings,
    }
    with rehearsal(
        speed,
        control_token=TOKEN,
        telnyx_connection_id=APPLICATION,
        time_factor=10,
        rooms={"sales": RoomSettings(**given)},
        numbers={SALES: "sales"},
    ) as line:
        yield line


def comes(line: Line, number: str) -> Leg:
    leg = line.telnyx.phone(number).dial(to=SALES)
    until(lambda: leg.conference is not None, f"{number} is let in")
    settled(line)
    return leg


def quiet(line: Line) -> None:
    """Wait until nobody is to be announced, and the last announcement is over."""
    until(lambda: NEXT_CHIME not in line.engine.registry.room("sales").deadlines, "it is quiet")
    settled(line)


def test_names_are_spoken_to_the_others_and_no_number_is() -> None:
    with sales(announce_names=True) as line:
        ann = comes(line, ANN)
        bob = comes(line, BOB)
        is_told(ann, "Bob has joined.")
        quiet(line)
        cleo = comes(line, CLEO)
        is_told(ann, ONE)
        is_told(bob, ONE)
        assert told(cleo) == [] and told(bob) == [ONE]
        heard = " ".join([*told(ann), *told(bob)])
        assert not any(digit in heard for digit in "0123456789")
        (create,) = [r for r in line.telnyx.requests if r.path.endswith("/conferences")]
        assert create.body["beep_enabled"] == "never"


def test_a_large_room_hears_one_summary_and_those_on_hold_nothing() -> None:
    with sales(chimes_up_to=1) as line:
        ann, bob = comes(line, ANN), comes(line, BOB)
        is_told(ann, ONE)
        quiet(line)
        ask(line, f"{ROOM}/actions/hold?wait=1", {"participants": ["0112"]})
        hears(bob, "music")
        comes(line, CLEO)
        comes(line, DAN)
        assert told(ann) == [ONE], "the summary is not due yet"
        is_told(ann, TWO)
        quiet(line)
        assert told(ann) == [ONE, TWO] and told(bob) == []


def test_a_moderator_turns_them_off_by_key_and_on_by_the_api() -> None:
    with sales() as line:
        ann, bob = comes(line, ANN), comes(line, BOB)
        is_told(ann, ONE)
        quiet(line)
        press(line, ann, "*8")
        is_told(ann, "Chimes off.")
        comes(line, CLEO)
        quiet(line)
        ask(line, f"{ROOM}/actions/chimes?wait=1", {"on": True})
        comes(line, DAN)
        is_told(bob, ONE)
        assert told(bob) == [ONE] and told(ann) == [ONE, "Chimes off.", ONE]


def test_a_newcomer_hears_how_many_are_there() -> None:
    with sales(chimes=False, announce_count=True) as line:
        ann, bob = comes(line, ANN), comes(line, BOB)
        is_told(bob, COUNT.format(2))
        cleo = comes(line, CLEO)
        is_told(cleo, COUNT.format(3))
        assert told(ann) == [] and told(bob) == [COUNT.format(2)]
