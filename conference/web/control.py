"""What whoever has the control token may see and ask for."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from flask import Blueprint, request

from conference.callbacks.signing_key import public_half
from conference.core.events import Outcome, Remote
from conference.core.outcomes.meanings import meaning
from conference.core.outcomes.overdue import DROPPED
from conference.core.requests.verbs import VERBS, Verb
from conference.core.room import Room
from conference.core.schema.kinds import People
from conference.core.schema.parameters import Invalid, Wrong, check
from conference.engine import Overloaded
from conference.reporting import event_log as journal
from conference.reporting import health
from conference.reporting import public_view as view
from conference.web import find_participant as who
from conference.web.auth import CONTROL, require_control_token
from conference.web.bodies import read_object
from conference.web.problems import Problem
from conference.web.services import services

PATIENCE = 5.0  # seconds that ?wait=1 waits for Telnyx
WAITING = 4  # one in so many of the server's threads may be kept by those who wait
MANY = 800  # participants in one request: no conference has more

Answer = dict[str, Any]

control = Blueprint("control", __name__, url_prefix=CONTROL)
control.before_request(require_control_token)


def waiting_seats(threads: int) -> BoundedSemaphore:
    """One for each request that may wait for Telnyx's answer; the other threads take webhooks."""
    return BoundedSemaphore(threads // WAITING)


@control.get("/events")
def events() -> Answer:
    """What has happened after event number `after`, a thousand at most, the oldest first."""
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 18):
        raise Problem("invalid-query", "after must be a number of an event.")
    found, last, gap = services().event_log.after(int(after), journal.AT_ONCE)
    return {"events": [entry.shown() for entry in found], "next": last, "gap": gap}


@control.get("/health")
def how_it_is() -> Answer:
    """Whether calls are served as they should be."""
    ours = services()
    return health.report(ours.engine.registry.rooms(), ours.vitals, ours.clock())


@control.get("/callback-key")
def callback_key() -> Answer:
    """What the callbacks' signatures are verified with."""
    return {"public_key": public_half(services().settings.telnyx_api_key)}


@control.get("/rooms")
def rooms() -> Answer:
    return {"rooms": [view.room(room) for room in services().engine.rooms()]}


@control.get("/rooms/<room>")
def one_room(room: str) -> Answer:
    return view.room(_room(room))


@control.get("/rooms/<room>/participants")
def participants(room: str) -> Answer:
    return {"participants": view.participants(_room(room))}


@control.get("/rooms/<room>/participants/<name>")
def one_participant(room: str, name: str) -> Answer:
    found = _room(room)
    call = who.find(found, name).call
    return next(p for p in view.participants(found) if p["call_control_id"] == call)


@control.post("/rooms/<room>/participants")
def dial(room: str) -> tuple[Answer, int]:
    return _ask(_room(room), VERBS["dial"], (), read_object())


@control.post("/rooms/<room>/actions/<verb>")
def act_on_room(room: str, verb: str) -> tuple[Answer, int]:
    """The room as a whole, or those who are named in `participants`."""
    found, body = _room(room), read_object()
    row = _verb(verb)
    if row.of == "room" or (row.of == "either" and "participants" not in body):
        return _ask(found, row, (), body)
    named = body.pop("participants", None)
    if not isinstance(named, list) or not 0 < len(named) <= MANY:
        what = f"must be a list of 1 to {MANY} participants: this verb never concerns everyone"
        raise Invalid([Wrong("participants", what)])
    if not all(isinstance(name, str) for name in named):
        raise Invalid([Wrong("participants", "must be ids, numbers or labels, each a text")])
    calls = tuple(dict.fromkeys(who.find(found, name).call for name in named))
    return _ask(found, row, calls, body)


@control.post("/rooms/<room>/participants/<name>/actions/<verb>")
def act_on_one(room: str, name: str, verb: str) -> tuple[Answer, int]:
    found, body = _room(room), read_object()
    row = _verb(verb)
    if row.of == "room":
        what = f"{verb} concerns the room: POST /api/rooms/{found.name}/actions/{verb}"
        raise Problem("unknown-verb", what)
    return _ask(found, row, (who.find(found, name).call,), body)


def _ask(
    room: Room, verb: Verb, calls: tuple[str, ...], body: dict[str, Any]
) -> tuple[Answer, int]:
    values = check(verb.parameters, body)
    for parameter in verb.parameters:
        if isinstance(parameter.kind, People) and parameter.name in values:
            names = values[parameter.name]
            values[parameter.name] = [who.find(room, name).call for name in names]
    event = Remote(verb.name, services().clock(), uuid.uuid4().hex, calls, values)
    try:
        with _patience() as wait:
            receipt = services().engine.ask(room.name, event, wait)
    except Overloaded:
        raise Problem("overloaded", "Too many commands wait to be sent: try again soon.") from None
    answers = [_answer(outcome) for outcome in receipt.answers] if wait else []
    _raise_refusal(answers)
    commands = [command.name for command in receipt.commands]
    asked = {"id": event.id, "room": room.name, "verb": verb.name, "participants": list(calls)}
    return asked | {"commands": commands, "answers": answers}, 202


@contextmanager
def _patience() -> Iterator[float]:
    """For how long the answer is waited for, if that is wanted and there is a seat left.

    Without one it is done all the same, and answered as if nobody wanted to wait: a moderator's
    word counts, and webhooks need the other threads.
    """
    seats = services().waiting_seats
    seated = request.args.get("wait") == "1" and seats.acquire(blocking=False)
    try:
        yield PATIENCE if seated else 0
    finally:
        if seated:
            seats.release()


def _answer(outcome: Outcome) -> Answer:
    said = {"status": outcome.status, "code": outcome.code, "detail": outcome.detail}
    return {"command": outcome.command.name, "means": meaning(outcome), **said}


def _raise_refusal(answers: list[Answer]) -> None:
    refused = next((a for a in answers if a["means"] != "done"), None)
    if refused:
        why = f"{refused['code']} {refused['detail']}".strip()
        what = f"{refused['command']}: {why}"
        kind = "refused-by-telnyx" if refused["code"] != DROPPED else "overloaded"
        if refused["status"] == 0:
            kind, what = "no-answer-from-telnyx", f"{what}; it may be done all the same"
        raise Problem(kind, what, code=refused["code"], answers=answers)


def _room(name: str) -> Room:
    found = next((room for room in services().engine.rooms() if room.name == name), None)
    if found is None:
        raise Problem("unknown-room", "There is no such room.", rooms=_names())
    return found


def _names() -> list[str]:
    return [room.name for room in services().engine.rooms()]


def _verb(name: str) -> Verb:
    if name not in VERBS:
        raise Problem("unknown-verb", "There is no such verb.", verbs=list(VERBS))
    return VERBS[name]
