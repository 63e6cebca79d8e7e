"""Asks the running server, with the control token."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click
from flask import current_app

from conference.settings import Settings

PATIENCE = 10.0  # seconds
OURS = 256  # characters of an answer that are shown where it is not ours

server_url = click.option(
    "--url", help="Address of the running server.  [default: http://127.0.0.1:PORT]"
)


def ask(path: str, url: str | None) -> Any:
    """The JSON that the server answers to a GET. ClickException, status 1, where it does not."""
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
        with urlopen(Request(base + path, headers=token), timeout=PATIENCE) as response:  # noqa: S310
            return json.load(response)
    except HTTPError as error:
        raise click.ClickException(f"{base} refuses: {_why(error)}") from error
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise click.ClickException(f"no server answers at {base} ({reason}): is it up?") from error
    except ValueError as error:
        raise click.ClickException(f"what answers at {base} is no conference line") from error


def _why(error: HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, TypeError, KeyError):
        return f"status {error.code}; is it a conference line?"
