"""Asks the running server, with the control token."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

import click

from conference.web.services import services

PATIENCE = 10.0  # seconds

server_url = click.option(
    "--url",
    envvar="CONFERENCE_URL",
    help="Address of the running server.  [default: CONFERENCE_URL, or http://127.0.0.1:PORT]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")


def ask(path: str, url: str | None, body: dict[str, Any] | None = None, *, wants: str) -> Any:
    """The JSON that the server answers to a GET, or with a body to a POST: an object with the
    field that is wanted.

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
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    try:
        asked = Request(base + path, data, headers)  # noqa: S310
        with _opener(base).open(asked, timeout=PATIENCE) as response:
            answer = json.load(response)
            answer[wants]
            return answer
    except HTTPError as error:
        raise click.ClickException(f"{base} refuses: {_why(error)}") from error
    except (ValueError, TypeError, KeyError, HTTPException) as error:
        raise click.ClickException(f"what answers at {base} is no conference line") from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        what = f"no server answers at {base} ({reason})"
        raise click.ClickException(f"{what}: start it, or give --url or PORT") from error


class _NoRedirect(HTTPRedirectHandler):
    """The token is for the server that was named, and for no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _opener(base: str) -> OpenerDirector:
    """No proxy stands between us and this machine, nor is one to see the token."""
    here = urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
    return build_opener(_NoRedirect, *([ProxyHandler({})] if here else []))


def _why(error: HTTPError) -> str:
    try:
        problem = json.load(error)
        if error.code == 401:
            return (
                "CONTROL_TOKEN here is not the server's: compare .env and the environment of both"
            )
        choices = problem.get("verbs") or problem.get("rooms")
        there = f" There is {', '.join(choices)}." if choices else ""
        return f"{problem['detail']}{there}"
    except (ValueError, TypeError, KeyError):
        return f"status {error.code}; is it a conference line?"
