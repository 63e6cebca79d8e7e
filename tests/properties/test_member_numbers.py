"""Whatever happens, also over kills of the line: no two participants have the same number.

Within a meeting, numbers go to callers in the order in which they come, and to none twice. The
stories of test_any_order and test_moderated_order check this too, with webhooks in any order.
"""

from __future__ import annotations

from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY
from rigs.stories import settings

from conference.core import commands as c
from conference.core.client_state import ClientState, decode, encode
from conference.core.events import SnapshotWanted
from conference.core.meeting import GONE
from conference.core.room import Room, client_state
from conference.core.snapshot import Seen, Snapshot

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

KINDS = ["come"] * 4 + ["dial", "dial", "begin", "begin", "hang up", "look", "kill"]
FREE = Seen(False, False)


class Line:
    """A room, and what Telnyx keeps: its live calls, and how many have been in the conference."""

    def __init__(self) -> None:
        self.room = EMPTY
        self.now = rig.T0
        self.kept: dict[str, ClientState] = {}
        self.dialled: dict[str, ClientState] = {}  # not begun
        self.stays = 0
        self.calls = 0
        self.given: dict[int, str] = {}  # in this meeting and this life of the line

    def act(self, kind: str, which: int) -> None:
        self.now += 3
        if kind == "come":
            self.come()
        elif kind == "dial":
            asked = rig.asks("dial", at=self.now, to=f"+1312555{self.calls:04}", force=True)
            self.room = rig.after(self.room, asked)
            self.dialled[self._new()] = rig.head(self.room, rig.DIAL).client_state
            self.room = rig.well(self.room, self.now, rig.DIAL)
        elif kind == "begin" and self.dialled:
            call, state = self.dialled.popitem()
            self.kept[call] = state
            webhook = {"direction": "outgoing", "client_state": state}
            self.hear(rig.hook("call.initiated", call, self.now, **webhook))
        elif kind == "hang up" and self.kept:
            call = sorted(self.kept)[which % len(self.kept)]
            del self.kept[call]
            self.hear(rig.hangup(call, self.now))
            self.stays = self.stays if self.kept else 0
        elif kind == "look":
            self.look()
        elif kind == "kill":
            self.room, self.given = EMPTY, {}
        self.check()

    def come(self) -> None:
        call = self._new()
        self.room = rig.inside(self.room, call, self.now)
        state = decode(encode(client_state(self.room, self.room.participants[call])))
        assert state is not None
        self.kept[call] = state
        self.stays += 1

    def hear(self, event: Any) -> None:
        self.room = rig.well(rig.after(self.room, event), self.now)

    def look(self) -> None:
        self.room = rig.after(self.room, SnapshotWanted(self.now))
        inside = dict.fromkeys(self.kept, FREE)
        snapshot = Snapshot("K", inside, self.kept, stays=self.stays)
        seen = rig.answer(self.room, c.SNAPSHOT, at=self.now, data=snapshot)
        self.room = rig.after(self.room, seen)
        for commands in self.room.pending.values():
            for command in commands:
                if isinstance(command, c.Remember):
                    self.kept[command.call] = command.client_state
        self.room = rig.well(self.room, self.now)

    def _new(self) -> str:
        self.calls += 1
        return f"v3:{self.calls:03}"

    def check(self) -> None:
        here = [p for p in self.room.participants.values() if p.status not in GONE]
        if not self.room.members:
            self.given = {}
        for p in here:
            assert 0 < p.member <= self.room.members
            assert self.given.setdefault(p.member, p.call) == p.call, "given twice"


@settings(150)
@hypothesis.given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9)), max_size=30))
def test_no_number_is_given_twice(steps: list[tuple[str, int]]) -> None:
    line = Line()
    for kind, which in steps:
        line.act(kind, which)
    for _ in range(3):
        line.act("look", 0)
    kept = {call: state.member for call, state in line.kept.items()}
    assert {call: p.member for call, p in line.room.participants.items()} == kept, "as Telnyx keeps"
    before = line.room
    line.act("kill", 0)
    line.act("look", 0)
    assert numbers(line.room) == numbers(before), "so a restart changes none"


def numbers(room: Room) -> dict[str, int]:
    return {call: p.member for call, p in room.participants.items()}
