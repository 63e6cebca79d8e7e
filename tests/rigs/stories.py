"""Stories for hypothesis: a room, a small Telnyx, and the messages between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs.core import T0
from rigs.telnyx_model import Telnyx

from conference.core import commands as c
from conference.core.change import Change
from conference.core.decide import decide
from conference.core.doors import Doors
from conference.core.events import DeadlinePassed, Event, Ignored, Outcome, SnapshotWanted, Webhook
from conference.core.meeting import GONE
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.routing import route

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

# No regular snapshots: these would hide what events alone fail to do.
SETTINGS = RoomSettings(greeting_first="First.", greeting_next="Next.", reconcile_seconds=0)
CALLS = "ABCD"
DOORS = Doors("demo")
PREVENTS = {
    "90018": {"call.hangup"},
    "90034": {"call.answered"},
    "90019": {"conference.ended"},
    "90033": {"conference.created", "conference.participant.joined", "conference.ended"},
    "90044": {"conference.participant.joined"},
}


class Story:
    """The room and Telnyx, with all messages on the way between them."""

    def __init__(self, callers: int, dedupe: bool, settings: RoomSettings = SETTINGS) -> None:
        self.to_come = list(CALLS[:callers])
        self.room = Room(
            "demo", settings, watches_unknown_calls=True, origin="https://line.example"
        )
        self.telnyx = Telnyx()
        self.dedupe = dedupe
        self.now = T0
        self.lost = False  # whether any webhook was lost
        self.sent: list[c.Command] = []  # not carried out yet
        self.answers: list[Outcome] = []  # not delivered yet
        self.heard: list[Webhook] = []  # delivered once so far
        self.delivered: set[str] = set()  # ids of delivered webhooks
        self.conferences: set[str] = set()  # conferences that an event has named to the room
        self.numbers: dict[int, str] = {}  # member numbers of the meeting: number -> call
        self.log: list[str] = []

    def runs(self, steps: list[tuple[str, Any]]) -> None:
        """Let the steps happen, and then everyone hang up: nothing is left of the meeting."""
        try:
            for kind, which in steps:
                self.act(kind, which)
            self.calm_down()
            self.agree()
            for call in list(self.telnyx.answered):
                self.hang_up(call)
            self.calm_down()
            assert self.room.participants == {}
            assert self.room.holding.asked == {}
            assert self.room.deadlines == {}
        finally:
            hypothesis.note("\n".join(self.log))

    # The steps of a story

    def act(self, kind: str, which: int) -> None:
        """Do one step of this kind, if one is possible."""
        inside = [call for parts in self.telnyx.inside.values() for call in parts]
        # With a join on its way, only a snapshot shows whether a hold was before or after it.
        joining = {x.call for x in self.sent if isinstance(x, c.Join)}
        inside = [call for call in inside if call in self.room.joined - joining]
        things, do = {
            "come": (self.to_come[:1], self.dial_in),
            "hang up": (list(self.telnyx.answered), self.hang_up),
            "drop out": (inside, self.drop_out),
            "carry out": (self.sent, self.carry_out),
            "answer": (self.answers, self.hear_answer),
            "webhook": (self.telnyx.webhooks, self.hear),
            "again": (self.heard, self.hear_again),
            "lost": (self.telnyx.webhooks, self.lose),
            "time": ([0.2, 2.0, 9.0, 21.0, 40.0], self.pass_time),
        }[kind]
        if things:
            do(things[which % len(things)])  # type: ignore[operator]

    def dial_in(self, call: str) -> None:
        self.to_come.remove(call)
        self.log.append(f"{call} dials in")
        self.telnyx.dial_in(call)

    def hang_up(self, call: str) -> None:
        self.log.append(f"{call} hangs up")
        self.telnyx.hang_up(call)

    def drop_out(self, call: str) -> None:
        self.log.append(f"{call} drops out of the conference")
        self.telnyx.leave(call)

    def carry_out(self, command: c.Command) -> None:
        self.sent.remove(command)
        outcome = self.telnyx.carry_out(command, self.now)
        self.log.append(f"Telnyx: {brief(command)} -> {outcome.status} {outcome.code}".rstrip())
        self.answers.append(outcome)

    def hear_answer(self, outcome: Outcome) -> None:
        self.answers.remove(outcome)
        self.log.append(f"we hear: {brief(outcome.command)} {outcome.status} {outcome.code}")
        if isinstance(outcome.data, dict):
            self.conferences.add(outcome.data["id"])
        self._happen(replace(outcome, at=self.now))

    def hear(self, event: Webhook) -> None:
        self.telnyx.webhooks.remove(event)
        self.heard.append(event)
        self.delivered.add(event.id)
        self.conferences.add(event.conference)
        self._hear(event)

    def hear_again(self, event: Webhook) -> None:
        """Deliver a webhook again. With `dedupe` it is dropped, as the engine does."""
        self.heard.remove(event)
        if not self.dedupe:
            self._hear(event)

    def lose(self, event: Webhook) -> None:
        self.telnyx.webhooks.remove(event)
        self.lost = True
        self.log.append(f"lost: {event.type} {event.call} {event.conference}".rstrip())

    def _hear(self, event: Webhook) -> None:
        self.log.append(f"we hear: {event.type} {event.call} {event.conference}".rstrip())
        calls = self.room.participants.keys() | self.room.ended.keys()
        conferences = {self.room.conference, *self.room.ended} - {""}
        by_call, by_conference = (dict.fromkeys(x, "demo").get for x in (calls, conferences))
        if not isinstance(route(event, by_call, by_conference, DOORS), Ignored):
            self._happen(replace(event, at=self.now))

    def pass_time(self, seconds: float) -> None:
        self.log.append(f"{seconds:.1f} s pass")
        end = self.now + seconds
        while (due := self.room.next_deadline) is not None and due <= end:
            self.now = max(due, self.now)
            self._happen(DeadlinePassed(self.now))
        self.now = end

    def begin_serving(self) -> None:
        """Begin to serve: from now on the room takes snapshots."""
        self._happen(SnapshotWanted(self.now))

    # The effects, and what must be true of each

    def _happen(self, event: Event) -> Change:
        change = decide(self.room, event)
        before, self.room, commands = change.before, change.after, change.commands
        if before.conference != self.room.conference:
            self.log.append(f"    conference: {self.room.conference or 'none'}")
        for command in commands:
            self.log.append(f"    we send {brief(command)}")
            self._judge(command)
        self.sent.extend(commands)
        unanswered = [*self.sent, *(a.command for a in self.answers)]
        opening = [x for x in self.sent if isinstance(x, c.Create | c.Find)]
        holding = [x for x in unanswered if isinstance(x, c.HoldOrMute)]
        assert len(opening) <= 1, "two are opening the conference"
        assert len(holding) <= 1, "two holds or mutes are under way"
        self._check_numbers()
        return change

    def _check_numbers(self) -> None:
        if self.room.members == 0:
            self.numbers = {}
        for p in self.room.participants.values():
            if p.status not in GONE:
                assert 0 < p.member <= self.room.members
                assert self.numbers.setdefault(p.member, p.call) == p.call, "given twice"

    def _judge(self, command: c.Command) -> None:
        if isinstance(command, c.Join):
            assert command.conference in self.conferences - {""}, "a join before the conference"
        if isinstance(command, c.HoldOrMute):
            assert command.calls, "it would concern everyone"
            assert self.room.joined.issuperset(command.calls), "not known to be in the conference"
            assert command.conference in self.conferences - {""}
        code = self.telnyx.refuses(command)
        if code and not self.lost:
            unheard = {e.type for e in self.telnyx.webhooks if concerns(e, command)}
            dismissed = {p.status for p in self.room.participants.values()} & {"refused", "ending"}
            taken_out = any(isinstance(x, c.Leave) for x in self.sent)
            # A caller may be inside though the room takes it for outside.
            excused = code == "90033" and (dismissed or taken_out)
            assert unheard & PREVENTS[code] or excused, (
                f"Telnyx must refuse {brief(command)} with {code}"
            )

    # The end

    def calm_down(self) -> None:
        """Deliver everything, and let all deadlines pass except those of being alone."""
        end = self.now + 300
        while True:
            if self.sent:
                self.carry_out(self.sent[0])
            elif self.answers:
                self.hear_answer(self.answers[0])
            elif self.telnyx.webhooks:
                self.hear(self.telnyx.webhooks[0])
            elif (due := self.room.next_deadline) is not None and due < end:
                self.pass_time(max(due - self.now, 0.0))
            else:
                return

    def agree(self) -> None:
        """Assert that the room is as Telnyx has it, and as the rules want it."""
        everyone = [call for parts in self.telnyx.inside.values() for call in parts]
        assert len(self.telnyx.inside) <= 1, "two conferences"
        assert self.room.conference == "".join(self.telnyx.names.values())
        assert self.room.joined == set(everyone) == set(self.telnyx.answered)
        assert self.room.participants.keys() == self.telnyx.answered.keys()
        assert self.room.pending == {}
        held = [call for p in self.telnyx.inside.values() for call in p if p[call].held]
        assert held == (everyone if len(everyone) == 1 else [])
        assert not any(seen.muted for p in self.telnyx.inside.values() for seen in p.values())
        assert {call for call, told in self.room.holding.told.items() if told.held} == set(held)


def brief(command: c.Command) -> str:
    whom = getattr(command, "call", "") or " ".join(getattr(command, "calls", ()))
    return f"{type(command).__name__} {whom} {getattr(command, 'conference', '')}".strip()


def concerns(event: Webhook, command: c.Command) -> bool:
    if isinstance(command, c.Create):
        return True
    calls = getattr(command, "calls", (getattr(command, "call", ""),))
    return event.call in calls or bool(event.conference == getattr(command, "conference", None))


def steps(kinds: list[str], least: int, most: int) -> Any:
    """Return the strategy of the steps of a story: of these kinds, in any order."""
    step = st.tuples(st.sampled_from(kinds), st.integers(0, 9))
    return st.lists(step, min_size=least, max_size=most)


def settings(examples: int) -> Any:
    return hypothesis.settings(
        max_examples=examples, deadline=None, derandomize=True, database=None
    )
