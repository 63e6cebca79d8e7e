"""Answers refused requests, as RFC 9457 says: a problem in JSON with a stable type."""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import Flask, Response, json, request

from conference.core.events import Refused
from conference.core.schema.parameters import Invalid
from conference.web.find_participant import Ambiguous

TITLES = {
    "control-is-off": (403, "Control is off"),
    "metrics-are-off": (403, "Metrics are off"),
    "not-counted": (501, "Nothing is counted"),
    "not-authorized": (401, "Not authorized"),
    "only-one-room": (403, "For one room only"),
    "cross-site": (403, "From another site"),
    "too-many-wrong-tokens": (429, "Too many wrong tokens"),
    "invalid-query": (400, "Invalid query"),
    "invalid-body": (400, "Invalid body"),
    "invalid-path": (400, "Invalid path"),
    "invalid-header": (400, "Invalid header"),
    "too-large": (413, "Too large"),
    "unknown-room": (404, "Unknown room"),
    "unknown-participant": (404, "Unknown participant"),
    "unknown-queue": (404, "Unknown queue"),
    "unknown-call": (404, "Unknown call"),
    "unknown-conference": (404, "Unknown conference"),
    "unknown-recording": (404, "Unknown recording"),
    "ambiguous-participant": (409, "Ambiguous participant"),
    "wrong-method": (405, "Wrong method"),
    "unknown-address": (404, "Unknown address"),
    "unknown-verb": (404, "Unknown verb"),
    "no-conference": (409, "No conference is running"),
    "nobody-here": (409, "Nobody is in the room"),
    "not-now": (409, "Not now"),
    "key-reused": (409, "Key of another request"),
    "dial-is-off": (403, "Calling is off"),
    "dial-refused": (403, "This number may not be called"),
    "already-here": (409, "Already here"),
    "dial-limit": (429, "Too many calls"),
    "not-ready": (503, "Not ready"),
    "overloaded": (503, "Overloaded"),
    "unavailable": (503, "Unavailable"),
    "refused-by-telnyx": (502, "Refused by Telnyx"),
    "no-answer-from-telnyx": (504, "No answer from Telnyx"),
    "not-in-texml": (409, "Not by TeXML"),
    "unsupported-media-type": (415, "Unsupported media type"),
}

RETRY_AFTER = 2  # seconds


class Problem(Exception):
    """A refusal of a request.

    `kind` is a key of TITLES; `more` are further fields. `retry_after`: seconds until the client
    may try again, if known.
    """

    def __init__(
        self, kind: str, detail: str, retry_after: float | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.status, title = TITLES[kind]
        self.body = {
            "type": f"/problems/{kind}",
            "title": title,
            "status": self.status,
            "detail": detail,
            **more,
        }


def invalid(kind: str, error: Invalid) -> Problem:
    """Return the problem that names each wrong field."""
    errors = [{"field": each.field, "problem": each.problem} for each in error.wrong]
    return Problem(kind, str(error), errors=errors)


def install(app: Flask) -> None:
    app.register_error_handler(Problem, answer)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Ambiguous, _ambiguous)
    app.register_error_handler(Invalid, _invalid)


def answer(problem: Problem) -> Response:
    response = Response(json.dumps(problem.body), problem.status)
    response.mimetype = "application/problem+json"
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    pause = problem.retry_after or (RETRY_AFTER if problem.status == 503 else None)
    if pause:
        response.headers["Retry-After"] = str(ceil(pause))
    return response


def _refused(error: Refused) -> Response:
    return answer(Problem(error.kind, str(error)))


def _ambiguous(error: Ambiguous) -> Response:
    return answer(Problem(error.kind, str(error), candidates=error.candidates))


def _invalid(error: Invalid) -> Response:
    return answer(invalid("invalid-query" if request.method == "GET" else "invalid-body", error))
