"""Write docs/openapi.json from the tables: `python -m tests.openapi`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "tests")) if path not in sys.path]

from rigs.answers import SCHEMAS, of_account, ref  # noqa: E402
from rigs.described_routes import (  # noqa: E402
    ROUTES,
    Route,
    answer,
    json_body,
    query,
    returns,
)
from rigs.json_schemas import Schema, body, described, verb_body, verb_body_of_room  # noqa: E402

from conference.account.requests import READ  # noqa: E402
from conference.account.requests import ROWS as REQUESTS  # noqa: E402
from conference.core.client_state import ROOM_NAME_IS  # noqa: E402
from conference.core.requests.verbs import ROWS, VERBS, Verb  # noqa: E402
from conference.signature import SIGNATURE, TIMESTAMP  # noqa: E402
from conference.web.idempotency import HEADER, KEY  # noqa: E402

FILE = ROOT / "docs" / "openapi.json"

INFO = {
    "title": "A phone conference line",
    "version": "1",
    "description": "The control API of moderators and their programs, the routes that Telnyx "
    "calls, and the pages. Made from the tables of the code by `python -m tests.openapi`. "
    "docs/moderate.md has examples, and docs/routes.md explains the fields.",
    "license": {"name": "MIT", "identifier": "MIT"},
}
SERVERS = [{"url": "http://127.0.0.1:5000", "description": "The server on this machine."}]
TAGS = {
    "rooms": "Rooms, their participants, and what happened in them.",
    "verbs": "Act on a room or on its participants.",
    "queues": "The account's queues, and the calls in them.",
    "telnyx": "Telnyx's own view of conferences and recordings.",
    "console": "The page of moderators, for a browser.",
    "webhooks": "For Telnyx.",
    "public": "For everyone, and for Prometheus.",
}
HTTP = {"type": "http", "scheme": "bearer"}
IN_HEADER = {"type": "apiKey", "in": "header"}
SECURITY = {
    "control": HTTP
    | {
        "description": "CONTROL_TOKEN. A session of the console has a cookie instead, and sends "
        "the header X-CSRF-Token with each request that changes something."
    },
    "metrics": HTTP | {"description": "METRICS_TOKEN, or CONTROL_TOKEN."},
    "signature": IN_HEADER | {"name": SIGNATURE, "description": "Telnyx's, of time and body."},
    "timestamp": IN_HEADER | {"name": TIMESTAMP, "description": "The time of the signature."},
}
PROBLEM = "application/problem+json"
RESPONSES = {
    "Refused": answer("Refused: the problem says why.", PROBLEM, ref("Problem")),
    "Failed": answer("Not possible now: the problem says why.", PROBLEM, ref("Problem")),
}
KEY_OF_REQUEST = {
    "name": HEADER,
    "in": "header",
    "description": "The id of the request. Repetitions with the same key count once.",
    "schema": {"type": "string", "pattern": f"^(?:{KEY.pattern})$"},
}
PARAMETERS = {
    "wait": query("wait", {"const": "1"}, "Wait for Telnyx's answers, for 5 s at most."),
    "key": KEY_OF_REQUEST,
}
OF_A_VERB = [{"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS]
IN_PATHS = {
    "room": f"The name of the room: {ROOM_NAME_IS}.",
    "name": "The participant: a call id, member number, phone number or label.",
    "secret": "TEXML_SECRET.",
    "nth": "The try: 1, 2 or 3.",
    "filename": "A file of the page.",
}
OF_RULES = re.compile(r"<(?:\w+:)?(\w+)>")


def document() -> Schema:
    """Return the whole description."""
    paths: dict[str, Schema] = {}
    for route in (*ROUTES, *_of_verbs(), *_of_account()):
        path = OF_RULES.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": SERVERS,
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {**SCHEMAS, **_bodies()},
            "parameters": PARAMETERS,
            "responses": RESPONSES,
            "securitySchemes": SECURITY,
        },
    }


def _operation(route: Route) -> Schema:
    there = [_in_path(name) for name in OF_RULES.findall(route.path)]
    shown: Schema = {
        "operationId": _id(route),
        "tags": [route.tag],
        "summary": route.does,
        "security": [*route.security],
        "parameters": [*there, *route.query],
        "requestBody": route.body,
        "responses": route.answers,
    }
    return {
        name: part for name, part in shown.items() if part not in (None, []) or name == "security"
    }


def _id(route: Route) -> str:
    words = re.sub(r"/api/|[<>]|path:", "", route.path)
    return re.sub(r"\W+", "_", f"{route.method.lower()}_{words}").strip("_")


def _in_path(name: str) -> Schema:
    known = (
        {"description": IN_PATHS[name], "schema": {"type": "string"}} if name in IN_PATHS else {}
    )
    return {"name": name, "in": "path", "required": True} | (known or _about(name))


def _about(name: str) -> Schema:
    (found, *_) = (each for row in REQUESTS for each in row.about if each.name == name)
    return _shown(described(found))


def _shown(schema: Schema) -> Schema:
    text = schema.pop("description")
    return {"description": text, "schema": schema}


# Verbs


def _of_verbs() -> Iterator[Route]:
    """Yield the routes of each verb. `dial` also is a POST to the participants."""
    dial = VERBS["dial"]
    yield _of_verb(dial, "POST /api/rooms/<room>/participants", ref("DialBody"))
    for verb in ROWS:
        whole = ref(f"{title(verb)}Body") if verb.of == "room" else ref(f"{title(verb)}BodyOfRoom")
        yield _of_verb(verb, f"POST /api/rooms/<room>/actions/{verb.name}", whole)
        if verb.of != "room":
            rule = f"POST /api/rooms/<room>/participants/<name>/actions/{verb.name}"
            yield _of_verb(verb, rule, ref(f"{title(verb)}Body"))


def _of_verb(verb: Verb, rule: str, schema: Schema) -> Route:
    needed = bool(SCHEMAS_OF_BODIES[schema["$ref"].rsplit("/", 1)[1]].keys() & NEEDED)
    answers = returns(ref("Done"), 202, "The line has taken it.")
    return Route(rule, "verbs", verb.help, answers, query=OF_A_VERB, body=json_body(schema, needed))


NEEDED = {"required", "minProperties", "allOf"}


def title(verb: Verb) -> str:
    """Return the beginning of the names of the verb's bodies."""
    return "".join(word.title() for word in verb.name.split("-"))


def _bodies() -> dict[str, Schema]:
    return dict(_each_body())


def _each_body() -> Iterator[tuple[str, Schema]]:
    for verb in ROWS:
        name = f"{title(verb)}Body"
        yield name, verb_body(verb)
        if verb.of != "room":
            yield f"{name}OfRoom", verb_body_of_room(verb, ref(name)["$ref"])


SCHEMAS_OF_BODIES = _bodies()


# Of the account


def _of_account() -> Iterator[Route]:
    for row in REQUESTS:
        path, given = (
            f"/api{row.route}".replace("{", "<").replace("}", ">"),
            row.parameters.values(),
        )
        parts: dict[str, Any] = {
            "tag": row.words.split()[0],
            "does": row.help,
            "answers": returns(of_account(row)),
        }
        whole = json_body(body([*given]), required=any(each.required for each in given))
        if row.acts:
            yield Route(f"POST {path}", body=whole if given else None, **parts)
            continue
        in_query = [{"name": each.name, "in": "query"} | _shown(described(each)) for each in given]
        yield Route(f"GET {path}", query=in_query, **parts)
        if given:
            yield Route(f"POST {path}{READ}", body=whole, **parts)


def text() -> str:
    """Return the file."""
    return json.dumps(document(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
