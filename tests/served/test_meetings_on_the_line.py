"""What is said of a room concerns everybody in it and on the way in, by either door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from rigs.moderator import ROOM, act, ask
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import MAY, calls, dial, forget_everything, hears, rehearsal, room, texml
from rigs.waiting import until

from conference.core.entering import LOCKED
from conference.core.events import SnapshotWanted
from conference.demo.rehearsal import Line
from conference.simulator import Leg


@dataclass(frozen=True)
class Door:
    """A kind of number. `opens`: a line with such a number. `calls`: a caller who is let in."""

    name: str
    opens: Callable[..., AbstractContextManager[Line]]
    calls: Callable[[Line, str], Leg]

    def dials(self, line: Line, number: str) -> Leg:
        """Call the line, without waiting to be let in."""
        texml_number = {"to": line.telnyx.texml.number} if self.name == "texml" else {}
        return line.telnyx.phone(number).dial(**texml_number)


def _by_call_control(**settings: Any) -> AbstractContextManager[Line]:
    return rehearsal(control_token=TOKEN, **settings)


DOORS = (Door("call-control", _by_call_control, dial), Door("texml", texml, calls))


@pytest.fixture(params=DOORS, ids=[door.name for door in DOORS])
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    yield request.param


# Alone


def test_who_is_left_with_somebody_on_hold_hears_music_until_there_is_company(door: Door) -> None:
    with door.opens(alone_minutes=0) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        hears(ann, "conference")
        act(line, "hold", "0112")
        hears(ann, "music")
        shown = ask(line, ROOM)
        assert [p["hold_reason"] for p in shown["participants"]] == ["alone", "moderator"]
        assert shown["reason"] == "music is on, because everyone but ...0111 is on hold"
        cleo = door.calls(line, CLEO)
        until(lambda: (ann.hears.others, cleo.hears.others) == ((CLEO,), (ANN,)), "they hear")
        assert (bob.hears.what, bob.on_hold) == ("music", True)
        line.telnyx.phone(CLEO).hang_up()
        hears(ann, "music")
        act(line, "unhold", "0112")
        until(lambda: (ann.hears.others, bob.hears.others) == ((BOB,), (ANN,)), "they hear")


def test_nobody_is_kept_for_ever_beside_somebody_on_hold(door: Door) -> None:
    with door.opens(alone_minutes=0.05) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        hears(ann, "conference")
        act(line, "hold", "0112")
        until(lambda: (ann.state, bob.state) == ("ended", "ended"), "both are hung up")


# Hold and mute


def test_who_is_being_greeted_comes_in_muted_by_mute_all(door: Door) -> None:
    with door.opens(alone_minutes=0, speed=5) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        cleo = door.dials(line, CLEO)
        until(lambda: cleo.hears.what == "speech", "Cleo is greeted")
        act(line, "mute-all")
        assert (ann.muted, bob.muted) == (True, True)
        until(lambda: cleo.conference is not None and cleo.muted, "Cleo is in, and muted")
        act(line, "unmute-all")
        until(lambda: not cleo.muted, "Cleo is not muted any more")


def test_who_is_being_greeted_comes_in_on_hold_by_hold_all(door: Door) -> None:
    with door.opens(alone_minutes=0, speed=5) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        cleo = door.dials(line, CLEO)
        until(lambda: cleo.hears.what == "speech", "Cleo is greeted")
        act(line, "hold-all")
        assert (ann.on_hold, bob.on_hold) == (True, True)
        until(lambda: cleo.conference is not None and cleo.on_hold, "Cleo is in, and on hold")
        act(line, "unhold-all")
        until(lambda: {*cleo.hears.others} == {ANN, BOB}, "all hear each other")


# Newcomers


def muted_as(line: Line) -> dict[str, str | None]:
    """Return why each participant is muted, by number; None for those who are not."""
    return {p["number"]: p["mute_reason"] for p in ask(line, ROOM)["participants"]}


def test_who_comes_after_mute_all_for_newcomers_is_muted_until_it_is_undone(door: Door) -> None:
    with door.opens(alone_minutes=0) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        hears(ann, "conference")
        act(line, "role", "0111", role="moderator")
        act(line, "mute-all", newcomers=True)
        assert ask(line, ROOM)["newcomers_muted"]
        cleo = door.calls(line, CLEO)
        until(lambda: cleo.muted, "Cleo is muted")
        assert (ann.muted, bob.muted) == (False, True)
        act(line, "mute", "0112")
        assert muted_as(line) == {ANN: None, BOB: "moderator", CLEO: "mute-all"}
        act(line, "undo-mute-all")
        until(lambda: not cleo.muted, "Cleo can speak")
        assert (bob.muted, muted_as(line)[BOB]) == (True, "moderator")
        dan = door.calls(line, "+13125550114")
        until(lambda: ANN in dan.hears.others, "Dan is inside")
        assert not dan.muted


def test_who_comes_after_hold_all_for_newcomers_hears_music_and_nobody_hears_them(
    door: Door,
) -> None:
    with door.opens(alone_minutes=0) as line:
        door.calls(line, ANN), door.calls(line, BOB)
        act(line, "hold-all", newcomers=True)
        assert ask(line, ROOM)["newcomers_on_hold"]
        cleo = door.calls(line, CLEO)
        until(lambda: (cleo.hears.what, cleo.on_hold) == ("music", True), "Cleo hears music")
        line.telnyx.phone(ANN).hang_up()
        act(line, "unhold", "0112")
        act(line, "unhold-all")
        until(lambda: cleo.hears.others == (BOB,), "Cleo and Bob hear each other")


def test_a_listener_is_muted_and_can_speak_with_another_role(door: Door) -> None:
    with door.opens(alone_minutes=0) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        hears(ann, "conference")
        act(line, "role", "0112", role="listener")
        assert (bob.muted, muted_as(line)) == (True, {ANN: None, BOB: "listener"})
        act(line, "unmute-all")
        assert bob.muted
        act(line, "role", "0112", role="participant")
        assert (bob.muted, muted_as(line)) == (False, {ANN: None, BOB: None})
        assert act(line, "role", "0112", role="participant")["commands"] == []


def test_a_restart_inside_a_meeting_keeps_newcomers_muted_by_call_control() -> None:
    (door, _) = DOORS
    with rehearsal(**MAY, alone_minutes=0) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        hears(ann, "conference")
        act(line, "role", "0111", role="moderator")
        act(line, "mute", "0112")
        act(line, "mute-all", newcomers=True)
        forget_everything(line)
        assert not room(line).newcomers_muted
        line.engine.apply(room(line).name, SnapshotWanted(line.engine.clock()))
        until(lambda: len(room(line).joined) == 2, "both are known again")
        assert ask(line, ROOM)["newcomers_muted"]
        cleo = door.calls(line, CLEO)
        until(lambda: cleo.muted, "Cleo is muted")
        assert muted_as(line) == {ANN: None, BOB: "moderator", CLEO: "mute-all"}
        assert ask(line, f"{ROOM}/participants/0111")["role"] == "moderator"
        for leg in (ann, bob, cleo):
            line.telnyx.phone(leg.number).hang_up()
        until(lambda: not room(line).newcomers_muted, "it has ended")
        dan = door.calls(line, "+13125550114")
        hears(dan, "music")
        assert not dan.muted


# End


def test_end_hangs_up_who_is_being_greeted_and_the_next_one_begins_a_new_meeting(
    door: Door,
) -> None:
    with door.opens(alone_minutes=0, speed=5) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        cleo = door.dials(line, CLEO)
        until(lambda: cleo.hears.what == "speech", "Cleo is greeted")
        act(line, "end")
        legs = (ann, bob, cleo)
        until(lambda: all(leg.state == "ended" for leg in legs), "all are hung up")
        until(lambda: ask(line, ROOM)["status"] == "empty", "the room is empty")
        conferences = {stay.conference.id for leg in (ann, bob) for stay in leg.stays}
        dan = door.calls(line, "+13125550114")
        hears(dan, "music")
        assert dan.conference not in conferences


def test_end_before_there_is_a_conference_hangs_up_all_the_same(door: Door) -> None:
    with door.opens(alone_minutes=0, speed=5) as line:
        ann = door.dials(line, ANN)
        until(lambda: ann.hears.what == "speech", "Ann is greeted")
        act(line, "end")
        until(lambda: ann.state == "ended", "Ann is hung up")
        until(lambda: ask(line, ROOM)["status"] == "empty", "the room is empty")


# Lock


def turned_away(line: Line, door: Door, number: str) -> bool:
    """Whether a new caller hears that the room is locked, and is hung up."""
    leg = door.dials(line, number)
    until(lambda: leg.state == "ended" or leg.conference is not None, "it is decided")
    return LOCKED in [heard.detail for heard in leg.timeline]


def test_a_lock_lives_as_long_as_the_meeting(door: Door) -> None:
    with door.opens(alone_minutes=0) as line:
        refused = ask(line, f"{ROOM}/actions/lock", {})
        assert (refused["status"], refused["type"]) == (409, "/problems/nobody-here")
        legs = [door.calls(line, ANN), door.calls(line, BOB)]
        act(line, "lock")
        assert turned_away(line, door, CLEO)
        for leg in legs:
            line.telnyx.phone(leg.number).hang_up()
        until(lambda: not ask(line, ROOM)["locked"], "the lock has ended")
        hears(door.calls(line, CLEO), "music")


def test_the_end_of_a_locked_meeting_ends_the_lock(door: Door) -> None:
    with door.opens(alone_minutes=0) as line:
        door.calls(line, ANN), door.calls(line, BOB)
        act(line, "lock")
        act(line, "end")
        until(lambda: not ask(line, ROOM)["locked"], "the lock has ended")
        hears(door.calls(line, CLEO), "music")


def test_a_restart_inside_a_meeting_keeps_the_lock_by_call_control() -> None:
    (door, _) = DOORS
    with rehearsal(**MAY, alone_minutes=0) as line:
        ann, bob = door.calls(line, ANN), door.calls(line, BOB)
        hears(ann, "conference")
        act(line, "lock")
        forget_everything(line)
        assert not room(line).locked
        line.engine.apply(room(line).name, SnapshotWanted(line.engine.clock()))
        until(lambda: len(room(line).joined) == 2, "both are known again")
        assert room(line).locked
        assert turned_away(line, door, CLEO)
        for leg in (ann, bob):
            line.telnyx.phone(leg.number).hang_up()
        until(lambda: not room(line).locked, "the lock has ended")
