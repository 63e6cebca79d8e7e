"""The kinds of values of parameters and settings: good ones, wrong ones, and their limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conference.account.parameters import ID, NAME, PARTY, TIME, VALUE
from conference.account.requests import ROWS as ACCOUNT_ROWS
from conference.core.requests.verbs import ROWS, Verb
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import (
    Choice,
    Fields,
    Headers,
    Integer,
    Loop,
    Number,
    People,
    Several,
    Switch,
)
from conference.core.schema.parameters import Invalid, Parameter, Wrong, check
from conference.core.schema.phone_numbers import PhoneNumber
from conference.core.schema.texts import QUEUE_NAME, ROOM, Address, Keys, Label, MediaName, Text
from conference.core.texml.attributes import BEEPS
from conference.settings.kinds import (
    KINDS,
    SECRET,
    BaseAddress,
    Prefixes,
    PublicAddress,
    PublicKey,
)
from conference.simulator.api.description import BY_NAME

GOOD: list[tuple[Kind, list[Any]]] = [
    (Text(5), ["a", "abcde", "a\nb", "héé", "日本語です", "a\u00a0!", "あ\u3000い", "می\u200cخ"]),
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
    (Fields(), [{"a": "x" * 300}, {"style": "douce\u00a0!"}]),
    (Headers(), [[{"name": "X-Why", "value": ""}], [{"name": "a", "value": "é" * 300}] * 20]),
    (Keys(1, least=0), ["", "#"]),
    (Label(3, least=1), ["a", "日本語"]),
    (MediaName(5, least=1), ["a", "a://b", "http:", "日本語です"]),
    (QUEUE_NAME, ["a", "a/b", "x" * 255, "日" * 255]),
    (People(), [["a"], ["+13125550142", "Ann"], ["a"] * 100]),
    (PhoneNumber(), ["+1312555", "+13125550142", "+" + "1" * 15]),
    (
        Label(),
        ["", "Ann", "x" * 64, "Zoë O'Neil", "M.\u00a0Dupré", "山田\u3000太郎", "علی\u200cرض\u0627"],
    ),
    (
        Label(),
        [
            "क्\u200dष",
            "\u05d3\u05df\u200f (1)",
            "❤\ufe0f",
            "\U0001f469\u200d\U0001f4bb",
            "Ân\u202f?",
        ],
    ),
    (ROOM, ["a", "blue", "A-b_c.9", "x" * 64, "statuses"]),
    (NAME, ["a", "tier 1", "...", "..a", "a.", "x" * 255, "日本", "a&b=c;d+e:f@g", "file\u00a01"]),
    (ID, ["v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg", "x" * 512]),
    (VALUE, ["..", "a/b?c%d#e", "v1:YQ==", "x" * 512]),
    (PARTY, ["+13125550142", "sip:ann@example.com", "sips:+1@10.0.0.1:5061"]),
    (TIME, ["2026-03-01", "2026-03-01T10:00", "2026-03-01T10:00:00.123456Z"]),
    (TIME, ["2026-03-01T10:00:00+01:00", "2026-03-01T10:00-05:30"]),
    (Address(encoded=True), ["https://a.example/%C3%A9", "https://u:p@a.example:8080/?a=b"]),
    (Several(("a", "b", "c")), ["a", "c a"]),
    (Number(0, 240), [0, 0.5, 240]),
    (Number(1, 9, zero="never"), [0, 1.0, 9]),
    (SECRET, ["a", "KEY~!", "x" * 1000]),
    (BaseAddress(encoded=True), ["https://a.example", "http://webhook:5000/line"]),
    (PublicAddress(encoded=True), ["https://texml", "https://a.example/line/textml"]),
    (Prefixes(), [("+1",), ("+1", "+351"), ("us-canada", "+351")]),
]
BAD: list[tuple[Kind, list[Any]]] = [
    (Text(5), ["", "abcdef", "a\tb", "a\rb", "a\x00", "a\x1b", "\u202e", "\ud800", "\u2028"]),
    (Text(5), ["\u2066a", "\ue000", "\u200b", " ", "\u00a0", "\u200d\u200f", "\u3164", "\n"]),
    (Address(), ["", "ftp://a.example/x", "https://", "//a.example", "javascript:alert(1)"]),
    (Address(), ["https://a b", "https://a\nb", "http://[::1", "https://" + "a" * 1993]),
    (Integer(1, 128), [0, 129, -1, 1.0, True, "1", float("nan"), 10**30]),
    (Switch(), ["true", 1, 0]),
    (Choice(("wav", "mp3")), ["WAV", "", "wav ", True, ["wav"]]),
    (Keys(), ["", "1" * 129, "a", "w", "1 2", "+", "\u0661", "\uff11"]),
    (Loop(), [0, 101, -1, True, "1", "Infinity", 1.5, float("inf")]),
    (Fields(), ["{}", [], {str(n): n for n in range(21)}, {"a": {"b": 1}}, {"a": None}]),
    (Fields(), [{"a": "x" * 301}, {"x" * 301: 1}, {"a": "\ud800"}, {"\ud800": 1}, {"a": [1]}]),
    (Headers(), [[], [{"name": "a", "value": ""}] * 21, [{"name": "a"}], ["a"], "a", {"a": "b"}]),
    (Headers(), [[{"name": n, "value": v}] for n, v in (("", "a"), ("a b", "a"), ("a:", "a"))]),
    (Headers(), [[{"name": "a", "value": v}] for v in ("a\r\nb", 1, "x" * 301)]),
    (Headers(), [[{"name": "a", "value": "a", "more": "a"}]]),
    (Keys(1, least=0), ["##", " ", "x"]),
    (Label(3, least=1), ["", "abcd", " ", "\u200b", "a\nb", "a\x00"]),
    (MediaName(9, least=1), ["", " ", "a\nb", "x" * 10, "\u202e"]),
    (QUEUE_NAME, ["", "x" * 256, "a\nb", "\u202e"]),
    (People(), [[], ["a"] * 101, [""], [1], "a", {"a": 1}]),
    (PhoneNumber(), ["+0312555014", "+131255", "+" + "1" * 16, "+1312555014a", "++13125550142"]),
    (PhoneNumber(), ["+1312555014\u0662", "+1312555\x0b0142", "sip:a@b", "+1 312 555 0142 ext. 5"]),
    (
        PhoneNumber(),
        ["", "+", "tel:", "tel:+13125550142;ext=5", "1-800-FLOWERS", "+1\u00b2125550142"],
    ),
    (
        Label(),
        ["x" * 65, "a\nb", "a\x00", "\u202e", "\ud800", "\u2067a\u2069", "a\u2029", "\ue000"],
    ),
    (ROOM, ["", "x" * 65, "a b", "a/b", "status", "wait", "a\n", "é", "a%2fb"]),
    (NAME, ["", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2fb", "%2e", "x" * 256, "..\n", "a\n"]),
    (ID, ["\x00", "a\x1b", "\u202e", "\ufffd", "\ud800", "a\u2028b", "x" * 513]),
    (VALUE, ["", "a\nb", "\x00", "x" * 513]),
    (PARTY, ["+0312555014", "+1312555014\u0662", "ann@example.com", "sip:a b@c"]),
    (PARTY, ["sip:", "sip:@a", "sip:a@b@c", "sip:\u202ea@b", "+1312555\x0b0142"]),
    (TIME, ["", "yesterday", "2026-3-1", "2026-03-01 10:00", "20260301", "2026-03-01T10"]),
    (TIME, ["2026-03-01T10:00:00+1", "\u0662026-03-01", "2026-03-01Z"]),
    (Address(), ["https://a:0/", "https://a:99999", "https://a:b/"]),
    (Address(encoded=True), ["https://a.example/é", "ftp://a.example", "https://" + "a" * 1993]),
    (Several(("a", "b", "c")), ["", " ", "a a", "a,b", "d", "a d"]),
    (Number(8, 240), [7.9, 240.5, "9", float("nan"), float("inf")]),
    (Number(8, 9, zero="never"), [0.5, -0.1, 9.1]),
    (SECRET, ["", "a b", "é", "a\n", "x" * 1001]),
    (BaseAddress(encoded=True), ["a.example", "https://"]),
    (PublicAddress(encoded=True), ["https://a.example/webhook", "https://a.example/texml/blue/"]),
    (PublicAddress(encoded=True), ["https://a.example/?", "https://a.example/#a"]),
    (PublicKey(), ["", "abc", "é", "-" * 44]),
    (Prefixes(), [("1",), ("+",), ("+1", ""), ("us",), ("+us-canada",)]),
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
        (Keys(1, "12", least=0), "one of the characters 12, or empty for none"),
        (Loop(), "infinity, or a whole number from 1 to 100"),
        (Fields(), "a JSON object of up to 20 texts, numbers, trues and falses"),
        (People(), "a list of participants"),
        (PhoneNumber(), "a number in E.164, such as +13125550142"),
        (Label(), "text of up to 64 printable characters"),
        (Label(9, least=1), "text of 1 to 9 printable characters"),
        (ROOM, "1 to 64 of the characters A-Z a-z 0-9 . _ - and not . .. status or wait"),
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


@pytest.mark.parametrize("address", ["https://a.example/x.mp3", "HTTP://a", " http://a"])
def test_an_address_is_no_name_of_a_file(address: str) -> None:
    with pytest.raises(ValueError, match="printable characters: an address has a parameter"):
        MediaName(255, least=1).check(address)


def test_a_label_is_kept_without_the_spaces_around_it() -> None:
    assert Label().check("  Ann Lee ") == "Ann Lee"
    assert Label().check("   ") == ""


@pytest.mark.parametrize(
    ("kind", "value", "used"),
    [
        (Label(), "\ufeffAnn\u200b", "Ann"),
        (Label(), "\u00a0Ann\u00adLee\u3000", "AnnLee"),
        (Label(), "\u200d\u200f", ""),
        (Text(), "\ufeffHello\u2060", "Hello"),
        (Text(), " Hello ", " Hello "),
        (Text(least=0), "\u200b\u00a0", ""),
    ],
)
def test_invisible_characters_are_dropped_where_they_mean_nothing(
    kind: Kind, value: str, used: str
) -> None:
    assert kind.check(value) == used


# Phone numbers

AS_WRITTEN = [
    *("+1 312 555 0142", "+1 (312) 555-0142", "+1.312.555.0142", "+1/312/555/0142"),
    *("(+1) 312-555-0142", " +13125550142 ", "+ 1 312 555 01 42"),
    *("tel:+1-312-555-0142", "TEL: +13125550142", "0013125550142", "00 1 (312) 555 0142"),
    *("\u202a+1 312 555 0142\u202c", "\ufeff+13125550142", "+1312\u200b5550142\u200e"),
    *(
        "\u2066+13125550142\u2069",
        "+1\u00a0312\u202f555\u20090142",
        "+1\u2011312\u2013555\u22120142",
    ),
    *(
        "\uff0b\uff11 312 555 0142",
        "\uff0b\uff11\uff13\uff11\uff12\uff15\uff15\uff15\uff10\uff11\uff14\uff12",
        "\uff0b\uff11\uff08\uff13\uff11\uff12\uff09\uff15\uff15\uff15\uff0d\uff10\uff11\uff14\uff12",
    ),
    *("+13125550142\n", "\t+1 312 555 0142\r\n", "+1\t312\t5550142"),  # copied from a table
    "+\u0661\u0663\u0661\u0662\u0665\u0665\u0665\u0660\u0661\u0664\u0662",
    "+\u06f1 \u06f3\u06f1\u06f2 \u06f5\u06f5\u06f5 \u06f0\u06f1\u06f4\u06f2",
]


@pytest.mark.parametrize("written", AS_WRITTEN)
def test_a_number_is_read_as_people_write_it(written: str) -> None:
    assert PhoneNumber().check(written) == "+13125550142"
    assert PARTY.check(written) == "+13125550142"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("0044 (0) 20 7946 0958", "+442079460958"),
        ("+39 (0)6 1234 5678", "+390612345678"),
        ("+39 06 1234 5678", "+390612345678"),
    ],
)
def test_a_zero_in_parentheses_is_dialled_inside_the_country_alone(
    written: str, number: str
) -> None:
    assert PhoneNumber().check(written) == number


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        *((w, "did you mean +13125550142? W") for w in ("13125550142", "1 (312) 555-0142")),
        *((w, "did you mean +13125550142? W") for w in ("3125550142", "(312) 555-0142")),
        ("tel:3125550142", "did you mean +13125550142? W"),
        (
            "\uff11\uff13\uff11\uff12\uff15\uff15\uff15\uff10\uff11\uff14\uff12",
            "did you mean +13125550142? W",
        ),
        ("351 215 550 142", "did you mean +351215550142? W"),
        ("011 44 20 7946 0958", "did you mean +442079460958? W"),
        *((w, "w") for w in ("020 7946 0958", "0142", "1" * 16)),
    ],
)
def test_a_number_without_a_plus_is_answered_with_a_suggestion(written: str, hint: str) -> None:
    expected = f"must be {PhoneNumber().says}: {hint}rite it with + and the country code"
    with pytest.raises(Invalid) as invalid:
        check([Parameter("to", PhoneNumber(), "")], {"to": written})
    assert invalid.value.wrong == (Wrong("to", expected),)


@pytest.mark.parametrize(
    ("word", "prefixes"),
    [
        ("+1, +351", ("+1", "+351")),
        ("001,00 351", ("+1", "+351")),
        ("+1 (312), tel:+44-20", ("+1312", "+4420")),
        ("\uff0b\uff11\u200b", ("+1",)),
    ],
)
def test_prefixes_are_read_as_numbers_are(word: str, prefixes: tuple[str, ...]) -> None:
    assert Prefixes().parse(word) == prefixes


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
        *((Switch(), word, True) for word in ["true", "TRUE", "yes", "On", "1"]),
        *((Switch(), word, False) for word in ["false", "No", "off", "0"]),
        *((Switch(), word, word) for word in ["2", "onEnter", "", "truee"]),
        (Choice(("a",)), "a", "a"),
        *((BEEPS, word, "on_enter") for word in ["onEnter", "ON_ENTER", "on-enter", "on enter"]),
        *((BEEPS, word, "always") for word in ["true", "Yes", "1", "on", "ALWAYS"]),
        *((BEEPS, word, "never") for word in ["False", "no", "0", "OFF", "Never"]),
        *((BEEPS, word, word) for word in ["onEntry", "2", ""]),
        (Choice(("wav", "true")), "yes", "yes"),
        *((Choice(("wav", "mp3")), word, "mp3") for word in ["mp3", "MP3", "Mp-3"]),
        (Keys(), "12#", "12#"),
        (Loop(), "infinity", "infinity"),
        (Loop(), "7", 7),
        *((Loop(), word, word) for word in ["1000", "-1", "\u0663", ""]),
        (Fields(), '{"type": "aws"}', {"type": "aws"}),
        *((Fields(), word, word) for word in ["", "{", "[" * 100_000]),
        *((Headers(), word, word) for word in ["", "[", "[" * 100_000]),
        (Headers(), '[{"name": "a", "value": "b"}]', [{"name": "a", "value": "b"}]),
        (People(), "0142, Ann", ["0142", "Ann"]),
        (PhoneNumber(), "+1", "+1"),
        (PARTY, " 1 312 555 0142", "+13125550142"),
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


def test_a_parameter_without_effect_alone_needs_the_other() -> None:
    needs = Parameter("b", Switch(), "", needs="a")
    assert check([A, needs], {"a": 1, "b": True}) == {"a": 1, "b": True}
    with pytest.raises(Invalid, match=r"^b needs a$"):
        check([replace(A, required=False), needs], {"b": True})


def test_a_parameter_may_need_a_value_of_the_other() -> None:
    needs = Parameter("b", Switch(), "", needs="a", needs_value="x")
    a = Parameter("a", Choice(("x", "y")), "")
    assert check([a, needs], {"a": "x", "b": True}) == {"a": "x", "b": True}
    for given in ({"b": True}, {"a": "y", "b": True}):
        with pytest.raises(Invalid, match=r"^b needs a x$"):
            check([a, needs], given)


def test_a_parameter_that_is_not_taken_is_refused_with_the_reason() -> None:
    with pytest.raises(Invalid, match=r"^x cannot be given: it is mine; y is not known here$"):
        check([], {"x": 1, "y": 1}, {"x": "it is mine"})


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
    "kick": ["HangupCall"],
}
OURS = {"label", "role", "confirm", "force", "text", "ban"}
OURS |= {"start_conference_on_create"}  # goes with a create


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
                case Text(longest) | Label(longest):
                    assert longest <= field.get("max_length", longest)
                case Choice(choices):
                    assert set(choices) <= set(field["choices"])
                case Keys() if field.get("format") == "dtmf":
                    assert parameter.kind.longest <= field.get("max_length", 128)
                    assert set(parameter.kind.allowed) <= set("0123456789ABCD*#wW")
                case _:
                    assert field["type"]
    with_parameters = {v.name for v in ROWS if v.parameters}
    assert with_parameters - OPERATIONS.keys() == {
        *("move", "rename", "role", "mute-all", "hold-all", "mode", "chimes")
    }
