"""Answers 503 where the registry cannot be reached, so that Telnyx delivers again."""

from __future__ import annotations

from flask import Flask, Response, request

from conference.registry import Unavailable
from conference.web.problems import RETRY_AFTER, Problem, answer
from conference.web.services import services

FOR_TELNYX = ("webhooks", "texml")  # blueprints
TRY_AGAIN = "The rooms cannot be read or saved now. Try again soon."


def install(app: Flask) -> None:
    app.register_error_handler(Unavailable, _unavailable)


def _unavailable(error: Unavailable) -> Response:
    services().metrics.unavailable()
    line = f"requests are refused (503): the rooms cannot be read or saved: {error}"
    services().request_log.warn("unavailable", line)
    if request.blueprint not in FOR_TELNYX:
        return answer(Problem("unavailable", TRY_AGAIN))
    return Response("unavailable\n", 503, {"Retry-After": str(RETRY_AFTER)}, "text/plain")
