"""Whatever callers press in the reception, no room opens without its PIN, and nobody is stuck."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import T0
from rigs.reception import BLUE, LISTENER, MODERATOR, PARTICIPANT, PINS, ROOMS
from rigs.stories import settings

from conference.core.admission.reception import MOST_TRIES
from conference.core.decide import decide
from conference.core.events import Event
from conference.core.parts import PinEntry
from conference.core.room import Room, in_flight
from conference.core.texml.facts import PinPosted
from conference.core.texml.pin_entry import tries_left

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

CALLS = "ABC"
BY_TEXML = "TUV"
PIN_OF = {pin.digits: pin for pin in PINS}
DIGITS = st.one_of(
    st.sampled_from([PARTICIPANT, MODERATOR, LISTENER, BLUE, ""]),
    st.text("0123456789*#", max_size=7),
)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["come", "hang up", "spoken", "refuse"]), st.sampled_from(CALLS)),
    st.tuples(st.just("press"), st.sampled_from(CALLS), DIGITS),
    st.tuples(st.just("post"), st.sampled_from(BY_TEXML), DIGITS, st.integers(1, 3)),
    st.tuples(st.just("wait"), st.floats(0, 700)),
)
LONGEST_STAY = 3 * 120.0  # seconds: three tries, each with a prompt, keys and a wait


class Story:
    """The reception, and which PIN each call entered last. Two callers share one number."""

    def __init__(self, guesses: int) -> None:
        self.room = Room("reception", replace(ROOMS["reception"], reconcile_seconds=0))
        self.now = T0
        self.last: dict[str, str] = {}
        self.came: dict[str, float] = {}
        for n in range(guesses):
            self.act("come", "A")
            self.act("press", "A", f"9{n:03}")
            self.act("hang up", "A")

    def act(self, kind: str, *what: Any) -> None:
        match kind, what:
            case "wait", (seconds,):
                self.pass_time(self.now + seconds)
            case "come", (call,) if call not in self.room.participants:
                self.room = replace(self.room, ended={})
                self.came[call] = self.now
                number = "+13125550112" if call == "C" else "+13125550111"
                self.happens(rig.initiated(call, self.now, from_=number))
                self.happens(rig.hook("call.answered", call, self.now))
            case "press", (call, digits):
                if call in self.room.participants and not self.room.participants[call].pin:
                    self.last[call] = digits
                gathered = rig.hook("call.gather.ended", call, self.now, details={"digits": digits})
                self.happens(gathered)
            case "post", (call, digits, times):
                self.post(call, digits, times)
            case "hang up", (call,):
                self.happens(rig.hangup(call, self.now))
            case "spoken", (call,):
                self.happens(rig.hook("call.speak.ended", call, self.now))
            case "refuse", (call,):
                if command := self.room.head(rig.queue(call)):
                    self.happens(rig.answer(self.room, call, 422, "99999", at=self.now))
                    assert self.room.head(rig.queue(call)) != command

    def post(self, call: str, digits: str, times: int) -> None:
        """Post what a caller by TeXML has entered, so many times: only the first one counts."""
        entry = self.room.texml.entries.get(call, PinEntry(self.now))
        if entry.is_over or not tries_left(entry):
            return
        if not entry.pin:
            self.last[call] = digits
        number = "+13125550112" if call == "V" else "+13125550111"
        posted = PinPosted(call, self.now, number, len(entry.tries) + 1, digits)
        self.happens(posted)
        once = self.room
        for _ in range(times - 1):
            self.happens(posted)
            assert self.room == once
        entry = self.room.texml.entries[call]
        if entry.room:
            pin = PIN_OF[self.last[call]]
            assert (entry.room, entry.role) == (pin.room, pin.role)
        assert len(entry.tries) <= MOST_TRIES

    def happens(self, event: Event) -> None:
        change = decide(self.room, event)
        self.room = change.after
        for to, handed in change.handovers:
            pin = PIN_OF[self.last[handed.participant.call]]
            assert (to, handed.participant.role) == (pin.room, pin.role)
            assert handed.participant.pin == ""
        assert not self.room.conference
        assert {p.status for p in self.room.participants.values()} <= {
            *("ringing", "greeting", "refused", "ending")
        }

    def pass_time(self, until: float) -> None:
        """Let Telnyx carry out every command, and each deadline pass when it is due."""
        while True:
            self.room = rig.well(self.room, self.now)
            due = self.room.next_deadline
            if due is None or due > until:
                break
            self.now = max(due, self.now)
            self.happens(rig.time(self.now))
        self.now = until


@settings(200)
@hypothesis.given(st.integers(0, 30), st.lists(STEPS, max_size=40))
def test_no_keys_open_a_room_without_its_pin(guesses: int, steps: list[Any]) -> None:
    story = Story(guesses)
    for kind, *what in steps:
        story.act(kind, *what)
    story.pass_time(story.now + LONGEST_STAY)
    assert story.room.participants == {}, "nobody is stuck"
    assert not in_flight(story.room)
