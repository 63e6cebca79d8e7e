"""The HTTP side of the API: key, JSON, address, description, repeats, then the operation itself.

Every request takes the one view below. What an operation does is in commands.py.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask

from ..faults.strike import Faults
from ..network.world import World
from . import bodies, operations, requests
from .description import Operation, operation_of, problems
from .errors import Refused, refused
from .ledger import Ledger, Repeats, Request
from .requests import Json, ParsedRequest
from .server import UNANSWERED, gone

_log = logging.getLogger(__name__)

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_REFUSALS = {"error 500": "server", "error 503": "unavailable", "limit": "rate"}
_FATES = {"": "answered", "hang before": "hung", "hang after": "hung", "drop": "dropped"}


@dataclass(frozen=True)
class _Desk:
    """Where requests come in. pause: takes half of the latency, before and after the command."""

    world: World
    ledger: Ledger
    faults: Faults
    api_key: str
    pause: Callable[[], None]
    repeats: Repeats = field(default_factory=Repeats)


@dataclass
class _Case:
    """A request, and what has become of it so far; the latter as in Request."""

    method: str
    path: str
    query: Mapping[str, str]
    raw: bytes
    content_type: str
    key: str | None
    at: float
    body: Any = None
    change: str = ""  # as `operation` of Happened
    numbers: tuple[str, ...] = ()
    fault: str = ""
    fate: str = "answered"
    status: int = 0
    code: str | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    executed_at: float | None = None
    operation: str = ""
    calls: tuple[str, ...] = ()
    conference: str = ""

    def refused(self, refusal: Refused) -> None:
        self.status, self.code, self.answer = refusal.status, refusal.code, refusal.body()

    def request(self, now: float) -> Request:
        return Request(
            at=self.at,
            method=self.method,
            path=self.path,
            body=self.body,
            status=self.status,
            code=self.code,
            query=self.query,
            fate=self.fate,
            executed_at=self.executed_at,
            operation=self.operation,
            calls=self.calls,
            conference=self.conference,
            answered_at=now,
        )


def create_app(
    world: World,
    ledger: Ledger,
    faults: Faults,
    *,
    api_key: str,
    pause: Callable[[], None],
) -> flask.Flask:
    app = flask.Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    desk = _Desk(world, ledger, faults, api_key, pause)

    @app.route("/v2/<path:path>", methods=_METHODS)
    def serve(path: str) -> flask.Response:
        place, at = ledger.arrived(), world.clock.now()
        case = _Case(
            method=flask.request.method,
            path=f"/{path}",
            query=flask.request.args.to_dict(),
            raw=flask.request.get_data(),
            content_type=flask.request.mimetype,
            key=flask.request.headers.get("Authorization"),
            at=at,
            change=f"{flask.request.method} /{path}",
        )
        _deal_with(desk, case)
        if case.fate == "answered" and gone(flask.request.environ["werkzeug.socket"]):
            case.fate = "gone"
        ledger.answered(place, case.request(world.clock.now()))
        return _response(case)

    @app.errorhandler(404)
    def nowhere(error: Exception) -> flask.Response:
        refusal = refused("no such address")
        return flask.Response(json.dumps(refusal.body()), 404, mimetype="application/json")

    return app


def _deal_with(desk: _Desk, case: _Case) -> None:
    desk.pause()
    try:
        if case.key != f"Bearer {desk.api_key}":
            raise refused("key")
        operation = operation_of(case.method, case.path)
        case.change = operation.name if operation else case.change
        case.body = bodies.parse(case.raw, case.content_type, operation)
        with desk.world.lock:
            _run(desk, case, operation)
    except Refused as refusal:
        case.refused(refusal)
        if case.fate != "failed" or not case.fault:
            number = requests.number(desk.world, case.path, case.body)
            detail = f"{refusal.status} {refusal}"
            desk.world.happened("refused", number, detail, case.change, case.numbers)
    except Exception:
        _log.exception("%s %s failed", case.method, case.path)
        case.refused(refused("server"))
    finally:
        desk.pause()


def _run(desk: _Desk, case: _Case, operation: Operation | None) -> None:
    if desk.ledger.failures:
        case.fate = "failed"
        raise refused(desk.ledger.failures.popleft())
    if operation is None:
        raise refused("no such address")
    if wrong := problems(case.method, case.path, case.body, case.query):
        raise Refused(422, wrong)
    request = requests.parse(operation, case.path, case.body or {}, case.query)
    case.change = requests.change(operation, request)
    case.numbers = requests.numbers(desk.world, request)
    _strike(desk, case, operation, request)
    if case.fault == "hang before":
        return
    key = requests.repeat_key(desk.world, operation, request)
    remembered = desk.repeats.find(key, desk.world.clock.now()) if key else None
    case.answer = remembered or _execute(desk.world, case, operation, request)
    case.status = 200 if case.answer else 204
    if key and not remembered:
        desk.repeats.keep(key, desk.world.clock.now(), dict(case.answer))


def _strike(desk: _Desk, case: _Case, operation: Operation, request: ParsedRequest) -> None:
    """Chaos strikes, if it does. Refused if that is all that is to happen."""
    world, faults = desk.world, desk.faults
    if faults.chaos is None:
        return
    about = requests.name(world, request)
    case.fault = faults.request(case.method, operation.name, about)
    case.fate = _FATES.get(case.fault, "failed")
    if case.fault:
        number = requests.number(world, case.path, case.body)
        faults.report(case.fault, number, case.change, case.numbers)
    if case.fate == "failed":
        raise refused(_REFUSALS[case.fault])


def _execute(world: World, case: _Case, operation: Operation, request: ParsedRequest) -> Json:
    now = world.clock.now()
    if case.method != "GET":
        number, detail = requests.number(world, case.path, case.body), f"{case.method} {case.path}"
        world.happened("command", number, detail, case.change, case.numbers)
    calls, conference = requests.calls(world, request), requests.conference(world, request)
    answer = operations.OPERATIONS[operation.name](world, request)
    case.executed_at, case.operation = now, operation.name
    if operation.name == "DialCall":
        calls = (requests.made(answer, "call_control_id"),)
    elif operation.name == "DialTexmlConferenceParticipant":
        calls = (requests.made(answer, "call_sid"),)
    elif operation.name == "CreateConference":
        conference = requests.made(answer, "id")
    case.calls, case.conference = calls, conference
    return answer


def _response(case: _Case) -> flask.Response:
    text = "" if case.status == 204 else json.dumps(case.answer)
    response = flask.Response(text, case.status or 500, mimetype="application/json")
    if case.status == 429:
        response.headers["Retry-After"] = response.headers["x-ratelimit-reset"] = "1"
    if case.fate in ("hung", "dropped"):
        response.headers[UNANSWERED] = case.fate
    return response
