"""The control API: shows rooms and participants, and takes moderators' requests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from flask import Blueprint, request

from conference.callbacks.signing_key import public_half
from conference.core.events import ModeratorRequest, Outcome
from conference.core.outcomes.meanings import DROPPED, meaning
from conference.core.requests.verbs import VERBS, Verb
from conference.core.room import Room
from conference.core.schema.kinds import People
from conference.core.schema.parameters import Invalid, Wrong
from conference.core.schema.texts import ROOM
from conference.engine import Overloaded
from conference.reporting import event_log, health, public_view
from conference.web.access import CONTROL, ONE_ROOM, granted, require_room
from conference.web.bodies import read_object
from conference.web.find_participant import find_participant
from conference.web.not_recorded import raise_if_not_recorded
from conference.web.problems import Problem
from conference.web.services import services

PATIENCE = 5.0  # seconds that ?wait=1 waits for Telnyx
THREADS_PER_SEAT = 4  # so that requests that wait for Telnyx keep a quarter of the threads at most
MOST_NAMED = 800  # participants in one request; no conference has more

Json = dict[str, Any]

control = Blueprint("control", __name__, url_prefix=CONTROL)
control.before_request(lambda: require_room(of_no_room=("control.events", "control.rooms")))


def waiting_seats(threads: int) -> BoundedSemaphore:
    """Return the seats for requests that wait for Telnyx's answer; webhooks need other threads."""
    return BoundedSemaphore(threads // THREADS_PER_SEAT)


@control.get("/events")
def events() -> Json:
    """Return the events after event number `after`, the oldest first, a thousand at most.

    `next` is the number of the last one; `gap` is true if older ones are lost. With `room`, and for
    a session of one room, only the events of that room.
    """
    room = request.args.get("room") or granted().room
    if room and not granted().allows(room):
        raise Problem("only-one-room", ONE_ROOM)
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 18):
        raise Problem("invalid-query", "after must be the number of an event.")
    found, last, gap = services().event_log.after(int(after), event_log.MOST_IN_ANSWER)
    iso, shown = services().clock.iso, [each for each in found if room in (None, each.room)]
    return {"events": [entry.as_json(iso) for entry in shown], "next": last, "gap": gap}


@control.get("/health")
def health_report() -> Json:
    """Report whether calls are served as they should be, as `conference.reporting.health` does."""
    ours = services()
    clock = ours.clock
    return health.report(ours.engine.registry.rooms(), ours.server_health, clock(), clock.iso)


@control.get("/callback-key")
def callback_key() -> Json:
    """Return the public key that verifies the signatures of callbacks, in base64."""
    return {"public_key": public_half(services().settings.telnyx_api_key)}


@control.get("/rooms")
def rooms() -> Json:
    return {"rooms": [_view(room) for room in _rooms()]}


@control.get("/rooms/<room>")
def one_room(room: str) -> Json:
    return _view(_room(room))


@control.get("/rooms/<room>/participants")
def participants(room: str) -> Json:
    return {"participants": _view(_room(room))["participants"]}


@control.get("/rooms/<room>/participants/<name>")
def one_participant(room: str, name: str) -> Json:
    found = _room(room)
    call = find_participant(found, name).call
    return next(p for p in _view(found)["participants"] if p["call_control_id"] == call)


@control.post("/rooms/<room>/participants")
def dial(room: str) -> tuple[Json, int]:
    return _request(_room(room), VERBS["dial"], (), read_object())


@control.post("/rooms/<room>/actions/<verb>")
def act_on_room(room: str, verb: str) -> tuple[Json, int]:
    """Act on the participants that the body names, or on the room as a whole."""
    found, body = _room(room), read_object()
    row = _verb(verb)
    if row.of == "room" or (row.of == "either" and "participants" not in body):
        return _request(found, row, (), body)
    named = body.pop("participants", None)
    if not isinstance(named, list) or not 0 < len(named) <= MOST_NAMED:
        what = f"must be a list of 1 to {MOST_NAMED} participants; this verb never acts on everyone"
        raise Invalid([Wrong("participants", what)])
    if not all(isinstance(name, str) for name in named):
        raise Invalid([Wrong("participants", "must be call ids, numbers or labels, each a string")])
    calls = tuple(dict.fromkeys(find_participant(found, name).call for name in named))
    return _request(found, row, calls, body)


