"""Stories as in `stories`, with requests of a moderator between the other steps."""

from __future__ import annotations

import pytest
from rigs.stories import PREVENTS, Story

from conference.core import commands as c
from conference.core.decide import decide
from conference.core.events import ModeratorRequest, Refused
from conference.reporting.public_view import SHOWN

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

OF_ONE = ("mute", "unmute", "hold", "unhold", "kick", "leave", "join")
OF_ALL = ("mute-all", "unmute-all", "hold-all", "unhold-all", "lock", "unlock", "end")
WISHES = {
    "mute": ("muted", True),
    "unmute": ("muted", False),
    "hold": ("held", True),
    "unhold": ("held", False),
    "leave": ("parked", True),
    "join": ("parked", False),
    "kick": ("kicked", True),
}
PREVENTS["90015"] = {"conference.participant.left", "conference.ended", "call.hangup"}


class ModeratedStory(Story):
    """A story that keeps the moderator's last request about each caller."""

    def __init__(self, callers: int, dedupe: bool) -> None:
        super().__init__(callers, dedupe)
        self.wishes: dict[str, set[str]] = {}
        for what in ("muted", "held", "parked", "kicked"):
            self.wishes[what] = set()

    def act(self, kind: str, which: int) -> None:
        here = sorted(p.call for p in self.room.participants.values() if p.status in SHOWN)
        if kind in OF_ALL:
            self.ask(kind, ())
        elif kind in OF_ONE and here:
            self.ask(kind, (here[which % len(here)],))
        elif kind == "carry out":
            ready = [x for x in self.sent if not self._later(x)]
            if ready:
                self.carry_out(ready[which % len(ready)])
        elif kind not in OF_ONE:
            super().act(kind, which)

    def ask(self, verb: str, calls: tuple[str, ...]) -> None:
        self.log.append(f"a moderator asks: {verb} {' '.join(calls)}".rstrip())
        event = ModeratorRequest(verb, self.now, f"request {len(self.log)}", calls)
        try:
            decide(self.room, event)
        except Refused as refused:
            self.log.append(f"    refused: {refused}")
            return
        here = [p for p in self.room.participants.values() if p.status in SHOWN]
        if verb.endswith("-all"):
            calls = tuple(p.call for p in here)
        if verb == "end":  # whether Telnyx ends the conference, only its answer shows
            self.wishes["kicked"] |= {p.call for p in here if p.status != "joined"}
        elif verb not in ("lock", "unlock"):
            what, wanted = WISHES[verb.removesuffix("-all")]
            self.wishes[what] = self.wishes[what].difference(calls).union(calls * wanted)
        self._happen(event)

    def _judge(self, command: c.Command) -> None:
        if not isinstance(command, c.PassThrough):  # the moderator's own: Telnyx may refuse it
            super()._judge(command)

    def _later(self, command: c.Command) -> bool:
        """Whether the command is a join that must wait for a hold or mute of its call.

        Only a snapshot shows whether a hold was before or after a join: here it is always before.
        """
        holds = [x for x in self.sent if isinstance(x, c.HoldOrMute)]
        return isinstance(command, c.Join) and any(command.call in x.calls for x in holds)

    def agree(self) -> None:
        live = set(self.telnyx.answered)
        here = [call for parts in self.telnyx.inside.values() for call in parts]
        assert len(self.telnyx.inside) <= 1, "two conferences"
        assert self.room.conference == "".join(self.telnyx.names.values())
        assert self.room.participants.keys() == live
        assert live.isdisjoint(self.wishes["kicked"]), "a kicked caller is gone"
        parked = self.wishes["parked"] & live
        assert set(here) == self.room.joined == live - parked, "parked: out, and alive"
        seen = {call: s for parts in self.telnyx.inside.values() for call, s in parts.items()}
        held, muted = ({x for x in seen if getattr(seen[x], n)} for n in ("held", "muted"))
        free = set(here) - self.wishes["held"]
        alone = free if len(free) == 1 else set()
        assert held == set(here) & (self.wishes["held"] | alone)
        assert muted == set(here) & self.wishes["muted"]
        assert {x for x, told in self.room.holding.told.items() if told.held} == held
        assert {x for x, told in self.room.holding.told.items() if told.muted} == muted
        assert self.room.pending == {}
        for call in live:
            state = self.telnyx.answered[call]
            assert state is not None
            asked = (call in self.wishes["held"], call in self.wishes["muted"])
            assert (state.hold, bool(state.mute_by)) == asked, "as a restart needs it"
            assert state.locked == self.room.locked, "so is the lock"
        assert live or not self.room.locked, "the lock ends with the meeting"


KINDS = ["webhook", "carry out", "answer"] * 7 + ["come"] * 3 + ["again", "hang up", "drop out"]
KINDS += ["time", *OF_ONE, *OF_ONE, *OF_ALL, *["leave", "join"] * 2]
