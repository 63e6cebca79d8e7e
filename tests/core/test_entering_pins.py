"""In the reception a caller enters a PIN, and another room takes the call in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import NOW, T0
from rigs.reception import LISTENER, MODERATOR, PARTICIPANT, PINS, ROOMS

from conference.core import commands as c
from conference.core.admission import pin_defence, reception
from conference.core.client_state import ClientState, Role, decode, encode
from conference.core.decide import decide
from conference.core.entering import LOCKED
from conference.core.events import HandedOver, Refused, Webhook
from conference.core.human_text import speech_seconds
from conference.core.requests.moderation import check_move_to
from conference.core.room import Deadline, Room
from conference.core.snapshot import Snapshot

HERE = Room("reception", replace(ROOMS["reception"], reconcile_seconds=0))
SALES = Room("sales", ROOMS["sales"])
NUMBER = "+13125550111"
ASKED = rig.well(
    rig.after(HERE, rig.initiated(at=T0, from_=NUMBER), rig.hook("call.answered", at=T0)), T0
)


def keys(digits: str, at: float = NOW, **given: Any) -> Webhook:
    return rig.hook("call.gather.ended", at=at, details={"digits": digits}, **given)


def prompt(n: int, text: str, at: float = NOW) -> c.Gather:
    return c.Gather("A", text, "0123456789", "female", "en-GB", most=6, tries=1, n=n, at=at)


def handed(room: Room, event: Any) -> tuple[str, HandedOver]:
    (handover,) = decide(room, event).handovers
    return handover


def test_a_caller_is_answered_and_asked() -> None:
    room, commands = rig.decide(HERE, rig.initiated(from_=NUMBER))
    state = ClientState("reception", number=NUMBER, stages=("pin",), member=1)
    assert commands == (c.Answer("A", state, at=NOW),)
    assert decode(encode(state)) == state
    room = rig.well(room)
    assert rig.decide(room, rig.hook("call.answered"))[1] == (prompt(1, reception.ENTER),)


@pytest.mark.parametrize(("digits", "name", "role"), PINS)
def test_a_pin_leads_to_its_room_in_its_role(digits: str, name: str, role: Role) -> None:
    room, (to, event) = rig.after(ASKED, keys(digits)), handed(ASKED, keys(digits))
    assert (to, event.participant.role, event.participant.pin) == (name, role, "")
    assert (room.participants, room.pending) == ({}, {})


@pytest.mark.parametrize("digits", ["482", "48210", "4822", "90771", "*", "4821*", "0" * 128])
def test_no_other_digits_lead_anywhere(digits: str) -> None:
    change = decide(ASKED, keys(digits))
    assert change.handovers == ()
    assert change.commands == (prompt(2, reception.PROMPTS["unknown"]),)


@pytest.mark.parametrize(("digits", "name", "role"), PINS)
def test_a_reported_hash_key_is_no_part_of_the_pin(digits: str, name: str, role: Role) -> None:
    to, event = handed(ASKED, keys(f"{digits}#"))
    assert (to, event.participant.role) == (name, role)
    assert rig.decide(ASKED, keys("#"))[1] == (prompt(2, reception.PROMPTS["silent"]),)


def test_each_pin_is_compared_also_after_a_match(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return one == other

    monkeypatch.setattr(reception, "compare_digest", compare)
    assert reception.leads_to(PINS, PARTICIPANT) == PINS[0]
    assert compared == [pin.digits.encode() for pin in PINS]


def test_three_tries_and_a_goodbye() -> None:
    room = ASKED
    for n, (digits, why) in enumerate([("1111", "unknown"), ("", "silent")], start=2):
        room, commands = rig.decide(room, keys(digits))
        assert commands == (prompt(n, reception.PROMPTS[why]),)  # type: ignore[index]
        room = rig.well(room, NOW)
    room, commands = rig.decide(room, keys("2222"))
    goodbye = c.Speak("A", "goodbye", "This PIN is not known. Goodbye.", "female", "en-GB", at=NOW)
    assert (commands, rig.status(room)) == ((goodbye,), {"A": "refused"})
    assert rig.decide(rig.well(room), rig.hook("call.speak.ended"))[1] == (c.Hangup("A", at=NOW),)


def test_a_lost_result_counts_as_silence() -> None:
    due = ASKED.deadlines[Deadline("call", "A")]
    assert due > T0 + c.KEY_SECONDS + 5 * c.BETWEEN_KEYS, "there is time for six digits"
    commands = rig.decide(ASKED, rig.time(due))[1]
    assert commands == (prompt(2, reception.PROMPTS["silent"], at=due),)


@pytest.mark.parametrize("code", ["90017", "99999"])
def test_a_prompt_that_telnyx_refuses_is_tried_three_times(code: str) -> None:
    room = rig.after(rig.ringing(HERE), rig.hook("call.answered"))
    for n in (2, 3):
        room = rig.after(room, rig.answer(room, "A", 422, code))
        assert rig.head(room, "A").n == n
    room = rig.after(room, rig.answer(room, "A", 422, code))
    assert rig.status(room) == {"A": "refused"}


def test_a_hangup_ends_it() -> None:
    assert rig.after(ASKED, keys("4821", cause="call_hangup")) == ASKED
    assert rig.after(ASKED, rig.hangup()).participants == {}


@pytest.mark.parametrize("status", ["cancelled", "cancelled_amd"])
@pytest.mark.parametrize("digits", ["", "48", PARTICIPANT])
def test_a_prompt_that_another_one_replaces_is_no_try(status: str, digits: str) -> None:
    assert rig.after(ASKED, keys(digits, cause=status)) == ASKED


# Waits


def guessed(times: int) -> Room:
    defence = HERE.pin_defence
    for _ in range(times):
        defence = pin_defence.note_wrong(defence, NUMBER, NOW)
    return replace(ASKED, pin_defence=defence)


def test_after_three_wrong_pins_the_next_one_waits() -> None:
    room, commands = rig.decide(guessed(3), keys(PARTICIPANT))
    body = {"payload": reception.WAIT, "voice": "female", "language": "en-GB"}
    assert commands == (c.PassThrough("call", "A", "speak", body, "wait 1", at=NOW),)
    room = rig.after(room, rig.answer(room, rig.requests("A")))
    assert room.deadlines[Deadline("call", "A")] == NOW + 15
    for early in (rig.hook("call.speak.ended"), keys("1111"), rig.time(NOW + 14)):
        assert rig.after(room, early) == room
    to, event = handed(room, rig.time(NOW + 15))
    assert (to, event.participant.number) == ("sales", NUMBER)


def test_a_short_wait_lasts_until_its_words_are_over() -> None:
    """In the next room their end would be taken for that of the greeting, which would be cut."""
    turn = NOW + 1
    defence = replace(
        HERE.pin_defence, lately=(NOW,) * pin_defence.PRESSED_BY, turns={"usual": turn}
    )
    room = rig.after(replace(ASKED, pin_defence=defence), keys(PARTICIPANT))
    assert room.participants["A"].pin == PARTICIPANT
    due = NOW + speech_seconds(reception.WAIT)
    assert room.deadlines[Deadline("call", "A")] == due > turn
    assert rig.after(room, rig.time(turn)) == room
    assert handed(room, rig.time(due))[0] == "sales"


def test_a_wrong_pin_that_has_waited_is_answered_too() -> None:
    room = rig.after(guessed(3), keys("1111"))
    room, commands = rig.decide(room, rig.time(NOW + 15))
    assert commands == (prompt(2, reception.PROMPTS["unknown"], at=NOW + 15),)
    assert room.pin_defence.records[NUMBER].wrong == 4
    assert room.participants["A"].pin == ""


def test_a_long_wait_is_a_goodbye_and_no_try_is_counted() -> None:
    before = guessed(9)
    for digits in (PARTICIPANT, "1111"):
        room, (goodbye,) = rig.decide(before, keys(digits))
        assert isinstance(goodbye, c.Speak)
        assert goodbye.text == reception.LATER
        assert room.pin_defence == before.pin_defence


def test_the_reception_is_kept_while_it_remembers_wrong_pins() -> None:
    room = rig.after(guessed(3), rig.hangup())
    assert not room.over(NOW + 86_000)
    assert room.over(NOW + 86_400)


# The other room


def came(digits: str = PARTICIPANT, room: Room = SALES) -> tuple[Room, tuple[c.Command, ...]]:
    return rig.decide(room, handed(ASKED, keys(digits))[1])


def test_the_room_greets_the_caller_and_keeps_where_the_call_is() -> None:
    room, commands = came()
    state = ClientState("sales", number=NUMBER, member=1, title="Sales")
    assert {type(x): x for x in commands} == {
        c.Remember: c.Remember("A", state, at=NOW),
        c.Speak: c.Speak("A", "greeting", "To sales.", "female", "en-GB", at=NOW),
    }
    room, commands = rig.decide(rig.well(room), rig.hook("call.speak.ended"))
    assert [type(x) for x in commands] == [c.Create]


def test_its_own_stages_come_first() -> None:
    settings = replace(SALES.settings, stages=("confirm",))
    _, commands = came(room=replace(SALES, settings=settings))
    assert [x.client_state.stages for x in commands if isinstance(x, c.Remember)] == [("confirm",)]
    assert [x.valid for x in commands if isinstance(x, c.Gather)] == ["1"]


def test_a_locked_room_refuses_the_caller() -> None:
    room, commands = came(room=replace(rig.inside(SALES, "B"), locked=True))
    assert [x.text for x in commands if isinstance(x, c.Speak)] == [LOCKED]
    assert rig.status(room) == {"A": "refused", "B": "joined"}


@pytest.mark.parametrize(
    ("digits", "muted_with_all", "by"),
    [
        (LISTENER, False, "listener"),
        (PARTICIPANT, False, None),
        (PARTICIPANT, True, "mute-all"),
        (MODERATOR, True, None),
    ],
)
def test_the_caller_is_muted_as_any_newcomer(
    digits: str, muted_with_all: bool, by: str | None
) -> None:
    room, _ = came(digits, replace(rig.inside(SALES, "B"), newcomers_muted=muted_with_all))
    asked = room.holding.asked.get("A")
    assert (asked.mute_by if asked else None) == by


# Restarts, and the moderator


def test_after_a_restart_the_caller_is_asked_again() -> None:
    begun = replace(HERE, pending=rig.queued(c.SNAPSHOT, c.TakeSnapshot("reception", at=NOW)))
    state = ClientState("reception", number=NUMBER, stages=("pin",), member=1)
    outcome = rig.answer(begun, c.SNAPSHOT, data=Snapshot(calls={"A": state}))
    assert rig.decide(begun, outcome)[1] == (prompt(1, reception.ENTER),)


def test_a_call_that_telnyxs_lists_show_first_is_asked_too() -> None:
    begun = replace(HERE, watches_unknown_calls=True, settings=HERE.settings)
    found = Snapshot(calls={}, unknown_calls=frozenset("A"))
    for at in (NOW, NOW + 5):
        look = c.TakeSnapshot("reception", at=at)
        begun = replace(begun, pending=rig.queued(c.SNAPSHOT, look))
        begun = rig.after(begun, rig.answer(begun, c.SNAPSHOT, at=at, data=found))
    assert begun.participants["A"].stages == ("pin",)


@pytest.mark.parametrize("verb", ["lock", "mute-all", "end", "dial"])
def test_the_reception_is_no_meeting(verb: str) -> None:
    with pytest.raises(Refused, match="no meeting"):
        decide(ASKED, rig.asks(verb))
    with pytest.raises(Refused, match="no meeting"):
        check_move_to(HERE)


def test_a_caller_can_be_taken_out() -> None:
    assert rig.decide(ASKED, rig.asks("kick", "A"))[1][0].name == "hangup"


def test_no_pin_is_in_a_repr() -> None:
    room = rig.after(guessed(3), keys(PARTICIPANT))
    assert room.participants["A"].pin == PARTICIPANT
    for shown in (room, keys(PARTICIPANT), PINS, HERE.settings):
        assert PARTICIPANT not in repr(shown)
    assert "pin_defence" not in repr(room)
