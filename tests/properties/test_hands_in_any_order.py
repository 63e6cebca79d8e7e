"""Whatever people request: the mode, the roles and the turn say who is muted, and nothing else.

The queue is as a list kept beside the room. With webhooks and answers in any order, the stories of
test_moderated_order check the mutes, too.
"""

from __future__ import annotations

from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, T0
from rigs.stories import settings

from conference.core.events import Refused
from conference.core.room import Room

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

MODES = ("conversation", "questions", "lecture")
ROLES = ("moderator", "participant", "listener")
OF_HANDS = ("raise", "raise", "raise", "lower", "next", "unmute")
KINDS = (*MODES, *ROLES, "come", "come", "leave", *OF_HANDS)


class Meeting:
    """A room where all commands succeed at once, and what its moderators requested."""

    def __init__(self) -> None:
        self.room: Room = EMPTY
        self.mode = "conversation"
        self.roles: dict[str, str] = {}  # of those inside
        self.queue: list[str] = []
        self.turn = ""
        self.calls = iter("ABCDEFGHIJLMNOPQRSTUVWXYZ")  # K is the conference

    def act(self, kind: str, which: int) -> None:
        here = sorted(self.roles)
        if kind == "come":
            if call := next(self.calls, ""):
                self.room = rig.inside(self.room, call)
                self.roles[call] = "participant"
        elif kind == "next":
            self.next_hand()
        elif kind in MODES and self.ask("mode", mode=kind):
            if kind != self.mode:
                self.turn = ""
                self.queue = self.queue if kind != "conversation" else []
            self.mode = kind
        elif here and kind not in MODES:
            self.act_on(kind, here[which % len(here)])
        self.check()

    def act_on(self, kind: str, call: str) -> None:
        if kind == "leave":
            self.room = rig.well(rig.after(self.room, rig.hangup(call, T0)))
            del self.roles[call]
            self.lower(call)
            self.mode = self.mode if self.roles else "conversation"
        elif kind in ROLES and self.ask("role", call, role=kind):
            if self.roles[call] != kind:
                self.lower(call)
            self.roles[call] = kind
        elif kind == "unmute" and self.mode != "conversation" and self.ask("unmute", call):
            if self.roles[call] != "moderator":
                self.lower(call)
                self.turn = call
        elif kind == "raise" and self.ask("raise-hand", call):
            assert self.roles[call] == "participant", "no other one has a hand"
            if call not in (*self.queue, self.turn):
                self.queue.append(call)
        elif kind == "lower" and self.ask("lower-hand", call):
            self.lower(call)

    def lower(self, call: str) -> None:
        self.queue = [c for c in self.queue if c != call]
        self.turn = "" if self.turn == call else self.turn

    def next_hand(self) -> None:
        if self.ask("next-hand"):
            self.turn = self.queue.pop(0) if self.queue else ""
        else:
            assert not self.queue and not self.turn

    def ask(self, verb: str, *calls: str, **values: Any) -> bool:
        """Return whether the request was taken."""
        try:
            self.room = rig.well(rig.after(self.room, rig.asks(verb, *calls, at=T0, **values)))
        except Refused:
            return False
        return True

    def check(self) -> None:
        muted = {call for call, told in self.room.holding.told.items() if told.muted}
        listens = {call for call, role in self.roles.items() if role == "listener"} - {self.turn}
        by_mode = {call for call, role in self.roles.items() if role != "moderator"} - {self.turn}
        assert muted == (listens | by_mode if self.mode != "conversation" else listens)
        assert (self.room.mode, self.room.called) == (self.mode, self.turn)
        assert [*self.room.hands] == self.queue
        assert all(asked.mute_by in ("", "listener") for asked in self.room.holding.asked.values())


@settings(200)
@hypothesis.given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9)), min_size=10, max_size=60)
)
def test_the_mode_the_roles_and_the_turn_say_who_is_muted(steps: list[tuple[str, int]]) -> None:
    meeting = Meeting()
    for kind, which in [("come", 0), ("come", 0), ("come", 0), *steps]:
        meeting.act(kind, which)
