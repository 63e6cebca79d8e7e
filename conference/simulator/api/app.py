"""The HTTP side of the API. One view serves every request.

It checks the key, the body, the address, the fields and the command_id, in this order, and then
calls the operation's function from `operations`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask

from ..faults.strike import Faults
from ..network.traffic import Row
from ..network.world import World
from . import bodies, operations, requests
from .description import Operation, operation_of, problems
from .errors import Refused, refused
from .ledger import Ledger, Repeats, Request
from .received import answered, arrived, parsed
from .requests import Json, ParsedRequest
from .server import DRIPS, UNANSWERED, gone

_log = logging.getLogger(__name__)

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_REFUSALS = {
    "error 500": "server",
    "error 503": "unavailable",
    "limit": "rate",
    "transient 408": "timeout",
    "transient 409": "conflict",
    "transient 422": "processing",
}
_FATES = {
    "": "answered",
    "hang before": "hung",
    "hang after": "hung",
    "drop": "dropped",
    "drip 1": "dripped",
    "drip 4": "dripped",
}


@dataclass(frozen=True)
class _Service:
    """What all requests share. pause: waits for half of the latency."""

    world: World
    ledger: Ledger
    faults: Faults
    api_key: str
    pause: Callable[[], None]
    repeats: Repeats = field(default_factory=Repeats)


@dataclass
class _Exchange:
    """A request and its answer so far.

    row: of the traffic. fate, status, code, executed_at, operation, calls, conference: as in
    ledger.Request. change, numbers: as `operation` and `numbers` in Happened.
    """

    method: str
    path: str
    query: Mapping[str, str]
    raw: bytes
    content_type: str
    key: str | None
    at: float
    row: Row
    body: Any = None
    change: str = ""
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

    @property
    def drips(self) -> float:
        """The simulated seconds in which the answer comes byte by byte; 0 for all at once."""
        return float(self.fault.partition(" ")[2]) if self.fate == "dripped" else 0.0

    def refused(self, refusal: Refused) -> None:
        """Make the refusal the answer."""
        self.status, self.code, self.answer = refusal.status, refusal.code, refusal.body()

    def request(self, now: float) -> Request:
        """Return the entry for the ledger."""
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
    """Make the API's app. pause: waits for half of the latency, before and after a command."""
    app = flask.Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    service = _Service(world, ledger, faults, api_key, pause)

    @app.route("/v2/<path:path>", methods=_METHODS)
    def serve(path: str) -> flask.Response:
        place, at = ledger.arrived(), world.clock.now()
        method = flask.request.method
        with world.lock:
            row = arrived(world, at, method, f"/{path}", flask.request.get_data())
        exchange = _Exchange(
            method=method,
            row=row,
            path=f"/{path}",
            query=flask.request.args.to_dict(),
            raw=flask.request.get_data(),
            content_type=flask.request.mimetype,
            key=flask.request.headers.get("Authorization"),
            at=at,
            change=f"{method} /{path}",
        )
        _serve(service, exchange)
        if exchange.fate == "answered" and gone(flask.request.environ["werkzeug.socket"]):
            exchange.fate = "gone"
        finished = exchange.request(world.clock.now() + exchange.drips)
        ledger.answered(place, finished)
        text = "" if exchange.status == 204 else json.dumps(exchange.answer)
        with world.lock:
            answered(world, row, finished, text, by_chaos=bool(exchange.fault))
        return _response(exchange, text, world)

    @app.errorhandler(404)
    def nowhere(error: Exception) -> flask.Response:
        refusal = refused("no such address")
        return flask.Response(json.dumps(refusal.body()), 404, mimetype="application/json")

    return app


