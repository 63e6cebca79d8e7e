"""Whatever happens in any order, nobody passes the lobby without being admitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import T0
from rigs.stories import settings

from conference.core import commands as c
from conference.core.admission.lobby import in_lobby
from conference.core.client_state import ClientState
from conference.core.decide import decide
from conference.core.events import Event, Refused
from conference.core.room import Room, in_flight
from conference.core.room_settings import Known, RoomSettings
from conference.core.snapshot import Snapshot

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

HOST = "+13125550111"
ROOM = replace(
    rig.EMPTY,
    settings=replace(
        rig.SETTINGS, lobby=True, lobby_minutes=5, roster={HOST: Known("Ann", "moderator")}
    ),
)
CALLS = "ABC"  # A is the host
STEPS = st.one_of(
    st.tuples(
        st.sampled_from(
            ["come", "answered", "hang up", "spoken", "gathered", "left", "done", "admit", "kick"]
        ),
        st.sampled_from(CALLS),
    ),
    st.tuples(
        st.just("answer"),
        st.sampled_from(CALLS),
        st.sampled_from([(422, "99999"), (422, "90034"), (422, "90044"), (500, ""), (0, "")]),
    ),
    st.tuples(st.sampled_from(["admit-next", "lock", "unlock", "mute-all", "end", "kill"])),
    st.tuples(st.just("wait"), st.floats(0, 400)),
)


class Story:
    """A room with a lobby, and the callers that a moderator has admitted."""

    def __init__(self, own: RoomSettings) -> None:
        self.begins = replace(ROOM, settings=own)
        self.room: Room = self.begins
        self.now = T0
        self.admitted: set[str] = set()
        self.kept: dict[str, ClientState] = {}

    def act(self, kind: str, *what: Any) -> None:
        room, now = self.room, self.now
        match kind, what:
            case "wait", (seconds,):
                self.pass_time(now + seconds)
            case "come", (call,) if call not in room.participants:
                self.room = replace(room, ended={})
                self.admitted.discard(call)
                number = HOST if call == "A" else "+1"
                self.happens(rig.initiated(call, now, from_=number))
            case "answered", (call,):
                self.happens(rig.hook("call.answered", call, now))
            case "spoken", (call,):
                self.happens(rig.hook("call.speak.ended", call, now))
            case "gathered", (call,):
                self.happens(rig.hook("call.gather.ended", call, now, details={"digits": "1"}))
            case "left", (call,):
                self.happens(rig.left(call, now))
            case "hang up", (call,):
                self.kept.pop(call, None)
                self.happens(rig.hangup(call, now))
            case "done", (call,) if command := room.head(rig.queue(call)):
                joins = isinstance(command, c.Create | c.Join)
                self.happens(rig.answer(room, call, at=now, data={"id": "K"}))
                if joins:
                    self.happens(rig.joined(call, now))
            case "answer", (call, (status, code)) if room.head(rig.queue(call)):
                self.happens(rig.answer(room, call, status, code, at=now))
            case (("admit" | "kick"), (call,)) if call in room.participants:
                self.asks(kind, call)
            case (("admit-next" | "lock" | "unlock" | "mute-all" | "end"), ()):
                self.asks(kind)
            case "kill", ():
                self.kill()

    def asks(self, verb: str, *calls: str) -> None:
        before = self.room
        try:
            self.happens(rig.asks(verb, *calls, at=self.now), admits=verb.startswith("admit"))
        except Refused:
            assert self.room is before

    def kill(self) -> None:
        """Start again with what Telnyx has kept of the calls."""
        look = c.TakeSnapshot("demo", at=self.now)
        begun = replace(self.begins, pending=rig.queued(c.SNAPSHOT, look))
        lists = Snapshot(calls=dict(self.kept))
        for call in self.admitted - {
            name for name, kept in self.kept.items() if "lobby" not in kept.stages
        }:
            self.admitted.discard(call)  # killed before Telnyx kept it
        self.room = begun
        self.happens(rig.answer(begun, c.SNAPSHOT, at=self.now, data=lists))

    def happens(self, event: Event, *, admits: bool = False) -> None:
        change = decide(self.room, event)
        for call, p in change.after.participants.items():
            before = change.before.participants.get(call)
            was_outside = before is not None and in_lobby(before) and before.wait != "admitted"
            if admits and was_outside and (p.wait == "admitted" or "lobby" not in p.stages):
                self.admitted.add(call)
        self.room = change.after
        for commands in self.room.pending.values():
            for command in commands:
                if isinstance(command, c.Answer | c.Remember) and command.client_state:
                    self.kept[command.call] = command.client_state
                if isinstance(command, c.Create | c.Join):
                    self.check(command.call)
        for p in self.room.participants.values():
            if p.status in ("waiting", "joined"):
                self.check(p.call)

    def check(self, call: str) -> None:
        p = self.room.participants.get(call)
        assert p is None or p.role == "moderator" or call in self.admitted, f"{p} got past"

    def pass_time(self, until: float) -> None:
        """Let Telnyx carry out every command, and each deadline pass when it is due."""
        while True:
            self.settle()
            due = self.room.next_deadline
            if due is None or due > until:
                break
            self.now = max(due, self.now)
            self.happens(rig.time(self.now))
        self.now = until

    def settle(self) -> None:
        while flying := list(in_flight(self.room).values()):
            for command in flying:
                if c.queue_of(command) in in_flight(self.room):
                    self.happens(rig.Outcome(command, self.now, data={"id": "K"}))


@settings(300)
@hypothesis.given(st.booleans(), st.lists(STEPS, max_size=40))
def test_nobody_passes_the_lobby_without_being_admitted(queue: bool, steps: list[Any]) -> None:
    """With `queue`, one seat, and callers who wait for it after the lobby."""
    story = Story(replace(ROOM.settings, queue_when_full=queue, max_participants=1 if queue else 9))
    for kind, *what in steps:
        story.act(kind, *what)
    story.pass_time(story.now + 600)
    left = [p for p in story.room.participants.values() if p.waits_outside]
    assert left == [], "nobody is left in the lobby for ever"
