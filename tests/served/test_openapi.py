"""docs/openapi.json is valid, and a running line answers and refuses as it describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any
from urllib.parse import quote, urlencode

import openapi
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from rigs.console import BEARER, signed_in
from rigs.json_schemas import example, schema
from rigs.lines import CALL, TestLine, test_line
from rigs.moderator import send
from rigs.people import ANN, BOB, CLEO, NUMBER, TOKEN
from rigs.recorded import make, post
from rigs.rehearsals import MAY, ROOM, dial, rehearsal, room, settled
from rigs.texml_forms import FETCH, JOIN, SECRET
from rigs.texml_forms import send as send_form
from werkzeug.test import TestResponse

from conference.core.requests.verbs import ROWS, Verb
from conference.core.schema.parameters import Invalid, Parameter
from conference.demo.rehearsal import Line
from conference.reporting import public_view

DOCUMENT = json.loads(openapi.FILE.read_text(encoding="utf-8"))
PATHS = DOCUMENT["paths"]
API = [path for path in PATHS if path.startswith("/api/")]
DAVE = "+13125550142"


def test_it_is_valid_openapi_3_1() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []
    for found in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(found)


def problems(found: dict[str, Any], value: Any) -> list[str]:
    """What the schema refuses of the value."""
    whole = {"components": DOCUMENT["components"], **found}
    validator = Draft202012Validator(whole, format_checker=FormatChecker())
    return [f"{each.json_path}: {each.message}" for each in validator.iter_errors(value)]


def described(path: str, method: str, status: int) -> dict[str, Any]:
    """The description of an answer. Fails if there is none of this status."""
    answers = PATHS[path][method.lower()]["responses"]
    found = answers.get(str(status)) or answers.get(f"{status // 100}XX")
    assert found, f"{method} {path}: {status} is not described"
    while "$ref" in found:
        *_, name = found["$ref"].split("/")
        found = DOCUMENT["components"]["responses"][name]
    return dict(found)


# The control API: each of its routes at a line with callers

QUEUE = "support"
FIRST = (
    *("record-start", "record-pause", "record-resume", "record-stop", "leave", "join", "enqueue"),
)
THEN = (
    *("leave-queue", "join", "mute", "unmute", "hold", "unhold", "rename", "role", "mute-all"),
    *("undo-mute-all", "unmute-all", "hold-all", "unhold-all", "mode", "raise-hand", "lower-hand"),
    *("raise-hand", "next-hand", "play", "stop", "speak", "send-dtmf", "gather", "supervise"),
    *("adjust", "admit", "admit-next", "chimes", "lock", "unlock", "dial", "kick", "lift-bans"),
    *("move", "end"),
)
"""The verbs, in an order in which most can be done."""

NOT_HERE = {
    "POST /api/rooms/{room}/actions/admit": "not-now",
    "POST /api/rooms/{room}/participants/{name}/actions/admit": "not-now",
    "POST /api/rooms/{room}/actions/admit-next": "not-now",
    "POST /api/rooms/{room}/actions/chimes": "not-now",
    "POST /api/queues/{queue}/calls/{call}/actions/remove": "refused-by-telnyx",
}
"""Requests that are refused, with the problem. The room has no lobby and no chimes, and Telnyx
removes from a queue only a call that has ended."""

FITTING = {
    **{"participants": [CLEO], "language": "fr-FR", "voice": "male", "from": NUMBER},
    **{"supervisor_role": "whisper", "whisper_call_control_ids": [ANN], "role": "participant"},
    "mode": "questions",
    "ban": False,
}
"""Values that fit the room and each other, instead of the examples."""


class Walk:
    """Requests by the description alone. Each answer must be as it describes."""

    def __init__(self, line: Line, **in_paths: str) -> None:
        self.line = line
        self.in_paths = in_paths
        self.answers: dict[str, list[tuple[int, Any]]] = {f"{m} {p}": [] for m, p in operations()}

    def ask(self, method: str, path: str, body: Any = None, query: str = "") -> Any:
        filled = path.format_map({name: quote(v, safe="") for name, v in self.in_paths.items()})
        status, shown = send(self.line, f"{filled}{query}", body, method)
        (content,) = described(path, method, status)["content"].values()
        assert problems(content["schema"], shown) == [], f"{method} {path}: {shown}"
        self.answers[f"{method} {path}"].append((status, shown))
        settled(self.line)
        return shown

    def ask_each(self, method: str, path: str) -> None:
        """Make the request with the least that it takes, and with all that it takes."""
        operation = PATHS[path][method.lower()]
        if "requestBody" in operation:
            given = operation["requestBody"]["content"]["application/json"]["schema"]
            wait = "?wait=1" if "verbs" in operation["tags"] else ""
            for body in bodies(given):
                self.ask(method, path, body, wait)
            return
        queries = [each for each in operation.get("parameters", ()) if each.get("in") == "query"]
        self.ask(method, path)
        if queries:
            given = {each["name"]: each["schema"].get("examples", ["1"])[0] for each in queries}
            words = {name: json.dumps(v).strip('"') for name, v in given.items()}
            self.ask(method, path, query=f"?{urlencode(words)}")


def operations() -> Iterator[tuple[str, str]]:
    """Yield method and path of each route of the control API."""
    for path, item in PATHS.items():
        if path.startswith("/api/"):
            yield from ((method.upper(), path) for method in item)


def bodies(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield bodies of examples that the schema accepts: the required fields, then as many as go."""
    given = whole(given)
    examples = {name: whole(each)["examples"][0] for name, each in given["properties"].items()}
    examples |= FITTING
    fields = {name: examples[name] for name in given["properties"]}
    least = {name: fields[name] for name in given.get("required", ())}
    most: dict[str, Any] = {}
    for name, value in fields.items():  # an alternative comes after the field that it replaces
        if not any(excluded in most for excluded in excludes(given, name)):
            most[name] = value
    for body in (least, most):
        if not problems(given, body):
            yield body


