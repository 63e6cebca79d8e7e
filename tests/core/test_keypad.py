"""What each key of each map does for each role, and what keys do not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import NOW, T0, each_case

from conference.core import commands as c
from conference.core.admission.pin_defence import note_wrong
from conference.core.change import Change
from conference.core.client_state import LONGEST_REQUEST, MutedBy, Role
from conference.core.codec import decode_room, encode
from conference.core.decide import decide
from conference.core.draft import EMPTY_DRAFT
from conference.core.events import Event, HandedOver, RequestAnswered, Webhook
from conference.core.keys.action import EVERYONE, MODERATORS, Action, Press, request
from conference.core.keys.actions import ACTIONS, first_allowed
from conference.core.keys.keymap import how_to_unmute, problems, sequence_for
from conference.core.keys.moderator_pin import LATER, MOST_TRIES, NO_TRIES_LEFT
from conference.core.keys.presets import PRESETS
from conference.core.keys.pressed import Pressed
from conference.core.keys.spoken import spoken
from conference.core.parts import NOTHING_ASKED, Asked
from conference.core.requests.hands import DOWN, MODES, TURN, TURN_OVER, UP
from conference.core.room import Room
from conference.core.room_settings import Pin

PIN = "907713"
PINS = (
    Pin("4821", "demo", "participant"),
    Pin("555", "demo", "listener"),
    Pin(PIN, "demo", "moderator"),
    Pin("1234567890", "elsewhere", "moderator"),
)
NUMBERS = count(1)


def with_keys(preset: str = "zoom", **settings: Any) -> Room:
    """Return an empty room with keys."""
    usual = {"keys": PRESETS[preset], "pins": PINS, "dial_country": "1"}
    return rig.with_settings(**{**usual, **settings})


def three(room: Room | None = None) -> Room:
    """Return a room with the moderator A, the participant B and the listener C."""
    room = with_keys() if room is None else room
    for call in "ABC":
        room = rig.inside(room, call)
    for call, role in (("A", "moderator"), ("C", "listener")):
        room = rig.well(rig.after(room, rig.asks("role", call, role=role, at=T0)), NOW)
    return room


THREE = three()
CALLS: dict[Role, str] = {"moderator": "A", "participant": "B", "listener": "C"}


def key(digit: str, call: str = "B", at: float = NOW, **given: Any) -> Webhook:
    id = f"event-{next(NUMBERS)}"
    return rig.hook("call.dtmf.received", call, at, **{"id": id, **given}, details={"digit": digit})


def keys(digits: str, call: str = "B", at: float = NOW) -> list[Event]:
    """Return keys that are pressed half a second apart."""
    return [key(digit, call, at + n / 2) for n, digit in enumerate(digits)]


def press(room: Room, digits: str, call: str = "B", at: float = NOW) -> Room:
    """Press keys, and let Telnyx carry out what follows."""
    return rig.well(rig.after(room, *keys(digits, call, at)), at + 10)


def spoken_to(before: Room, *events: Event) -> list[tuple[tuple[str, ...], str]]:
    """Return the words that the events cause, and their hearers."""
    return [(tuple(b["call_control_ids"]), b["payload"]) for b in _bodies(before, *events)]


def _bodies(room: Room, *events: Event) -> Iterator[Any]:
    for event in events:
        for command in _new(decide(room, event)):
            if isinstance(command, c.PassThrough) and command.name == "speak":
                yield command.body
        room = rig.well(decide(room, event).after, event.at)


def _new(change: Change) -> Iterator[c.Command]:
    for queue, commands in change.after.pending.items():
        yield from commands[len(change.before.pending.get(queue, ())) :]


def answer(before: Room, digits: str, call: str, at: float = NOW) -> str:
    """Return what the one who presses hears; nobody else may hear anything."""
    said = spoken_to(before, *keys(digits, call, at))
    assert all(calls == (call,) for calls, _ in said), said
    return " | ".join(words for _, words in said)


def mute_by(room: Room, call: str) -> MutedBy:
    return room.holding.asked.get(call, NOTHING_ASKED).mute_by


def given_mute(room: Room, call: str, by: MutedBy) -> Room:
    asked = {name: each for name, each in room.holding.asked.items() if name != call}
    return rig.given(room, asked={**asked, call: Asked(mute_by=by)})


# Each key by each role

ONLY = "Only a moderator can do this."
LISTENERS = "Listeners cannot do this."
HERE = "There are 3 people in the conference."
NO_VOLUME = "Volume keys are not available on this line."
ASK_PIN = "Enter the moderator PIN, then press hash."
FOR_ALL = "Star six: mute or unmute yourself. Star hash: how many people are here. Star one: "
FOR_ALL += "these keys."
BY_PIN = " Star three: become a moderator by PIN."
FOR_MODERATORS = " Star four: call somebody in. Star five: lock or unlock the conference. Hash "
FOR_MODERATORS += "hash: mute or unmute everyone. "
FOR_MODERATORS += "Star seven: conversation, questions or lecture. "
FOR_MODERATORS += "Star two: let the next hand speak. "
FOR_MODERATORS += "Star eight: announce who joins, or not. "
FOR_MODERATORS += "Star nine: begin or end a recording. Star zero: end the conference."
FOR_PARTICIPANTS = " Star nine: raise or lower your hand."


class Row(NamedTuple):
    """The answers to the moderator, the participant and the listener."""

    preset: str
    keys: str
    moderator: str
    participant: str
    listener: str

    @property
    def name(self) -> str:
        return f"{self.preset} {self.keys}"


ANSWERS = [
    Row("zoom", "*6", "Muted.", "Muted.", "Listeners stay muted."),
    Row("zoom", "*#", HERE, HERE, HERE),
    Row(
        "zoom",
        "*1",
        FOR_ALL + FOR_MODERATORS,
        FOR_ALL + BY_PIN + FOR_PARTICIPANTS,
        FOR_ALL + BY_PIN,
    ),
    Row("zoom", "*3", "You are a moderator already.", ASK_PIN, ASK_PIN),
    Row("zoom", "*4", "Enter the phone number, then press hash.", ONLY, ONLY),
    Row("zoom", "*5", "Locked.", ONLY, ONLY),
    Row("zoom", "*2", "No hand is up.", ONLY, ONLY),
    Row("zoom", "*8", "This room has no chimes.", ONLY, ONLY),
    Row("zoom", "*9", "The recording begins.", UP.format(place=1), LISTENERS),
    Row("zoom", "*0", "To end the conference for everyone, press one.", ONLY, ONLY),
    Row("asterisk", "*1", "Muted.", "Muted.", "Listeners stay muted."),
    Row("asterisk", "*2", "Locked.", ONLY, ONLY),
    Row("asterisk", "*4", NO_VOLUME, NO_VOLUME, NO_VOLUME),
    Row("asterisk", "*6", NO_VOLUME, NO_VOLUME, NO_VOLUME),
    Row("asterisk", "*7", NO_VOLUME, NO_VOLUME, NO_VOLUME),
    Row("asterisk", "*9", NO_VOLUME, NO_VOLUME, NO_VOLUME),
    Row("freeswitch", "0", "Muted.", "Muted.", "Listeners stay muted."),
    *(Row("freeswitch", each, NO_VOLUME, NO_VOLUME, NO_VOLUME) for each in "123456789"),
]
OTHERS_HEAR = {("zoom", "##"), ("zoom", "*7"), ("asterisk", "*0"), ("asterisk", "*3")}
"""Rows with tests of their own below: others hear something, or are taken out."""


@each_case(ANSWERS)
def test_the_answer_to_each_key_by_each_role(case: Row) -> None:
    room = three(with_keys(case.preset))
    for role, call in CALLS.items():
        assert answer(room, case.keys, call) == getattr(case, role), role


def test_a_moderator_hears_that_a_key_is_for_others() -> None:
    room = three(with_keys(keys={"*9": "hand"}))
    answers = [answer(room, "*9", call) for call in "ABC"]
    assert answers == ["Moderators cannot do this.", UP.format(place=1), LISTENERS]


def test_a_moderator_turns_chimes_off_and_on_by_key() -> None:
    room = three(with_keys(chimes=True))
    assert answer(room, "*8", "A") == "Chimes off."
    off = press(room, "*8", "A")
    assert off.chimes_off and answer(off, "*8", "A", NOW + 20) == "Chimes on."
    assert not press(off, "*8", "A", NOW + 20).chimes_off
    assert answer(room, "*8", "B") == ONLY


def test_help_names_no_key_that_does_nothing_here() -> None:
    room = three(with_keys(pins=PINS[:2], dial_country=""))
    assert "PIN" not in answer(room, "*1", "B")
    assert answer(room, "*1", "A") == (FOR_ALL + FOR_MODERATORS).replace(
        " Star four: call somebody in.", ""
    )
    assert "Star four: call somebody in." in answer(THREE, "*1", "A")


@pytest.mark.parametrize("preset", PRESETS)
def test_every_key_of_a_preset_has_a_row_above(preset: str) -> None:
    rows = {(row.preset, row.keys) for row in ANSWERS} | OTHERS_HEAR
    assert {each for of, each in rows if of == preset} == PRESETS[preset].keys()
    assert list(problems(PRESETS[preset])) == []


@pytest.mark.parametrize(("preset", "sequence"), sorted(OTHERS_HEAR))
def test_keys_of_moderators_do_nothing_for_others(preset: str, sequence: str) -> None:
    room = three(with_keys(preset))
    for call in "BC":
        assert answer(room, sequence, call) == ONLY
        assert press(room, sequence, call).holding == room.holding


@pytest.mark.parametrize(
    "action",
    [
        "dial",
        "lock",
        "mute-all",
        "mode",
        "next-hand",
        "admit",
        "record",
        "chimes",
        "kick-last",
        "end",
    ],
)
def test_actions_of_moderators_do_nothing_for_others_by_any_key(action: str) -> None:
    assert ACTIONS[action].roles == MODERATORS
    room = three(with_keys(keys={"*1": action}))
    for call in "BC":
        assert answer(room, "*1", call) == ONLY


# Mute

MUTES: list[tuple[MutedBy, Role, MutedBy, str]] = [
    ("", "participant", "self", "Muted."),
    ("self", "participant", "", "Unmuted."),
    ("moderator", "participant", "", "Unmuted."),
    ("mute-all", "participant", "", "Unmuted."),
    ("", "moderator", "self", "Muted."),
    ("self", "moderator", "", "Unmuted."),
    ("moderator", "moderator", "", "Unmuted."),
    ("listener", "listener", "listener", "Listeners stay muted."),
    ("moderator", "listener", "moderator", "Listeners stay muted."),
    ("mute-all", "listener", "mute-all", "Listeners stay muted."),
    ("self", "listener", "self", "Listeners stay muted."),
    ("", "listener", "self", "Muted."),
]


@pytest.mark.parametrize(("before", "role", "after", "words"), MUTES)
def test_the_own_key(before: MutedBy, role: Role, after: MutedBy, words: str) -> None:
    call = CALLS[role]
    room = rig.well(given_mute(THREE, call, before), NOW)
    assert answer(room, "*6", call) == words
    assert mute_by(press(room, "*6", call), call) == after


def test_an_own_mute_reaches_telnyx_and_is_remembered() -> None:
    changes = [decide(THREE, keys("*")[0])]
    changes.append(decide(changes[0].after, key("6")))
    assert changes[0].commands == ()
    sent = {command.name: command for command in changes[1].commands}
    assert sent.keys() == {"mute", "remember", "speak"}
    assert isinstance(sent["mute"], c.Mute) and sent["mute"].calls == ("B",)
    assert isinstance(sent["remember"], c.Remember)
    assert sent["remember"].client_state.mute_by == "self"
    assert press(THREE, "*6").holding.told["B"].muted is True
    assert "B" not in press(press(THREE, "*6"), "*6", at=NOW + 20).holding.told


@pytest.mark.parametrize(
    ("verb", "left"), [("unmute-all", "self"), ("undo-mute-all", "self"), ("mute-all", "self")]
)
def test_an_own_mute_is_left_by_verbs_for_everyone(verb: str, left: MutedBy) -> None:
    assert mute_by(rig.after(press(THREE, "*6"), rig.asks(verb)), "B") == left


def test_an_own_mute_is_lifted_by_name_and_kept_in_another_role() -> None:
    muted = press(THREE, "*6")
    assert mute_by(rig.after(muted, rig.asks("unmute", "B")), "B") == ""
    for role in ("moderator", "listener"):
        assert mute_by(rig.after(muted, rig.asks("role", "B", role=role)), "B") == "self"


# Moderators' keys


def test_a_key_makes_the_commands_of_the_verb() -> None:
    """The same commands as for a request by REST, but for the id."""
    for sequence, verb in (("*5", "lock"), ("*9", "record-start")):
        values = {"format": "mp3"} if verb == "record-start" else {}
        by_rest = rig.after(THREE, rig.asks(verb, **values))
        by_key = rig.after(THREE, *keys(sequence, "A"))
        assert by_key.locked == by_rest.locked
        assert _names(by_key) == [*_names(by_rest), "speak"]


def _names(room: Room) -> list[str]:
    return [command.name for queue in room.pending.values() for command in queue]


def test_the_request_of_a_key_has_an_id_of_its_own() -> None:
    ids = set()
    for event_id in ("0f126305-b6b0-5bf2-bddc-1075c511dfc5", "x" * 400, ""):
        room = rig.after(THREE, key("*", "A"), key("9", "A", NOW + 1, id=event_id))
        (record,) = (x for q in room.pending.values() for x in q if x.name == "record_start")
        assert isinstance(record, c.PassThrough)
        assert re.fullmatch(rf"[A-Za-z0-9_-]{{1,{LONGEST_REQUEST}}}", record.id)
        assert record.request == record.id
        ids.add(record.id)
    assert len(ids) == 3


def test_lock_is_toggled() -> None:
    locked = press(THREE, "*5", "A")
    assert locked.locked
    assert answer(locked, "*5", "A", NOW + 20) == "Unlocked."
    assert not press(locked, "*5", "A", NOW + 20).locked


def test_record_is_toggled_even_before_telnyx_has_answered() -> None:
    recorded = press(THREE, "*9", "A")
    assert "K" in recorded.recordings.going_on
    stopped = press(recorded, "*9", "A", NOW + 20)
    assert "K" not in stopped.recordings.going_on
    at_once = rig.after(THREE, *keys("*9*9", "A"))
    names = [x.name for x in rig.pending(at_once, rig.requests("K")) if x.name != "speak"]
    assert names == ["record_start", "record_stop"]


def test_mute_all_mutes_all_but_moderators_and_tells_them_at_once() -> None:
    words = "You were muted by the moderator. Star six unmutes you."
    said = [(("A",), "Everyone is muted."), (("B",), words)]
    assert spoken_to(THREE, *keys("##", "A")) == said
    muted = press(THREE, "##", "A")
    assert [mute_by(muted, call) for call in "ABC"] == ["", "mute-all", "listener"]
    assert muted.newcomers_muted
    undone = press(muted, "##", "A", NOW + 20)
    assert [mute_by(undone, call) for call in "ABC"] == ["", "", "listener"]
    assert not undone.newcomers_muted
    assert (("B",), "You were unmuted by the moderator.") in spoken_to(
        muted, *keys("##", "A", NOW + 20)
    )


def test_all_who_are_muted_hear_one_announcement() -> None:
    room = rig.inside(THREE, "D")
    said = spoken_to(room, *keys("##", "A"))
    assert [calls for calls, words in said if words.startswith("You were muted")] == [("B", "D")]


def test_the_end_is_confirmed() -> None:
    asked = press(THREE, "*0", "A")
    ended = rig.after(asked, key("1", "A", NOW + 10))
    assert rig.head(ended, rig.requests("K")).name == "end"
    for late_or_other in (key("1", "A", NOW + 10.6), key("2", "A", NOW + 9)):
        room = rig.after(asked, late_or_other)
        assert not [x for q in room.pending.values() for x in q if x.name == "end"]
    assert spoken_to(asked, key("2", "A", NOW + 9)) == [(("A",), "The conference goes on.")]
    assert spoken_to(asked, key("1", "A", NOW + 10.6)) == []
    assert answer(asked, "*#", "A", NOW + 5) == HERE, "another key ends the question"


def test_a_moderator_no_more_cannot_confirm_the_end() -> None:
    asked = press(THREE, "*0", "A")
    room = rig.well(rig.after(asked, rig.asks("role", "A", role="participant")), NOW)
    assert spoken_to(room, key("1", "A", NOW + 5)) == [(("A",), ONLY)]


def test_kick_last_takes_out_the_one_who_came_last() -> None:
    room = three(with_keys("asterisk"))
    kicked = rig.after(room, *keys("*3", "A"))
    assert rig.status(kicked) == {"A": "joined", "B": "joined", "C": "refused"}
    assert answer(room, "*3", "A") == "The last caller is taken out."
    later = rig.inside(room, "D", at=NOW)
    assert rig.status(rig.after(later, *keys("*3", "A")))["D"] == "refused"


def test_kick_last_never_takes_out_a_moderator() -> None:
    room = rig.inside(with_keys("asterisk"))
    room = rig.inside(room, "B")
    for call in "AB":
        room = rig.well(rig.after(room, rig.asks("role", call, role="moderator", at=T0)), T0)
    assert answer(room, "*3", "A") == "Nobody else can be taken out."
    assert rig.status(press(room, "*3", "A")) == {"A": "joined", "B": "joined"}


def test_a_refusal_is_spoken() -> None:
    full = THREE
    for n in range(20):
        full = rig.after(full, rig.asks("play", audio_url=f"https://x.example/{n}.mp3"))
    commands = [x for x in rig.pending(rig.after(full, *keys("*9", "A")), rig.requests("K"))]
    assert commands[-1].body["payload"] == "Please try again in a moment."  # type: ignore[union-attr]


# Call somebody in


def typed(room: Room, digits: str, call: str = "A", at: float = NOW) -> Change:
    """Return the change by the last of these keys, after `*4`."""
    *others, last = keys(digits, call, at + 3)
    return decide(rig.well(rig.after(press(room, "*4", call, at), *others), at + 3), last)


def test_a_typed_number_is_a_request_that_the_engine_must_check() -> None:
    change = typed(THREE, "3125550142#")
    assert [r for r in _new(change) if r.name in ("dial", "speak")] == []
    (asked,) = change.requests
    assert (asked.call, asked.words) == ("A", "Calling.")
    dial = asked.request
    assert (dial.verb, dial.calls, dial.values) == ("dial", (), {"to": "+13125550142"})
    assert change.after.draft == EMPTY_DRAFT


@pytest.mark.parametrize(
    ("refused", "hears"),
    [
        ("", "Calling."),
        ("dial-is-off", "Calling is off on this line."),
        ("dial-refused", "This number may not be called."),
        ("dial-limit", "No further call is possible now. Please try again later."),
        ("already-here", "This number is here already, or is being called."),
        ("not-ready", "Please try again in a moment."),
        ("overloaded", "Please try again in a moment."),
        ("not-now", "That is not possible now."),
    ],
)
def test_the_answer_of_the_engine_is_spoken_in_private(refused: str, hears: str) -> None:
    answered = RequestAnswered(NOW, "A", "Calling.", refused)
    assert spoken_to(THREE, answered) == [(("A",), hears)]


def test_the_answer_to_a_caller_who_has_left_is_not_spoken() -> None:
    gone = rig.after(THREE, rig.hangup("A"))
    assert decide(gone, RequestAnswered(NOW, "A", "Calling.")).after is gone


@pytest.mark.parametrize(
    ("digits", "hears"),
    [
        ("#", "No number was entered."),
        ("123#", "That is no phone number."),
        ("2125550142000#", "That is no phone number."),
        ("911#", "That is no phone number."),
    ],
)
def test_what_is_no_number_is_no_request(digits: str, hears: str) -> None:
    asked = press(THREE, "*4", "A")
    assert answer(asked, digits, "A", NOW + 3) == hears
    assert typed(THREE, digits).requests == ()


def test_star_ends_the_input_of_a_number() -> None:
    assert typed(THREE, "3125550142*#").requests == ()


def test_nobody_is_called_where_calling_is_off() -> None:
    off = three(with_keys(dial_country=""))
    assert answer(off, "*4", "A") == "Calling is off on this line."
    assert typed(off, "3125550142#").requests == ()


def test_only_a_moderator_calls_somebody_in() -> None:
    for call in "BC":
        assert typed(THREE, "3125550142#", call).requests == ()
    asked = press(THREE, "*4", "A")
    room = rig.well(rig.after(asked, rig.asks("role", "A", role="participant")), NOW)
    *others, last = keys("3125550142#", "A", NOW + 3)
    room = rig.after(room, *others)
    assert decide(room, last).requests == ()
    assert spoken_to(room, last) == [(("A",), ONLY)]


def test_no_action_can_pass_the_limits_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also an action of one's own is left to the engine, where the verb has limits."""

    def moves(room: Room, event: Press) -> tuple[Room, str]:
        return request(room, event, "move", event.call, room="blue"), "You move."

    monkeypatch.setitem(ACTIONS, "away", Action(roles=EVERYONE, help="go", does=moves))  # type: ignore[arg-type]
    room = three(with_keys(keys={"*1": "away"}))
    change = decide(rig.after(room, key("*")), key("1", at=NOW + 1))
    (asked,) = change.requests
    move = asked.request
    assert (move.verb, move.calls, move.values) == ("move", ("B",), {"room": "blue"})
    assert asked.words == "You move."
    assert rig.status(change.after)["B"] == "joined"


