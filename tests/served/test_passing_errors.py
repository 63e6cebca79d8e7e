"""The line beside a Telnyx that refuses for a while, over real HTTP."""

from __future__ import annotations

import pytest
from rigs.rehearsals import calls, dial, hears, rehearsal, room, settled, texml
from rigs.waiting import until

from conference.core.texml.door import greeting
from conference.simulator import Chaos

ANN, BOB = "+13125550111", "+13125550112"


@pytest.mark.parametrize("status", [404, 408, 409])
def test_an_error_that_passes_costs_nobody_anything(status: int) -> None:
    with rehearsal(speed=10, time_factor=10) as line:
        line.telnyx.fail_next(status)  # the answer
        ann = dial(line, ANN)
        line.telnyx.fail_next(status, 2)  # the hold, if Ann is not on hold yet, or Bob's answer
        hears(ann, "music")
        bob = dial(line, BOB)
        hears(ann, "conference")
        hears(bob, "conference")
        line.telnyx.fail_next(status, 3)
        line.telnyx.phone(BOB).hang_up()
        hears(ann, "music")


def test_callers_come_in_while_half_of_the_requests_fail_with_4xx() -> None:
    with rehearsal(speed=10, time_factor=10) as line:
        line.telnyx.chaos = Chaos(transient=0.5, seed=1)
        ann, bob = dial(line, ANN), dial(line, BOB)
        hears(ann, "conference")
        hears(bob, "conference")
        line.telnyx.phone(ANN).hang_up()
        hears(bob, "music")


def test_a_texml_account_that_is_not_found_empties_no_room() -> None:
    """The callbacks go on; lists, holds and mutes are answered 404."""
    with texml(reconcile_seconds=2) as line:
        calls(line, ANN), calls(line, BOB)
        line.telnyx.texml.account_sid = "another"
        before = len(line.telnyx.requests)
        until(
            lambda: len([r for r in line.telnyx.requests[before:] if r.status == 404]) >= 4,
            "the lists are not found",
        )
        settled(line)
        assert len(room(line).joined) == 2
        assert greeting(room(line), "C") == room(line).settings.greeting_next
