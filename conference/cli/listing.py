"""`flask rooms` and `flask participants`: tables of who is where."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import click
from flask.cli import with_appcontext

from conference.cli.moderation import path_of, room_option
from conference.cli.server import as_json, fetch, server_url
from conference.cli.tables import Row, table
from conference.core.human_text import readable
from conference.reporting.summary import MODES

EVERY = 1.0  # seconds between two requests of --follow
UNSEEN = ("version", "at", "next")  # fields that change although nothing shown has
HEAD = (
    "#",
    *("number", "label", "role", "status", "muted", "on hold", "hand", "speaking", "recorded"),
)
OUTSIDE = {"lobby": "in the lobby", "full": "waits for a seat"}
"""Where a caller waits, in words."""


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
    head = ("room", "front", "status", "here", "locked", "in words", "conference ID")
    click.echo(table([head, *map(_row, answer["rooms"])]))


@click.command()
@room_option
@click.option(
    "--follow", is_flag=True, help="Print the list again after each change, until Ctrl-C."
)
@server_url
@as_json
@with_appcontext
def participants(room: str | None, follow: bool, url: str | None, as_json: bool) -> None:
    """Show a room and the participants.

    Example: flask participants --follow
    """
    before = None
    while True:
        answer = fetch(path_of(room), url, wants="participants")
        shown = {name: value for name, value in answer.items() if name not in UNSEEN}
        if shown != before:
            click.echo(json.dumps(answer) if as_json else in_words(answer))
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
        room["summary"],
        room["conference_id"] or "",
    )


def in_words(room: dict[str, Any]) -> str:
    """Return the room, as the control API shows it, in lines of text."""
    if room["conference_id"]:
        first = f"Conference ID: {room['conference_id']}"
        first += ", by TeXML" if room["front"] == "texml" else ""
        first += ", recorded" if room["recording"] else ""
    else:
        first = f"No conference is running in room {room['name']}"
    first += ", locked" if room["locked"] else ""
    first += f", {MODES.get(room['mode'], room['mode'])}" if room["mode"] != "conversation" else ""
    first += ", newcomers muted" if room["newcomers_muted"] else ""
    first += ", newcomers on hold" if room["newcomers_on_hold"] else ""
    lines = [first, *([f"({room['reason']})"] if room["reason"] else []), *_notes(room)]
    if room["participants"]:
        lines.append(table([HEAD, *map(_participant, room["participants"])]))
    return "\n".join(lines)


def _notes(room: dict[str, Any]) -> Iterator[str]:
    """Yield what a moderator of a room of the rooms file needs to know, a line for each."""
    names = {p["call_control_id"]: _name(p) for p in room["participants"]}
    if outside := room["lobby"] + room["waiting_for_seat"]:
        yield f"Waiting outside: {outside}"
    if room["called"] in names:
        yield f"Turn: {names[room['called']]}"
    if room["hands"]:
        yield f"Hands up: {', '.join(names.get(call, call) for call in room['hands'])}"
    if room["chimes"] is not None:
        yield f"Chimes: {'on' if room['chimes'] else 'off'}"
    if room["kept_out"]:
        yield f"Numbers kept out: {room['kept_out']}"
    if room["host_left"]:
        yield f"The host has left: the conference ends at {room['ends_at']} unless the host returns"
    if room["minutes_used_up_until"]:
        yield f"Minutes of the day used up until {room['minutes_used_up_until']}"


def _name(p: dict[str, Any]) -> str:
    return readable(p["label"] or p["number"] or f"#{p['member']}")


def _participant(p: dict[str, Any]) -> Row:
    held = p["hold_reason"] or _yes(p["on_hold"])
    return (
        str(p["member"]),
        p["number"] or p["call_control_id"],
        p["label"],
        p["role"],
        OUTSIDE.get(p["waits_in"], p["status"]),
        p["mute_reason"] or _yes(p["muted"]),
        held,
        str(p["hand"] or ""),
        _yes(p["speaking"]),
        _yes(p["recording"]),
    )


def _yes(is_so: bool) -> str:
    return "yes" if is_so else ""