# Become a moderator


@pytest.mark.parametrize("typed", [PIN, f"{PIN}#"])
@pytest.mark.parametrize("call", ["B", "C"])
def test_the_right_pin_makes_a_moderator(call: str, typed: str) -> None:
    asked = press(THREE, "*3", call)
    room = press(asked, typed, call, NOW + 2)
    assert room.participants[call].role == "moderator"
    by_verb = rig.well(rig.after(THREE, rig.asks("role", call, role="moderator")), NOW)
    assert mute_by(room, call) == mute_by(by_verb, call) == ""
    unmuted = " You are unmuted." if call == "C" else ""
    assert answer(asked, typed, call, NOW + 2) == f"You are a moderator now.{unmuted}"


def test_a_moderator_in_question_time_hears_that_the_mute_is_over() -> None:
    questions = rig.well(rig.after(THREE, rig.asks("mode", mode="questions")), NOW)
    asked = press(questions, "*3")
    assert answer(asked, PIN, "B", NOW + 2) == "You are a moderator now. You are unmuted."


@pytest.mark.parametrize("typed", ["907714", "4821#", "555#", "123456", "90771#"])
def test_a_wrong_pin_is_answered_and_changes_no_role(typed: str) -> None:
    asked = press(THREE, "*3")
    assert answer(asked, typed, "B", NOW + 2) == "That PIN is wrong."
    assert press(asked, typed, "B", NOW + 2).participants["B"].role == "participant"


