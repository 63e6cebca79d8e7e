"""Whatever keys are pressed, by whomever, and in any order: nobody gets a power that the role does
not have, and nobody stays muted without a way out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, T0
from rigs.stories import settings

from conference.core.client_state import Role
from conference.core.codec import decode_room, encode
from conference.core.commands import PassThrough
from conference.core.decide import decide
from conference.core.draft import KeyRequest
from conference.core.events import (
    DeadlinePassed,
    RequestAnswered,
    Webhook,
)
from conference.core.keys.actions import ACTIONS
from conference.core.keys.keymap import sequence_for
from conference.core.keys.moderator_pin import MOST_TRIES
from conference.core.keys.presets import PRESETS
from conference.core.muting import mute_reason
from conference.core.parts import NOTHING_ASKED
from conference.core.room import Room
from conference.core.room_settings import Pin
from conference.core.schema.phone_numbers import e164

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

PIN = "90"
NUMBER = "3125550142#"
PINS = (Pin("48", "demo", "participant"), Pin(PIN, "demo", "moderator"))
ROLES: dict[str, Role] = {"A": "moderator", "B": "participant", "C": "listener", "D": "participant"}
MAPS = {**PRESETS, "own": {f"{'ABCD'[n // 10]}{n % 10}": name for n, name in enumerate(ACTIONS)}}
"""The presets, and a table of a room's own with every action."""

PAUSES = (0.0, 0.1, 0.5, 2.0, 4.0, 16.0)
OUTSIDE = "L"
"""The caller in the lobby."""

OF_MODERATORS = {"record_start", "record_stop", "end"}


def meeting(preset: str) -> Room:
    """Return a room with people of every role, and one in its lobby."""
    given = {"keys": MAPS[preset], "pins": PINS, "dial_country": "1"}
    given |= {"chimes": True, "announce_names": True}
    room = rig.with_settings(EMPTY, **given)
    for call in ROLES:
        room = rig.inside(room, call)
    for call, role in ROLES.items():
        room = rig.well(rig.after(room, rig.asks("role", call, role=role, at=T0)))
    waits = rig.greeting(rig.with_settings(room, lobby=True), OUTSIDE)
    return rig.well(rig.after(waits, rig.hook("call.speak.ended", OUTSIDE, T0)))


ROOMS = {preset: meeting(preset) for preset in MAPS}


class Story:
    """People who press keys. Each key is checked."""

    def __init__(self, preset: str) -> None:
        self.room = ROOMS[preset]
        self.now = T0 + 1

    def press(self, call: str, digit: str, pause: float) -> None:
        if call not in self.room.joined:
            return
        self.now += pause
        self.pass_time()
        before = self.room
        event = Webhook("call.dtmf.received", self.now, call=call, details={"digit": digit})
        change = decide(before, event)
        self.check(before, change.after, call)
        assert {asked.call for asked in change.requests} <= {call}
        assert before.participants[call].role == "moderator" or not change.requests
        self.room = rig.well(change.after, self.now)
        for asked in change.requests:
            self.apply_as_the_engine(asked)
        assert decode_room(encode(self.room)) == self.room

    def apply_as_the_engine(self, asked: KeyRequest) -> None:
        """Apply the request of a key, and answer the one who has pressed it, and nobody else."""
        request = asked.request
        assert (request.verb, list(request.values)) == ("dial", ["to"])
        assert e164(request.values["to"]) == request.values["to"]
        applied = decide(self.room, request).after
        assert ["dial"] == [c.name for queue in applied.pending.values() for c in queue]
        answered = decide(rig.well(applied, self.now), RequestAnswered(self.now, *asked[:2])).after
        (speak,) = rig.pending(answered, rig.requests("K"))
        assert isinstance(speak, PassThrough)
        assert (speak.name, speak.body["call_control_ids"]) == ("speak", [asked.call])
        self.room = rig.well(answered, self.now)

    def pass_time(self) -> None:
        """Let the deadlines pass that are due: a PIN that has waited is compared."""
        while (self.room.next_deadline or self.now + 1) <= self.now:
            before = self.room
            at = min(before.deadlines.values())
            after = decide(before, DeadlinePassed(at)).after
            for call, participant in after.participants.items():
                if participant.role != before.participants[call].role:
                    assert participant.role == "moderator"
                    pressed = before.participants[call].pressed
                    assert pressed.pin == PIN and pressed.wrong_pins < MOST_TRIES
            self.room = rig.well(after, at)

    def check(self, before: Room, after: Room, presser: str) -> None:
        role = before.participants[presser].role
        asks = before.participants[presser].pressed
        outside = [room.participants.get(OUTSIDE) for room in (before, after)]
        assert role == "moderator" or outside[0] == outside[1], "only moderators admit"
        for call, participant in after.participants.items():
            was = before.participants[call]
            if participant.role != was.role:
                assert call == presser and participant.role == "moderator"
                assert asks.question == "moderator" and asks.wrong_pins < MOST_TRIES
                assert PIN.startswith(asks.text.rstrip("#")), "only the right PIN raises a role"
            if call != presser and role != "moderator":
                assert participant.status == was.status
                assert mute_of(after, call) == mute_of(before, call)
            if participant.role == "moderator":
                assert mute_reason(after, call) not in ("mute-all", "mode")
            if call != presser and participant.role == "moderator":
                assert mute_of(after, call) == mute_of(before, call), "never mutes a moderator"
            if was.role == participant.role == "listener" and mute_of(before, call):
                assert call != presser or mute_of(after, call), "a listener stays muted"
        if role != "moderator":
            others = [[x for x in room.hands if x != presser] for room in (before, after)]
            assert (after.mode, others[0]) == (before.mode, others[1])
            assert after.called in (before.called, "") and before.called in (after.called, presser)
            assert (after.locked, after.newcomers_muted) == (before.locked, before.newcomers_muted)
            assert after.chimes_off == before.chimes_off
            assert not names(after) & OF_MODERATORS

    def everyone_has_a_way_out(self) -> None:
        """Press the own key for each who is muted: only listeners stay so.

        In question time and lectures a moderator calls each hand, and ends them then.
        """
        if self.room.mode != "conversation":
            for call in sorted(self.room.joined):
                if self.room.participants[call].role == "participant":
                    self.gets_the_turn(call)
            while self.room.mode != "conversation":
                self.presses("A", "mode")
        for call in sorted(self.room.joined):
            role = self.room.participants[call].role
            if mute_of(self.room, call) and role != "listener":
                self.presses(call, "mute")
                assert not mute_of(self.room, call)
                assert call not in self.room.holding.told

    def gets_the_turn(self, call: str) -> None:
        """Raise the hand, if it is down, and call hands until it is this one's turn."""
        if call not in (*self.room.hands, self.room.called):
            self.presses(call, "hand")
        while self.room.called != call:
            assert call in self.room.hands
            self.presses("A", "next-hand")
        if mute_of(self.room, call) in ("", "mute-all"):
            assert call not in self.room.holding.told

    def presses(self, call: str, action: str) -> None:
        """Press the keys of the action, long after the last one."""
        self.now += 60
        role = self.room.participants[call].role
        for digit in sequence_for(self.room.settings.keys, action, role):
            self.press(call, digit, 0.5)


