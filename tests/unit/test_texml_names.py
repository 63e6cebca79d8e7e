"""Names by the TeXML door: the same letters, and the same order of what they mean."""

from __future__ import annotations

from typing import Any

import pytest
from rigs.lines import TestLine, test_line
from rigs.people import TOKEN
from rigs.texml_forms import ANN, BOB, FETCH, callback, inside, read_xml, send

ACTIONS = "/api/rooms/blue"
STRANGER = "v2:a-stranger"
NUMBER = "+13125550111"


def act(line: TestLine, verb: str, name: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    path = f"{ACTIONS}/participants/{name}/actions/{verb}"
    return line.client.post(path, json=body, headers=headers)


def came_in(line: TestLine, **numbers: str) -> None:
    """Let callers join: by call, the From of its callback."""
    for n, (call, number) in enumerate(numbers.items(), 1):
        fields = callback("participant-join", n, call, FriendlyName="blue", From=number)
        assert send(line, "/texml/status", fields).status_code == 204


@pytest.mark.parametrize("chosen", ["Ann", "0111", "sip:ann@example.com"])
@pytest.mark.parametrize("name", ["Ann", "0111", NUMBER])
def test_what_a_caller_chose_captures_nobodys_name(chosen: str, name: str) -> None:
    with test_line(control_token=TOKEN) as line:
        came_in(line, **{STRANGER: chosen, ANN: NUMBER})
        assert act(line, "rename", ANN, label="Ann").status_code == 202
        answer = act(line, "mute", name)
        assert (answer.status_code, answer.json["participants"]) == (202, [ANN])


def test_two_of_one_label_are_listed_with_their_numbers() -> None:
    with test_line(control_token=TOKEN) as line:
        came_in(line, **{ANN: NUMBER, BOB: "+13125550112", STRANGER: "Team"})
        for call in (ANN, BOB):
            act(line, "rename", call, label="Team")
        answer = act(line, "mute", "Team")
        assert (answer.status_code, answer.json["candidates"]) == (409, [ANN, BOB])
        assert f"#1 Team {NUMBER} ({ANN}), #2 Team +13125550112 ({BOB})" in answer.json["detail"]


@pytest.mark.parametrize(
    "text", ["Bienvenue\u00a0!", "\u0645\u06cc\u200c\u062e", "\u3088\u3046\u3000\u3053\u305d"]
)
def test_a_greeting_and_a_label_are_in_any_language(text: str) -> None:
    with test_line(
        control_token=TOKEN, greeting_first=text, public_url="https://line.example"
    ) as line:
        said = read_xml(send(line, "/texml/blue", FETCH).data).find("Say")
        assert said is not None and said.text == text
        came_in(line, **{ANN: NUMBER})
        assert act(line, "rename", "0111", label=text).status_code == 202
        assert [each["label"] for each in inside(line)] == [text]
        assert act(line, "mute", text).json["participants"] == [ANN]


def test_an_override_of_the_direction_is_refused() -> None:
    with test_line(control_token=TOKEN) as line:
        came_in(line, **{ANN: NUMBER})
        answer = act(line, "rename", "0111", label="Ann\u202e")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "label")