def test_there_are_three_tries_on_a_call() -> None:
    room, at = THREE, NOW
    for n in range(1, MOST_TRIES + 1):
        room = press(room, "*3", at=at)
        words = answer(room, "000000", "B", at + 3)
        assert words == "That PIN is wrong." + (f" {NO_TRIES_LEFT}" if n == MOST_TRIES else "")
        room, at = press(room, "000000", at=at + 3), at + 20
    assert answer(room, "*3", "B", at) == NO_TRIES_LEFT
    assert press(press(room, "*3", at=at), PIN, at=at + 3).participants["B"].role == "participant"


def three_wrong_pins() -> Room:
    """Return a room in which B has used up all tries. All callers here have one number."""
    room = THREE
    for n in range(3):
        room = press(press(room, "*3", at=NOW + 20 * n), "000000", at=NOW + 20 * n + 3)
    return room


def test_redialling_brings_no_further_try_without_a_wait() -> None:
    last = NOW + 43 + 2.5  # of the third wrong PIN
    room = press(rig.inside(three_wrong_pins(), "D", last), "*3", "D", last + 1)
    assert answer(room, PIN, "D", last + 3) == "Please wait a moment."
    room = press(room, PIN, "D", last + 3)
    assert answer(room, "*3", "D", last + 7) == "Please wait a moment."
    early, due = rig.time(last + 14.9), rig.time(last + 15)
    assert decide(room, early).after.participants["D"].role == "participant"
    assert spoken_to(room, due) == [(("D",), "You are a moderator now.")]
    after = rig.after(room, due)
    assert after.participants["D"].role == "moderator"
    assert after.participants["D"].pressed.pin == ""
    assert decode_room(encode(room)) == room, "the PIN that waits is kept"
    assert PIN not in repr(room)