def mute_of(room: Room, call: str) -> str:
    return room.holding.asked.get(call, NOTHING_ASKED).mute_by


def names(room: Room) -> set[str]:
    waiting = (command for queue in room.pending.values() for command in queue)
    return {command.name for command in waiting if isinstance(command, PassThrough)}


def steps_of(preset: str) -> Any:
    """Return what people of a room with these keys may press."""
    become = sequence_for(MAPS[preset], "moderator", "participant")
    sequences = [*MAPS[preset], become + PIN, PIN, "1", NUMBER]
    keys = st.tuples(
        st.sampled_from(sorted(ROLES)),
        st.sampled_from(sequences) | st.text("0123456789*#", min_size=1, max_size=3),
        st.sampled_from(PAUSES),
        st.sampled_from(PAUSES[1:4]),
    )
    return st.tuples(st.just(preset), st.lists(keys, max_size=25))


@settings(200)
@hypothesis.given(st.sampled_from(sorted(MAPS)).flatmap(steps_of))
@hypothesis.example(("own", [(call, keys, 4.0, 0.5) for call in "BC" for keys in MAPS["own"]]))
@hypothesis.example(("zoom", [("A", "*4" + NUMBER, 0.5, 0.5), ("B", "*4" + NUMBER, 0.5, 0.5)]))
@hypothesis.example(("zoom", [("B", "*391#", 4.0, 0.5)] * 3 + [("D", "*3" + PIN, 4.0, 0.5)] * 2))
def test_no_key_gives_a_power_that_the_role_does_not_have(
    told: tuple[str, list[tuple[str, str, float, float]]],
) -> None:
    preset, steps = told
    story = Story(preset)
    for call, digits, pause, apart in steps:
        for n, digit in enumerate(digits):
            story.press(call, digit, apart if n else pause)
    story.everyone_has_a_way_out()


@settings(150)
@hypothesis.given(
    st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("*#012346789")), max_size=60)
)
def test_keys_of_several_people_in_between_each_other(steps: list[tuple[str, str]]) -> None:
    story = Story("zoom")
    for call, digit in steps:
        story.press(call, digit, 0.3)
    story.everyone_has_a_way_out()


@settings(100)
@hypothesis.given(st.lists(st.sampled_from([0, 1]), min_size=2, max_size=7))
def test_keys_count_once_and_in_any_order(arrivals: list[int]) -> None:
    """Both keys of `*6` arrive, perhaps several times under other ids."""
    room = ROOMS["zoom"]
    for n in arrivals:
        occurred_at = f"2026-08-21T15:04:1{n}.500000"
        event = rig.hook("call.dtmf.received", "B", occurred_at=occurred_at)
        room = decide(room, replace(event, details={"digit": "*6"[n]})).after
    assert mute_of(room, "B") == ("self" if {*arrivals} == {0, 1} else "")