def _serve(service: _Service, exchange: _Exchange) -> None:
    world = service.world
    service.pause()
    try:
        if world.account.key_revoked or exchange.key != f"Bearer {service.api_key}":
            raise refused("key")
        operation = operation_of(exchange.method, exchange.path)
        exchange.change = operation.name if operation else exchange.change
        exchange.body = bodies.parse(exchange.raw, exchange.content_type, operation)
        with service.world.lock, service.world.traffic.because(exchange.row):
            _run(service, exchange, operation)
    except Refused as refusal:
        exchange.refused(refusal)
        if exchange.fate != "failed" or not exchange.fault:
            number = requests.number(service.world, exchange.path, exchange.body)
            detail = f"{refusal.status} {refusal}"
            service.world.happened("refused", number, detail, exchange.change, exchange.numbers)
    except Exception:
        _log.exception("%s %s failed", exchange.method, exchange.path)
        exchange.refused(refused("server"))
    finally:
        service.pause()


def _run(service: _Service, exchange: _Exchange, operation: Operation | None) -> None:
    wrong = problems(exchange.method, exchange.path, exchange.body, exchange.query)
    request = None
    if operation and not wrong:
        request = requests.parse(operation, exchange.path, exchange.body or {}, exchange.query)
        exchange.change = requests.change(operation, request)
        exchange.numbers = requests.numbers(service.world, request)
        parsed(service.world, exchange.row, operation, request)
    if service.ledger.failures:
        exchange.fate = "failed"
        raise refused(service.ledger.failures.popleft())
    if operation is None:
        raise refused("no such address")
    if request is None:
        raise Refused(422, wrong)
    _strike(service, exchange, operation, request)
    if exchange.fault == "hang before":
        return
    heeds = service.world.account.ways.heeds_command_ids
    key = requests.repeat_key(service.world, operation, request) if heeds else None
    remembered = service.repeats.find(key, service.world.clock.now()) if key else None
    exchange.answer = remembered or _execute(service.world, exchange, operation, request)
    exchange.status = operation.status if exchange.answer else 204
    if key and not remembered:
        service.repeats.keep(key, service.world.clock.now(), dict(exchange.answer))


def _strike(
    service: _Service, exchange: _Exchange, operation: Operation, request: ParsedRequest
) -> None:
    """Let chaos hit the request, perhaps. Raise Refused if it fails without being executed."""
    world, faults = service.world, service.faults
    if faults.chaos is None:
        return
    about = requests.name(world, request)
    exchange.fault = faults.request(exchange.method, operation.name, about)
    exchange.fate = _FATES.get(exchange.fault, "failed")
    if exchange.fault:
        number = requests.number(world, exchange.path, exchange.body)
        faults.report(exchange.fault, number, exchange.change, exchange.numbers)
    if exchange.fate == "failed":
        raise refused(_REFUSALS[exchange.fault])


def _execute(
    world: World, exchange: _Exchange, operation: Operation, request: ParsedRequest
) -> Json:
    now = world.clock.now()
    if exchange.method != "GET":
        number = requests.number(world, exchange.path, exchange.body)
        detail = f"{exchange.method} {exchange.path}"
        world.happened("command", number, detail, exchange.change, exchange.numbers)
    calls, conference = requests.calls(world, request), requests.conference(world, request)
    answer = operations.OPERATIONS[operation.name](world, request)
    exchange.executed_at, exchange.operation = now, operation.name
    if operation.name == "DialCall":
        calls = (requests.made(answer, "call_control_id"),)
    elif operation.name == "DialTexmlConferenceParticipant":
        calls = (requests.made(answer, "call_sid"),)
    elif operation.name == "CreateConference":
        conference = requests.made(answer, "id")
    exchange.calls, exchange.conference = calls, conference
    return answer


def _response(exchange: _Exchange, text: str, world: World) -> flask.Response:
    response = flask.Response(text, exchange.status or 500, mimetype="application/json")
    if reset := world.account.ways.limit_reset:
        response.headers["x-ratelimit-reset"] = reset
    if exchange.status == 429:
        response.headers["Retry-After"] = response.headers["x-ratelimit-reset"] = "1"
    if exchange.fate in ("hung", "dropped"):
        response.headers[UNANSWERED] = exchange.fate
    if exchange.drips:
        response.headers[DRIPS] = str(exchange.drips / world.clock.speed)
    return response
