"""The routes of docs/openapi.json, except those of the verbs and of the account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rigs.answers import COUNT, FLAG, TEXT, TIME, many, ref
from rigs.json_schemas import Schema, body, named

from conference.web.links import MINUTES

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

Security = Sequence[dict[str, list[str]]]
BY_TOKEN: Security = ({"control": []},)
BY_TELNYX: Security = ({"signature": [], "timestamp": []},)
BY_ANYONE: Security = ()


@dataclass(frozen=True)
class Route:
    """A row. `rule`: method and path as in Flask. `answers`: by status."""

    rule: str
    tag: str
    does: str
    answers: Schema
    security: Security = BY_TOKEN
    query: Sequence[Schema] = ()
    body: Schema | None = None

    @property
    def method(self) -> str:
        return self.rule.split()[0]

    @property
    def path(self) -> str:
        return self.rule.split()[1]


LEFT_OUT = {
    "POST /": "there to answer 404 to an application that was set to this address",
    "GET /static/<path:filename>": "Flask's own: the server has no such files",
}
"""The routes that are not described, with the reason."""


# Answers


def answer(text: str, type_: str = "", schema: Schema | None = None) -> Schema:
    content = {"content": {type_: {"schema": schema} if schema else {}}} if type_ else {}
    return {"description": text, **content}


def returns(schema: Schema, status: int = 200, text: str = "As requested.") -> Schema:
    """Return the answers of a route of the control API: this one, and problems."""
    refused = {"$ref": "#/components/responses/Refused"}
    failed = {"$ref": "#/components/responses/Failed"}
    return {f"{status}": answer(text, JSON, schema), "4XX": refused, "5XX": failed}


TO_TELNYX = {
    "400": answer("Malformed."),
    "401": answer("Not genuine.", "text/plain"),
    "413": answer("Over 1 MiB.", "text/plain"),
    "503": answer("Overloaded: deliver again."),
}
UNFIT = {"415": answer("No form.", "application/problem+json", ref("Problem"))}
TEXML = {
    "200": answer("TeXML.", "application/xml"),
    "204": answer("A report about a call: nothing follows."),
    "404": answer("No such room.", "application/problem+json", ref("Problem")),
    **TO_TELNYX,
    **UNFIT,
}
SIGN_IN = {"4XX": answer("The page to sign in, with the reason.", "text/html")}
PAGE = {"200": answer("The page.", "text/html"), **SIGN_IN}
BACK = {"303": answer("Back to the page."), **SIGN_IN}
SOUND = {"200": answer("The sound.", "audio/wav")}


# Queries and bodies


def query(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "query", "description": text, "schema": schema}


def json_body(schema: Schema, required: bool = True) -> Schema:
    return {"required": required, "content": {JSON: {"schema": schema}}}


def form(*fields: str) -> Schema:
    schema = {"type": "object", "properties": dict.fromkeys(fields, TEXT), "required": [*fields]}
    return {"required": True, "content": {FORM: {"schema": schema}}}


SINCE = query("since", COUNT, "A version of the room: only what has changed since is returned.")
AFTER = query("after", COUNT, "Only events after this number.")
OF_ROOM = query("room", TEXT, "Only events of this room.")
WEBHOOK: Schema = {
    "type": "object",
    "description": "A webhook of Telnyx's, API v2.",
    "properties": {"data": {"type": "object"}, "meta": {"type": "object"}},
    "required": ["data"],
}
ROOMS = named({"rooms": many(ref("Room"))})
PARTICIPANTS = named({"participants": many(ref("Participant"))})
EVENTS = named({"events": many(ref("Event")), "next": COUNT, "gap": FLAG})
TIMELINE = named({"at": TIME, "lanes": many(ref("Lane"))})
LINK = named({"url": TEXT, "room": TEXT, "expires_at": TIME})
PUBLIC_KEY = named({"public_key": TEXT})
READY = named({"status": {"const": "ready"}})
NOT_READY = named({"status": {"const": "not ready"}, "reasons": many(TEXT)})


def _texml(path: str, does: str, *, in_default_room: bool = False) -> list[Route]:
    """Return the route with a signature, and the one with TEXML_SECRET."""
    signed = Route(f"POST /texml{path}", "webhooks", does, TEXML, BY_TELNYX, body=form("CallSid"))
    secret = Route(
        f"POST /texml/<secret>{path}", "webhooks", does, TEXML, BY_ANYONE, body=form("CallSid")
    )
    return [signed] if in_default_room else [signed, secret]


ROUTES: Sequence[Route] = (
    Route("GET /api/rooms", "rooms", "List the rooms with their participants.", returns(ROOMS)),
    Route(
        rule="GET /api/rooms/<room>",
        tag="rooms",
        does="Show a room, or what has changed in it.",
        answers=returns(ref("RoomSince")),
        query=[SINCE],
    ),
    Route(
        rule="GET /api/rooms/<room>/timeline",
        tag="rooms",
        does="Show when the participants of the meeting were inside, talked, were muted.",
        answers=returns(TIMELINE),
    ),
    Route(
        rule="GET /api/rooms/<room>/participants",
        tag="rooms",
        does="List the participants of a room.",
        answers=returns(PARTICIPANTS),
    ),
    Route(
        rule="GET /api/rooms/<room>/participants/<name>",
        tag="rooms",
        does="Show a participant.",
        answers=returns(ref("Participant")),
    ),
    Route(
        rule="GET /api/events",
        tag="rooms",
        does="List what happened.",
        answers=returns(EVENTS),
        query=[AFTER, OF_ROOM],
    ),
    Route("GET /api/health", "rooms", "Report whether calls are served.", returns(ref("Health"))),
    Route(
        rule="GET /api/callback-key",
        tag="rooms",
        does="Show the public key that verifies status callbacks.",
        answers=returns(PUBLIC_KEY),
    ),
    Route(
        rule="POST /api/rooms/<room>/links",
        tag="console",
        does="Make a link that opens the console for the room.",
        answers=returns(LINK, 201),
        body=json_body(body([MINUTES]), required=False),
    ),
    Route(
        rule="POST /webhook",
        tag="webhooks",
        does="Take a webhook of a Call Control application.",
        answers={"200": answer("The event counts."), **TO_TELNYX},
        security=BY_TELNYX,
        body=json_body(WEBHOOK),
    ),
    *_texml("", "Say where a call goes, by the number that was dialled.", in_default_room=True),
    *_texml("/<room>", "Say how a call joins this room."),
    *_texml("/pin/<nth>", "Take the PIN that a caller has entered."),
    *_texml("/wait/<room>", "Say what a call hears until the conference starts."),
    Route(
        rule="POST /texml/status",
        tag="webhooks",
        does="Take a status callback of a TeXML application.",
        answers={"204": answer("The event counts."), **TO_TELNYX, **UNFIT},
        security=BY_TELNYX,
        body=form("CallSid", "StatusCallbackEvent"),
    ),
    Route("GET /console", "console", "Serve the page, or the one to sign in.", PAGE, BY_ANYONE),
    Route(
        rule="POST /console/sign-in",
        tag="console",
        does="Begin a session.",
        answers=BACK,
        security=BY_ANYONE,
        body=form("token"),
    ),
    Route("GET /console/sign-in", "console", "Lead back to the page.", BACK, BY_ANYONE),
    Route("POST /console/sign-out", "console", "End the session.", BACK, BY_ANYONE),
    Route("GET /console/sign-out", "console", "Lead back to the page.", BACK, BY_ANYONE),
    Route(
        rule="GET /console/static/<path:filename>",
        tag="console",
        does="Serve the page's script and style.",
        answers={"200": answer("The file."), "404": answer("No such file.")},
        security=BY_ANYONE,
    ),
    Route(
        rule="GET /metrics",
        tag="public",
        does="Serve the figures to Prometheus.",
        answers=returns(TEXT) | {"200": answer("The figures.", "text/plain")},
        security=({"metrics": []},),
    ),
    Route(
        rule="GET /healthz",
        tag="public",
        does="Report that the process lives.",
        answers={
            "200": answer("It lives.", JSON, named({"status": {"const": "ok"}})),
            "503": answer("It ends.", JSON, named({"status": {"const": "draining"}})),
        },
        security=BY_ANYONE,
    ),
    Route(
        rule="GET /readyz",
        tag="public",
        does="Report whether calls can be served.",
        answers={
            "200": answer("They can.", JSON, READY),
            "503": answer("They cannot, for these reasons.", JSON, NOT_READY),
        },
        security=BY_ANYONE,
    ),
    Route(
        rule="GET /",
        tag="public",
        does="Say in one line what this is.",
        answers={"200": answer("The line.", "text/plain")},
        security=BY_ANYONE,
    ),
    Route("GET /hold-music.wav", "public", "Serve the built-in music.", SOUND, BY_ANYONE),
    Route("POST /hold-music.wav", "public", "Serve it to calls by TeXML.", SOUND, BY_ANYONE),
    Route("GET /chime.wav", "public", "Serve the sound of a newcomer.", SOUND, BY_ANYONE),
)
