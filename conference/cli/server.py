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
from flask import current_app

from conference.settings import Settings

PATIENCE = 10.0  # seconds

server_url = click.option(
    "--url", help="Address of the running server.  [default: http://127.0.0.1:PORT]"
)


def ask(path: str, url: str | None, *, wants: str) -> Any:
    """The JSON that the server answers to a GET: an object with the field that is wanted.

    ClickException, status 1, where it does not.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.control_token:
        raise click.ClickException(
            "CONTROL_TOKEN is not set: set it in the environment or in .env, here as for the server"
        )
    base = (url or f"http://127.0.0.1:{settings.port}").rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise click.BadParameter("must begin with http:// or https://", param_hint="--url")
    token = {"Authorization": f"Bearer {settings.control_token}"}
    try:
        asked = Request(base + path, headers=token)  # noqa: S310
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
        raise click.ClickException(f"no server answers at {base} ({reason}): is it up?") from error


class _NoRedirect(HTTPRedirectHandler):
    """The token is for the server that was named, and for no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _opener(base: str) -> OpenerDirector:
    """Between us and this machine stands no proxy, which would see the token."""
    here = urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
    return build_opener(_NoRedirect, *([ProxyHandler({})] if here else []))


def _why(error: HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, TypeError, KeyError):
        return f"status {error.code}; is it a conference line?"
