"""Counts Telnyx's requests for `/metrics`, by type and outcome, and the time to each answer.

The views are wrapped where something is counted. Elsewhere they cost nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import Any

from flask import Flask, g
from werkzeug.exceptions import RequestEntityTooLarge

from conference.core.events import Malformed
from conference.core.schema.parameters import Invalid
from conference.engine import Overloaded
from conference.registry import Unavailable
from conference.reporting.metrics import Metrics
from conference.signature import NotGenuine
from conference.web.problems import Problem

TYPE_OF = {
    "webhooks.webhook": "",
    "texml.status": "",
    "texml.instructions": "texml-instructions",
    "texml.pin": "texml-pin",
    "texml.waiting": "texml-wait",
}
"""The type of the requests to an endpoint of Telnyx's; empty if the event has it."""

REFUSED: dict[type[Exception], str] = {
    NotGenuine: "not genuine",
    Malformed: "malformed",
    Invalid: "malformed",
    Problem: "malformed",
    RequestEntityTooLarge: "too large",
    Overloaded: "overloaded",
    Unavailable: "unavailable",
}
"""The outcome of a request by the error that its view raises; "failed" for others."""

UNNOTED = "", "applied"

View = Callable[..., Any]


def note(event_type: str, outcome: str = "applied") -> None:
    """Note for the figures what the present request is, and what became of it."""
    g.noted = event_type, outcome


def install(app: Flask, metrics: Metrics) -> None:
    for endpoint, fixed_type in TYPE_OF.items():
        view = app.view_functions[endpoint]
        app.view_functions[endpoint] = _counted(view, fixed_type, metrics)


def _counted(view: View, fixed_type: str, metrics: Metrics) -> View:
    @wraps(view)
    def counted(**values: Any) -> Any:
        began, refused = perf_counter(), ""
        try:
            return view(**values)
        except Exception as error:
            refused = REFUSED.get(type(error), "failed")
            raise
        finally:
            event_type, outcome = g.get("noted", UNNOTED)
            metrics.answered(fixed_type or event_type, refused or outcome, perf_counter() - began)

    return counted
