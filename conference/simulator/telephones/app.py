"""The web page of the telephones, and the requests that it makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flask

from ..network.traffic import Row
from ..network.world import World
from . import access, showing
from .bench import Telephones, token
from .explained import CALL_CONTROL, TEXML
from .switches import Switches

PAGE = "/phones"
LARGEST = 10_000  # bytes of a request's body
AT_ONCE = 25  # rows in an answer: a page that shows more of them at once is blocked for a while
_FILES = Path(__file__).with_name("static")


def create_app(world: World, telephones: Telephones, switches: Switches, key: str) -> flask.Flask:
    """Make the page's app. key: in its link."""
    app = flask.Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.json.sort_keys = False  # type: ignore[attr-defined]
    access.install(app, key, PAGE)
    _serve_files(app)
    _serve_state(app, world, telephones, switches)
    _take_actions(app, telephones)
    _take_switches(app, switches)

    @app.errorhandler(ValueError)
    def wrong(error: ValueError) -> tuple[dict[str, str], int]:
        return {"error": str(error)}, 400

    @app.errorhandler(LookupError)
    def missing(error: LookupError) -> tuple[dict[str, str], int]:
        return {"error": str(error)}, 404

    return app


def _serve_files(app: flask.Flask) -> None:
    @app.get(PAGE)
    def page() -> flask.Response:
        return flask.send_from_directory(_FILES, "phones.html")

    @app.get(f"{PAGE}/phones.js")
    def script() -> flask.Response:
        return flask.send_from_directory(_FILES, "phones.js", mimetype="text/javascript")

    @app.get(f"{PAGE}/phones.css")
    def style() -> flask.Response:
        return flask.send_from_directory(_FILES, "phones.css")


def _serve_state(
    app: flask.Flask, world: World, telephones: Telephones, switches: Switches
) -> None:
    @app.get(f"{PAGE}/steps")
    def steps() -> dict[str, Any]:
        """What happens when a telephone dials."""
        by_texml = world.texml.takes(telephones.number)
        return {"steps": [step._asdict() for step in (TEXML if by_texml else CALL_CONTROL)]}

    @app.get(f"{PAGE}/state")
    def state() -> dict[str, Any]:
        """The telephones, the switches, and the rows that changed after version `since`.

        These are the first AT_ONCE changes: with the answer's version the page asks for more.
        """
        since = flask.request.args.get("since", 0, type=int)
        with world.lock:
            changed = (row for row in world.traffic if row.version > since)
            rows = sorted(changed, key=lambda row: row.version)[:AT_ONCE]
            version = rows[-1].version if rows else world.traffic.version
            return {
                "version": version,
                "more": version < world.traffic.version,
                "at": round(world.clock.now(), 1),
                "speed": world.clock.speed,
                "line": telephones.number,
                "phones": telephones.view(),
                "rows": [showing.line(row, telephones.name) for row in sorted(rows, key=_number)],
                **switches.view(),
            }

    @app.get(f"{PAGE}/rows/<int:n>")
    def row(n: int) -> dict[str, Any]:
        with world.lock:
            found = world.traffic.row(n)
            if found is None:
                raise LookupError("This is too long ago: its body is not kept.")
            return showing.whole(found)


def _number(row: Row) -> int:
    return row.n


def _take_actions(app: flask.Flask, telephones: Telephones) -> None:
    @app.post(f"{PAGE}/telephones")
    def add() -> tuple[dict[str, str], int]:
        body = _body()
        return {"number": telephones.add(_text(body, "name"), _text(body, "number"))}, 201

    @app.post(f"{PAGE}/telephones/<number>/<action>")
    def act(number: str, action: str) -> dict[str, str]:
        body = _body()
        match action:
            case "dial":
                return {"call": token(telephones.dial(number).call_control_id)}
            case "answer":
                telephones.phone(number).answer()
            case "hang-up":
                telephones.phone(number).hang_up()
            case "press":
                telephones.phone(number).press(_text(body, "keys")[:1])
            case "speak":
                telephones.phone(number).speak(body.get("on") is True)
            case "when-called":
                telephones.when_called(number, _text(body, "how"))
            case "remove":
                telephones.remove(number)
            case _:
                raise LookupError(f"A telephone cannot {action}.")
        return {}


def _take_switches(app: flask.Flask, switches: Switches) -> None:
    @app.post(f"{PAGE}/chaos")
    def chaos() -> dict[str, Any]:
        body = _body()
        switches.set_chaos(body.pop("on", None), body)
        return switches.view()

    @app.post(f"{PAGE}/outage")
    def outage() -> dict[str, Any]:
        switches.set_outage(_body().get("on"))
        return switches.view()


def _body() -> dict[str, Any]:
    """Return the request's JSON object. ValueError for anything else."""
    try:
        body = flask.request.get_json(silent=True)
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object.")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text.")
    return value
