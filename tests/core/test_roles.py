"""The verb `role`: whether a participant of the new role is muted, and why."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from rigs import core as rig
from rigs.core import NOW, T0
from rigs.texml_rooms import OURS, comes, texml

from conference.core import commands as c
from conference.core.client_state import MutedBy, Role
from conference.core.events import ModeratorRequest
from conference.core.parts import NOTHING_ASKED

TWO = rig.inside(rig.inside(), "B")
MODERATOR, PARTICIPANT, LISTENER = (
    rig.asks("role", "A", role=role) for role in ("moderator", "participant", "listener")
)
MUTE, UNMUTE = rig.asks("mute", "A"), rig.asks("unmute", "A")
MUTE_ALL, UNDO = rig.asks("mute-all"), rig.asks("undo-mute-all")
NEWCOMERS = rig.asks("mute-all", newcomers=True)
UNMUTE_ALL, MUTE_B = rig.asks("unmute-all"), rig.asks("mute", "B")


class Row(NamedTuple):
    name: str
    requests: list[ModeratorRequest]
    role: Role
    mute_by: MutedBy


ROWS = [
    Row("listener", [LISTENER], "listener", "listener"),
    Row("listener no more", [LISTENER, PARTICIPANT], "participant", ""),
    Row("listener who becomes moderator", [LISTENER, MODERATOR], "moderator", ""),
    Row("listener, unmuted by name", [LISTENER, UNMUTE], "listener", ""),
    Row("listener, unmuted, then no more", [LISTENER, UNMUTE, PARTICIPANT], "participant", ""),
    Row("listener, whom unmute-all spares", [LISTENER, UNMUTE_ALL], "listener", "listener"),
    Row("listener, whom undo-mute-all spares", [LISTENER, UNDO], "listener", "listener"),
    Row("muted by name, then listener", [MUTE, LISTENER], "listener", "moderator"),
    Row("muted by name, no more", [MUTE, LISTENER, PARTICIPANT], "participant", "moderator"),
    Row("listener, then muted by name", [LISTENER, MUTE, PARTICIPANT], "participant", "moderator"),
    Row("moderator who was muted by name", [MUTE, MODERATOR], "moderator", "moderator"),
    Row("moderator who was muted with all", [MUTE_ALL, MODERATOR], "moderator", ""),
    Row("moderator before mute-all", [MODERATOR, MUTE_ALL], "moderator", ""),
    Row("moderator no more", [MODERATOR, MUTE_ALL, PARTICIPANT], "participant", ""),
    Row("muted with all, then listener", [MUTE_ALL, LISTENER], "listener", "mute-all"),
    Row("and no more", [MUTE_ALL, LISTENER, PARTICIPANT], "participant", "mute-all"),
    Row("and mute-all is undone", [MUTE_ALL, LISTENER, UNDO], "listener", "listener"),
    Row("and then no more", [MUTE_ALL, LISTENER, UNDO, PARTICIPANT], "participant", ""),
    Row("listener at mute-all", [LISTENER, MUTE_ALL], "listener", "listener"),
    Row(
        "listener at mute-all, no more",
        [LISTENER, MUTE_ALL, PARTICIPANT],
        "participant",
        "mute-all",
    ),
    Row("with newcomers", [MUTE_B, LISTENER, NEWCOMERS, PARTICIPANT], "participant", "mute-all"),
    Row("after its end", [LISTENER, MUTE_ALL, UNMUTE_ALL, PARTICIPANT], "participant", ""),
]


@rig.each_case(ROWS)
def test_a_role_mutes_or_not(case: Row) -> None:
    for start in (TWO, texml("A", "B")):
        room = rig.well(rig.after(start, *case.requests))
        assert room.participants["A"].role == case.role
        assert room.holding.asked.get("A", NOTHING_ASKED).mute_by == case.mute_by
        muted = "A" in room.holding.told and room.holding.told["A"].muted
        assert muted == bool(case.mute_by), "Telnyx has it"


def test_telnyx_keeps_the_role_over_a_restart() -> None:
    _, commands = rig.decide(TWO, LISTENER)
    state = rig.state(role="listener", mute_by="listener")
    assert commands == (c.Remember("A", state, at=NOW), c.Mute("K", ("A",), at=NOW))


def test_by_texml_a_mute_follows_alone() -> None:
    _, commands = rig.decide(texml("A", "B"), LISTENER)
    assert commands == (c.Mute("X", ("A",), at=NOW, **OURS),)


@pytest.mark.parametrize("room", [TWO, texml("A", "B")], ids=["call control", "texml"])
def test_a_role_that_is_held_already_changes_nothing(room: rig.Room) -> None:
    assert rig.decide(room, PARTICIPANT) == (room, ())
    listens = rig.well(rig.after(room, LISTENER, UNMUTE))
    assert rig.decide(listens, LISTENER) == (listens, ()), "unmuted by name is unmuted"


def test_by_texml_the_role_outlasts_the_late_response_to_a_dial() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to="+2", role="listener", at=T0))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    room = rig.after(room, comes("C", 3, to="sip:cy@example.com"))
    room = rig.after(room, rig.asks("role", "C", role="moderator"), rings)
    assert (room.participants["C"].role, room.participants["C"].direction) == (
        "moderator",
        "outgoing",
    )
