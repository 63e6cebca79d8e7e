"""The kinds of values of parameters and settings: good ones, wrong ones, and their limits."""

from __future__ import annotations

from typing import Any

import pytest

from conference.account.parameters import ID, NAME, PARTY, TIME, VALUE
from conference.account.requests import ROWS as ACCOUNT_ROWS
from conference.core.requests.verbs import ROWS, Verb
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import (
    Choice,
    Fields,
    Integer,
    Loop,
    Number,
    People,
    Several,
    Switch,
    Words,
)
from conference.core.schema.parameters import Invalid, Parameter, Wrong, check
from conference.core.schema.texts import PHONE_NUMBER, ROOM, Address, Keys, Label, Text
from conference.settings import KINDS, SECRET, BaseAddress, Prefixes, PublicAddress, PublicKey
from conference.simulator.api.description import BY_NAME

GOOD: list[tuple[Kind, list[Any]]] = [
    (Text(5), ["a", "abcde", "a\nb", "héé", "日本語です"]),
    (
        Address(),
        ["https://a.example/x.mp3", "http://10.0.0.1:8080/a?b=c#d", "https://" + "a" * 1992],
    ),
    (Integer(1, 128), [1, 2, 128]),
    (Switch(), [True, False]),
    (Choice(("wav", "mp3")), ["wav", "mp3"]),
    (Keys(), ["1", "0123456789ABCD*#", "1" * 128]),
    (Keys(3, "12w"), ["1w2"]),
    (Loop(), [1, 100, "infinity"]),
    (
        Fields(),
        [{}, {"type": "aws"}, {"a": 1, "b": 0.5, "c": True}, {str(n): n for n in range(20)}],
    ),
    (Fields(), [{"a": "x" * 300}]),
    (People(), [["a"], ["+13125550142", "Ann"], ["a"] * 100]),
    (PHONE_NUMBER, ["+1312555", "+13125550142", "+" + "1" * 15]),
    (Label(), ["", "Ann", "x" * 64, "Zoë O'Neil"]),
    (ROOM, ["a", "blue", "A-b_c.9", "x" * 64, "statuses"]),
    (NAME, ["a", "tier 1", "...", "..a", "a.", "x" * 255, "日本", "a&b=c;d+e:f@g"]),
    (ID, ["v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg", "x" * 512]),
    (VALUE, ["..", "a/b?c%d#e", "v1:YQ==", "x" * 512]),
    (PARTY, ["+13125550142", "sip:ann@example.com", "sips:+1@10.0.0.1:5061"]),
    (TIME, ["2026-03-01", "2026-03-01T10:00", "2026-03-01T10:00:00.123456Z"]),
    (TIME, ["2026-03-01T10:00:00+01:00", "2026-03-01T10:00-05:30"]),
    (Address(encoded=True), ["https://a.example/%C3%A9", "https://u:p@a.example:8080/?a=b"]),
    (Several(("a", "b", "c")), ["a", "c a"]),
    (Words({"yes": "yes", "no": "no"}, says=""), ["yes", "no"]),
    (Number(0, 240), [0, 0.5, 240]),
    (Number(1, 9, zero="never"), [0, 1.0, 9]),
    (SECRET, ["a", "KEY~!", "x" * 1000]),
    (BaseAddress(encoded=True), ["https://a.example", "http://webhook:5000/line"]),
    (PublicAddress(encoded=True), ["https://texml", "https://a.example/line/textml"]),
    (Prefixes(), [("+1",), ("+1", "+351")]),
]
BAD: list[tuple[Kind, list[Any]]] = [
    (Text(5), ["", "abcdef", "a\tb", "a\rb", "a\x00", "a\x1b", "\u202e", "\ud800", "\u2028"]),
    (Address(), ["", "ftp://a.example/x", "https://", "//a.example", "javascript:alert(1)"]),
    (Address(), ["https://a b", "https://a\nb", "http://[::1", "https://" + "a" * 1993]),
    (Integer(1, 128), [0, 129, -1, 1.0, True, "1", float("nan"), 10**30]),
    (Switch(), ["true", 1, 0]),
    (Choice(("wav", "mp3")), ["WAV", "", "wav ", True, ["wav"]]),
    (Keys(), ["", "1" * 129, "a", "w", "1 2", "+", "\u0661", "\uff11"]),
    (Loop(), [0, 101, -1, True, "1", "Infinity", 1.5, float("inf")]),
    (Fields(), ["{}", [], {str(n): n for n in range(21)}, {"a": {"b": 1}}, {"a": None}]),
    (Fields(), [{"a": "x" * 301}, {"x" * 301: 1}, {"a": "\ud800"}, {"\ud800": 1}, {"a": [1]}]),
    (People(), [[], ["a"] * 101, [""], [1], "a", {"a": 1}]),
    (PHONE_NUMBER, ["13125550142", "+0312555014", "+131255", "+" + "1" * 16, "+1312555014a"]),
    (PHONE_NUMBER, ["+1 3125550142", "+1312555014\u0662", "+13125550142\n", "sip:a@b"]),
    (Label(), ["x" * 65, "a\nb", "a\x00", "\u202e", "\ud800"]),
    (ROOM, ["", "x" * 65, "a b", "a/b", "status", "wait", "a\n", "é", "a%2fb"]),
    (NAME, ["", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2fb", "%2e", "x" * 256, "..\n", "a\n"]),
    (ID, ["\x00", "a\x1b", "\u202e", "\ufffd", "\ud800", "a\u2028b", "x" * 513]),
    (VALUE, ["", "a\nb", "\x00", "x" * 513]),
    (PARTY, ["13125550142", "+0312555014", "+1312555014\u0662", "ann@example.com", "sip:a b@c"]),
    (PARTY, ["sip:", "sip:@a", "sip:a@b@c", "tel:+13125550142", "+13125550142 "]),
    (TIME, ["", "yesterday", "2026-3-1", "2026-03-01 10:00", "20260301", "2026-03-01T10"]),
    (TIME, ["2026-03-01T10:00:00+1", "\u0662026-03-01", "2026-03-01Z"]),
    (Address(), ["https://a:0/", "https://a:99999", "https://a:b/"]),
    (Address(encoded=True), ["https://a.example/é", "ftp://a.example", "https://" + "a" * 1993]),
    (Several(("a", "b", "c")), ["", " ", "a a", "a,b", "d", "a d"]),
    (Words({"yes": 1, "no": 0}, says="yes or no"), ["YES", "", True, ["yes"]]),
    (Number(8, 240), [7.9, 240.5, "9", float("nan"), float("inf")]),
    (Number(8, 9, zero="never"), [0.5, -0.1, 9.1]),
    (SECRET, ["", "a b", "é", "a\n", "x" * 1001]),
    (BaseAddress(encoded=True), ["a.example", "https://"]),
    (PublicAddress(encoded=True), ["https://a.example/webhook", "https://a.example/texml/blue/"]),
    (PublicAddress(encoded=True), ["https://a.example/?", "https://a.example/#a"]),
    (PublicKey(), ["", "abc", "é", "-" * 44]),
    (Prefixes(), [("1",), ("+",), ("+1", "")]),
]


@pytest.mark.parametrize(
    ("kind", "value"), [pytest.param(k, v, id=f"{k} {v!r:.30}") for k, vs in GOOD for v in vs]
)
def test_these_are_taken_as_they_are(kind: Kind, value: Any) -> None:
    taken = kind.check(value)
    assert taken == (str(value) if isinstance(kind, Loop) else value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [pytest.param(k, v, id=f"{k} {v!r:.30}") for k, vs in BAD for v in [*vs, None, {}, [], 7.5]
     if (k, v) not in [(Fields(), {})]],
)  # fmt: skip
def test_these_are_refused_by_name_and_with_what_is_allowed(kind: Kind, value: Any) -> None:
    with pytest.raises(Invalid) as invalid:
        check([Parameter("field", kind, "")], {"field": value})
    assert invalid.value.wrong == (Wrong("field", f"must be {kind.says}"),)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Text(5), "text of 1 to 5 printable characters"),
        (Address(), "an address that begins with https:// or http://"),
        (Integer(1, 128), "a whole number from 1 to 128"),
        (Switch(), "true or false"),
        (Choice(("wav", "mp3")), "one of wav, mp3"),
        (Keys(3, "12w"), "1 to 3 of the characters 12w"),
        (Loop(), "infinity, or a whole number from 1 to 100"),
        (Fields(), "a JSON object of up to 20 texts, numbers, trues and falses"),
        (People(), "a list of participants"),
        (PHONE_NUMBER, "a number in E.164, such as +13125550142"),
        (Label(), "text of up to 64 printable characters"),
        (ROOM, "1 to 64 of the characters A-Z a-z 0-9 . _ - and not status or wait"),
        (Text(5, least=0), "text of up to 5 printable characters"),
        (Number(1, 9.5, zero="never"), "0, which is never, or a number from 1 to 9.5"),
        (Several(("a", "b")), "some of a, b, each once, with spaces between them"),
    ],
)
def test_it_is_said_what_is_allowed(kind: Kind, says: str) -> None:
    assert kind.says == says


