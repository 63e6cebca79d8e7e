"""The control API: shows rooms and participants, and takes moderators' requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from flask import Blueprint, Response, request

from conference.callbacks.signing_key import public_half
from conference.core.client_state import ROOM_NAME
from conference.core.events import ModeratorRequest, Outcome
from conference.core.outcomes.meanings import DROPPED, meaning
from conference.core.requests.verbs import VERBS, Verb
from conference.core.room import Room
from conference.core.schema.kinds import People
from conference.core.schema.parameters import Invalid, Wrong
from conference.core.schema.texts import ROOM
from conference.engine import Key, Overloaded, Receipt
from conference.reporting import event_log, health, public_view
from conference.reporting.server_health import ServerHealth, merged
from conference.web.access import CONTROL, ONE_ROOM, granted, require_room
from conference.web.bodies import read_object
from conference.web.find_participant import find_participant
from conference.web.idempotency import digest, of_client, request_id
from conference.web.not_recorded import raise_if_not_recorded
from conference.web.problems import Problem
from conference.web.services import fold_room, services

PATIENCE = 5.0  # seconds that ?wait=1 waits for Telnyx
THREADS_PER_SEAT = 4  # so that requests that wait for Telnyx keep a quarter of the threads at most
MOST_NAMED = 800  # participants in one request; no conference has more

Json = dict[str, Any]

control = Blueprint("control", __name__, url_prefix=CONTROL)
control.url_value_preprocessor(fold_room)
control.before_request(lambda: require_room(of_no_room=("control.events", "control.rooms")))


@control.after_request
def _not_stored(response: Response) -> Response:
    """Let no cache give one's answer to another."""
    response.headers["Cache-Control"] = "no-store"
    return response


