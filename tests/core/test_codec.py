"""The form in which rooms, events and commands are stored, and the texts that are refused."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from typing import Any, NamedTuple, get_args

import pytest
from rigs.core import each_case
from rigs.recorded import EVENT_TYPES, recorded
from rigs.stored import DEMO, STORED, Stored

from conference.core import commands as c
from conference.core import events as e
from conference.core.client_state import ClientState
from conference.core.codec import (
    PLAIN,
    TAGS,
    VERSION,
    CodecError,
    decode_command,
    decode_event,
    decode_room,
    encode,
)
from conference.core.participant import Participant, Place
from conference.core.parts import HoldAndMute, Reconciliation
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.texml.facts import Fetch, StatusCallback

COMMANDS, EVENTS = set(get_args(c.Command)), set(get_args(e.Event))


def stored(form: str, version: str = str(VERSION)) -> str:
    return f'{{"version": {version}, "value": {form}}}'


def decode(text: str, kind: type) -> Any:
    if kind is Room:
        return decode_room(text)
    return decode_event(text) if kind in EVENTS else decode_command(text)


# Known answers


@each_case(STORED)
def test_what_is_stored(case: Stored) -> None:
    text = encode(case.value)
    assert json.loads(text) == {"version": VERSION, "value": json.loads(case.form)}
    assert text.isascii() and "\n" not in text


@each_case(STORED)
def test_what_was_stored_is_read(case: Stored) -> None:
    read = decode(stored(case.form), type(case.value))
    assert read == case.value
    assert encode(read) == encode(case.value), "also the order, and the fields that == ignores"


def test_every_class_has_a_tag_of_its_own() -> None:
    assert {Room, *COMMANDS, *EVENTS} <= TAGS.keys()
    assert len(set(TAGS.values())) == len(TAGS)
    assert PLAIN not in TAGS.values()


def test_every_class_and_every_tag_is_among_the_known_answers() -> None:
    assert {type(case.value) for case in STORED} == {Room, *COMMANDS, *EVENTS}
    found = {tag for case in STORED for tag in re.findall(r'"is": "([a-z ]+)"', case.form)}
    assert {*TAGS.values(), PLAIN} <= found


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_recorded_webhook_comes_back(name: str) -> None:
    event = e.parse(json.dumps(recorded(name)).encode(), 12.5)
    assert isinstance(event, e.Webhook)
    assert decode_event(encode(event)) == event


def test_fields_that_a_comparison_ignores_come_back() -> None:
    participant = Participant("A", "+1", "participant", "incoming", "waiting", 1.0)
    participant = replace(participant, waits_since=2.5, our_number="+3")
    room = Room("demo", participants={"A": participant}, reconciliation=Reconciliation(healed=7))
    read = decode_room(encode(room))
    assert (read.participants["A"].waits_since, read.participants["A"].our_number) == (2.5, "+3")
    assert read.reconciliation.healed == 7
    command = c.Hangup("A", refused_since=3.5)
    read_command = decode_command(encode(command))
    assert (read_command.refused_since, read_command.attempt) == (3.5, 1)


@pytest.mark.parametrize("number", [0, 0.0, 60, 60.0, 1e300, -1.5])
def test_a_number_keeps_its_type(number: float) -> None:
    read = decode_room(encode(Room("demo", RoomSettings(alone_minutes=number))))
    assert repr(read.settings.alone_minutes) == repr(number)


@pytest.mark.parametrize("text", ["", "Zoë 🙂", '"\\\n\x00', "\ud800", "\u2028"])
def test_any_text_comes_back(text: str) -> None:
    room = Room(text, ended={text: 1.0}, joined=frozenset({text}))
    assert decode_room(encode(room)) == room


@pytest.mark.parametrize(
    "data", [None, True, 0, "", [], {}, [{}], {"of": 1}, {"is": 1}, {"is": "json", "of": {}}]
)
def test_any_json_of_telnyx_comes_back(data: Any) -> None:
    outcome = e.Outcome(c.Hangup("A"), 1.0, data=data)
    assert repr(decode_event(encode(outcome))) == repr(outcome)


# Defaults


class Minimal(NamedTuple):
    """A value without its optional fields, and the defaults of some of these."""

    name: str
    value: Any
    defaults: dict[str, Any]


DEFAULTS = [
    Minimal(
        "room",
        Room("demo"),
        {"front": "call-control", "conference": "", "participants": {}, "joined": frozenset()},
    ),
    Minimal(
        "settings",
        RoomSettings(),
        {
            "voice": "female",
            "language": "en-GB",
            "hold_audio_url": "",
            "beep": "always",
            "max_participants": 250,
            "comfort_noise": True,
            "duration_minutes": 0,
            "alone_minutes": 60,
            "reconcile_seconds": 30,
        },
    ),
    Minimal(
        "participant",
        Participant("A", "+1", "participant", "incoming", "ringing", 1.0),
        {"label": "", "joined_at": None, "tries": 0, "patience": None, "taken_out": False},
    ),
    Minimal("place", Place(), {"queue": "", "position": None, "moved_at": ""}),
    Minimal("hold and mute", HoldAndMute(), {"told": {}, "told_at": 0.0, "asked": {}}),
    Minimal(
        "client state",
        ClientState("demo"),
        {"role": "participant", "direction": "incoming", "hold": False, "mute_by": ""},
    ),
    Minimal("command", c.Hangup("A"), {"at": 0.0, "attempt": 1, "account": ""}),
    Minimal("outcome", e.Outcome(c.Hangup("A"), 1.0), {"status": 200, "data": None}),
    Minimal("webhook", e.Webhook("call.hangup", 1.0), {"client_state": None, "details": {}}),
    Minimal("status callback", StatusCallback("start", 1.0, "X"), {"sequence": 0, "fields": {}}),
]


@each_case(DEFAULTS)
def test_a_default_is_still_what_it_was(case: Minimal) -> None:
    """Stored texts lack the fields that had their defaults: a new default would change them."""
    kept = {name: getattr(case.value, name) for name in case.defaults}
    assert repr(kept) == repr(case.defaults)


def test_a_field_that_older_code_did_not_write_has_its_default() -> None:
    read = decode_room(stored('{"is": "room", "name": "demo", "locked": true}'))
    assert read == Room("demo", locked=True)


def test_a_field_with_its_default_is_not_written_so_that_older_code_reads_the_text() -> None:
    assert encode(Room("demo")) == '{"version":2,"value":{"is":"room","name":"demo"}}'
    names = {f.name for f in fields(Room)} - {"name"}
    assert not names & json.loads(encode(Room("demo")))["value"].keys()


# Refusals


class Wrong(NamedTuple):
    """A text that is refused, and part of the reason."""

    name: str
    text: str
    why: str


def in_room(field: str, value: str) -> str:
    return stored(f'{{"is": "room", "name": "demo", "{field}": {value}}}')


def participant(**given: Any) -> str:
    usual = {"call": "A", "number": "+1", "role": "listener", "direction": "incoming"}
    form = {**usual, "status": "joined", "since": 1, **given}
    return json.dumps({"A": {name: value for name, value in form.items() if value != "left out"}})


MUTE_OF_NOBODY = '{"is": "mute", "conference": "K", "calls": []}'
DEEP = '{"x": ' + "[" * 900 + "]" * 900 + "}"

REFUSED = [
    Wrong("nothing", "", "cannot read JSON"),
    Wrong("no JSON", "{", "cannot read JSON"),
    Wrong("more than JSON", encode(Room("demo")) + "}", "cannot read JSON"),
    Wrong("a list", "[]", "it must be dict, not list"),
    Wrong("null", "null", "it must be dict, not NoneType"),
    Wrong("no version", '{"value": {}}', "it must have a version and a value"),
    Wrong("no value", '{"version": 2}', "it must have a version and a value"),
    Wrong("more beside", '{"version": 2, "value": {}, "x": 1}', "and no more"),
    Wrong("a later version", stored("{}", "3"), "its version is 3, not 2"),
    Wrong("an earlier version", stored("{}", "1"), "its version is 1, not 2"),
    Wrong("a version as text", stored("{}", '"1"'), "it must be int, not str"),
    Wrong("a version that is true", stored("{}", "true"), "it must be int, not bool"),
    Wrong("no tag", stored('{"name": "demo"}'), "dict is not possible here"),
    Wrong("no object", stored('"demo"'), "str is not possible here"),
    Wrong("an unknown tag", stored('{"is": "flat"}'), "there is no tag 'flat'"),
    Wrong("a tag that is a list", stored('{"is": ["room"]}'), "it must be str, not list"),
    Wrong("a command", stored('{"is": "hangup", "call": "A"}'), "hangup is not possible here"),
    Wrong("JSON", stored('{"is": "json", "of": {}}'), "dict is not possible here"),
    Wrong("more than JSON", stored('{"is": "json", "of": 1, "at": 1}'), "there is no tag 'json'"),
    Wrong("no name", stored('{"is": "room"}'), "missing 1 required positional argument: 'name'"),
    Wrong("an unknown field", in_room("floor", "1"), "it has no field 'floor'"),
    Wrong("the name of a property", in_room("music", '"x"'), "it has no field 'music'"),
    Wrong("a dunder", in_room("__class__", '"x"'), "it has no field '__class__'"),
    Wrong("a number as text", in_room("speaker", "7"), "speaker: it must be str, not int"),
    Wrong("null as text", in_room("speaker", "null"), "speaker: it must be str, not NoneType"),
    Wrong("1 as true", in_room("locked", "1"), "locked: it must be bool, not int"),
    Wrong("text as a set", in_room("joined", '"AB"'), "joined: it must be list, not str"),
    Wrong("a list in a set", in_room("joined", "[[]]"), "joined: it must be str, not list"),
    Wrong("an object as pairs", in_room("pending", "{}"), "pending: it must be list, not dict"),
    Wrong("pairs as an object", in_room("ended", "[]"), "ended: it must be dict, not list"),
    Wrong("no pair", in_room("deadlines", "[[1, 2, 3]]"), "deadlines: too many values"),
    Wrong(
        "a key that is none",
        in_room("deadlines", '[[{"kind": "call", "of": []}, 1]]'),
        "deadlines: unhashable type",
    ),
    Wrong("no such front", in_room("front", '"back"'), "front: it must be one of 'call-control'"),
    Wrong("a front that is a list", in_room("front", "[]"), "front: it must be one of"),
    Wrong(
        "an event in a queue",
        in_room("pending", '[[{"of": "snapshot"}, [{"is": "fetch", "call": "A", "at": 1}]]]'),
        "pending: fetch is not possible here",
    ),
    Wrong(
        "a mute of everyone",
        in_room("pending", f'[[{{"of": "snapshot"}}, [{MUTE_OF_NOBODY}]]]'),
        "pending: mute without calls would concern everyone",
    ),
    Wrong(
        "half a pair in a tuple",
        in_room("texml", '{"facts": {"conference": "X", "account": "a", "inside": {"A": [1]}}}'),
        "texml: facts: inside: zip() argument 2 is shorter",
    ),
    Wrong(
        "true as a time",
        in_room("participants", participant(since=True)),
        "participants: since: it must be float or int, not bool",
    ),
    Wrong(
        "a text as a time",
        in_room("participants", participant(joined_at="1")),
        "participants: joined_at: it must be float or int, not str",
    ),
    Wrong(
        "no such status",
        in_room("participants", participant(status="dancing")),
        "participants: status: it must be one of 'ringing', 'greeting'",
    ),
    Wrong(
        "a field is missing",
        in_room("participants", participant(number="left out")),
        "participants: Participant.__init__() missing 1 required positional argument: 'number'",
    ),
    Wrong("NaN", in_room("ended", '{"A": NaN}'), "ended: the number is too large, or NaN"),
    Wrong("infinity", in_room("ended", '{"A": -Infinity}'), "ended: the number is too large"),
    Wrong("1e999", in_room("ended", '{"A": 1e999}'), "ended: the number is too large"),
    Wrong("too large for a float", in_room("ended", f'{{"A": {10**309}}}'), "is too large"),
    Wrong("too many digits", in_room("ended", f'{{"A": {"9" * 5000}}}'), "cannot read JSON"),
    Wrong("nested very deep", "[" * 100_000, "maximum recursion depth"),
    Wrong(
        "nested deep",
        in_room("participants", participant(join_options="x").replace('"x"', DEEP)),
        "maximum recursion depth",
    ),
]


@each_case(REFUSED)
def test_a_text_that_is_no_room_is_refused(case: Wrong) -> None:
    with pytest.raises(CodecError) as refused:
        decode_room(case.text)
    assert case.why in str(refused.value)


def test_each_kind_is_refused_in_the_place_of_another() -> None:
    texts = {Room: encode(Room("demo")), c.Hangup: encode(c.Hangup("A"))}
    texts[e.DeadlinePassed] = encode(e.DeadlinePassed(1.0))
    for kind, text in texts.items():
        assert decode(text, kind)
        for other in texts.keys() - {kind}:
            with pytest.raises(CodecError, match=f"{TAGS[kind]} is not possible here"):
                decode(text, other)


def test_the_reason_shows_no_value() -> None:
    for wrong in (["+15550107777"], {"+15550107777": 1}):
        with pytest.raises(CodecError) as refused:
            decode_room(in_room("participants", participant(number=wrong)))
        assert str(refused.value) == (
            f"cannot read JSON: participants: number: it must be str, not {type(wrong).__name__}"
        )


class Unwritable(NamedTuple):
    """A value that is refused, and part of the reason."""

    name: str
    value: Any
    why: str


def with_data(data: Any) -> e.Outcome:
    return e.Outcome(c.Hangup("A"), 1.0, data=data)


UNWRITABLE = [
    Unwritable("list for a tuple", c.Mute("K", ["A"]), "calls: it must be tuple, not list"),
    Unwritable("set", Room("demo", joined={"A"}), "joined: it must be frozenset, not set"),
    Unwritable("None for a text", Room(None), "name: it must be str, not NoneType"),
    Unwritable("another class", Room("demo", DEMO), "settings: it must be RoomSettings"),
    Unwritable("no such front", Room("demo", front="back"), "front: it must be one of"),
    Unwritable("an event as a command", e.InternalFault(1.0, Fetch("A", 1.0)), "fetch is not"),
    Unwritable("NaN", e.DeadlinePassed(float("nan")), "at: the number is too large, or NaN"),
    Unwritable("infinity in JSON", with_data([float("inf")]), "data: the number is too large"),
    Unwritable("tuple in JSON", with_data(("A",)), "str, not tuple"),
    Unwritable("set in JSON", with_data({"calls": {"A"}}), "str, not set"),
    Unwritable("number as a key of JSON", with_data({1: 2}), "data: it must be str, not int"),
    Unwritable("class without a tag", with_data(DEMO), "str, not ClientState"),
]


@each_case(UNWRITABLE)
def test_a_value_that_could_not_be_read_again_is_not_written(case: Unwritable) -> None:
    with pytest.raises(CodecError) as refused:
        encode(case.value)
    assert case.why in str(refused.value)


def test_json_that_nests_too_deep_is_not_written() -> None:
    data: list[Any] = []
    for _ in range(100_000):
        data = [data]
    with pytest.raises(CodecError, match="maximum recursion depth"):
        encode(with_data(data))
