"""Each state of a room: when it is, why music is on in it, and how it is shown."""

from __future__ import annotations

import pytest
from rigs import core as rig
from rigs.core import EMPTY, with_settings

from conference.core.room import Room
from conference.core.room_settings import RoleSettings
from conference.core.room_states import STATES, state_of
from conference.reporting import public_view

TALK = rig.inside(rig.inside(), "B")
WAITS = with_settings(roles={"participant": RoleSettings(starts=False)})
WAIT = rig.inside(rig.inside(WAITS), "B")


def held(*calls: str) -> Room:
    return rig.well(rig.after(TALK, rig.asks("hold", *calls)))


ROOMS = {
    "empty": EMPTY,
    "opening": rig.waiting(),
    "waiting for the start": rig.given(TALK, waits_for_start=True),
    "nobody inside": rig.let_in(),
    "waiting for the host": WAIT,
    "alone": rig.inside(),
    "alone beside others": held("B"),
    "everyone on hold": held("A", "B"),
    "in conference": TALK,
}


def test_each_state_has_a_room() -> None:
    assert [state.name for state in STATES] == [*ROOMS]
    assert {name: state_of(room).name for name, room in ROOMS.items()} == {n: n for n in ROOMS}


@pytest.mark.parametrize("name", ROOMS)
def test_music_has_a_reason_and_a_hold_too(name: str) -> None:
    room = ROOMS[name]
    state, shown = state_of(room), public_view.room(room)
    assert shown["status"] == state.status
    held = [p for p in shown["participants"] if p["on_hold"]]
    assert bool(shown["reason"]) == bool(held)
    assert all(p["hold_reason"] for p in held)
    assert not state.talk or shown["reason"] is None
