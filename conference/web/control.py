"""What whoever has the control token may ask for."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, request

from conference import health
from conference.engine import Engine

MOST = 1000  # events in one answer

control = Blueprint("control", __name__, url_prefix="/api")


class Problem(Exception):
    """A request that is refused: RFC 9457, with a `type` that programs can go by."""

    def __init__(self, status: int, kind: str, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"type": f"/problems/{kind}", "title": title, "status": status}
        self.body["detail"] = detail


def install(app: Flask, token: str) -> None:
    app.extensions["control token"] = token
    app.register_blueprint(control)
    app.register_error_handler(Problem, _problem)


@control.before_request
def _authorize() -> None:
    token = current_app.extensions["control token"]
    if not token:
        what = "Set CONTROL_TOKEN in the environment or in .env, and start the server again."
        raise Problem(403, "control-is-off", "Control is off", what)
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {token}".encode()):
        what = "Send the header Authorization: Bearer <CONTROL_TOKEN>."
        raise Problem(401, "not-authorized", "Not authorized", what)


@control.get("/events")
def events() -> dict[str, Any]:
    """What has happened after event number `after`, a thousand at most, the oldest first."""
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 18):
        raise Problem(400, "invalid-query", "Invalid query", "after must be a number of an event.")
    found, last, gap = _engine().journal.after(int(after), MOST)
    return {"events": [entry.shown() for entry in found], "next": last, "gap": gap}


@control.get("/health")
def how_it_is() -> dict[str, Any]:
    """Whether calls are served as they should be."""
    engine = _engine()
    return health.report(engine.registry.rooms(), engine.vitals, engine.clock())


def _engine() -> Engine:
    engine: Engine = current_app.extensions["engine"]
    return engine


def _problem(problem: Problem) -> Response:
    body = json.dumps(problem.body)
    response = Response(body, problem.status, mimetype="application/problem+json")
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
