"""Findings of the running server, from its `/api/health`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .finding import Finding, failure, ok, skipped, warning

RECENT = 600.0  # seconds for which an error of Telnyx is a warning
FAILING = {"key refused": 1, "unknown": 3, "busy": 3, "limited": 3}
"""So many errors of a kind, and no accepted command since, are a failure."""
WAIT = "Wait for the first comparison. RECONCILE_SECONDS is the time between two."


def examine_server(report: dict[str, Any]) -> Iterator[Finding]:
    """Yield the findings in their order. `report` is as `conference.reporting.health` makes it."""
    rooms, people = report["rooms"], report["participants"]
    up = f"up for {_span(report['uptime'])}; rooms: {rooms}, calls in them: {people}"
    yield ok("server", f"{up}; started at {report['started_at']}")
    yield _webhooks(report)
    yield _telnyx(report)
    yield from _keys(report)
    yield from _waiting(report["waiting"])
    yield from _unknown(report)
    yield from _taken(report.get("taken_names", []))
    yield from _shared(report["shared_rooms"])
    yield _comparison(report)
    yield _log(report.get("log_lines_lost"))


def _webhooks(report: dict[str, Any]) -> Finding:
    age = report["webhook_age"]
    if age is not None:
        return ok("webhooks", f"the last genuine one came {_span(age)} ago")
    what = f"no genuine one has come in the {_span(report['uptime'])} since the start"
    todo = (
        "Dial the number. If this stays, run flask doctor, and see what the log reports as refused."
    )
    return warning("webhooks", what, todo)


def _telnyx(report: dict[str, Any]) -> Finding:
    error, age = report["telnyx_error"], report.get("telnyx_age")
    accepted = "no command yet" if age is None else f"the last command {_span(age)} ago"
    if error is None:
        if age is not None:
            return ok("Telnyx", f"it accepted {accepted}; no error since the start")
        what = "not known: no command was sent since the start, or none was answered"
        return warning("Telnyx", what, "Dial the number, or run flask doctor.")
    what = f"{_span(error['age'])} ago: {error['what']}"
    if _is_failing(error):
        what = f"it accepted {accepted}; the last error was {what}"
        return failure("Telnyx", what, "Run flask doctor, and see status.telnyx.com.")
    if error["age"] > RECENT and not error.get("since_accepted"):
        return ok("Telnyx", f"it accepted {accepted}; the last error was {what}")
    return warning("Telnyx", what, "If it goes on, run flask doctor, and see status.telnyx.com.")


def _is_failing(error: dict[str, Any] | None) -> bool:
    """Does Telnyx carry out no command at present?"""
    if error is None:
        return False
    most: float = FAILING.get(error.get("kind", ""), float("inf"))
    return bool(error.get("since_accepted", 0) >= most)


def _keys(report: dict[str, Any]) -> Iterator[Finding]:
    """Report whether Telnyx sends the keys of callers in a conference, where a room has keys."""
    age = report.get("key_age")
    if age is not None:
        yield ok("keys", f"the last one of a caller in a conference came {_span(age)} ago")
    elif report.get("has_keys"):
        todo = (
            "Dial a room and press *#. If no answer is heard, set the DTMF type of the number's "
            "connection to RFC 2833 in the Telnyx portal, and see Where no key arrives in "
            "docs/keys.md."
        )
        yield warning("keys", "none of a caller in a conference has come since the start", todo)


def _waiting(waiting: list[dict[str, Any]]) -> Iterator[Finding]:
    for each in waiting:
        what = f"{each['number']} in room {each['room']} is {each['status']} for too long"
        todo = f"See what happened to it: flask story {each['call']}"
        yield failure("waiting", f"{what}: {_span(each['seconds'])}", todo)
    if not waiting:
        yield ok("waiting", "nobody waits longer than 10 s")


def _unknown(report: dict[str, Any]) -> Iterator[Finding]:
    calls, age = report["unknown_calls"], report.get("calls_compared_age")
    for call in calls:
        what = f"Telnyx has a call on the application that no room knows: {call}"
        yield warning(
            "unknown call",
            what,
            "Does another program have it? It is not ours, and we leave it alone.",
        )
    if calls:
        return
    if age is None:
        first = f"Set TELNYX_CONNECTION_ID, if it is not set. {WAIT}"
        yield skipped("unknown calls", first)
    elif _is_failing(report["telnyx_error"]):
        what = f"not known now: Telnyx's list was last read {_span(age)} ago, and had none"
        yield warning("unknown calls", what, "First let Telnyx accept commands.")
    else:
        yield ok("unknown calls", f"Telnyx had no call that no room knows, {_span(age)} ago")


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


def _comparison(report: dict[str, Any]) -> Finding:
    age = report.get("compared_age")
    if age is None:
        return skipped("comparison", WAIT)
    healed = f"repaired after comparisons with Telnyx's lists: {report['healed']}"
    what = f"the last was {_span(age)} ago; {healed}"
    if _is_failing(report["telnyx_error"]):
        return warning("comparison", what, "First let Telnyx accept commands.")
    return ok("comparison", what)


def _log(lost: int | None) -> Finding:
    if lost is None:
        return skipped("log", "This server does not report its lost log lines: update it.")
    if lost:
        what = f"lines lost since the start, because nothing accepted them: {lost}"
        return warning("log", what, "Let a program read the server's output all the time.")
    return ok("log", "no line was lost")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
