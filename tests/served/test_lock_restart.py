"""A lock outlasts a kill of the server, also for callers who come before the lists are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from rigs.people import ANN, BOB, CLEO
from rigs.restarts import stage
from rigs.waiting import until

from conference.core.entering import LOCKED
from conference.simulator import Leg


def turned_away(leg: Leg) -> bool:
    """Whether the caller heard that the room is locked."""
    return LOCKED in [heard.detail for heard in leg.timeline]


@pytest.mark.parametrize("calls", ["before the kill", "as soon as the server is up"])
def test_a_lock_outlasts_a_kill(tmp_path: Path, calls: str) -> None:
    with stage(tmp_path) as line:
        telnyx = line.telnyx
        ann = telnyx.phone(ANN).dial()
        until(lambda: ann.conference is not None, "Ann is in", 20)
        line.ask("/actions/lock?wait=1", {})
        others: list[Leg] = []
        if calls == "before the kill":
            others = [telnyx.phone(number).dial() for number in (BOB, CLEO)]
            until(lambda: all(leg.hears.what == "speech" for leg in others), "they hear it", 20)
        line.server.kill()
        line.start()
        others = others or [telnyx.phone(number).dial() for number in (BOB, CLEO)]
        until(lambda: all(leg.state == "ended" for leg in others), "they are hung up", 40)
        assert [turned_away(leg) for leg in others] == [True, True]
        assert line.ask()["locked"]
        telnyx.phone(ANN).hang_up()
        until(lambda: not line.ask()["locked"], "the lock has ended")
