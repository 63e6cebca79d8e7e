"""Comings, leaves, holds and recordings, in any order: no announcement is one too many.

Nobody on hold hears of newcomers, one announcement of newcomers is spoken at a time, and everybody
inside has heard whether the conference is recorded.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, T0
from rigs.stories import settings

from conference.core import commands as c
from conference.core.announcements.chimes import NEXT_CHIME
from conference.core.codec import decode_room, encode
from conference.core.decide import decide
from conference.core.events import Event, Refused
from conference.core.participant import SpokenName
from conference.core.parts import NOTHING_ASKED
from conference.core.recordings import is_recorded
from conference.core.room import Room
from conference.core.transitions import change

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

ANNOUNCES = {
    "chimes": True,
    "announce_names": True,
    "announce_count": True,
    "announce_recording": True,
}
CALLS = "ABCDEF"
REQUESTS: dict[str, dict[str, Any]] = {
    "record-start": {},
    "record-stop": {},
    "chimes": {"on": True},
    "no chimes": {"on": False},
    "lecture": {"mode": "lecture"},
    "conversation": {"mode": "conversation"},
}
VERBS = {"no chimes": "chimes", "lecture": "mode", "conversation": "mode"}
KINDS = ["come"] * 4 + ["hang up", "hold", "hold", "unhold", *REQUESTS]


class Story:
    """One room. Telnyx accepts each command between two steps."""

    def __init__(self, up_to: int, record: str) -> None:
        given = {**ANNOUNCES, "chimes_up_to": up_to, "record": record}
        self.room = rig.with_settings(EMPTY, **given)
        self.now = T0

    def act(self, kind: str, call: str, pause: float) -> None:
        self.now += pause
        if pause:
            self.hear(rig.time(self.now))
        here = call in self.room.joined
        if kind == "come" and call not in self.room.participants:
            room = replace(self.room, ended={})  # the same telephone dials again
            room = rig.let_in(room, call, self.now)
            said = SpokenName(0.0, f"https://s3.example/{call}.mp3", self.now + 60)
            name = {"A": {"label": "Ann"}, "B": {}}.get(call, {"spoken_name": said})
            self.room = change(room, call, **name)
            self.hear(rig.joined(call, self.now))
        elif kind == "hang up" and call in self.room.participants:
            self.hear(rig.hangup(call, self.now))
        elif kind in ("hold", "unhold") and here:
            self.hear(rig.asks(kind, call, at=self.now))
        elif kind in REQUESTS and self.room.joined:
            verb = VERBS.get(kind, kind)
            self.hear(rig.asks(verb, at=self.now, **REQUESTS[kind]))

    def hear(self, event: Event) -> None:
        before = self.room
        try:
            after = decide(before, event).after
        except Refused:
            return
        self.check(before, after)
        self.room = rig.well(after, self.now)
        assert decode_room(encode(self.room)) == self.room
        self.check_recording()

    def check(self, before: Room, after: Room) -> None:
        """Check each announcement that this change has made."""
        known = ids(spoken(before))
        new = [each for each in spoken(after) if each.id not in known]
        chimes = [each for each in new if "joined." in each.body["payload"]]
        assert len(chimes) <= 1
        for chime in chimes:
            hear = set(chime.body["call_control_ids"])
            assert hear and hear <= after.joined & before.joined
            assert not any(is_held(after, call) for call in hear)
            assert before.deadlines.get(NEXT_CHIME, 0.0) <= self.now, "one at a time"
            assert after.mode != "lecture" and not after.chimes_off
        played = [each for each in sounds(after) if each.id not in ids(sounds(before))]
        for sound in played:
            hear = set(sound.body["call_control_ids"])
            assert hear and hear <= after.joined & before.joined
            assert not any(is_held(after, call) for call in hear)
            assert [each for each in chimes if set(each.body["call_control_ids"]) == hear]
        hears = [call for each in new for call in each.body.get("call_control_ids", [])]
        assert all(hears.count(call) == 1 for call in hears if is_held(after, call))

    def check_recording(self) -> None:
        heard = self.room.recordings.heard
        for call in self.room.joined:
            assert heard.get(call) == (self.room.conference if is_recorded(self.room) else None)
        assert heard.keys() <= self.room.participants.keys()


def spoken(room: Room) -> list[c.PassThrough]:
    return _waiting(room, "speak")


def sounds(room: Room) -> list[c.PassThrough]:
    return _waiting(room, "play")


def ids(commands: list[c.PassThrough]) -> set[str]:
    return {each.id for each in commands}


def _waiting(room: Room, name: str) -> list[c.PassThrough]:
    waiting = [command for queue in room.pending.values() for command in queue]
    return [each for each in waiting if isinstance(each, c.PassThrough) and each.name == name]


def is_held(room: Room, call: str) -> bool:
    return room.holding.asked.get(call, NOTHING_ASKED).hold


STEPS = st.tuples(
    st.sampled_from(KINDS), st.sampled_from(CALLS), st.sampled_from((0.0, 0.5, 3.0, 31.0))
)


@settings(200)
@hypothesis.given(
    st.sampled_from((0, 2, 10)),
    st.sampled_from(("do-not-record", "record-from-start")),
    st.lists(STEPS, max_size=40),
)
def test_nobody_hears_too_much_or_nothing(
    up_to: int, record: str, steps: list[tuple[str, str, float]]
) -> None:
    story = Story(up_to, record)
    for step in steps:
        story.act(*step)