def test_every_kind_is_tried() -> None:
    used = {type(parameter.kind) for verb in ROWS for parameter in verb.parameters}
    used |= {type(kind) for kind in KINDS.values()}
    for row in ACCOUNT_ROWS:
        used |= {type(parameter.kind) for parameter in (*row.about, *row.parameters.values())}
    assert used == {type(kind) for kind, _ in BAD}
    assert used == {PublicKey} | {type(kind) for kind, _ in GOOD}, (
        "a key is not used as it is written"
    )


def test_a_label_is_kept_without_the_spaces_around_it() -> None:
    assert Label().check("  Ann Lee ") == "Ann Lee"
    assert Label().check("   ") == ""


# Words of a command line


@pytest.mark.parametrize(
    ("kind", "word", "value"),
    [
        (Text(), "12", "12"),
        (Integer(1, 9), "7", 7),
        (Integer(1, 9), "-7", -7),
        *(
            (Integer(1, 9), word, word)
            for word in ["", "x", "--7", "7-", "1.5", "9" * 30, "\u0663", "²"]
        ),
        *((Switch(), word, True) for word in ["true", "TRUE", "yes"]),
        *((Switch(), word, False) for word in ["false", "No"]),
        (Switch(), "1", "1"),
        (Choice(("a",)), "a", "a"),
        (Keys(), "12#", "12#"),
        (Loop(), "infinity", "infinity"),
        (Loop(), "7", 7),
        *((Loop(), word, word) for word in ["1000", "-1", "\u0663", ""]),
        (Fields(), '{"type": "aws"}', {"type": "aws"}),
        *((Fields(), word, word) for word in ["", "{", "[" * 100_000]),
        (People(), "0142, Ann", ["0142", "Ann"]),
        (PHONE_NUMBER, "+1", "+1"),
        (Label(), "", ""),
        (ROOM, "blue", "blue"),
        (Address(), "https://a.example", "https://a.example"),
        (NAME, "tier 1", "tier 1"),
        (PARTY, "+13125550142", "+13125550142"),
        (PARTY, " 13125550142", "+13125550142"),
        (TIME, "2026-03-01T10:00:00 01:00", "2026-03-01T10:00:00+01:00"),
    ],
    ids=lambda x: repr(x)[:30],
)
def test_a_word_is_read(kind: Kind, word: str, value: Any) -> None:
    read = kind.read(word)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("verb", ROWS, ids=lambda verb: verb.name)
