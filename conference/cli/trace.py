"""`flask story`: what happened to one call or in one room."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click
from flask.cli import with_appcontext

from conference.cli.completion import rooms
from conference.cli.server import fetch, server_url
from conference.core.human_text import folded
from conference.core.schema.phone_numbers import compact
from conference.reporting import event_log
from conference.web.find_participant import LEAST_DIGITS

Event = dict[str, Any]


@click.command()
@click.argument("call", nargs=-1, required=True, shell_complete=rooms)
@server_url
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each line.")
@with_appcontext
def story(call: tuple[str, ...], url: str | None, as_json: bool) -> None:
    """Show what happened to a call or in a room.

    The running server keeps the events.

    CALL: a call_control_id or its beginning, a label, the last four digits or more of the caller's
    number, or the name of a room. Participants who have left are found too. The exit status is 1 if
    no event of it is kept.

    Example: flask story 0142
    """
    name = " ".join(call)
    chapters = _chapters(list(_events(url)), name)
    for title, events in chapters:
        if not as_json:
            click.echo(title)
        for event in events:
            click.echo(json.dumps(event) if as_json else _line(event, title))
    if not chapters:
        click.echo(f"no event of a call or room {name} is kept", err=True)
        sys.exit(1)


def _events(url: str | None) -> Iterator[Event]:
    """Yield all events that the server keeps, the oldest first."""
    after, more = 0, True
    while more:
        answer = fetch(f"/api/events?after={after}", url, wants="events")
        yield from answer["events"]
        # A shorter answer is the last: a busy server always has a few new events.
        more = len(answer["events"]) >= event_log.MOST_IN_ANSWER
        after = answer["next"]


def _chapters(events: list[Event], name: str) -> list[tuple[str, list[Event]]]:
    """Return a title with its events, for each call that the name fits, or for the room."""
    found = []
    for call in _calls(events, name):
        of_it = list(_of(events, call))
        found.append((f"{_who(of_it, call)} {call}, room {of_it[0]['room']}".strip(), of_it))
    in_it = [event for event in events if event["room"] == name]
    return found or ([(f"room {name}", in_it)] if in_it else [])


def _who(events: list[Event], call: str) -> str:
    """Return the last label of the call, if it has any, and its number."""
    labels = [e["label"] for e in events if e["label"] and e["calls"][:1] == [call]]
    return " ".join([*labels[-1:], events[0]["number"]])


def _of(events: list[Event], call: str) -> Iterator[Event]:
    """Yield the call's events, and requests for everyone in its room while it was there."""
    its = [event for event in events if call in event["calls"]]
    rooms, last = {event["room"] for event in its}, its[-1]["n"]
    for event in events:
        for_all = event["kind"] == "request" and not event["calls"] and event["room"] in rooms
        if call in event["calls"] or (for_all and its[0]["n"] < event["n"] < last):
            yield event


def _calls(events: list[Event], call: str) -> list[str]:
    """Return the ids of the calls that the name fits, the oldest first. A label wins."""
    calls = dict.fromkeys(each for event in events for each in event["calls"])
    if call in calls:
        return [call]
    label, last = folded(call), compact(call)[-LEAST_DIGITS:].removeprefix("+")
    labelled = dict.fromkeys(e["calls"][0] for e in events if label and folded(e["label"]) == label)
    if labelled:
        return list(labelled)
    if len(last) == LEAST_DIGITS:
        return list(dict.fromkeys(e["calls"][0] for e in events if e["number"] == f"...{last}"))
    return [each for each in calls if len(call) >= 8 and each.startswith(call)]


def _line(event: Event, title: str) -> str:
    who = f"{event['number']}: " if event["number"] and event["number"] not in title else ""
    text = event["text"].removeprefix(who)
    return f"  {event['at'][11:23]}  {event['kind']:8}  {who}{text}"
