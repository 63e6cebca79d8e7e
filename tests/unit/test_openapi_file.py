"""docs/openapi.json is made from the tables, and has every route of the server."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import openapi
import pytest
from rigs.described_routes import LEFT_OUT
from rigs.documents import PAGES
from rigs.json_schemas import example, schema
from rigs.lines import TestLine
from rigs.people import ANN

from conference.account.requests import ROWS as REQUESTS
from conference.core.participant import Participant
from conference.core.requests.verbs import ROWS, VERBS
from conference.core.room import Room
from conference.core.schema.parameters import Parameter
from conference.reporting import health, public_view
from conference.reporting.activity_line import ActivityLine
from conference.reporting.journal import Entry
from conference.reporting.lane import Lane
from conference.reporting.server_health import ServerHealth
from conference.web.account import ENDPOINT, ROUTES

TEXT = openapi.FILE.read_text(encoding="utf-8")
DOCUMENT = json.loads(TEXT)
HTTP = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    (f"{method.upper()} {path}", item[method])
    for path, item in DOCUMENT["paths"].items()
    for method in HTTP
    if method in item
]
PARAMETERS = {
    f"{of} {each.name}": each
    for of, parameters in [
        *((verb.name, verb.parameters) for verb in ROWS),
        *((row.words, (*row.about, *row.parameters.values())) for row in REQUESTS),
    ]
    for each in parameters
}


def test_it_is_what_is_made_of_the_tables() -> None:
    assert TEXT == openapi.text(), "python -m tests.openapi writes it anew"


def test_the_page_of_routes_names_it() -> None:
    assert "(openapi.json)" in PAGES["routes"]


def test_every_route_is_in_it_and_no_other(line: TestLine) -> None:
    rules = [*line.client.application.url_map.iter_rules(), *ROUTES.iter_rules()]
    there = {
        f"{method} {rule.rule}"
        for rule in rules
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS") and rule.endpoint != ENDPOINT
    }
    assert there >= LEFT_OUT.keys(), "each is a route"
    described = {where for where, _ in OPERATIONS}
    assert described == {
        one for where in there - LEFT_OUT.keys() for one in _with_verbs(_braces(where))
    }


def _braces(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _with_verbs(where: str) -> Iterator[str]:
    """Yield the route, or one for each verb that it takes."""
    if "{verb}" not in where:
        yield where
        return
    for verb in ROWS:
        if verb.of != "room" or "{name}" not in where:
            yield where.replace("{verb}", verb.name)


def test_its_answers_have_every_field_of_the_codes() -> None:
    room, caller = Room("sales"), Participant("v3:a", ANN, "participant", "incoming", "joined", 0.0)
    schemas = DOCUMENT["components"]["schemas"]
    line = ActivityLine("change", (), "")
    for name, shown in {
        "Room": public_view.room(room) | public_view.hours(room, 0.0),
        "Participant": public_view.participant(room, caller),
        "Event": Entry(1, 0.0, "sales", line).as_json(),
        "Lane": Lane(caller).as_json(),
        "Health": health.report([room], ServerHealth(0.0), 0.0),
    }.items():
        assert schemas[name]["properties"].keys() == shown.keys() == {*schemas[name]["required"]}
    (whole, _) = schemas["RoomSince"]["anyOf"]
    assert whole["properties"].keys() == public_view.since(room, None).keys() | {
        *("hours", "at", "next")
    }


def test_every_reference_leads_somewhere() -> None:
    for address in _references(DOCUMENT):
        found: Any = DOCUMENT
        for part in address.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
    if isinstance(part, list):
        for each in part:
            yield from _references(each)


def test_each_operation_has_a_name_of_its_own_and_describes_its_path() -> None:
    assert max(Counter(each["operationId"] for _, each in OPERATIONS).values()) == 1
    for where, operation in OPERATIONS:
        in_path = [p["name"] for p in operation.get("parameters", ()) if p.get("in") == "path"]
        assert in_path == re.findall(r"{(\w+)}", where)
        assert operation["summary"] and operation["responses"]
        assert operation["tags"][0] in openapi.TAGS


def test_only_what_is_for_everyone_needs_no_token_and_no_signature() -> None:
    free = {where.split()[1].split("/")[1] for where, each in OPERATIONS if not each["security"]}
    assert free == {"", "console", "healthz", "readyz", "hold-music.wav", "chime.wav", "texml"}
    for where, operation in OPERATIONS:
        if "/api/" in where:
            assert operation["security"] == [{"control": []}]
        if "/texml/" in where and not operation["security"]:
            assert "{secret}" in where


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_parameter_has_a_schema_and_a_good_example(name: str) -> None:
    parameter: Parameter = PARAMETERS[name]
    assert parameter.kind.allows(example(parameter))
    found = schema(parameter.kind)
    assert found
    for pattern in re.findall(r'"pattern": "(.*?)"', json.dumps(found)):
        assert not re.search(r"\(\?[aP]|\\\\[ZAU]", pattern), "JavaScript's expressions have none"


def test_each_verb_is_in_it_by_its_words_of_help() -> None:
    for verb in VERBS.values():
        found = DOCUMENT["paths"][f"/api/rooms/{{room}}/actions/{verb.name}"]["post"]
        assert found["summary"] == verb.help
