"""The console's page: its verbs, and what no browser is needed for to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rigs.lines import test_line
from rigs.people import TOKEN

from conference.core.requests import moderation
from conference.core.requests.verbs import ROWS, VERBS, Verb
from conference.core.schema.kinds import Switch
from conference.core.schema.parameters import Parameter
from conference.web import console
from conference.web.console.buttons import FIELDS, JSON, verbs
from conference.web.console.looks import LOOKS

STATIC = Path(console.__file__).parent / "static"
SCRIPT = (STATIC / "console.js").read_text(encoding="utf-8")
STYLE = (STATIC / "console.css").read_text(encoding="utf-8")
LARGEST_SCRIPT = 20_000  # bytes
LINES_OF_TEXT = {"Keys", "Label", "MediaName", "Pattern"}


class Page(HTMLParser):
    """The tags of a page, those within templates included."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, attribute: str) -> list[str]:
        return [value for _, has in self.tags if (value := has.get(attribute)) is not None]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with test_line(control_token=TOKEN) as line:
        line.client.post("/console/sign-in", data={"token": TOKEN})
        yield Page(line.client.get("/console").text)


# Verbs


def test_each_verb_is_there_once_and_those_with_a_look_come_first() -> None:
    names = [verb["name"] for verb in verbs("all")]
    assert sorted(names) == sorted(VERBS)
    first = [name for name in LOOKS if name in VERBS]
    assert names[: len(first)] == first


def test_an_unknown_verb_is_under_more_in_the_words_of_its_name() -> None:
    parameters = (Parameter("loudly", Switch(), "how it is done"),)
    row = Verb("lift-hand", "participants", "Lift a hand.", moderation.mute, parameters)
    (shown,) = verbs("all", [row])
    assert shown == {
        "name": "lift-hand",
        "of": "participants",
        "help": "Lift a hand.",
        "texml": False,
        "press": "Lift hand",
        "doing": "lift hand",
        "done": "lift hand: done",
        "place": "more",
        "button": False,
        "more": True,
        "values": {},
        "parameters": [
            {
                "name": "loudly",
                "label": "loudly",
                "field": "yes-no",
                "help": "how it is done",
                "says": "true or false",
                "json": True,
                "front": False,
            }
        ],
    }


def test_a_session_of_one_room_has_no_verb_that_names_another_room() -> None:
    some = {verb["name"] for verb in verbs("one")}
    assert {verb["name"] for verb in verbs("all")} - some == {"move"}


def test_kicking_and_ending_are_confirmed_and_nothing_else_without_values() -> None:
    asking = {verb["name"] for verb in verbs("all") if verb.get("asks")}
    needs_values = {v.name for v in ROWS if any(p.required for p in v.parameters)}
    assert asking - needs_values == {"kick", "end"}
    assert {verb["name"] for verb in verbs("all") if verb.get("danger")} == {"kick", "end"}


def names_of(verb: dict[str, Any]) -> list[str]:
    return [each["name"] for each in verb["parameters"]]


def test_a_button_gives_its_value_or_asks_for_it() -> None:
    for verb in verbs("all"):
        if verb["button"] and any(each.get("required") for each in verb["parameters"]):
            assert verb.get("asks") or verb["gives"] in names_of(verb), verb["name"]


def test_a_toggle_has_one_button_for_both_verbs() -> None:
    shown = {verb["name"]: verb for verb in verbs("all")}
    backs = {name: verb["back"] for name, verb in shown.items() if "back" in verb}
    assert backs == {
        "mute": "unmute",
        "hold": "unhold",
        "lock": "unlock",
        "record-start": "record-stop",
    }
    for name, back in backs.items():
        assert (shown[name]["button"], shown[back]["button"]) == (True, False)
        assert shown[name]["place"] == shown[back]["place"]


def test_each_kind_of_value_has_a_field() -> None:
    kinds = {type(each.kind) for verb in ROWS for each in verb.parameters}
    assert {kind.__name__ for kind in kinds - FIELDS.keys()} <= LINES_OF_TEXT
    texts = {kind for kind, field in FIELDS.items() if field in ("url", "long", "tel", "choice")}
    assert not texts & set(JSON)


def test_what_must_not_be_empty_is_marked_and_an_alternative_frees_it() -> None:
    shown = {
        (verb["name"], each["name"]): (each.get("required"), each.get("must"))
        for verb in verbs("all")
        for each in verb["parameters"]
    }
    assert shown["dial", "to"] == (True, True)
    assert shown["rename", "label"] == (True, False)
    assert shown["play", "audio_url"] == (None, None)
    assert shown["dial", "label"] == (None, None)


def test_values_that_a_request_needs_and_their_alternatives_are_in_front_of_the_options() -> None:
    front = {
        verb["name"]: [each["name"] for each in verb["parameters"] if each["front"]]
        for verb in verbs("all")
    }
    assert front["play"] == ["audio_url", "media_name"]
    assert front["dial"] == ["to", "label"]
    assert front["hold"] == []


# The page


def test_the_script_is_small_and_one_module(page: Page) -> None:
    assert len(SCRIPT.encode()) <= LARGEST_SCRIPT
    assert not re.search(r"^\s*import\b|\bimport\(", SCRIPT, re.MULTILINE)
    scripts = [has for tag, has in page.tags if tag == "script"]
    assert [has.get("src") for has in scripts if "src" in has] == ["console/static/console.js"]
    assert {has.get("type") for has in scripts} == {"application/json", "module"}


def test_nothing_in_the_page_is_script_or_style_by_itself(page: Page) -> None:
    assert not [tag for tag, _ in page.tags if tag == "style"]
    attributes = {name for _, has in page.tags for name in has}
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
    for tag, has in page.tags:
        if tag == "script" and "src" not in has:
            assert has["type"] == "application/json"


def test_text_of_others_never_becomes_markup() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", SCRIPT)


def test_every_address_is_relative_so_that_a_prefix_works(page: Page) -> None:
    addresses = [*page.all("href"), *page.all("src"), *page.all("action")]
    assert addresses
    for address in addresses:
        assert address == "data:," or re.match(r"[a-z?#]", address), address
        assert ":" not in address.removeprefix("data:,"), address
    assert not re.search(r"""["'`](/\w|https?:)""", SCRIPT)
    assert "url(" not in STYLE and "@import" not in STYLE


def test_what_the_page_loads_is_served() -> None:
    with test_line(control_token=TOKEN) as line:
        for name, kind in (("console.js", "text/javascript"), ("console.css", "text/css")):
            with line.client.get(f"/console/static/{name}") as answer:
                assert (answer.status_code, answer.mimetype) == (200, kind)
                assert answer.data == (STATIC / name).read_bytes()


def test_the_script_finds_in_the_page_what_it_names(page: Page) -> None:
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    named = set(re.findall(r'(?:\$|copy)\("([\w-]+)"\)', SCRIPT))
    assert {"list", "row", "news"} <= named
    assert named <= set(ids)
    parts = set(page.all("data-part"))
    assert set(re.findall(r"\bpart\.(\w+)", SCRIPT)) <= parts
    assert {f"form-{name}" for name in VERBS} <= set(ids)


def test_each_form_has_a_field_for_each_parameter(page: Page) -> None:
    fields = ("input", "select", "textarea")
    named = [has["name"] for tag, has in page.tags if tag in fields and "name" in has]
    assert sorted(map(str, named)) == sorted(p.name for verb in ROWS for p in verb.parameters)
