"""Checks access to the control API: a request needs CONTROL_TOKEN as its bearer token."""

from __future__ import annotations

import hmac

from flask import request

from conference.web.problems import Problem
from conference.web.services import services

CONTROL = "/api"  # every path of the control API begins with it


def require_control_token() -> None:
    """Raise Problem, 401 or 403, unless the request has the token."""
    if problem := refusal():
        raise problem


def refusal() -> Problem | None:
    """Return the problem of a request without the token; None if it has the token."""
    token = services().settings.control_token
    if not token:
        what = "Set CONTROL_TOKEN in the environment or in .env, and restart the server."
        return Problem("control-is-off", what)
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {token}".encode()):
        return Problem("not-authorized", "Send the header Authorization: Bearer <CONTROL_TOKEN>.")
    return None


def is_control(path: str) -> bool:
    """Is the path within the control API, whether it exists or not?"""
    return f"{path}/".startswith(f"{CONTROL}/")
