"""Stories as in `stories`, with requests of a moderator between the other steps."""

from __future__ import annotations

from typing import Any

import pytest
from rigs.stories import PREVENTS, SETTINGS, Story

from conference.core import commands as c
from conference.core.change import Change
from conference.core.client_state import OF_MEETING, MutedBy, Role, has_of_meeting
from conference.core.decide import decide
from conference.core.events import Event, ModeratorRequest, Refused
from conference.core.room_settings import RoomSettings
from conference.reporting.public_view import SHOWN

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

ROLES = ("moderator", "participant", "listener")
OF_ONE = ("mute", "unmute", "hold", "unhold", "kick", "leave", "join", *ROLES)
MUTES_ALL = ("mute-all", "unmute-all", "undo-mute-all")
FOR_NEWCOMERS = {"mute newcomers": "mute-all", "hold newcomers": "hold-all"}
MODES = ("conversation", "questions", "lecture")
HANDS = ("raise-hand", "lower-hand")
OF_ALL = (
    *MUTES_ALL,
    "hold-all",
    "unhold-all",
    *FOR_NEWCOMERS,
    "lock",
    "unlock",
    "end",
    "next-hand",
)
UNDOES = {
    "newcomers_muted": ("unmute-all", "undo-mute-all"),
    "newcomers_held": ("unhold-all",),
}
WISHES = {
    "hold": ("held", True),
    "unhold": ("held", False),
    "leave": ("parked", True),
    "join": ("parked", False),
    "kick": ("kicked", True),
}
PREVENTS["90015"] = {"conference.participant.left", "conference.ended", "call.hangup"}


