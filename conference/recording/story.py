"""The story of a replay: in lines for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from conference.clock import iso
from conference.core.events import Event, Webhook
from conference.core.human_text import readable
from conference.core.texml.facts import PinPosted
from conference.recording.keys import GATHERED, PRESSED
from conference.recording.replay import Difference, Replay, Step
from conference.recording.stand_ins import NO_KEYS
from conference.reporting import public_view
from conference.reporting.activity import activity
from conference.reporting.request_ids import CallsOutside

Row = dict[str, Any]

LONGEST = 600  # characters of a difference
NOT_RECORDED = "digits were typed here, and are not recorded"
GAP = "changes are missing in the recording before this one"


def rows(again: Replay) -> Iterator[Row]:
    """Yield `at, file, room, kind, calls, number, text` for each line of the story.

    `kind` is that of a line of activity, or `note`.
    """
    outside, decided = CallsOutside(), bool(again.recording.decisions)
    for step in again.steps:
        for kind, calls, number, text in _lines(step, outside, decided):
            yield {
                "at": iso(step.change.event.at, precise=True),
                "file": step.file,
                "room": step.change.after.name,
                "kind": kind,
                "calls": calls,
                "number": number,
                "text": text,
            }


def _lines(
    step: Step, outside: CallsOutside, decided: bool
) -> Iterator[tuple[str, list[str], str, str]]:
    if step.gap:
        yield "note", [], "", GAP
    for line in activity(step.change, outside.requests):
        yield line.kind, list(line.calls), line.number, line.text
    if _has_unknown_digits(step.change.event, decided):
        yield "note", [], "", NOT_RECORDED
    outside.note(step.change)


def _has_unknown_digits(event: Event, decided: bool) -> bool:
    """Whether letters stand for the digits of the event. A key without one did not count then."""
    if isinstance(event, Webhook) and event.type in (PRESSED, GATHERED):
        typed = str(event.details.get("digit", event.details.get("digits", "#")))
        return not (typed or decided) or bool({*typed}.intersection(NO_KEYS))
    return isinstance(event, PinPosted) and bool({*event.digits}.intersection(NO_KEYS))


def as_json(again: Replay) -> Row:
    """Return the whole replay as one object."""
    found = again.difference
    return {
        "folder": str(again.recording.folder),
        "decisions": len(again.recording.decisions),
        "webhooks": len(again.recording.webhooks),
        "missing": list(again.recording.missing),
        "story": list(rows(again)),
        "ignored": [{"file": file, "reason": reason} for file, reason in again.ignored],
        "rooms": [public_view.room(again.rooms[name]) for name in sorted(again.rooms)],
        "same": found is None,
        "difference": None if found is None else _difference(found),
    }


def _difference(found: Difference) -> Row:
    return {
        "file": found.file,
        "room": found.room,
        "what": found.what,
        "then": found.then,
        "now": found.now,
    }


def lines(again: Replay) -> Iterator[str]:
    """Yield the lines for people: the story, the end, and the difference.

    A terminal obeys some characters, which a recording of others may have: they are replaced.
    """
    return map(readable, _all_lines(again))


def _all_lines(again: Replay) -> Iterator[str]:
    recording = again.recording
    webhooks, events = len(recording.webhooks), len(recording.decisions)
    yield f"{_count(webhooks, 'webhook')}, {_count(events, 'event')}"
    for missing in recording.missing:
        yield f"The recording is not whole: {missing}."
    for (room, at), group in groupby(rows(again), key=lambda row: (row["room"], row["at"])):
        yield f"{at[11:23]}  {room}"
        yield from (f"  {row['kind']:8} {_who(row)}{row['text']}" for row in group)
    for file, reason in again.ignored:
        yield f"ignored  {file}: {reason}"
    yield ""
    for name in sorted(again.rooms):
        yield f"At the end, room {name}: {public_view.about(again.rooms[name])['summary']}"
    yield from _verdict(again)


def _who(row: Row) -> str:
    return f"{row['number']}: " if row["number"] and row["number"] not in row["text"] else ""


def _verdict(again: Replay) -> Iterator[str]:
    found = again.difference
    if found:
        yield f"DIFFERENT from the recording: {found}"
        yield f"  then: {_short(found.then)}"
        yield f"  now:  {_short(found.now)}"
    elif again.recording.decisions:
        yield "The line decides the same now as it did then."
    else:
        yield "No decisions are recorded, so there is nothing to compare."


def _short(part: Any) -> str:
    text = json.dumps(part)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