def test_every_example_is_allowed(verb: Verb) -> None:
    for parameter in verb.parameters:
        word = parameter.kind.example.strip("'\"")
        if isinstance(parameter.kind, Keys):
            word = word[: parameter.kind.longest]
        value = parameter.kind.read(word)
        assert check([parameter], {parameter.name: value})[parameter.name] is not None


# Together


A = Parameter("a", Integer(1, 9), "", required=True)
B = Parameter("b", Switch(), "")
URL = Parameter("url", Address(), "", required=True)
FILE = Parameter("file", Text(), "", instead_of="url")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"a": 1}, {}),
        ({"a": 1, "b": False}, {}),
        ({}, {"a": "is required: a whole number from 1 to 9"}),
        ({"b": True}, {"a": "is required: a whole number from 1 to 9"}),
        ({"a": 1, "c": 1}, {"c": "is not known here; there is a, b"}),
        ({"a": 0, "b": 0, "c": 0}, {
            "c": "is not known here; there is a, b",
            "a": "must be a whole number from 1 to 9",
            "b": "must be true or false",
        }),
        ({"a": None}, {"a": "must be a whole number from 1 to 9"}),
    ],
)  # fmt: skip
def test_everything_wrong_is_said_at_once(given: dict[str, Any], wrong: dict[str, str]) -> None:
    if not wrong:
        assert check([A, B], given) == given
        return
    with pytest.raises(Invalid) as invalid:
        check([A, B], given)
    assert {each.field: each.problem for each in invalid.value.wrong} == wrong
    assert all(f"{field} {problem}" in str(invalid.value) for field, problem in wrong.items())


