"""A call moves only as the table of states allows, and only for a cause that the table names."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from rigs import core as rig
from rigs.core import EMPTY

from conference.core.draft import Draft
from conference.core.participant import Participant
from conference.core.states import MOVES, Cause, Status, check_move
from conference.core.transitions import change

STATUSES: tuple[Status, ...] = get_args(Status)
CAUSES: tuple[Cause, ...] = get_args(Cause)


@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("before", STATUSES)
def test_only_the_moves_of_the_table_are_possible(before: Status, after: Status) -> None:
    caller: Participant = rig.newcomer(status=before)
    room = replace(EMPTY, participants={"A": caller})
    for cause in CAUSES:
        room = replace(room, draft=Draft(cause))
        allowed = before == after or cause in MOVES.get((before, after), ("", ()))[1]
        if allowed:
            assert change(room, "A", status=after).status_of("A") == after
        else:
            with pytest.raises(ValueError, match=f"no call goes from {before} to {after}"):
                change(room, "A", status=after)


def test_a_cause_that_is_not_of_the_move_is_named() -> None:
    with pytest.raises(ValueError, match="because of a deadline"):
        check_move("joined", "parked", "deadline")


def test_every_status_can_be_reached_and_all_but_the_last_be_left() -> None:
    assert {after for _, after in MOVES} | {"ringing"} == set(STATUSES)
    assert {before for before, _ in MOVES} == set(STATUSES) - {"ending"}


def test_a_room_that_is_kept_has_no_draft() -> None:
    for event in (rig.initiated(), rig.hook("call.cost"), rig.asks("dial", to="+1")):
        assert rig.after(EMPTY, event).draft == Draft()
