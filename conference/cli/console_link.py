"""`flask console-link`: a link that opens the console for one room."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from conference.cli.completion import rooms
from conference.cli.moderation import path_of
from conference.cli.server import as_json, fetch, server_url
from conference.web.links import DEFAULT_MINUTES, MINUTES


@click.command("console-link")
@click.argument("room", required=False, shell_complete=rooms)
@click.option(
    "--minutes",
    type=int,
    default=DEFAULT_MINUTES,
    show_default=True,
    help=f"How long it opens the room: {MINUTES.kind.says}.",
)
@server_url
@as_json
@with_appcontext
def console_link(room: str | None, minutes: int, url: str | None, as_json: bool) -> None:
    """Make a link that opens the console for one room.

    Anyone with the link can moderate the room, without the control token, until the link expires.
    The link begins with PUBLIC_URL of the server, or with the address of --url.

    ROOM: name of the room, CONFERENCE_NAME by default.

    Example: flask console-link blue --minutes 90
    """
    made = fetch(path_of(room, "links"), url, {"minutes": minutes}, wants="url")
    click.echo(json.dumps(made) if as_json else made["url"])
