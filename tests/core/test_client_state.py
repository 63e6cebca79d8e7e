"""The client_state comes back as it was set, fits Telnyx, and takes nobody else's for ours."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from conference.core.client_state import ClientState, MutedBy, decode, encode

FULLEST = ClientState("demo", "listener", "outgoing", "+13125550142", "Zoë 🙂", True, "moderator")
LATER = replace(
    FULLEST, stages=("confirm",), parked=True, locked=True, member=12, newcomers_muted=True
)
TITLED = ClientState("sales", title="Vertrieb, Süd")
LECTURE = replace(LATER, mode="lecture", newcomers_held=True)


def coded(fields: Any) -> str:
    return base64.b64encode(json.dumps(fields).encode()).decode()


def with_fields(**fields: Any) -> str:
    return coded({"line": 1, "room": "demo"} | fields)


@pytest.mark.parametrize(
    "state",
    [ClientState("demo"), FULLEST, LATER, LECTURE, ClientState("a" * 64, dial="a1"), TITLED],
)
def test_it_comes_back_as_it_was_set(state: ClientState) -> None:
    assert decode(encode(state)) == state


@pytest.mark.parametrize(
    "label",
    [
        "M.\u00a0Dupr\u00e9",
        "\u5c71\u7530\u3000\u592a\u90ce",
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "\u2764\ufe0f",
    ],
)
def test_a_label_comes_back_in_any_language(label: str) -> None:
    assert decode(encode(ClientState("demo", label=label))) == ClientState("demo", label=label)


@pytest.mark.parametrize("letter", ["x", '"', "\\", "é", "漢", "🙂"])
def test_it_stays_under_1_kb_at_its_longest(letter: str) -> None:
    longest = ClientState("a" * 64, "participant", "outgoing", letter * 500, letter * 500)
    longest = replace(longest, stages=("confirm",), parked=True, locked=True)
    longest = replace(longest, newcomers_muted=True, newcomers_held=True, begun=True)
    longest = replace(longest, mode="questions")
    longest = replace(longest, mute_by="listener", member=999_999)
    assert len(encode(longest)) < 1024
    assert decode(encode(longest)) == replace(longest, number=letter * 48, label=letter * 64)


def test_a_caller_with_every_stage_yet_to_pass_fits() -> None:
    """One who passes `name` has no label."""
    fullest = ClientState("a" * 64, "participant", "outgoing", "🙂" * 48, "", True, "mute-all")
    fullest = replace(fullest, stages=("pin", "name", "lobby", "seat"), member=999_999)
    assert len(encode(fullest)) < 1024
    assert decode(encode(fullest)) == fullest


@pytest.mark.parametrize("letter", ["x", '"', "🙂"])
def test_the_id_of_a_dial_is_kept_whole(letter: str) -> None:
    """Its number, in E.164, has no more than 16 characters."""
    dialled = ClientState("a" * 64, "participant", "outgoing", "+123456789012345", letter * 500)
    dialled = replace(dialled, stages=("confirm",), parked=True, locked=True, member=999_999)
    dialled = replace(dialled, newcomers_muted=True, newcomers_held=True, begun=True)
    dialled = replace(dialled, mode="questions")
    dialled = replace(dialled, dial="Az_-" * 16, mute_by="listener")
    assert len(encode(dialled)) < 1024
    assert decode(encode(dialled)) == replace(dialled, label=letter * 64)
    assert len(encode(replace(dialled, number=letter * 500, dial="x" * 500))) < 1024


def test_a_title_that_makes_it_too_long_is_left_out() -> None:
    long = "🙂" * 64
    longest = ClientState("a" * 64, number="+12", label=long, title=long, dial="x" * 64)
    assert decode(encode(longest)) == replace(longest, title="")
    assert len(encode(longest)) < 1024
    assert decode(encode(replace(longest, label=""))) == replace(longest, label="")


def test_its_form_is_base64_of_json() -> None:
    assert json.loads(base64.b64decode(encode(FULLEST), validate=True)) == {
        "line": 1,
        "room": "demo",
        "role": "listener",
        "direction": "outgoing",
        "number": "+13125550142",
        "label": "Zoë 🙂",
        "hold": True,
        "mute": True,
    }


@pytest.mark.parametrize(
    ("by", "kept"), [("", False), ("moderator", True), ("mute-all", "all"), ("listener", "role")]
)
def test_why_a_call_is_muted_is_kept_in_a_short_form(by: MutedBy, kept: object) -> None:
    state = ClientState("demo", mute_by=by)
    assert json.loads(base64.b64decode(encode(state)))["mute"] == kept
    assert decode(encode(state)) == state


NOT_OURS: list[tuple[str, object]] = [
    ("none", None),
    ("empty", ""),
    ("a number", 7),
    ("bytes", encode(ClientState("demo")).encode()),
    ("a list", [encode(ClientState("demo"))]),
    ("not base64", "{}"),
    ("not base64 throughout", encode(ClientState("demo")) + "\n"),
    ("not ASCII", "é"),
    ("a lone surrogate", "\ud800"),
    ("cut off", encode(ClientState("demo"))[:-3]),
    ("not text", base64.b64encode(b"\xff\xfe\x00").decode()),
    ("not JSON", base64.b64encode(b"room=demo").decode()),
    ("a string", coded("demo")),
    ("a list of ours", coded([{"line": 1, "room": "demo"}])),
    ("null", coded(None)),
    ("nested very deep", base64.b64encode(b"[" * 100_000).decode()),
    ("a huge integer", base64.b64encode(b'{"line":1,"room":' + b"9" * 5000 + b"}").decode()),
    ("another program's", coded({"role": "guest", "room": "1234"})),
    ("no version", coded({"room": "demo"})),
    ("another version", with_fields(line=2)),
    ("a version as text", with_fields(line="1")),
    ("no room", coded({"line": 1})),
    *(
        (f"room {name!r}", with_fields(room=name))
        for name in (
            "",
            "a" * 65,
            "a b",
            "a/b",
            "ünder",
            "a\n",
            "status",
            "wait",
            None,
            7,
            ["demo"],
        )
    ),
]


@pytest.mark.parametrize("text", [row[1] for row in NOT_OURS], ids=[row[0] for row in NOT_OURS])
def test_what_is_not_ours_counts_as_absent(text: object) -> None:
    assert decode(text) is None


@pytest.mark.parametrize("name", ["demo", "A.b_c-9", "statuses", "Status", "await", "a" * 64])
def test_a_room_may_be_called(name: str) -> None:
    state = decode(with_fields(room=name))
    assert state == ClientState(name)


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "king"},
        {"role": None},
        {"role": ["moderator"]},
        {"direction": "sideways"},
        {"direction": {}},
        {"number": 7},
        {"number": "a\x00b"},
        {"label": ["Ann"]},
        {"label": "a\nb"},
        {"label": "\ud800"},
        {"label": "Ann\u202e"},
        {"number": "\u2066+1"},
        {"hold": 1},
        {"hold": "true"},
        {"mute": "yes"},
        {"mute": 1},
        {"mute": 0},
        {"mute": None},
        {"mute": ["all"]},
        *({"member": value} for value in (0, -1, 1.0, "1", True, 1_000_000, None)),
        {"more": "fields"},
    ],
    ids=repr,
)
def test_a_field_of_no_use_counts_as_absent(fields: dict[str, Any]) -> None:
    assert decode(with_fields(**fields)) == ClientState("demo")
