"""Asks the running server, with the control token."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any

import click

from conference.bounded_http import NoAnswer, Response, request
from conference.web.services import services

PATIENCE = 15.0  # seconds for the whole answer
MOST = 64 * 1024 * 1024  # bytes of an answer; 800 participants have half a million
NO_LINE = "what answers at {} is no conference line"

server_url = click.option(
    "--url",
    envvar="CONFERENCE_URL",
    help="Address of the running server.  [default: CONFERENCE_URL, or http://127.0.0.1:PORT]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")


def ask(path: str, url: str | None, body: dict[str, Any] | None = None, *, wants: str) -> Any:
    """Return the JSON that the server answers to a GET, or with a body to a POST: an object with
    the field `wants`.

    ClickException, status 1, where it does not.
    """
    settings = services().settings
    if not settings.control_token:
        raise click.ClickException(
            "CONTROL_TOKEN is not set: set it in the environment or in .env, here as for the server"
        )
    base = (url or f"http://127.0.0.1:{settings.port}").rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise click.BadParameter("must begin with http:// or https://", param_hint="--url")
    headers = {"Authorization": f"Bearer {settings.control_token}"}
    method, sent = "GET", b""
    if body is not None:
        headers["Content-Type"] = "application/json"
        method, sent = "POST", json.dumps(body).encode()
    try:
        answer = request(method, base + path, sent, headers, PATIENCE, MOST)
    except NoAnswer as none:
        raise _no_answer(base, none.error) from none
    if answer.status >= 300:
        raise click.ClickException(f"{base} refuses: {_why(answer)}")
    try:
        shown = json.loads(answer.body)
        shown[wants]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise click.ClickException(NO_LINE.format(base)) from error
    return shown


def _no_answer(base: str, error: Exception) -> click.ClickException:
    if isinstance(error, HTTPException) or not isinstance(error, OSError):
        return click.ClickException(NO_LINE.format(base))
    what = f"no server answers at {base} ({error})"
    return click.ClickException(f"{what}: start it, or give --url or PORT")


def _why(answer: Response) -> str:
    try:
        problem = json.loads(answer.body)
        if answer.status == 401:
            return (
                "CONTROL_TOKEN here is not the server's: compare .env and the environment of both"
            )
        choices = problem.get("verbs") or problem.get("rooms")
        there = f" There is {', '.join(choices)}." if choices else ""
        return f"{problem['detail']}{there}"
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return f"status {answer.status}; is it a conference line?"
