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

from . import commands
from .commands import Asked
from .description import Operation, operation_of, problems
from .errors import Refused, refused
from .ledger import Ledger, Repeats, Request
from .world import World

_log = logging.getLogger(__name__)

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class _Desk:
    """Where requests come in. pause: takes half of the latency, before and after the command."""

    world: World
    ledger: Ledger
    api_key: str
    pause: Callable[[], None]
    repeats: Repeats = field(default_factory=Repeats)


@dataclass(frozen=True)
class _Arrived:
    method: str
    path: str
    query: Mapping[str, str]
    raw: bytes
    key: str | None


@dataclass(frozen=True)
class _Outcome:
    status: int
    answer: Mapping[str, Any]
    body: Any
    code: str | None


def create_app(
    world: World, ledger: Ledger, *, api_key: str, pause: Callable[[], None]
) -> flask.Flask:
    app = flask.Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    desk = _Desk(world, ledger, api_key, pause)

    @app.route("/v2/<path:path>", methods=_METHODS)
    def serve(path: str) -> flask.Response:
        asked = flask.request
        arrived = _Arrived(
            method=asked.method,
            path=f"/{path}",
            query=asked.args.to_dict(),
            raw=asked.get_data(),
            key=asked.headers.get("Authorization"),
        )
        place, at = ledger.arrived(), world.clock.now()
        outcome = _serve(desk, arrived)
        request = Request(
            at=at,
            method=arrived.method,
            path=arrived.path,
            body=outcome.body,
            status=outcome.status,
            code=outcome.code,
            query=arrived.query,
        )
        ledger.answered(place, request)
        return _response(outcome)

    @app.errorhandler(404)
    def nowhere(error: Exception) -> flask.Response:
        return _response(_Outcome(404, refused("no such address").body(), None, "10005"))

    return app


def _serve(desk: _Desk, arrived: _Arrived) -> _Outcome:
    body = None
    desk.pause()
    try:
        if arrived.key != f"Bearer {desk.api_key}":
            raise refused("key")
        body = _parse(arrived.raw)
        with desk.world.lock:
            return _Outcome(200, _run(desk, arrived, body), body, None)
    except Refused as refusal:
        told = f"{arrived.method} {arrived.path}: {refusal.status} {refusal}"
        desk.world.happened("refused", _number(desk.world, arrived.path, body), told)
        return _Outcome(refusal.status, refusal.body(), body, refusal.code)
    except Exception:
        _log.exception("%s %s failed", arrived.method, arrived.path)
        return _Outcome(500, refused("server").body(), body, "10007")
    finally:
        desk.pause()


def _parse(raw: bytes) -> Any:
    """The JSON object; None for an empty body."""
    if not raw.strip():
        return None
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise refused("not json") from error
    if not isinstance(body, dict):
        raise refused("not json")
    return body


def _run(desk: _Desk, arrived: _Arrived, body: Any) -> dict[str, Any]:
    world, repeats = desk.world, desk.repeats
    if desk.ledger.failures:
        raise refused(desk.ledger.failures.popleft())
    operation = operation_of(arrived.method, arrived.path)
    if operation is None:
        raise refused("no such address")
    if wrong := problems(arrived.method, arrived.path, body, arrived.query):
        raise Refused(422, wrong)
    asked = Asked(_target(operation, arrived.path), body or {}, arrived.query)
    key = _about(world, operation, asked)
    if key and (answer := repeats.find(key, world.clock.now())):
        return answer
    if arrived.method != "GET":
        told = f"{arrived.method} {arrived.path}"
        world.happened("command", _number(world, arrived.path, body), told)
    answer = commands.OPERATIONS[operation.name](world, asked)
    if key:
        repeats.keep(key, world.clock.now(), answer)
    return answer


def _target(operation: Operation, path: str) -> str:
    match = operation.pattern.fullmatch(path)
    return match[1] if match and match.groups() else ""


def _about(world: World, operation: Operation, asked: Asked) -> tuple[str, str] | None:
    """What a command_id counts for: the call or conference in the path, else the account."""
    command_id = asked.body.get("command_id")
    if command_id is None or not operation.takes_command_id:
        return None
    named = world.active.get(asked.target)
    return (named.id if named else asked.target or operation.name, command_id)


def _number(world: World, path: str, body: Any) -> str:
    """The number of the phone that a request is about, the first of several, or ""."""
    fields = body if isinstance(body, dict) else {}
    several = fields.get("call_control_ids")
    listed = several if isinstance(several, list) else ()
    for id in (*path.split("/"), fields.get("call_control_id"), *listed):
        if isinstance(id, str) and (leg := world.legs.get(id)):
            return leg.number
    return ""


def _response(outcome: _Outcome) -> flask.Response:
    text = json.dumps(outcome.answer)
    response = flask.Response(text, outcome.status, mimetype="application/json")
    if outcome.status == 429:
        response.headers["Retry-After"] = response.headers["x-ratelimit-reset"] = "1"
    return response
