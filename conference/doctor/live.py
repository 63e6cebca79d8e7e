"""Findings of the running server, from its `/api/health`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .finding import Finding, failure, ok, warning

RECENT = 600.0  # seconds for which an error of Telnyx is a warning


def examine_server(report: dict[str, Any]) -> Iterator[Finding]:
    """Yield the findings in their order. `report` is as `conference.reporting.health` makes it."""
    rooms, people = report["rooms"], report["participants"]
    up = f"up for {_span(report['uptime'])}; rooms: {rooms}, calls in them: {people}"
    yield ok("server", up)
    yield _webhooks(report)
    yield _telnyx(report["telnyx_error"])
    yield from _waiting(report["waiting"])
    yield from _unknown(report["unknown_calls"])
    yield from _taken(report["taken_names"])
    yield from _shared(report["shared_rooms"])
    yield ok("comparison", f"repaired after a comparison with Telnyx's lists: {report['healed']}")


def _webhooks(report: dict[str, Any]) -> Finding:
    age = report["webhook_age"]
    if age is not None:
        return ok("webhooks", f"the last genuine one came {_span(age)} ago")
    what = f"no genuine one has come in the {_span(report['uptime'])} since the start"
    todo = (
        "Dial the number. If this stays, run flask doctor, and see what the log reports as refused."
    )
    return warning("webhooks", what, todo)


def _telnyx(error: dict[str, Any] | None) -> Finding:
    if error is None:
        return ok("Telnyx", "no error since the start")
    what = f"{_span(error['age'])} ago: {error['what']}"
    if error["age"] > RECENT:
        return ok("Telnyx", f"the last error was {what}")
    return warning("Telnyx", what, "If it goes on, run flask doctor, and see status.telnyx.com.")


def _waiting(waiting: list[dict[str, Any]]) -> Iterator[Finding]:
    for each in waiting:
        what = f"{each['number']} in room {each['room']} is {each['status']} for too long"
        todo = f"See what happened to it: flask story {each['call']}"
        yield failure("waiting", f"{what}: {_span(each['seconds'])}", todo)
    if not waiting:
        yield ok("waiting", "nobody waits longer than 10 s")


def _unknown(calls: list[str]) -> Iterator[Finding]:
    for call in calls:
        what = f"Telnyx has a call on the application that no room knows: {call}"
        yield warning(
            "unknown call",
            what,
            "Does another program have it? It is not ours, and we leave it alone.",
        )
    if not calls:
        yield ok("unknown calls", "Telnyx has no call that no room knows")


def _taken(names: list[dict[str, Any]]) -> Iterator[Finding]:
    for each in names:
        what = f"Telnyx has a conference of the name of room {each['room']}, and lists none"
        todo = "Is it in another region (REGION), or another program's? Change CONFERENCE_NAME."
        yield failure("name", f"{what}: {_span(each['age'])} ago callers could not get in", todo)


def _shared(rooms: list[str]) -> Iterator[Finding]:
    for room in rooms:
        what = f"calls of others are in the conference of room {room}"
        todo = "Does another deployment use the same name? Give this one its own CONFERENCE_NAME."
        yield warning("shared name", what, todo)


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