def test_a_wrong_pin_that_waited_counts_as_a_try() -> None:
    last = NOW + 43 + 2.5
    room = press(rig.inside(three_wrong_pins(), "D", last), "*3", "D", last + 1)
    room = press(room, "123456", "D", last + 3)
    due = rig.time(last + 15)
    assert spoken_to(room, due) == [(("D",), "That PIN is wrong.")]
    after = rig.after(room, due)
    assert after.participants["D"].pressed.wrong_pins == 1
    assert after.pin_defence.records["+1"].wrong == 4


def test_a_pin_that_would_wait_for_more_than_a_minute_is_no_try() -> None:
    room = THREE
    for _ in range(6):  # 15, 30, 60, 120 s
        room = replace(room, pin_defence=note_wrong(room.pin_defence, "+1", NOW))
    room = press(room, "*3")
    assert answer(room, PIN, "B", NOW + 2) == LATER
    after = press(room, PIN, "B", NOW + 2)
    assert after.participants["B"].role == "participant"
    assert after.participants["B"].pressed == replace(
        room.participants["B"].pressed, question="", past=after.participants["B"].pressed.past
    )


def test_many_numbers_take_turns() -> None:
    room = THREE
    for n in range(20):
        room = replace(room, pin_defence=note_wrong(room.pin_defence, f"+1312555{n:04}", NOW))
    asked = press(press(room, "*3", "B"), "*3", "C", NOW + 1)
    first = press(asked, "000000", "B", NOW + 5)
    assert first.participants["B"].pressed.wrong_pins == 1
    assert answer(first, PIN, "C", NOW + 5) == "Please wait a moment."


