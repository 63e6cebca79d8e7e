"""JSON Schema of the answers. The words to choose from are the code's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

from rigs.json_schemas import Schema, named

from conference.account.requests import ROWS, AccountRequest
from conference.core.admission.outside import Outside
from conference.core.client_state import Direction, Mode, Role
from conference.core.meeting import PRESENT
from conference.core.muting import MuteReason
from conference.core.outcomes.meanings import Meaning
from conference.core.requests.verbs import VERBS
from conference.core.room import FrontName
from conference.core.room_states import STATES, HoldReason
from conference.reporting.activity_line import ActivityLine
from conference.reporting.lane import KINDS
from conference.web.problems import TITLES


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def words(type_: Any) -> Schema:
    """Return the choice of the words of a Literal, or of a union of some; not the empty word."""
    return {"enum": [*dict.fromkeys(_words(type_))]}


def _words(type_: Any) -> Iterator[str]:
    for each in get_args(type_):
        if not isinstance(each, str):
            yield from _words(each)
        elif each:
            yield each


def many(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def said(schema: Schema, description: str) -> Schema:
    return schema | {"description": description}


TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
SECONDS: Schema = {"type": "number"}
TIME: Schema = {"type": "string", "format": "date-time"}
WHEN = or_null(TIME)
AGE = said(or_null(SECONDS), "Seconds.")

IDENTITY = {
    "member": said(COUNT, "The number in the meeting; 0 until there is one."),
    "call_control_id": TEXT,
    "number": TEXT,
    "label": TEXT,
    "role": words(Role),
}
PARTICIPANT = named(
    IDENTITY
    | {
        "direction": words(Direction),
        "status": {"enum": [*PRESENT]},
        "muted": FLAG,
        "mute_reason": or_null(words(MuteReason)),
        "on_hold": FLAG,
        "hold_reason": or_null(words(HoldReason)),
        "speaking": FLAG,
        "hand": said(or_null(COUNT), "The place of the raised hand, from 1."),
        "recording": FLAG,
        "queue": or_null(named({"name": TEXT, "position": or_null(COUNT)})),
        "waits_in": or_null(words(Outside)),
        "since": TIME,
        "joined_at": WHEN,
        "spoke_at": said(WHEN, "When the call last lost the floor."),
    }
)
HOURS = or_null(
    named({"open": FLAG, "opens_at": said(WHEN, "Of a closed room: when it opens next.")})
)
ABOUT = {
    "version": said(COUNT, "Rises with each change. Send it as `since` of the next request."),
    "name": TEXT,
    "conference_id": or_null(TEXT),
    "front": words(FrontName),
    "status": {"enum": [*dict.fromkeys(state.status for state in STATES)]},
    "reason": said(or_null(TEXT), "Why music is on, in words."),
    "summary": said(TEXT, "The room in words."),
    "locked": FLAG,
    "newcomers_muted": FLAG,
    "newcomers_on_hold": FLAG,
    "mode": words(Mode),
    "hands": said(many(TEXT), "The calls with a raised hand, in order."),
    "called": said(or_null(TEXT), "The call whose turn it is to speak."),
    "has_lobby": FLAG,
    "lobby": said(COUNT, "Callers who wait in the lobby."),
    "waiting_for_seat": said(COUNT, "Callers who wait for a seat of the full room."),
    "kept_out": said(COUNT, "Numbers that are kept out."),
    "chimes": said(or_null(FLAG), "Whether newcomers are announced; null in a room without."),
    "host_left": said(FLAG, "Whether the conference ends at `ends_at` unless a host returns."),
    "minutes_used_up_until": WHEN,
    "recording": FLAG,
    "opened_at": WHEN,
    "ends_at": WHEN,
    "speaker": said(or_null(TEXT), "The call that has the floor."),
}
"""The fields of a room, without its participants."""

ROWS_OF_ROOM = {"participants": many(ref("Participant"))}
NEWS = {
    "since": said(or_null(COUNT), "The version that was sent; null: this is the whole room."),
    "left": said(many(TEXT), "The calls that are no longer shown."),
    "at": said(TIME, "The time at this server."),
    "next": said(COUNT, "The number of the newest event."),
}
HOURS_OF_ROOM = {"hours": HOURS}
FOLLOWED = ABOUT | ROWS_OF_ROOM | HOURS_OF_ROOM | NEWS
UNCHANGED = [name for name in FOLLOWED if name not in ("version", "since", "hours", "at", "next")]
SINCE = {
    "description": "The whole room, what has changed since a version, or nothing new.",
    "anyOf": [
        named(FOLLOWED),
        named({name: each for name, each in FOLLOWED.items() if name not in UNCHANGED}),
    ],
}

BAND = named({"what": {"enum": [*KINDS]}, "from": TIME, "to": WHEN})
EVENT = named(
    {
        "n": COUNT,
        "at": said(TIME, "The time at this server."),
        "room": TEXT,
        "front": words(FrontName),
        "kind": words(get_type_hints(ActivityLine)["kind"]),
        "calls": many(TEXT),
        "number": said(TEXT, "The last four digits."),
        "label": TEXT,
        "text": TEXT,
        "requests": said(many(TEXT), "The ids of the moderators' requests that it came of."),
        "event_type": or_null(TEXT),
        "id": or_null(TEXT),
        "occurred_at": said(or_null(TEXT), "Telnyx's time."),
        "conference_id": or_null(TEXT),
        "call_leg_id": or_null(TEXT),
        "details": {"type": "object", "additionalProperties": True},
    }
)
ERROR = named(
    {"at": TIME, "age": SECONDS, "what": TEXT, "kind": words(Meaning), "since_accepted": COUNT}
)
LATE = named({"room": TEXT, "call": TEXT, "number": TEXT, "status": TEXT, "seconds": SECONDS})
TIMES = {
    "webhook": "the last webhook",
    "telnyx": "the last command that Telnyx accepted",
    "compared": "the last comparison of a room with Telnyx's lists",
    "calls_compared": "the last comparison with the list of the application's calls",
    "key": "the last key of a participant inside",
}
HEALTH = named(
    {"started_at": TIME, "uptime": SECONDS}
    | {f"{name}_at": said(WHEN, f"The time of {of}.") for name, of in TIMES.items()}
    | {f"{name}_age": AGE for name in TIMES}
    | {
        "telnyx_error": said(or_null(ERROR), "Telnyx's last refusal, or missing answer."),
        "has_keys": said(FLAG, "Whether a room has keys."),
        "waiting": said(many(LATE), "Callers who wait too long."),
        "unknown_calls": said(many(TEXT), "Calls that Telnyx has and no room knows."),
        "taken_names": said(
            many(named({"room": TEXT, "at": TIME, "age": SECONDS})),
            "Rooms that cannot open, since their name is taken at Telnyx.",
        ),
        "shared_rooms": said(many(TEXT), "Rooms whose conference has other programs' calls."),
        "healed": said(COUNT, "Repairs after comparisons with Telnyx's lists."),
        "unread_for": said(or_null(SECONDS), "For how long Telnyx has answered nothing, if so."),
        "texml_account": said(TEXT, "The account of TeXML's callbacks; empty without one."),
        "log_lines_lost": COUNT,
        "rooms": COUNT,
        "participants": COUNT,
    }
)
ANSWER = named(
    {
        "command": TEXT,
        "means": {"enum": [*_words(Meaning)]},
        "status": said(COUNT, "Telnyx's; 0 without an answer."),
        "code": TEXT,
        "detail": TEXT,
    }
)
DONE = named(
    {
        "id": said(TEXT, "The id of the request: the Idempotency-Key, if one was sent."),
        "room": TEXT,
        "verb": {"enum": [*VERBS]},
        "participants": said(many(TEXT), "The call_control_ids of the participants."),
        "repeated": said({"const": True}, "The request was made before."),
        "commands": said(many(TEXT), "The commands that are sent to Telnyx for it."),
        "answers": said(many(ref("Answer")), "With `?wait=1`, Telnyx's answers."),
    },
    "participants",
    "repeated",
)
PROBLEM = named(
    {
        "type": {"enum": [f"/problems/{kind}" for kind in TITLES]},
        "title": {"enum": [*dict.fromkeys(title for _, title in TITLES.values())]},
        "status": {"enum": sorted({status for status, _ in TITLES.values()})},
        "detail": said(TEXT, "What is wrong, and what to do."),
        "errors": said(many(named({"field": TEXT, "problem": TEXT})), "Each field that is wrong."),
        "rooms": said(many(TEXT), "The rooms that there are."),
        "verbs": said(many(TEXT), "The verbs that there are."),
        "candidates": said(many(TEXT), "The calls that fit the name in the request."),
        "code": said(TEXT, "Telnyx's code."),
        "telnyx_status": said(COUNT, "Telnyx's status."),
        "answers": said(many(ref("Answer")), "Telnyx's answers."),
    },
    *("errors", "rooms", "verbs", "candidates", "code", "telnyx_status", "answers"),
)


def record(row: AccountRequest) -> str:
    """Return the name of the schema of the records that the request returns."""
    assert row.gives
    return f"Telnyx{row.gives.rows.removesuffix('s').title()}"


RECORDS: Mapping[str, Schema] = {
    record(row): {
        "description": f"Telnyx's record, such as {', '.join(row.gives.columns)}.",
        "type": "object",
        "required": [row.gives.columns[0]],
    }
    for row in ROWS
    if row.gives
}

SCHEMAS: Mapping[str, Schema] = {
    "Participant": PARTICIPANT,
    "Room": named(ABOUT | ROWS_OF_ROOM | HOURS_OF_ROOM),
    "RoomSince": SINCE,
    "Event": EVENT,
    "Lane": named(IDENTITY | {"bands": many(BAND)}),
    "Health": HEALTH,
    "Answer": ANSWER,
    "Done": DONE,
    "Problem": PROBLEM,
    **RECORDS,
}
"""By the names that `ref` takes."""


def of_account(row: AccountRequest) -> Schema:
    """Return what a request about the account answers: a page of records, one, or `ok`."""
    if row.gives is None:
        return named({"result": {"const": "ok"}})
    one = ref(record(row))
    if not row.lists:
        return one
    following = said(
        {"type": ["object", "null"]}, "The parameters that request the next page; null: no more."
    )
    return named({row.gives.rows: many(one), "next": following})