def waiting_seats(threads: int) -> BoundedSemaphore:
    """Return the seats for requests that wait for Telnyx's answer; webhooks need other threads."""
    return BoundedSemaphore(threads // THREADS_PER_SEAT)


@control.get("/events")
def events() -> Json:
    """Return the events after event number `after`, the oldest first, a thousand at most.

    With `room`, and for a session of one room, only the events of that room. `next` is the number
    to give as `after` the next time; `gap` is true if older ones are lost.
    """
    after = _number("after", "the number of an event") or 0
    room = request.args.get("room", granted().room)
    room = room and services().named(room)
    if room is not None and not ROOM_NAME.fullmatch(room):
        raise Problem("invalid-query", "room must be the name of a room.")
    if room is not None and not granted().allows(room):
        raise Problem("only-one-room", ONE_ROOM)
    most = event_log.MOST_IN_ANSWER
    found, last, gap = services().event_log.after(after, most, room or "")
    iso = services().clock.iso
    return {"events": [entry.as_json(iso) for entry in found], "next": last, "gap": gap}


@control.get("/health")
def health_report() -> Json:
    """Report whether calls are served as they should be, as `conference.reporting.health` does."""
    ours = services()
    clock, registry = ours.clock, ours.engine.registry
    others = map(ServerHealth.from_json, registry.reports())
    server_health = merged([ours.server_health, *others])
    return health.report(registry.rooms(), server_health, clock(), clock.iso)


@control.get("/callback-key")
def callback_key() -> Json:
    """Return the public key that verifies the signatures of callbacks, in base64."""
    return {"public_key": public_half(services().settings.telnyx_api_key)}


@control.get("/rooms")
def rooms() -> Json:
    now, iso = services().clock(), services().clock.iso
    shown = (public_view.room(room, iso) | public_view.hours(room, now, iso) for room in _rooms())
    return {"rooms": [*shown]}


@control.get("/rooms/<room>")
def one_room(room: str) -> Json:
    """Return the room; with `since`, a version of the room, only what has changed after it.

    `at` is the line's time, `hours` are as at that time, `next` is the number of the newest event.
    """
    since = _number("since", "a version of the room")
    clock, newest, found = services().clock, services().event_log.newest, _room(room)
    now = clock()
    shown = public_view.since(found, since, clock.iso) | public_view.hours(found, now, clock.iso)
    return {**shown, "at": clock.iso(now, precise=True), "next": newest}


@control.get("/rooms/<room>/timeline")
def timeline(room: str) -> Json:
    """Return the lanes of the room's present or last meeting, in the order of the participants."""
    clock, lanes = services().clock, services().timeline.lanes(_room(room).name)
    shown = [lane.as_json(clock.iso) for lane in lanes]
    return {"at": clock.iso(clock(), precise=True), "lanes": shown}


@control.get("/rooms/<room>/participants")
def participants(room: str) -> Json:
    return {"participants": public_view.participants(_room(room), services().clock.iso)}


@control.get("/rooms/<room>/participants/<name>")
def one_participant(room: str, name: str) -> Json:
    found = _room(room)
    return public_view.participant(found, find_participant(found, name), services().clock.iso)


@control.post("/rooms/<room>/participants")
def dial(room: str) -> tuple[Json, int]:
    return _request(_room(room), VERBS["dial"], read_object())


@control.post("/rooms/<room>/actions/<verb>")
def act_on_room(room: str, verb: str) -> tuple[Json, int]:
    """Act on the participants that the body names, or on the room as a whole."""
    found, body = _room(room), read_object()
    row = _verb(verb)
    if row.of == "room" or (row.of == "either" and "participants" not in body):
        return _request(found, row, body)
    named = body.pop("participants", None)
    if not isinstance(named, list) or not 0 < len(named) <= MOST_NAMED:
        what = f"must be a list of 1 to {MOST_NAMED} participants; this verb never acts on everyone"
        raise Invalid([Wrong("participants", what)])
    if not all(isinstance(name, str) for name in named):
        what = "must be call ids, member or phone numbers or labels, each a string"
        raise Invalid([Wrong("participants", what)])
    return _request(found, row, body, named)


@control.post("/rooms/<room>/participants/<name>/actions/<verb>")
def act_on_one(room: str, name: str, verb: str) -> tuple[Json, int]:
    found, body = _room(room), read_object()
    row = _verb(verb)
    if row.of == "room":
        what = f"{verb} acts on a room: POST /api/rooms/{found.name}/actions/{verb}"
        raise Problem("unknown-verb", what)
    return _request(found, row, body, (name,))


def _request(room: Room, verb: Verb, body: Json, names: Sequence[str] = ()) -> tuple[Json, int]:
    """Make the request, unless it is a repetition. Without names it is for the room."""
    id, by_client = request_id()
    key = None
    if by_client:
        key = Key(of_client(id, granted().room), digest(room.name, verb.name, names, body))
    with _seat() as wait:
        receipt = services().engine.repeated(room.name, id, wait, key)
        if receipt is None:
            event = _checked(id, room, verb, body, names)
            receipt = _moderate(room, event, wait, key)
    outcomes = receipt.answers if wait else []
    answers = [_shown(outcome) for outcome in outcomes]
    made: Json = {"id": id, "room": room.name, "verb": verb.name}
    if receipt.repeated:
        made["repeated"] = True
    else:
        made["participants"] = list(event.calls)
        raise_if_not_recorded(room, event.calls, answers)
    _raise_refusal(outcomes, answers)
    commands = [command.name for command in receipt.commands]
    return made | {"commands": commands, "answers": answers}, 202


def _checked(id: str, room: Room, verb: Verb, body: Json, names: Sequence[str]) -> ModeratorRequest:
    """Find the participants and check the parameters."""
    calls = tuple(dict.fromkeys(find_participant(room, name).call for name in names))
    values = verb.check(body)
    for parameter in verb.parameters:
        if parameter.name not in values:
            continue
        if parameter.kind is ROOM:
            values[parameter.name] = services().named(values[parameter.name])
            if not granted().allows(values[parameter.name]):
                raise Problem("only-one-room", ONE_ROOM)
        if isinstance(parameter.kind, People):
            people = values[parameter.name]
            values[parameter.name] = [find_participant(room, name).call for name in people]
    return ModeratorRequest(verb.name, services().clock(), id, calls, values)


def _moderate(room: Room, event: ModeratorRequest, wait: float, key: Key | None) -> Receipt:
    try:
        return services().engine.moderate(room.name, event, wait, key)
    except Overloaded:
        raise Problem("overloaded", "Too many commands wait to be sent. Try again soon.") from None


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


def _number(name: str, what: str) -> int | None:
    """Return the number in this field of the query; None without one."""
    given = request.args.get(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 18):
        raise Problem("invalid-query", f"{name} must be {what}.")
    return int(given)


def _room(name: str) -> Room:
    engine = services().engine
    found = engine.registry.room(name) if granted().room == name else engine.room(name)
    if found is None:
        raise Problem("unknown-room", "There is no room of this name.", rooms=_names())
    return found


def _names() -> list[str]:
    return [room.name for room in _rooms()]


def _rooms() -> list[Room]:
    """Return the rooms that the request may see. A link's room is there also when it is empty."""
    only, engine = granted().room, services().engine
    return engine.rooms() if only is None else [engine.registry.room(only)]


def _verb(name: str) -> Verb:
    if name not in VERBS:
        raise Problem("unknown-verb", "There is no verb of this name.", verbs=list(VERBS))
    return VERBS[name]