def test_a_waiting_pin_outlives_a_gather_and_not_a_move() -> None:
    last = NOW + 43 + 2.5
    room = press(rig.inside(three_wrong_pins(), "D", last), "*3", "D", last + 1)
    room = press(room, PIN, "D", last + 3)
    moved = HandedOver(last + 9, room.participants["D"], NOTHING_ASKED, "K")
    assert rig.after(replace(with_keys(), name="other"), moved).participants["D"].pressed.pin == ""
    asked = rig.asks("gather", "D", audio_url="https://x.example/a.mp3", at=last + 8)
    room = rig.after(rig.well(rig.after(room, asked), last + 8), rig.time(last + 15))
    assert room.participants["D"].role == "moderator"


def test_a_waiting_pin_of_a_moderator_by_name_is_not_compared() -> None:
    last = NOW + 43 + 2.5
    room = press(rig.inside(three_wrong_pins(), "D", last), "*3", "D", last + 1)
    room = press(room, "123456", "D", last + 3)
    room = rig.well(rig.after(room, rig.asks("role", "D", role="moderator")), last + 8)
    assert spoken_to(room, rig.time(last + 15)) == [(("D",), "You are a moderator already.")]


def test_a_move_to_another_room_keeps_the_wrong_pins_and_no_question() -> None:
    asked = press(press(press(THREE, "*3"), "000000", at=NOW + 3), "*3", at=NOW + 20)
    moved = HandedOver(NOW + 22, asked.participants["B"], NOTHING_ASKED, "K")
    room = rig.after(replace(with_keys(), name="other"), moved)
    assert room.participants["B"].pressed == Pressed(wrong_pins=1)