def test_what_takes_nothing_is_given_nothing() -> None:
    assert check([], {}) == {}
    with pytest.raises(Invalid, match=r"^x is not known here$"):
        check([], {"x": 1})


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"url": "https://a.example"}, []),
        ({"file": "a"}, []),
        ({"url": "https://a.example", "file": "a"}, [Wrong("file", "excludes url")]),
        ({}, [Wrong("url", f"is required: {Address().says}, or file instead")]),
        ({"file": ""}, [Wrong("file", f"must be {FILE.kind.says}")]),
    ],
)
def test_one_of_two_is_enough_and_both_are_too_many(
    given: dict[str, Any], wrong: list[Wrong]
) -> None:
    if wrong:
        with pytest.raises(Invalid) as invalid:
            check([URL, FILE], given)
        assert list(invalid.value.wrong) == wrong
    else:
        assert check([URL, FILE], given) == given


# As Telnyx describes them

OPERATIONS = {
    "play": ["PlayConferenceAudio"],
    "speak": ["SpeakTextToConference"],
    "send-dtmf": ["ConferenceSendDTMF"],
    "gather": ["ConferenceGatherUsingAudio"],
    "supervise": ["UpdateConference"],
    "adjust": ["UpdateConferenceParticipant"],
    "record-start": ["StartConferenceRecording", "StartCallRecord"],
    "record-stop": ["StopConferenceRecording", "StopCallRecording"],
    "record-pause": ["PauseConferenceRecording", "PauseCallRecording"],
    "record-resume": ["ResumeConferenceRecording", "ResumeCallRecording"],
    "hold": ["HoldConferenceParticipants"],
    "dial": ["DialCall"],
    "join": ["JoinConference"],
    "leave": ["LeaveConference"],
    "enqueue": ["EnqueueCall"],
}
OURS = {"label", "role", "confirm", "start_conference_on_create"}  # the last goes with a create


@pytest.mark.parametrize("verb", [v for v in ROWS if v.name in OPERATIONS], ids=lambda v: v.name)
def test_what_is_passed_on_is_no_more_than_telnyx_takes(verb: Verb) -> None:
    for operation in OPERATIONS[verb.name]:
        for parameter in verb.parameters:
            if parameter.name in OURS:
                continue
            field = BY_NAME[operation].body[parameter.name]
            match parameter.kind:
                case Integer(least, most):
                    assert least >= field.get("min", least)
                    assert most <= field.get("max", most)
                case Text(longest):
                    assert longest <= field.get("max_length", longest)
                case Choice(choices):
                    assert set(choices) <= set(field["choices"])
                case Keys() if field.get("format") == "dtmf":
                    assert set(parameter.kind.allowed) <= set("0123456789ABCD*#wW")
                case _:
                    assert field["type"]
    with_parameters = {v.name for v in ROWS if v.parameters}
    assert with_parameters - OPERATIONS.keys() == {"kick", "move", "rename", "hold-all"}
