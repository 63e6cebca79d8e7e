"""Checks who may use the control API: a request needs CONTROL_TOKEN as its bearer token."""

from __future__ import annotations

import hmac

from flask import request

from conference.web.problems import Problem
from conference.web.services import services

CONTROL = "/api"  # the path that every address of the control API begins with


def require_control_token() -> None:
    """Raise Problem (401 or 403) unless the request has the token. A blueprint's before_request."""
    if problem := refusal():
        raise problem


def refusal() -> Problem | None:
    """Return why the request may not use the control API; None if it may."""
    token = services().settings.control_token
    if not token:
        what = "Set CONTROL_TOKEN in the environment or in .env, and start the server again."
        return Problem("control-is-off", what)
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {token}".encode()):
        return Problem("not-authorized", "Send the header Authorization: Bearer <CONTROL_TOKEN>.")
    return None


def is_control(path: str) -> bool:
    """Is this an address of the control API, whether anything is there or not?"""
    return f"{path}/".startswith(f"{CONTROL}/")
