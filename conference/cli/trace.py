"""`flask story`: what happened to one call, or in one room."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click
from flask.cli import with_appcontext

from conference.cli.server import ask, server_url
from conference.reporting import event_log as journal

Event = dict[str, Any]


@click.command()
@click.argument("call")
@server_url
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each line.")
@with_appcontext
def story(call: str, url: str | None, as_json: bool) -> None:
    """Tell what happened to a call or in a room, from the events that the running server keeps.

    CALL is its call_control_id, or the beginning of it, or the last four digits or more of the
    caller's number; or a room's name. Status 1 when nothing is known of it.

    Example: flask story 0142
    """
    chapters = _chapters(list(_events(url)), call)
    for title, events in chapters:
        if not as_json:
            click.echo(title)
        for event in events:
            click.echo(json.dumps(event) if as_json else _line(event, title))
    if not chapters:
        click.echo(f"nothing is known of a call {call}", err=True)
        sys.exit(1)


def _events(url: str | None) -> Iterator[Event]:
    """All that the server keeps."""
    after, more = 0, True
    while more:
        answer = ask(f"/api/events?after={after}", url, wants="events")
        yield from answer["events"]
        more = len(answer["events"]) >= journal.AT_ONCE  # a busy server has always one or two more
        after = answer["next"]


def _chapters(events: list[Event], name: str) -> list[tuple[str, list[Event]]]:
    """A title and what belongs under it, for each call that is meant, or for the room."""
    told = []
    for call in _meant(events, name):
        of_it = list(_of(events, call))
        told.append((f"{of_it[0]['number']} {call}, room {of_it[0]['room']}".strip(), of_it))
    in_it = [event for event in events if event["room"] == name]
    return told or ([(f"room {name}", in_it)] if in_it else [])


def _of(events: list[Event], call: str) -> Iterator[Event]:
    """Also what was asked for everyone in its room, while it was there."""
    its = [event for event in events if call in event["calls"]]
    rooms, last = {event["room"] for event in its}, its[-1]["n"]
    for event in events:
        for_all = event["kind"] == "request" and not event["calls"] and event["room"] in rooms
        if call in event["calls"] or (for_all and its[0]["n"] < event["n"] < last):
            yield event


def _meant(events: list[Event], call: str) -> list[str]:
    """The calls that are meant, the oldest first."""
    calls = dict.fromkeys(each for event in events for each in event["calls"])
    digits = "".join(c for c in call if c.isdigit())
    if len(digits) >= 4 and not call.strip("+0123456789 ().-"):
        last = f"...{digits[-4:]}"
        return list(dict.fromkeys(e["calls"][0] for e in events if e["number"] == last))
    return [each for each in calls if each == call or (len(call) >= 8 and each.startswith(call))]


def _line(event: Event, title: str) -> str:
    who = f"{event['number']}: " if event["number"] and event["number"] not in title else ""
    told = event["text"].removeprefix(who)
    return f"  {event['at'][11:23]}  {event['kind']:8}  {who}{told}"