def test_no_pin_is_asked_for_in_a_room_without_one() -> None:
    room = three(with_keys(pins=PINS[:2]))
    assert answer(room, "*3", "B") == "This room has no moderator PIN."
    assert answer(press(THREE, "*3"), "#", "B", NOW + 2) == "No PIN was entered."


def test_the_pin_may_be_typed_slowly_but_not_too_slowly() -> None:
    asked = press(THREE, "*3")
    in_time = [key(digit, at=NOW + 15 * (n + 1)) for n, digit in enumerate(PIN)]
    assert rig.after(asked, *in_time).participants["B"].role == "moderator"
    too_late = [*in_time[:5], key(PIN[-1], at=in_time[4].at + 15.6)]
    assert rig.after(asked, *too_late).participants["B"].role == "participant"


def test_the_pin_alone_makes_nobody_a_moderator() -> None:
    assert press(THREE, PIN).participants["B"].role == "participant"
    assert answer(THREE, f"{PIN}#", "B") == ""


def test_pins_and_keys_are_in_no_repr() -> None:
    room = rig.after(press(THREE, "*3"), *keys(PIN[:4], at=NOW + 2))
    assert room.participants["B"].pressed.text == PIN[:4]
    assert PIN[:4] not in repr(room) and "4821" not in repr(room)
    assert "pressed" not in repr(room)


# Modes and hands

QUESTION_TIME = "Question time: everyone is muted. To speak, press star nine."
LECTURE = "Lecture: everyone is muted. Only the moderators can speak."


def everyone_hears(room: Room, digits: str, at: float) -> list[str]:
    """Return what is spoken to everyone when the moderator presses these keys."""
    room = rig.after(room, *keys(digits, "A", at))
    said = [x for q in room.pending.values() for x in q if isinstance(x, c.PassThrough)]
    everyone = sorted(room.joined)
    return [x.body["payload"] for x in said if x.body["call_control_ids"] == everyone]


def test_the_key_of_modes_goes_round() -> None:
    room, at = THREE, NOW
    for mode, words in (
        ("questions", QUESTION_TIME),
        ("lecture", LECTURE),
        ("conversation", MODES["conversation"]),
    ):
        at += 20
        assert everyone_hears(room, "*7", at) == [words]
        room = press(room, "*7", "A", at)
        assert room.mode == mode


