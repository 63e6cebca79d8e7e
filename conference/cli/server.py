"""Sends a request to the running server, with the control token."""

from __future__ import annotations

import json
from typing import Any

import click

from conference.masking import masked
from conference.outgoing_http import NoAnswer, Response, request
from conference.web.services import services

PATIENCE = 15.0  # seconds for a whole answer
LARGEST = 64 * 1024 * 1024  # bytes of an answer; a room of 800 participants has half a million
NO_LINE = "the server at {} is not a conference line"

server_url = click.option(
    "--url",
    envvar="CONFERENCE_URL",
    help="Address of the running server.  [default: CONFERENCE_URL, or http://127.0.0.1:PORT]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def fetch(path: str, url: str | None, body: dict[str, Any] | None = None, *, wants: str) -> Any:
    """GET the path, or POST the body to it. Return the JSON object, which has the field `wants`.

    ClickException, with exit status 1, for a refusal or any other answer.
    """
    settings = services().settings
    if not settings.control_token:
        wrong = (each.what for each in settings.problems if each.name == "CONTROL_TOKEN")
        where = "in the environment or in .env, as the server has it. Or run: flask setup"
        what = next(wrong, f"is not set. Set it {where}")
        raise click.ClickException(f"CONTROL_TOKEN {what}")
    base = (url or f"http://127.0.0.1:{settings.port}").rstrip("/")
    if not base.startswith(("http://", "https://")):
        hint = "--url, or CONFERENCE_URL"
        raise click.BadParameter("must begin with http:// or https://", param_hint=hint)
    headers = {"Authorization": f"Bearer {settings.control_token}"}
    method, sent = "GET", b""
    if body is not None:
        headers["Content-Type"] = "application/json"
        method, sent = "POST", json.dumps(body).encode()
    try:
        answer = request(method, base + path, sent, headers, PATIENCE, LARGEST)
    except NoAnswer as none:
        raise _no_answer(base, none.error) from none
    if answer.status >= 300:
        raise click.ClickException(f"{masked(base)} refuses: {_why(answer)}")
    try:
        shown = json.loads(answer.body)
        shown[wants]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise click.ClickException(NO_LINE.format(masked(base))) from error
    return shown


def _no_answer(base: str, error: Exception) -> click.ClickException:
    if not isinstance(error, OSError):
        return click.ClickException(NO_LINE.format(masked(base)))
    what = masked(f"no server answers at {base} ({error})")
    return click.ClickException(f"{what}: start it, or set --url or PORT")


def _why(answer: Response) -> str:
    try:
        problem = json.loads(answer.body)
        if answer.status == 401:
            return "the server has another CONTROL_TOKEN: compare .env and the environment of both"
        choices = problem.get("verbs") or problem.get("rooms")
        there = f" There are: {', '.join(choices)}." if choices else ""
        pause = answer.headers.get("retry-after", "")
        later = f" Wait {pause} s before the next try." if pause else ""
        return f"{problem['detail']}{there}{later}"
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return f"status {answer.status}. Is it a conference line?"