@control.post("/rooms/<room>/participants/<name>/actions/<verb>")
def act_on_one(room: str, name: str, verb: str) -> tuple[Json, int]:
    found, body = _room(room), read_object()
    row = _verb(verb)
    if row.of == "room":
        what = f"{verb} acts on a room: POST /api/rooms/{found.name}/actions/{verb}"
        raise Problem("unknown-verb", what)
    return _request(found, row, (find_participant(found, name).call,), body)


def _request(
    room: Room, verb: Verb, calls: tuple[str, ...], body: dict[str, Any]
) -> tuple[Json, int]:
    """Check the parameters and make the request. Without calls it is for the room."""
    values = verb.check(body)
    for parameter in verb.parameters:
        if parameter.kind is ROOM and not granted().allows(values[parameter.name]):
            raise Problem("only-one-room", ONE_ROOM)
        if isinstance(parameter.kind, People) and parameter.name in values:
            names = values[parameter.name]
            values[parameter.name] = [find_participant(room, name).call for name in names]
    event = ModeratorRequest(verb.name, services().clock(), uuid.uuid4().hex, calls, values)
    try:
        with _seat() as wait:
            receipt = services().engine.moderate(room.name, event, wait)
    except Overloaded:
        raise Problem("overloaded", "Too many commands wait to be sent. Try again soon.") from None
    outcomes = receipt.answers if wait else []
    answers = [_shown(outcome) for outcome in outcomes]
    raise_if_not_recorded(room, calls, answers)
    _raise_refusal(outcomes, answers)
    commands = [command.name for command in receipt.commands]
    made = {"id": event.id, "room": room.name, "verb": verb.name, "participants": list(calls)}
    return made | {"commands": commands, "answers": answers}, 202


@contextmanager
def _seat() -> Iterator[float]:
    """Yield the seconds to wait for Telnyx's answer: 0 without ?wait=1, or if no seat is free.

    Without a free seat the request is made all the same, and answered at once.
    """
    seats = services().waiting_seats
    seated = request.args.get("wait") == "1" and seats.acquire(blocking=False)
    try:
        yield PATIENCE if seated else 0
    finally:
        if seated:
            seats.release()


def _shown(outcome: Outcome) -> Json:
    theirs = {"status": outcome.status, "code": outcome.code, "detail": outcome.detail}
    return {"command": outcome.command.name, "means": meaning(outcome), **theirs}


def _raise_refusal(outcomes: list[Outcome], answers: list[Json]) -> None:
    found = (pair for pair in zip(outcomes, answers, strict=True) if pair[1]["means"] != "done")
    outcome, refused = next(found, (None, None))
    if outcome and refused:
        why = f"{refused['code']} {refused['detail']}".strip()
        what = f"{refused['command']}: {why}"
        kind = "refused-by-telnyx" if refused["code"] != DROPPED else "overloaded"
        if refused["status"] == 0:
            kind, what = "no-answer-from-telnyx", f"{what}; it may have been done all the same"
        raise Problem(kind, what, outcome.retry_after, code=refused["code"], answers=answers)


def _view(room: Room) -> Json:
    return public_view.room(room, services().clock.iso)


def _room(name: str) -> Room:
    found = next((room for room in _rooms() if room.name == name), None)
    if found is None:
        raise Problem("unknown-room", "There is no room of this name.", rooms=_names())
    return found


def _names() -> list[str]:
    return [room.name for room in _rooms()]


def _rooms() -> list[Room]:
    """Return the rooms that the request may see."""
    return [room for room in services().engine.rooms() if granted().allows(room.name)]


def _verb(name: str) -> Verb:
    if name not in VERBS:
        raise Problem("unknown-verb", "There is no verb of this name.", verbs=list(VERBS))
    return VERBS[name]