def test_hands_by_key() -> None:
    room = press(THREE, "*7", "A")
    assert answer(room, "*9", "B") == UP.format(place=1)
    room = press(room, "*9", "B")
    assert answer(room, "*9", "B", NOW + 20) == DOWN
    turn = [(("B",), TURN), (("A",), "The next one can speak.")]
    assert spoken_to(room, *keys("*2", "A", NOW + 20)) == turn
    room = press(room, "*2", "A", NOW + 20)
    assert (room.called, "B" in room.holding.told) == ("B", False)
    assert answer(room, "*9", "B", NOW + 40) == TURN_OVER, "one's own key ends the turn"
    over = [(("B",), TURN_OVER), (("A",), "The turn is over.")]
    assert spoken_to(room, *keys("*2", "A", NOW + 40)) == over


def test_the_own_key_does_not_end_a_mute_by_the_mode() -> None:
    room = press(THREE, "*7", "A")
    for by in ("", "self", "mute-all", "moderator"):
        muted = rig.well(given_mute(room, "B", by), NOW)  # type: ignore[arg-type]
        assert answer(muted, "*6", "B") == "To speak, press star nine."
        assert press(muted, "*6", "B").holding == muted.holding
    assert answer(press(room, "*7", "A", NOW + 20), "*6", "B") == "Only the moderators can speak."
    assert answer(room, "*6", "A", NOW + 40) == "Muted.", "a moderator's own"


def test_the_own_key_mutes_in_the_turn() -> None:
    room = press(press(press(THREE, "##", "A"), "*9", "B"), "*2", "A", NOW + 20)
    assert (room.called, "B" in room.holding.told) == ("B", False), "in spite of mute-all"
    assert answer(room, "*6", "B", NOW + 40) == "Muted."
    room = press(room, "*6", "B", NOW + 60)
    assert room.holding.told["B"].muted
    assert answer(room, "*6", "B", NOW + 90) == "Unmuted."


def test_the_own_key_lifts_the_own_mute_in_the_turn_of_question_time() -> None:
    asked = press(press(THREE, "*7", "A"), "*9", "B", NOW + 20)
    muted = press(press(asked, "*2", "A", NOW + 40), "*6", "B", NOW + 60)
    assert (muted.mode, muted.called, muted.holding.told["B"].muted) == ("questions", "B", True)
    assert answer(muted, "*6", "B", NOW + 90) == "Unmuted."


def test_who_comes_in_during_a_mode_hears_how_to_speak() -> None:
    room = rig.let_in(press(THREE, "*7", "A"), "D")
    words = "You are muted. To speak, press star nine."
    assert spoken_to(room, rig.joined("D")) == [(("D",), words)]


# Keys that do not count


def without_keys() -> Room:
    return three(with_keys(keys={}))


@pytest.mark.parametrize("digits", ["5", "*", "#", "#4", "12345", "99", PIN])
def test_a_stray_key_or_an_unknown_sequence_does_nothing(digits: str) -> None:
    assert spoken_to(THREE, *keys(digits)) == []
    room = rig.after(THREE, *keys(digits))
    assert (room.holding, room.pending) == (THREE.holding, THREE.pending)


def test_without_keys_nothing_is_stored() -> None:
    room = without_keys()
    for event in (*keys("*6"), *keys("##", "A")):
        assert decide(room, event).after is room


@pytest.mark.parametrize("call", ["A", "X"])
def test_only_keys_of_participants_inside_count(call: str) -> None:
    for room in (
        rig.waiting(with_keys()),
        rig.greeting(with_keys()),
        rig.parked(rig.inside(THREE)),
    ):
        for event in keys("*6", call):
            assert decide(room, event).after is room


def test_a_telephone_on_hold_may_press_keys() -> None:
    held = rig.well(rig.after(THREE, rig.asks("hold", "B", at=T0)), T0)
    assert answer(held, "*6", "B") == "Muted."
    assert answer(rig.inside(with_keys()), "*#", "A") == "You are the only one in the conference."


def test_a_key_from_the_way_in_does_not_count() -> None:
    room = rig.inside(with_keys(keys={"1": "mute"}), occurred_at="2026-08-21T15:04:11.000000")
    early, later = (
        key("1", "A", occurred_at=f"2026-08-21T15:04:{second}.000000") for second in (10, 12)
    )
    assert decide(room, early).after is room
    assert mute_by(rig.after(room, later), "A") == "self"


@pytest.mark.parametrize("details", [{}, {"digit": ""}, {"digit": "12"}])
def test_a_digit_that_is_none(details: dict[str, str]) -> None:
    event = rig.hook("call.dtmf.received", "B", details=details)
    assert decide(THREE, event).after is THREE


# Gathers

GATHER = rig.asks("gather", "B", audio_url="https://x.example/a.mp3", maximum_digits=4)


def gathered(at: float, status: str = "valid", **given: Any) -> Webhook:
    return rig.hook("call.gather.ended", "B", at, cause=status, **given)


def test_keys_of_a_gather_are_no_keys_of_the_room() -> None:
    asked = rig.after(THREE, GATHER)
    for room in (asked, rig.well(asked, NOW)):
        for event in keys("*6"):
            assert decide(room, event).after is room
        assert mute_by(press(room, "*6", "A"), "A") == "self", "others may press keys"
    over = rig.after(rig.well(asked, NOW), gathered(NOW + 5))
    assert mute_by(press(over, "*6", at=NOW + 6), "B") == "self"
    assert mute_by(press(over, "*6", at=NOW + 4), "B") == "", "keys from before its end are late"


