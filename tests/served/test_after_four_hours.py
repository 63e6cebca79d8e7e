"""Stories of meetings that outlast the 4 hours of a conference, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rigs.moderator import ask
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import APPLICATION, rehearsal, settled
from rigs.waiting import until

from conference.core.keys.presets import PRESETS
from conference.core.limits.time_limits import SHORT_PAUSE
from conference.core.room_settings import Known, RoleSettings, RoomSettings
from conference.demo.rehearsal import Line
from conference.simulator import Leg, SimulatedTelnyx

DAN = "+13125550114"
SALES = "+13125550101"
ROOM = "/api/rooms/sales"
HOUR = 3600.0


@contextmanager
def sales(**settings: Any) -> Iterator[Line]:
    """Run a line with one room; 20 seconds of its time, and of Telnyx's, pass in one."""
    given = {
        "roster": {ANN: Known("Ann", "moderator")},
        "roles": {"moderator": RoleSettings(ends=True)},
        "keys": PRESETS["zoom"],
        "announce_ends": True,
        "fresh_conference": True,
        "chimes": True,
        "alone_minutes": 0,
        "reconcile_seconds": 5,
    }
    with rehearsal(
        20,
        control_token=TOKEN,
        telnyx_connection_id=APPLICATION,
        time_factor=20,
        rooms={"sales": RoomSettings(**{**given, **settings})},
        numbers={SALES: "sales"},
    ) as line:
        yield line


def comes(line: Line, number: str) -> Leg:
    leg = line.telnyx.phone(number).dial(to=SALES)
    until(lambda: leg.conference is not None, f"{number} is let in")
    settled(line)
    return leg


def nearly_over(telnyx: SimulatedTelnyx, left: float) -> None:
    """Let so many seconds be left of the conference's 4 hours."""
    telnyx.skip(telnyx.conferences[-1].expires_at - telnyx.now() - left)


def words(leg: Leg, since: float = 0.0) -> list[str]:
    """Return what was spoken to the caller since this simulated second."""
    return [each.detail for each in leg.timeline if each.what == "speech" and each.at >= since]


def shown(line: Line) -> dict[str, tuple[Any, ...]]:
    """Return role, member number, mute and its reason of those inside, by phone number."""
    names = ("role", "member", "muted", "mute_reason", "on_hold")
    people = ask(line, ROOM)["participants"]
    return {p["number"]: tuple(p[n] for n in names) for p in people if p["status"] == "joined"}


def test_a_meeting_goes_on_in_a_fresh_conference() -> None:
    with sales() as line:
        bob = comes(line, BOB)
        line.telnyx.skip(HOUR)
        ann, cleo, dan = (comes(line, number) for number in (ANN, CLEO, DAN))
        ask(line, f"{ROOM}/actions/mute?wait=1", {"participants": [CLEO]})
        ask(line, f"{ROOM}/actions/lock?wait=1", {})
        until(lambda: {*dan.hears.others} == {ANN, BOB}, "Dan hears who may speak")
        settled(line)
        before = shown(line)
        assert before[CLEO][2:4] == (True, "moderator")

        nearly_over(line.telnyx, 340)
        until(lambda: SHORT_PAUSE in words(ann), "Ann hears of the pause", within=30)
        until(lambda: len(line.telnyx.conferences) == 2, "they move", within=60)
        until(lambda: bob.state == "ended", "the first call is over", within=30)
        until(lambda: {*dan.hears.others} == {ANN}, "Dan hears Ann", within=30)
        until(lambda: {*ann.hears.others} == {DAN}, "Ann hears Dan", within=30)
        settled(line)

        old, new = line.telnyx.conferences
        assert old.end_reason == "all_left"
        assert bob.hangup_cause == "time_limit"
        assert {leg.number for leg in new.members} == {ANN, CLEO, DAN}
        assert cleo.muted and {*cleo.hears.others} == {ANN, DAN}
        del before[BOB]
        assert shown(line) == before, "as it was"
        assert ask(line, ROOM)["locked"]
        for leg in (ann, cleo, dan):
            assert words(leg).count(SHORT_PAUSE) == 1
            assert words(leg, since=old.updated_at) == [], "nothing about the move itself"
        ended = [r.path for r in line.telnyx.requests if r.path.endswith(("/hangup", "/end"))]
        assert ended == []


def test_calls_that_telnyx_leaves_up_at_its_end_come_in_again() -> None:
    """The hours pass at once, so that the line cannot move them before."""
    with sales() as line:
        line.telnyx.account.ways.leaves_calls_up = True
        ann = comes(line, ANN)
        line.telnyx.skip(HOUR)
        bob, cleo = comes(line, BOB), comes(line, CLEO)
        until(lambda: {*bob.hears.others} == {ANN, CLEO}, "they talk")
        ask(line, f"{ROOM}/actions/mute?wait=1", {"participants": [CLEO]})
        settled(line)
        nearly_over(line.telnyx, -1)
        until(lambda: len(line.telnyx.conferences) == 2, "they come in again")
        old, new = line.telnyx.conferences
        until(lambda: bob.conference == cleo.conference == new.id, "both are in")
        until(lambda: cleo.muted, "Cleo is muted as before")
        until(lambda: cleo.hears.others == (BOB,), "they talk again")
        assert old.end_reason == "time_exceeded"
        assert ann.hangup_cause == "time_limit"
        assert (bob.state, cleo.state) == ("answered", "answered")
