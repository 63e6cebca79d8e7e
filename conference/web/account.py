"""Forwards requests about the account to Telnyx, and answers with Telnyx's answer.

One view serves them all: the table is in `conference.account.requests`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.routing import Map, Rule

from conference.account.requests import READ, ROWS, AccountRequest
from conference.core.schema.parameters import Invalid, Wrong, check
from conference.telnyx_api import ApiResponse
from conference.telnyx_api.lists import UnusableList, next_page
from conference.web.access import CONTROL, require_everything
from conference.web.bodies import read_object
from conference.web.problems import Problem, invalid
from conference.web.services import services

ENDPOINT = "account.forward"
HINTS = {
    401: " Is TELNYX_API_KEY right?",
    403: " TELNYX_API_KEY, or the account, may not do that.",
}
NO_STORE = {"Cache-Control": "no-store"}  # a recording's links expire within minutes

Shown = tuple[dict[str, Any], int, dict[str, str]]

account = Blueprint("account", __name__)
account.before_request(require_everything)


def _rules(row: AccountRequest) -> list[Rule]:
    path = CONTROL + row.route.replace("{", "<").replace("}", ">")
    method = "POST" if row.acts else "GET"
    rules = [Rule(path, endpoint=row.operation, methods=[method, "OPTIONS"])]
    if row.parameters and not row.acts:
        rules.append(Rule(path + READ, endpoint=row.operation, methods=["POST", "OPTIONS"]))
    return rules


BY_OPERATION = {row.operation: row for row in ROWS}
ROUTES = Map([rule for row in ROWS for rule in _rules(row)], merge_slashes=False)
"""The addresses of the table; each endpoint is an operation."""


def forward(**_: str) -> Shown | Response:
    """Find the request in the table, check it and forward it.

    NotFound and MethodNotAllowed have the same answers as for any other address.
    """
    routes = ROUTES.bind("", path_info=request.path, default_method=request.method)
    operation, names = routes.match()
    if request.method == "OPTIONS":
        response = Response()
        response.allow.update(routes.allowed_methods())
        return response
    row = BY_OPERATION[operation]
    path = _path(row, names)
    given = read_object() if request.method == "POST" else _query(row)
    values = check(tuple(row.parameters.values()), given)
    answer = _send(row, path, values)
    _raise_refusal(row, answer)
    return _shown(row, values, answer), 200, NO_STORE


@account.record
def _route(state: BlueprintSetupState) -> None:
    """Route every method to the view: ROUTES knows which ones each address takes."""
    state.app.view_functions[ENDPOINT] = forward
    for path in ("/queues", "/<any(queues, telnyx):group>/<path:rest>"):
        state.app.url_map.add(Rule(CONTROL + path, endpoint=ENDPOINT))


def _path(row: AccountRequest, names: Mapping[str, str]) -> str:
    try:
        return row.path_for(names)
    except Invalid as error:
        raise invalid("invalid-path", error) from None


def _query(row: AccountRequest) -> dict[str, Any]:
    """Return the values of the query's words, unchecked."""
    kinds = {parameter.name: parameter.kind for parameter in row.parameters.values()}
    words = request.args.to_dict(flat=False)
    if twice := [name for name, given in words.items() if len(given) > 1]:
        raise Invalid([Wrong(name, "is given more than once") for name in twice])
    return {
        name: kinds[name].read(word) if name in kinds else word for name, (word,) in words.items()
    }


def _send(row: AccountRequest, path: str, values: dict[str, Any]) -> ApiResponse:
    telnyx = services().telnyx
    carried = {**_region(row), **row.carried(values)}
    if row.acts:
        return telnyx.request(row.method, path, body=carried or None)
    return telnyx.request(row.method, path, query=carried)


def _region(row: AccountRequest) -> dict[str, str]:
    """Return REGION, if it is set and the request takes it: there are the line's conferences."""
    region = services().settings.room.region
    return {"region": region} if region and "region" in row.parameters else {}


def _raise_refusal(row: AccountRequest, answer: ApiResponse) -> None:
    status, code = answer.status, answer.code
    if status == 0:
        then = "It may have done it all the same: check first." if row.acts else "Try again."
        raise Problem("no-answer-from-telnyx", f"Telnyx did not answer. {then}")
    if status == 404 and row.about:
        *_, last = names = [each.name for each in row.about]
        what = ", or no such ".join(reversed(names))
        raise Problem(f"unknown-{last}", f"Telnyx has no such {what}.", code=code)
    if not 200 <= status < 300:
        what = f"{code} {answer.detail}".strip() or f"It answered {status}."
        hint = HINTS.get(status, "")
        known = {"code": code, "telnyx_status": status}
        raise Problem("refused-by-telnyx", what + hint, answer.retry_after, **known)


def _shown(row: AccountRequest, values: dict[str, Any], answer: ApiResponse) -> dict[str, Any]:
    """Return a list with the parameters of its next page, one record, or `{"result": "ok"}`."""
    if row.gives is None:
        if answer.status != 204:
            _fields(answer.data)
        return {"result": "ok"}
    if not row.lists:
        return _fields(answer.data)
    if not isinstance(answer.data, list):
        raise _unreadable()
    rows = [_fields(each) for each in answer.data]
    try:
        following = next_page(answer.meta, values.get("page_number", 1))
        given = {row.parameters[name]: word for name, word in following.items()}
    except (UnusableList, KeyError):
        raise _unreadable() from None
    after = {parameter.name: parameter.kind.read(word) for parameter, word in given.items()}
    return {row.gives.rows: rows, "next": after or None}


def _fields(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unreadable()
    return value


def _unreadable() -> Problem:
    what = "Telnyx's answer cannot be read. Is TELNYX_BASE_URL right?"
    return Problem("no-answer-from-telnyx", what)