def test_a_gather_that_another_has_cancelled_does_not_let_keys_count() -> None:
    room = rig.after(rig.well(rig.after(THREE, GATHER), NOW), gathered(NOW + 5, "cancelled"))
    assert mute_by(press(room, "*6", at=NOW + 6), "B") == ""


def test_a_gather_whose_end_is_lost_ends_some_time() -> None:
    room = rig.well(rig.after(THREE, GATHER), NOW)
    longest = 3 * (60 + 60 + 4 * 5)
    assert mute_by(press(room, "*6", at=NOW + longest - 1), "B") == ""
    assert mute_by(press(room, "*6", at=NOW + longest), "B") == "self"


def test_a_refused_gather_reads_no_keys() -> None:
    room = rig.after(THREE, GATHER)
    room = rig.after(room, rig.answer(room, rig.requests("K"), 422, "99999"))
    assert mute_by(press(room, "*6"), "B") == "self"


def test_without_keys_a_gather_is_not_noted() -> None:
    room = rig.well(rig.after(without_keys(), GATHER), NOW)
    assert room.participants["B"].pressed.gathers_until == 0


# Being muted by others


class Told(NamedTuple):
    """A moderator's request, and the words that follow by call."""

    name: str
    room: Room
    event: Event
    hear: list[tuple[tuple[str, ...], str]]


BY_MODERATOR = "You were muted by the moderator. Star six unmutes you."
TOLD = [
    Told("mute", THREE, rig.asks("mute", "B"), [(("B",), BY_MODERATOR)]),
    Told("mute of two", THREE, rig.asks("mute", "A", "B"), [(("A", "B"), BY_MODERATOR)]),
    Told("mute again", press(THREE, "*6"), rig.asks("mute", "B"), []),
    Told(
        "unmute",
        press(THREE, "*6"),
        rig.asks("unmute", "B"),
        [(("B",), "You were unmuted by the moderator.")],
    ),
    Told(
        "listener",
        THREE,
        rig.asks("role", "B", role="listener"),
        [(("B",), "You were muted by the moderator. Listeners stay muted.")],
    ),
    Told("rename", THREE, rig.asks("rename", "B", label="Bob"), []),
    Told("without keys", without_keys(), rig.asks("mute", "B"), []),
    Told(
        "no key for it",
        three(with_keys(keys={"*#": "count"})),
        rig.asks("mute", "B"),
        [(("B",), "You were muted by the moderator.")],
    ),
    Told(
        "comes in muted",
        rig.let_in(press(THREE, "##", "A"), "D"),
        rig.joined("D"),
        [(("D",), "You are muted. Star six unmutes you.")],
    ),
    Told("comes in", rig.let_in(THREE, "D"), rig.joined("D"), []),
]


@each_case(TOLD)
def test_being_muted_by_others_is_said(case: Told) -> None:
    assert spoken_to(case.room, case.event) == case.hear


# Maps


@pytest.mark.parametrize(
    ("own", "fault"),
    [
        ({"*1": "help", "*12": "mute"}, "'*12' can never be pressed: '*1' in it is complete"),
        ({"1": "help", "*12": "mute"}, "'*12' can never be pressed: '1' in it is complete"),
        ({"*x": "mute"}, "'*x' is not 1 to 8 of the keys 0-9 * # A-D"),
        ({"": "mute"}, "'' is not 1 to 8 of the keys"),
        ({"*6": "dance"}, f"'*6' is dance, not one of {', '.join(ACTIONS)}"),
        ({"*6": "record dance"}, "'*6' is dance, not one of "),
        ({"*6": " "}, "'*6' is nothing, not one of "),
    ],
)
def test_a_map_with_a_fault(own: dict[str, str], fault: str) -> None:
    (found,) = problems(own)
    assert found.startswith(fault)


@pytest.mark.parametrize("own", [{}, {"#": "help", "*#": "mute"}, {"*9": "record mute"}])
def test_a_map_without_a_fault(own: dict[str, str]) -> None:
    assert list(problems(own)) == []


def test_one_key_has_several_meanings_by_role() -> None:
    room = three(with_keys(keys={"*9": "record mute"}))
    assert answer(room, "*9", "A") == "The recording begins."
    assert answer(room, "*9", "B") == "Muted."
    assert sequence_for(room.settings.keys, "mute", "participant") == "*9"
    assert sequence_for(room.settings.keys, "mute", "moderator") == ""
    assert how_to_unmute(room, "moderator") == ""


def test_a_map_may_name_actions_that_are_gone() -> None:
    assert first_allowed("dance mute", "participant") == "mute"
    assert answer(three(with_keys(keys={"*9": "dance"})), "*9", "B") == ONLY


def test_every_action_has_roles_and_words() -> None:
    for name, action in ACTIONS.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert set(action.roles) <= set(EVERYONE) and action.roles
        assert action.help or name == "volume"


def test_sequences_are_spoken() -> None:
    assert [spoken(rig.EMPTY, each) for each in ("*6", "##", "0", "*85")] == [
        "star six",
        "hash hash",
        "zero",
        "star eight five",
    ]
