"""Stories of a room with a lobby, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rigs.moderator import ask, send
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import APPLICATION, forget_everything, hears, rehearsal, settled
from rigs.waiting import until

from conference.core import lobby
from conference.core.admitting import MORE_WAIT, ONE_WAITS
from conference.core.bans import REMOVED
from conference.core.events import SnapshotWanted
from conference.core.full_room import PLACE
from conference.core.room_settings import Known, RoomSettings
from conference.demo.rehearsal import Line
from conference.simulator import Leg

DAN, EVE = "+13125550114", "+13125550115"
SALES = "+13125550101"
ROOM = "/api/rooms/sales"
GREETED = "You join the others."
MUSIC = "https://music.example/wait.wav"


@contextmanager
def sales(speed: float = 20, **settings: Any) -> Iterator[Line]:
    """Run a line with a room whose callers Ann lets in. Six seconds of its time pass in one."""
    given = {"lobby": True, "roster": {ANN: Known("Ann", "moderator")}, "wait_url": MUSIC}
    room = RoomSettings(greeting_first="You are first.", greeting_next=GREETED, **given | settings)
    with rehearsal(
        speed,
        control_token=TOKEN,
        telnyx_connection_id=APPLICATION,
        time_factor=6,
        rooms={"sales": room},
        numbers={SALES: "sales"},
    ) as line:
        yield line


def dials(line: Line, number: str) -> Leg:
    return line.telnyx.phone(number).dial(to=SALES)


def waits(line: Line, number: str) -> Leg:
    """Call, and hear the words of the lobby, then music in a queue."""
    leg = dials(line, number)
    heard(leg, lobby.PLEASE_HOLD)
    hears(leg, "playback")
    settled(line)
    return leg


def comes(line: Line, number: str) -> Leg:
    leg = dials(line, number)
    inside(leg)
    settled(line)
    return leg


def inside(leg: Leg) -> None:
    until(lambda: leg.conference is not None, f"{leg.number} is let in")


def heard(leg: Leg, text: str) -> None:
    def found() -> bool:
        return text in [each.detail for each in leg.timeline]

    until(found, f"{leg.number} hears {text!r}, not {[str(each) for each in leg.timeline]}")


def row(line: Line, number: str) -> dict[str, Any]:
    return next(p for p in ask(line, ROOM)["participants"] if p["number"] == number)


def admit(line: Line, who: str) -> None:
    assert send(line, f"{ROOM}/participants/{who}/actions/admit?wait=1", {})[0] == 202


def test_bob_waits_in_the_lobby_and_ann_lets_him_in() -> None:
    with sales() as line:
        ann = comes(line, ANN)
        bob = waits(line, BOB)
        heard(ann, ONE_WAITS)
        assert (bob.hears.detail, bob.conference) == (MUSIC, None)
        shown = ask(line, ROOM)
        assert (shown["lobby"], shown["summary"]) == (
            1,
            "alone, on hold with music, 1 in the lobby",
        )
        his = row(line, BOB)
        assert (his["status"], his["waits_in"], his["queue"]["name"]) == (
            "greeting",
            "lobby",
            "sales",
        )
        admit(line, "0112")
        heard(bob, GREETED)
        inside(bob)
        until(lambda: ann.hears.others == (BOB,), "they talk")
        assert ask(line, ROOM)["lobby"] == 0
        assert row(line, BOB)["waits_in"] is None
        assert row(line, BOB)["queue"] is None


def test_callers_wait_for_a_host_and_are_admitted_in_order() -> None:
    with sales() as line:
        bob, cleo = waits(line, BOB), waits(line, CLEO)
        assert (bob.conference, cleo.conference) == (None, None), "no host is inside"
        ann = comes(line, ANN)
        heard(ann, MORE_WAIT.format(n=2))
        assert send(line, f"{ROOM}/actions/admit-next?wait=1", {})[0] == 202
        inside(bob)
        settled(line)
        assert cleo.conference is None
        assert send(line, f"{ROOM}/actions/admit-next?wait=1", {})[0] == 202
        inside(cleo)
        settled(line)
        status, problem = send(line, f"{ROOM}/actions/admit-next", {})
        assert (status, problem["type"]) == (409, "/problems/not-now")


def test_nobody_is_left_in_the_lobby_for_ever() -> None:
    with sales(lobby_minutes=0.5) as line:
        bob = waits(line, BOB)
        heard(bob, lobby.TOO_LONG["lobby"])
        hears(bob, "hung up")


def test_after_a_kill_the_caller_is_found_in_the_lobby() -> None:
    with sales() as line:
        ann, bob = comes(line, ANN), waits(line, BOB)
        forget_everything(line)
        line.engine.apply("sales", SnapshotWanted(line.engine.clock()))
        until(lambda: len(line.engine.registry.room("sales").participants) == 2, "both are known")
        settled(line)
        hears(bob, "playback")
        settled(line)
        assert (bob.conference, row(line, BOB)["waits_in"]) == (None, "lobby")
        admit(line, "0112")
        inside(bob)
        until(lambda: ann.hears.others == (BOB,), "they talk")


def test_a_hangup_in_the_lobby_leaves_nothing_behind() -> None:
    with sales() as line:
        bob = waits(line, BOB)
        line.telnyx.phone(BOB).hang_up()
        until(lambda: bob.state == "ended", "Bob is out")
        settled(line)
        room = line.engine.registry.room("sales")
        assert not (room.participants or room.pending or room.queued)


def test_a_banned_caller_hears_so_and_stays_out() -> None:
    with sales(lobby=False) as line:
        comes(line, ANN)
        bob = comes(line, BOB)
        path = f"{ROOM}/participants/0112/actions/kick?wait=1"
        assert send(line, path, {"ban": True})[0] == 202
        heard(bob, REMOVED)
        hears(bob, "hung up")
        settled(line)
        again = dials(line, BOB)
        heard(again, REMOVED)
        hears(again, "hung up")
        line.telnyx.phone(ANN).hang_up()
        settled(line)
        comes(line, BOB)


def test_callers_of_a_full_room_wait_and_come_in_in_order() -> None:
    with sales(lobby=False, queue_when_full=True, max_participants=2) as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        dan = dials(line, DAN)
        heard(dan, PLACE.format(n=1))
        hears(dan, "playback")
        eve = dials(line, EVE)
        heard(eve, PLACE.format(n=2))
        hears(eve, "playback")
        settled(line)
        assert row(line, EVE)["waits_in"] == "full"
        comes(line, ANN)
        assert (dan.conference, eve.conference) == (None, None), "a moderator has her own seat"
        line.telnyx.phone(BOB).hang_up()
        until(lambda: bob.state == "ended", "Bob is out")
        line.telnyx.phone(ANN).hang_up()
        inside(dan)
        settled(line)
        assert eve.conference is None
        line.telnyx.phone(CLEO).hang_up()
        inside(eve)
        until(lambda: cleo.state == "ended" and dan.hears.others == (EVE,), "they talk")
