"""Stories of a room that waits for its host, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rigs.moderator import ask
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import forget_everything, hears, rehearsal, settled
from rigs.waiting import until

from conference.core import host
from conference.core.entering import FULL, HOST_DID_NOT_COME
from conference.core.events import SnapshotWanted
from conference.core.greeting import WAIT_FOR_HOST
from conference.core.room_settings import Known, RoleSettings, RoomSettings
from conference.demo.rehearsal import Line
from conference.simulator import Leg

DAN = "+13125550114"
SALES = "+13125550101"
ROOM = "/api/rooms/sales"
APPLICATION = "1494404757140276705"  # the simulated Telnyx's
ROLES = {"participant": RoleSettings(starts=False), "moderator": RoleSettings(ends=True)}


@contextmanager
def sales(speed: float = 20, **settings: Any) -> Iterator[Line]:
    """Run a line with a room that waits for Ann, and ends when she has left.

    Six seconds of its time pass in one.
    """
    given = {"roles": ROLES, "roster": {ANN: Known("Ann", "moderator")}, **settings}
    rooms = {"sales": RoomSettings(**given)}
    with rehearsal(
        speed,
        control_token=TOKEN,
        telnyx_connection_id=APPLICATION,
        time_factor=6,
        rooms=rooms,
        numbers={SALES: "sales"},
    ) as line:
        yield line


def dials(line: Line, number: str) -> Leg:
    return line.telnyx.phone(number).dial(to=SALES)


def comes(line: Line, number: str) -> Leg:
    leg = dials(line, number)
    until(lambda: leg.conference is not None, f"{number} is let in")
    return leg


def heard(leg: Leg, text: str) -> bool:
    return text in [each.detail for each in leg.timeline]


def role(line: Line, number: str) -> str:
    people = ask(line, ROOM)["participants"]
    return next(p["role"] for p in people if p["number"] == number)


def test_two_wait_the_host_comes_drops_returns_and_leaves_for_good() -> None:
    with sales(host_grace_seconds=30) as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        assert heard(bob, WAIT_FOR_HOST) and heard(cleo, WAIT_FOR_HOST)
        hears(bob, "music")
        hears(cleo, "music")
        settled(line)
        shown = ask(line, ROOM)
        assert shown["reason"] == "music is on, because the room waits for its host"
        assert shown["summary"] == "waiting for the host, everyone on hold"
        assert {p["hold_reason"] for p in shown["participants"]} == {"not-started"}

        ann = comes(line, ANN)
        until(lambda: {*bob.hears.others} == {ANN, CLEO}, "Bob hears both")
        until(lambda: {*ann.hears.others} == {BOB, CLEO}, "Ann hears both")
        assert heard(bob, host.HERE) and heard(cleo, host.HERE)
        assert not heard(ann, host.HERE)
        assert ask(line, ROOM)["reason"] is None

        line.telnyx.phone(ANN).hang_up()
        leaves = host.LEFT.format(time="30 seconds")
        until(lambda: heard(bob, leaves) and heard(cleo, leaves), "they hear that she has left")
        until(lambda: bob.hears.others == (CLEO,), "they talk on")
        again = comes(line, ANN)
        until(lambda: heard(bob, host.BACK) and heard(cleo, host.BACK), "they hear it")
        settled(line)
        assert role(line, ANN) == "moderator"
        until(lambda: {*again.hears.others} == {BOB, CLEO}, "all talk")

        line.telnyx.phone(ANN).hang_up()
        until(lambda: (bob.state, cleo.state) == ("ended", "ended"), "the calls end")
        assert heard(bob, host.ENDS) and heard(cleo, host.ENDS)
        until(lambda: ask(line, ROOM)["status"] == "empty", "the room is empty")
        dan = comes(line, DAN)
        hears(dan, "music")
        assert heard(dan, WAIT_FOR_HOST), "the next meeting waits again"


def test_a_dropped_host_is_known_by_the_number_alone() -> None:
    """She was made moderator inside: no roster names her."""
    with sales(roster={}, host_grace_seconds=60) as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        settled(line)
        ask(line, f"{ROOM}/actions/role?wait=1", {"participants": ["0113"], "role": "moderator"})
        until(lambda: bob.hears.others == (CLEO,), "the meeting begins")
        line.telnyx.phone(CLEO).hang_up()
        until(lambda: cleo.state == "ended", "Cleo is out")
        comes(line, CLEO)
        until(lambda: bob.hears.others == (CLEO,), "they talk again")
        settled(line)
        assert role(line, CLEO) == "moderator"


def test_one_who_is_left_on_hold_hears_that_the_host_has_left() -> None:
    with sales(host_grace_seconds=10) as line:
        bob = comes(line, BOB)
        comes(line, ANN)
        until(lambda: bob.hears.others == (ANN,), "they talk")
        line.telnyx.phone(ANN).hang_up()
        until(lambda: bob.state == "ended", "Bob is hung up")
        assert heard(bob, host.LEFT.format(time="10 seconds"))
        assert heard(bob, host.ENDS)


def test_without_grace_the_meeting_ends_with_a_goodbye() -> None:
    with sales(host_grace_seconds=0) as line:
        bob = comes(line, BOB)
        comes(line, ANN)
        until(lambda: bob.hears.others == (ANN,), "they talk")
        line.telnyx.phone(ANN).hang_up()
        until(lambda: bob.state == "ended", "Bob is hung up")
        assert heard(bob, host.ENDS_AT_ONCE)


def test_nobody_waits_for_ever() -> None:
    with sales(alone_minutes=0.5) as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        until(lambda: (bob.state, cleo.state) == ("ended", "ended"), "they are hung up")
        assert heard(bob, HOST_DID_NOT_COME) and heard(cleo, HOST_DID_NOT_COME)


def test_wait_url_plays_until_the_host_comes() -> None:
    music, other = "https://music.example/wait.wav", "https://music.example/hold.wav"
    with sales(wait_url=music, hold_audio_url=other) as line:
        bob = comes(line, BOB)
        until(lambda: (bob.hears.what, bob.hears.detail) == ("music", music), "the wait's music")
        comes(line, ANN)
        until(lambda: bob.hears.others == (ANN,), "they talk")
        line.telnyx.phone(ANN).hang_up()
        until(lambda: (bob.hears.what, bob.hears.detail) == ("music", other), "that of holds")


def test_a_moderator_has_a_seat_in_a_full_room_and_comes_in_though_it_is_locked() -> None:
    with sales(max_participants=2) as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        dan = dials(line, DAN)
        until(lambda: dan.state == "ended", "Dan is refused")
        assert heard(dan, FULL)
        settled(line)
        assert ask(line, f"{ROOM}/actions/lock?wait=1", {})["verb"] == "lock"
        ann = comes(line, ANN)
        until(lambda: {*ann.hears.others} == {BOB, CLEO}, "Ann hears both")
        assert (bob.state, cleo.state) == ("answered", "answered")


@pytest.mark.parametrize("host_is_in", [False, True])
def test_a_kill_keeps_what_the_room_waits_for(host_is_in: bool) -> None:
    with sales() as line:
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        if host_is_in:
            comes(line, ANN)
            until(lambda: {*bob.hears.others} == {ANN, CLEO}, "they talk")
            line.telnyx.phone(ANN).hang_up()
        settled(line)
        known = line.engine.registry.room("sales")
        forget_everything(line)
        assert not line.engine.registry.room("sales").joined
        line.engine.apply("sales", SnapshotWanted(line.engine.clock()))
        until(lambda: len(line.engine.registry.room("sales").joined) == 2, "they are known again")
        settled(line)
        assert line.engine.registry.room("sales").begun is known.begun is host_is_in
        hears(bob, "conference" if host_is_in else "music")
        if not host_is_in:
            comes(line, ANN)
        until(lambda: CLEO in bob.hears.others, "Bob hears Cleo")
        assert cleo.state == "answered"
