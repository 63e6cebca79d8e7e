"""A kill while a meeting moves to a fresh conference heals itself."""

from __future__ import annotations

from pathlib import Path

from rigs.people import ANN, BOB, CLEO
from rigs.restarts import Stage, stage
from rigs.simulator import Api
from rigs.waiting import until

from conference.simulator import Leg, SimulatedTelnyx

DAN = "+13125550114"
SALES = "+13125550101"
HOUR = 3600.0
FILE = f"""
[rooms.sales]
numbers = ["{SALES}"]
greeting_first = ""
greeting_next = ""
alone_minutes = 0
[rooms.sales.roster]
"{ANN}" = {{ name = "Ann", role = "moderator" }}
"""


def nearly_over(telnyx: SimulatedTelnyx, left: float) -> None:
    """Let so many seconds be left of the conference's 4 hours."""
    telnyx.skip(telnyx.conferences[-1].expires_at - telnyx.now() - left)


def words(leg: Leg, since: float = 0.0) -> list[str]:
    """Return what was spoken to the caller since this simulated second."""
    return [each.detail for each in leg.timeline if each.what == "speech" and each.at >= since]


def inside(line: Stage) -> set[str]:
    return {*line.joined("sales")}


def test_a_kill_between_leaving_and_returning_heals_itself(tmp_path: Path) -> None:
    """A call of another program keeps the old conference, so nobody has returned at the kill."""
    rooms = tmp_path / "rooms.toml"
    rooms.write_text(FILE)
    rooms.chmod(0o600)
    given = {"ROOMS_FILE": str(rooms), "RECONCILE_SECONDS": "1"}
    with stage(tmp_path, speed=1, **given) as line:
        telnyx = line.telnyx
        telnyx.account.own(SALES)
        ann = telnyx.phone(ANN).dial(to=SALES)
        until(lambda: inside(line) == {ANN}, "Ann is in", 20)
        telnyx.skip(HOUR)
        bob, cleo = (telnyx.phone(number).dial(to=SALES) for number in (BOB, CLEO))
        until(lambda: inside(line) == {ANN, BOB, CLEO}, "all are in", 20)
        line.ask("/actions/mute?wait=1", {"participants": [CLEO]}, room="sales")
        old = telnyx.conferences[0]
        other = telnyx.phone(DAN)
        other.when_called(answer_after=0.1)
        stranger = telnyx.place_call(DAN)
        until(lambda: stranger.state == "answered", "another program calls Dan")
        with Api(telnyx.base_url) as api:
            assert api.join(old.id, stranger).status == 200

        nearly_over(telnyx, 26)
        until(lambda: [leg.number for leg in old.members] == [DAN], "all have left", 30)
        before = [words(leg) for leg in (ann, bob, cleo)]
        line.server.kill()
        other.hang_up()
        until(lambda: old.status == "completed", "the old conference is over")
        line.start()
        until(lambda: inside(line) >= {BOB, CLEO}, "they are in again", 30)
        until(lambda: cleo.muted, "Cleo is muted as before")
        new = telnyx.conferences[-1]
        assert new is not old
        assert {BOB, CLEO} <= {leg.number for leg in new.members}
        assert [words(leg) for leg in (ann, bob, cleo)] == before, "nobody is greeted"
