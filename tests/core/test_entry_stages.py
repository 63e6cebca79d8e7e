"""A caller passes its entry stages in order: it presses 1 if it must, is greeted, and comes in."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0

from conference.core import client_state
from conference.core import commands as c
from conference.core.client_state import ClientState, decode, encode
from conference.core.entry_stages import CONFIRM_KEY, CONFIRM_TEXT, STAGES, Result, Stage
from conference.core.events import Webhook
from conference.core.room import Deadline, Room
from conference.core.snapshot import Seen, Snapshot

STATE = ClientState("demo", direction="outgoing", number="+2", stages=("confirm",), member=1)
PROMPT = c.Gather("A", CONFIRM_TEXT, CONFIRM_KEY, "female", "en-GB", at=NOW)
RINGS = rig.after(
    EMPTY, rig.hook("call.initiated", at=T0, direction="outgoing", to="+2", client_state=STATE)
)
ASKED = rig.well(rig.after(RINGS, rig.hook("call.answered", at=T0)))


def keys(digits: str, **given: Any) -> Any:
    return rig.hook("call.gather.ended", details={"digits": digits}, **given)


def test_what_was_asked_for_goes_with_the_call() -> None:
    room = rig.after(EMPTY, rig.asks("dial", to="+13125550142", confirm=True))
    command = rig.head(room, rig.DIAL)
    assert isinstance(command, c.Dial)
    assert command.client_state.stages == ("confirm",)
    assert decode(encode(STATE)) == STATE
    dialled = rig.after(room, rig.answer(room, rig.DIAL, data={"call_control_id": "A"}))
    assert dialled.participants["A"].stages == ("confirm",)


def test_whoever_answers_is_asked_and_not_greeted() -> None:
    room, commands = rig.decide(RINGS, rig.hook("call.answered"))
    assert (commands, rig.status(room)) == ((PROMPT,), {"A": "greeting"})
    assert rig.after(ASKED, rig.hook("call.speak.ended")) == ASKED, "the prompt's own end"


def test_whoever_presses_1_is_greeted_and_comes_in() -> None:
    room, commands = rig.decide(ASKED, keys("1"))
    kinds = [type(command) for command in commands]
    assert kinds == [c.Speak, c.Remember] or kinds == [c.Remember, c.Speak]
    assert next(x for x in commands if isinstance(x, c.Remember)).client_state.stages == ()
    assert rig.status(rig.after(rig.well(room), rig.hook("call.speak.ended"))) == {"A": "waiting"}
    assert rig.decide(room, keys("1"))[1] == (), "and once only"


@pytest.mark.parametrize("digits", ["", "2", "11"])
def test_whoever_does_not_is_hung_up(digits: str) -> None:
    room, commands = rig.decide(ASKED, keys(digits))
    assert (commands, rig.status(room)) == ((c.Hangup("A", at=NOW),), {"A": "ending"})


def test_a_gather_that_the_hangup_has_ended_needs_none() -> None:
    assert rig.after(ASKED, keys("", cause="call_hangup")) == ASKED


@pytest.mark.parametrize("code", ["90017", "99999"])
def test_without_a_prompt_nobody_comes_in(code: str) -> None:
    before = rig.after(RINGS, rig.hook("call.answered"))
    room, commands = rig.decide(before, rig.answer(before, "A", 422, code))
    assert (commands, rig.status(room)) == ((c.Hangup("A", at=NOW),), {"A": "ending"})


def test_whose_answer_is_lost_is_hung_up_in_time() -> None:
    due = ASKED.deadlines[Deadline("call", "A")]
    room, commands = rig.decide(ASKED, rig.time(due))
    assert (commands, rig.status(room)) == ((c.Hangup("A", at=due),), {"A": "ending"})
    assert due - T0 > c.KEY_TRIES * c.KEY_SECONDS


def test_not_answered_yet_is_asked_when_it_is() -> None:
    before = rig.after(RINGS, rig.hook("call.answered"))
    room = rig.after(before, rig.answer(before, "A", 422, "90034"))
    assert rig.status(room) == {"A": "ringing"}
    assert rig.decide(room, rig.hook("call.answered"))[1] == (replace(PROMPT),)


def test_whoever_is_seen_inside_has_pressed_it() -> None:
    """The server was killed before Telnyx kept that."""
    look = c.TakeSnapshot("demo", at=NOW)
    begun = replace(EMPTY, pending=rig.queued(c.SNAPSHOT, look))
    seen = Snapshot("K", {"A": Seen(True, False)}, calls={"A": STATE})
    room, commands = rig.decide(begun, rig.answer(begun, c.SNAPSHOT, data=seen))
    assert rig.status(room) == {"A": "joined"}
    assert c.Remember("A", replace(STATE, stages=()), at=NOW) in commands
    assert not [x for x in commands if isinstance(x, c.Gather)]
    gone = rig.after(rig.well(room), rig.asks("leave", "A"))
    gone = rig.after(gone, rig.answer(gone, "A"))
    _, commands = rig.decide(gone, rig.asks("join", "A"))
    assert [type(x) for x in commands] == [c.Create]


def test_after_a_restart_it_is_asked_again() -> None:
    empty = Room("demo", EMPTY.settings)
    look = c.TakeSnapshot("demo", at=NOW)
    begun = replace(empty, pending=rig.queued(c.SNAPSHOT, look))
    outcome = rig.answer(begun, c.SNAPSHOT, data=Snapshot(calls={"A": STATE}))
    room, commands = rig.decide(begun, outcome)
    assert (commands, rig.status(room)) == ((PROMPT,), {"A": "greeting"})


def test_each_stage_that_telnyx_keeps_has_a_row() -> None:
    assert set(STAGES) == set(client_state.STAGES)


@pytest.mark.parametrize("kept", [["other"], ["confirm", 1], "confirm", ["confirm"] * 9, {}])
def test_only_known_stages_are_read(kept: object) -> None:
    read = decode(kept_by_telnyx(stages=kept))
    assert read and set(read.stages) <= {"confirm"}


def test_a_call_from_an_older_version_still_has_to_press_1() -> None:
    read = decode(kept_by_telnyx(confirm=True))
    assert read and read.stages == ("confirm",)


def kept_by_telnyx(**fields: object) -> str:
    text = json.dumps({"line": 1, "room": "demo"} | fields)
    return base64.b64encode(text.encode()).decode()


def test_a_further_stage_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = c.Gather("A", "Who are you?", "*", "female", "en-GB")

    def ended(room: Room, event: Webhook) -> tuple[Room, Result]:
        return room, "passed" if event.details["digits"] == "*" else "failed"

    name = Stage(
        begins=lambda room, participant, at: (room, asked),
        ends_with="call.gather.ended",
        ended=ended,
        otherwise="go on",
    )
    monkeypatch.setitem(STAGES, "name", name)
    caller = replace(RINGS.participants["A"], stages=("name", "confirm"))
    room = replace(RINGS, participants={"A": caller})
    room, (command,) = rig.decide(room, rig.hook("call.answered"))
    assert command == replace(asked, at=NOW)
    begun = rig.well(room)
    late = begun.next_deadline
    assert late
    for passed in (keys("*"), keys("1"), rig.time(late)):
        confirming = rig.after(begun, passed)
        assert rig.head(confirming, "A") == replace(PROMPT, at=passed.at), "the next one"
        assert confirming.participants["A"].stages == ("confirm",)
    greeted = rig.after(rig.well(confirming, late), keys("1", at=late))
    assert rig.head(greeted, "A").purpose == "greeting"