class ModeratedStory(Story):
    """A story that keeps the moderator's last request about each caller."""

    def __init__(self, callers: int, dedupe: bool, settings: RoomSettings = SETTINGS) -> None:
        super().__init__(callers, dedupe, settings)
        self.wishes: dict[str, set[str]] = {}
        for what in ("held", "parked", "kicked"):
            self.wishes[what] = set()
        self.muted: dict[str, MutedBy] = {}
        self.roles: dict[str, Role] = {}
        self.known: set[str] = set()

    def act(self, kind: str, which: int) -> None:
        here = sorted(p.call for p in self.room.participants.values() if p.status in SHOWN)
        if kind in OF_ALL:
            verb = FOR_NEWCOMERS.get(kind, kind)
            self.ask(verb, (), **({"newcomers": True} if kind in FOR_NEWCOMERS else {}))
        elif kind in MODES:
            self.ask("mode", (), mode=kind)
        elif kind in ROLES and here:
            self.ask("role", (here[which % len(here)],), role=kind)
        elif kind in (*OF_ONE, *HANDS) and here:
            self.ask(kind, (here[which % len(here)],))
        elif kind == "carry out":
            ready = [x for x in self.sent if not self._later(x)]
            if ready:
                self.carry_out(ready[which % len(ready)])
        elif kind not in (*OF_ONE, *HANDS):
            super().act(kind, which)

    def ask(self, verb: str, calls: tuple[str, ...], **values: Any) -> None:
        self.log.append(f"a moderator asks: {verb} {' '.join(calls)} {values or ''}".rstrip())
        event = ModeratorRequest(verb, self.now, f"request {len(self.log)}", calls, values)
        try:
            decide(self.room, event)
        except Refused as refused:
            self.log.append(f"    refused: {refused}")
            return
        here = [p for p in self.room.participants.values() if p.status in SHOWN]
        if verb.endswith("-all"):
            calls = tuple(p.call for p in here)
        if verb in ("mute", "unmute", "role", *MUTES_ALL):
            for call in calls or [p.call for p in here]:
                self._wish_muted(call, verb, values.get("role"))
        elif verb == "end":  # whether Telnyx ends the conference, only its answer shows
            self.wishes["kicked"] |= {p.call for p in here if p.status != "joined"}
        elif verb not in ("lock", "unlock", "mode", "next-hand", *HANDS):
            what, wanted = WISHES[verb.removesuffix("-all")]
            self.wishes[what] = self.wishes[what].difference(calls).union(calls * wanted)
        self._happen(event)
        self._wish_turn(verb)

    def _wish_turn(self, verb: str) -> None:
        """Who gets the turn is not muted by name any more."""
        called = self.room.called
        if verb == "next-hand" and self.muted.get(called) != "mute-all":
            self.muted[called] = ""

    def _wish_muted(self, call: str, verb: str, role: Role | None = None) -> None:
        is_now, by = self.roles.get(call, "participant"), self.muted.get(call, "")
        newer: MutedBy = by
        listens: MutedBy = "listener" if is_now == "listener" else ""
        if verb == "mute":
            newer = "moderator"
        elif verb == "unmute" and self._by_mode(call):  # gives the turn alone
            newer = listens if by == "moderator" else by
        elif verb == "unmute" or (verb == "unmute-all" and is_now != "listener"):
            newer = ""
        elif verb == "mute-all":
            newer = by or ("mute-all" if is_now != "moderator" else "")
        elif verb != "role":  # takes back mute-all
            newer = listens if by == "mute-all" else by
        elif role != is_now and role is not None:
            self.roles[call] = role
            newer = self._muted_as(role, by)
        self.muted[call] = newer

    def _muted_as(self, role: Role, by: MutedBy) -> MutedBy:
        lasts = {self.muted.get(call, "") for call in self.room.participants} & {"mute-all"}
        match role, by:
            case _, "moderator":
                return by
            case "listener", _:
                return by or "listener"
            case "participant", "listener":
                return "mute-all" if lasts or self.room.newcomers_muted else ""
            case "participant", _:
                return by
        return ""

    def _happen(self, event: Event) -> Change:
        change = super()._happen(event)
        verb = event.verb if isinstance(event, ModeratorRequest) else ""
        for call in self.room.participants.keys() - self.known:
            self._newcomer(call)
        for what, undoes in UNDOES.items():
            if getattr(change.before, what) and not getattr(self.room, what) and verb not in undoes:
                self._meeting_is_over(what)
        return change

    def _newcomer(self, call: str) -> None:
        self.known.add(call)
        if self.room.newcomers_muted or self.room.settings.role("participant").muted:
            self.muted[call] = "mute-all"
        if self.room.newcomers_held:
            self.wishes["held"].add(call)

    def _meeting_is_over(self, what: str) -> None:
        """A caller who rings at the end is no newcomer any more."""
        for call in self.room.participants:
            if what == "newcomers_muted":
                self._wish_muted(call, "undo-mute-all")
                self._newcomer(call)
            else:
                self.wishes["held"].discard(call)

    def _is_muted(self, call: str) -> bool:
        """Whether a mute of its own, or else of everybody or by the mode, says so."""
        own = self.muted.get(call, "")
        if own == "moderator" or call == self.room.called:
            return own == "moderator"
        return own in ("mute-all", "listener") or self._by_mode(call)

    def _by_mode(self, call: str) -> bool:
        """Whether the mode mutes this participant inside, outside a turn."""
        role = self.roles.get(call, "participant")
        return self.room.mode != "conversation" and call in self.room.joined and role != "moderator"

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
        waits = self.room.settings.waits_for_host and not self.room.begun
        by_rule = free if len(free) == 1 or waits else set()
        assert held == set(here) & (self.wishes["held"] | by_rule)
        hosts = [call for call in here if self.roles.get(call) == "moderator"]
        assert not (waits and hosts), "the host is here"
        assert muted == {call for call in here if self._is_muted(call)}
        assert {x for x, told in self.room.holding.told.items() if told.held} == held
        assert {x for x, told in self.room.holding.told.items() if told.muted} == muted
        assert self.room.pending == {}
        free_to_raise = {
            call for call in live if self.roles.get(call, "participant") != "moderator"
        }
        assert {*self.room.hands, self.room.called} - {""} <= free_to_raise - parked
        for call in live:
            state = self.telnyx.answered[call]
            assert state is not None
            asked = (call in self.wishes["held"], self.muted.get(call, ""))
            assert (state.hold, state.mute_by) == asked, "as a restart needs it"
            assert state.role == self.roles.get(call, "participant")
            for what in OF_MEETING:
                assert getattr(state, what) == getattr(self.room, what), "so is the lock"
        assert live or not has_of_meeting(self.room), "it is over"


KINDS = ["webhook", "carry out", "answer"] * 7 + ["come"] * 3 + ["again", "hang up", "drop out"]
KINDS += ["time", *OF_ONE, *OF_ONE, *OF_ALL, *["leave", "join"] * 2]
KINDS += [*MODES, *HANDS, "raise-hand", "next-hand"]
