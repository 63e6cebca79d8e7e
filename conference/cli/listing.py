"""`flask rooms` and `flask participants`: tables of who is where."""

from __future__ import annotations

import json
import time
from typing import Any

import click
from flask.cli import with_appcontext

from conference.cli.moderation import path_of, room_option
from conference.cli.server import as_json, fetch, server_url
from conference.cli.tables import Row, table

EVERY = 1.0  # seconds between two requests of --follow
UNSEEN = ("version", "at", "next")  # fields that change although nothing shown has
HEAD = (
    "#",
    *("number", "label", "role", "status", "muted", "on hold", "hand", "speaking", "recorded"),
)


@click.command()
@server_url
@as_json
@with_appcontext
def rooms(url: str | None, as_json: bool) -> None:
    """List the rooms.

    Example: flask rooms
    """
    answer = fetch("/api/rooms", url, wants="rooms")
    if as_json:
        click.echo(json.dumps(answer))
        return
    head = ("room", "front", "status", "here", "locked", "conference ID")
    click.echo(table([head, *map(_row, answer["rooms"])]))


@click.command()
@room_option
@click.option("--follow", is_flag=True, help="Print it again whenever it changes, until Ctrl-C.")
@server_url
@as_json
@with_appcontext
def participants(room: str | None, follow: bool, url: str | None, as_json: bool) -> None:
    """Show a room's conference and its participants.

    Example: flask participants --follow
    """
    before = None
    while True:
        answer = fetch(path_of(room), url, wants="participants")
        shown = {name: value for name, value in answer.items() if name not in UNSEEN}
        if shown != before:
            click.echo(json.dumps(answer) if as_json else _room(answer))
        if not follow:
            return
        before = shown
        time.sleep(EVERY)


def _row(room: dict[str, Any]) -> Row:
    return (
        room["name"],
        room["front"],
        room["status"],
        str(len(room["participants"])),
        _yes(room["locked"]),
        room["conference_id"] or "",
    )


def _room(room: dict[str, Any]) -> str:
    if room["conference_id"]:
        first = f"Conference ID: {room['conference_id']}"
        first += ", by TeXML" if room["front"] == "texml" else ""
        first += ", recorded" if room["recording"] else ""
    else:
        first = f"No conference is running in room {room['name']}"
    first += ", locked" if room["locked"] else ""
    first += f", mode {room['mode']}" if room["mode"] != "conversation" else ""
    first += ", newcomers muted" if room["newcomers_muted"] else ""
    first += ", newcomers on hold" if room["newcomers_on_hold"] else ""
    lines = [first, *([f"({room['reason']})"] if room["reason"] else [])]
    if room["participants"]:
        lines.append(table([HEAD, *map(_participant, room["participants"])]))
    return "\n".join(lines)


def _participant(p: dict[str, Any]) -> Row:
    held = p["hold_reason"] or _yes(p["on_hold"])
    return (
        str(p["member"]),
        p["number"] or p["call_control_id"],
        p["label"],
        p["role"],
        p["status"],
        p["mute_reason"] or _yes(p["muted"]),
        held,
        str(p["hand"] or ""),
        _yes(p["speaking"]),
        _yes(p["recording"]),
    )


def _yes(is_so: bool) -> str:
    return "yes" if is_so else ""