def whole(found: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that a reference leads to."""
    while "$ref" in found:
        address, found = found["$ref"], DOCUMENT
        for part in address.removeprefix("#/").split("/"):
            found = found[part]
    return found


def excludes(given: dict[str, Any], name: str) -> list[str]:
    """Return the fields that cannot be given beside this one."""
    pairs = [
        [one for each in rule.get("oneOf", [rule.get("not", {})]) for one in each["required"]]
        for rule in given.get("allOf", ())
    ]
    return [other for pair in pairs if name in pair for other in pair if other != name]


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    with rehearsal(**MAY) as line:
        for number in (ANN, BOB, CLEO):
            dial(line, number)
        settled(line)
        line.telnyx.phone(DAVE).when_called()
        call = {leg.number: leg.call_control_id for leg in line.telnyx.legs}[BOB]
        conference = line.telnyx.conferences[-1].id
        walk = Walk(
            line,
            **{"room": ROOM, "name": BOB, "queue": QUEUE, "call": call, "participant": call},
            conference=conference,
        )
        play(walk)
        yield walk


def play(walk: Walk) -> None:
    version = walk.ask("GET", "/api/rooms/{room}")["version"]
    for since in (version, version - 1):
        walk.ask("GET", "/api/rooms/{room}", query=f"?since={since}")
    walk.ask("POST", "/api/queues", {"queue_name": QUEUE})
    ask_verbs(walk, FIRST)
    walk.in_paths["recording"] = walk.line.telnyx.recordings[0].id
    rest = [where.split() for where, answers in walk.answers.items() if not answers]
    others = [(method, path) for method, path in rest if not is_verb(method, path)]
    for method, path in others:
        if not path.endswith("/delete"):
            walk.ask_each(method, path)
    ask_verbs(walk, THEN)
    walk.ask("POST", "/api/queues/{queue}/actions/delete")


def come(line: Line) -> None:
    """Let the two whom the requests name dial in, unless they are there."""
    for number in (BOB, CLEO):
        if number not in [p["number"] for p in public_view.participants(room(line))]:
            dial(line, number)
            settled(line)


def is_verb(method: str, path: str) -> bool:
    return "verbs" in PATHS[path][method.lower()]["tags"]


def ask_verbs(walk: Walk, names: tuple[str, ...]) -> None:
    for name in names:
        if name == "dial":
            walk.ask_each("POST", "/api/rooms/{room}/participants")
        for of in ("/participants/{name}", ""):
            path = f"/api/rooms/{{room}}{of}/actions/{name}"
            if path in PATHS:
                come(walk.line)
                walk.ask_each("POST", path)


def test_every_route_is_asked_and_none_refuses_a_form_that_the_schema_accepts(walk: Walk) -> None:
    for where, answers in walk.answers.items():
        assert answers, f"{where} was not asked"
        assert [shown for status, shown in answers if status == 400] == [], where


def test_each_request_is_done_but_for_those_that_the_room_refuses(walk: Walk) -> None:
    refused = {
        where: answers[0][1]["type"].removeprefix("/problems/")
        for where, answers in walk.answers.items()
        if not any(status < 300 for status, _ in answers)
    }
    assert refused == NOT_HERE


# The routes of Telnyx, of browsers and of everyone

OTHERS = [
    (method.upper(), path)
    for path, item in PATHS.items()
    if not path.startswith("/api/")
    for method in item
]
FORMS: dict[str, dict[str, str]] = {"/texml/status": JOIN, "/console/sign-in": {"token": TOKEN}}


def asked(line: TestLine, method: str, path: str) -> TestResponse:
    """The answer to a good request."""
    in_paths = {"room": "demo-conference", "secret": SECRET, "nth": "1", "filename": "console.js"}
    filled = path.format_map(in_paths)
    if path == "/webhook":
        return post(line.client, make("call.cost"))
    if path.startswith("/texml"):
        return send_form(line, filled, FORMS.get(path, FETCH))
    client, csrf = signed_in(line)
    headers = BEARER if path == "/metrics" else {}
    data = FORMS.get(path, csrf) if method == "POST" else None
    return client.open(filled, method=method, headers=headers, data=data)


@pytest.mark.parametrize(("method", "path"), OTHERS)
def test_the_other_routes_answer_as_described(method: str, path: str) -> None:
    with test_line(
        control_token=TOKEN, texml_secret=SECRET, public_url="https://line.example"
    ) as line:
        with asked(line, method, path) as answer:
            content = described(path, method, answer.status_code).get("content", {})
            assert answer.status_code < 400 or "/pin/" in path, "no room asks for a PIN"
            assert answer.mimetype in content or not content
            if answer.is_json:
                assert problems(content[answer.mimetype]["schema"], answer.json) == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_server_that_ends_answers_as_described(path: str) -> None:
    with test_line() as line:
        line.engine.drain(0)
        answer = line.client.get(path)
    assert answer.status_code == 503
    found = described(path, "GET", 503)["content"]["application/json"]["schema"]
    assert problems(found, answer.json) == []


# Bodies: those that the schema refuses, and those that it accepts

WIDE = "+13125550142".translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
ODD = (
    *(None, True, False, 0, 1, -1, 10**9, 1.5, "", " ", "x", "Ann", "x" * 4000, "a\u0000b"),
    *("12#", "infinity", "https://example.com/a.mp3", "ftp://example.com", "+13125550142", "yes"),
    *("tel:+1-312-555-0142", "+1 (312) 555-0142", "00 1 312 555 0142", WIDE),
    *([], ["x"], [1], {}, {"name": "x"}, {"type": "aws"}, {"type": None}, [{"name": "X-Why"}]),
    *([{"name": "X-Why", "value": "late"}], ["x"] * 101, {str(n): n for n in range(21)}),
)
PARAMETERS = {
    f"{verb.name} {parameter.name}": (verb, parameter)
    for verb in ROWS
    for parameter in verb.parameters
}


def values(parameter: Parameter) -> list[Any]:
    """Values of all types, and those just within and just beyond the bounds of the kind."""
    found = schema(parameter.kind)
    bounds = [found[name] for name in ("minimum", "maximum") if name in found]
    lengths = [found[name] for name in ("minLength", "maxLength") if name in found]
    near = [n + by for n in bounds for by in (-1, 0, 1)]
    long = ["x" * max(n + by, 0) for n in lengths for by in (-1, 0, 1)]
    return [*ODD, *found.get("enum", ()), *near, *long, example(parameter)]


@pytest.fixture(scope="module")
def one_caller() -> Iterator[TestLine]:
    """A line with one participant inside, for requests that change nothing."""
    with test_line(control_token=TOKEN) as line:
        line.happens("call.initiated", "call.answered", "call.speak.ended", "conference.created")
        line.happens("conference.participant.joined")
        yield line


def agree(line: TestLine, verb: Verb, body: dict[str, Any]) -> bool:
    """Whether the schema accepts the body. Fails if the line does not agree."""
    given = DOCUMENT["components"]["schemas"][f"{openapi.title(verb)}Body"]
    refused = problems(given, body)
    try:
        verb.check(body)
    except Invalid as error:
        assert refused, f"{verb.name} {body}: {error}"
    else:
        assert not refused, f"{verb.name} {body}"
        return True
    of = "" if verb.of == "room" else f"/participants/{CALL}"
    path = f"/api/rooms/{ROOM}{of}/actions/{verb.name}"
    answer = line.client.post(path, json=body, headers=BEARER)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/invalid-body"), body
    assert problems({"$ref": "#/components/schemas/Problem"}, answer.json) == []
    return False


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_line_refuses_the_values_that_the_schema_refuses(
    name: str, one_caller: TestLine
) -> None:
    verb, parameter = PARAMETERS[name]
    others = next(bodies({"$ref": f"#/components/schemas/{openapi.title(verb)}Body"}))
    replaced = {parameter.instead_of, *(p.name for p in verb.parameters if p.instead_of == name)}
    rest = {n: v for n, v in others.items() if n not in replaced} | needed(parameter)
    found = [agree(one_caller, verb, rest | {parameter.name: value}) for value in values(parameter)]
    assert {*found} == {True, False}, "both kinds are tried"


def needed(parameter: Parameter) -> dict[str, Any]:
    return {parameter.needs: parameter.needs_value or NUMBER} if parameter.needs else {}


@pytest.mark.parametrize("verb", ROWS, ids=lambda verb: verb.name)
def test_the_line_refuses_the_fields_that_the_schema_refuses(
    verb: Verb, one_caller: TestLine
) -> None:
    """No field, one of them, all but one, two of them, and one that is unknown."""
    good = {each.name: example(each) for each in verb.parameters}
    good |= {name: value for name, value in FITTING.items() if name in good}
    some = [(), *combinations(good, 1), *combinations(good, 2), (*good,)]
    some += [tuple(other for other in good if other != name) for name in good]
    found = [agree(one_caller, verb, {name: good[name] for name in names}) for names in some]
    assert True in found
    assert not agree(one_caller, verb, good | {"unknown": 1})
