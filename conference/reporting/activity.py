"""Describes changes in lines of text, for the log and for `/api/events`.

The event and the commands are described here, what the event has changed in `effects`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from conference.core.change import Change
from conference.core.commands import Command, PassThrough, TakeSnapshot
from conference.core.events import FLOOR, ModeratorRequest, Outcome, Webhook
from conference.core.outcomes.meanings import DROPPED, meaning
from conference.core.replacing import replace
from conference.core.room import USUAL_FRONT, FrontName
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.core.texml.passed_on import WITH_NUMBERS
from conference.core.texml.pin_entry import result
from conference.core.webhook_fields import Details
from conference.masking import mask_number, masked
from conference.reporting.activity_line import ActivityLine
from conference.reporting.effects import effects
from conference.reporting.private_details import public, without_names
from conference.reporting.request_ids import Ids, RequestIds
from conference.reporting.webhook_text import webhook_text

OF_EVENT = ("webhook", "request", "outcome")  # the kinds of lines that describe the event
NONE_OUTSIDE: Mapping[str, Ids] = {}
SPEECH = (FLOOR, "participant-speech")  # how the types of events about speakers begin
MOST_SHARED = 5000  # texts; an ordinary call has about 20 different ones


def activity(change: Change, outside: Mapping[str, Ids] = NONE_OUTSIDE) -> Iterator[ActivityLine]:
    """Describe the event, what it changed, and the commands. A change of speaker has no line.

    `outside`: the requests of calls that are in no room, by call.
    Equal texts, ids and numbers are shared: thousands of lines are kept, and many have the same.
    """
    before, after, event = change.before, change.after, change.event
    if isinstance(event, Webhook | StatusCallback) and event.type.startswith(SPEECH):
        return  # most of the traffic
    front, ids = _front(change), RequestIds(change, outside)
    for line in (*_event(change), *effects(change, ids), *_commands(change, ids)):
        first = line.calls[0] if line.calls else ""
        known = after.participants.get(first) or before.participants.get(first)
        number, label = (_shared(mask_number(known.number)), known.label) if known else ("", "")
        by = ids.of_event if line.kind in OF_EVENT else line.requests
        yield replace(
            line,
            text=_shared(line.text),
            number=number,
            label=label,
            front=front,
            requests=by,
        )


@lru_cache(maxsize=MOST_SHARED)
def _shared(text: str) -> str:
    """Return one object for equal texts. Python 3.12 would never free those of sys.intern."""
    return text


def _front(change: Change) -> FrontName:
    """Return the front of the room, also if this change opens or closes it."""
    if isinstance(change.event, StatusCallback | Fetch | PinPosted):
        return "texml"
    after = change.after.front
    return change.before.front if after == USUAL_FRONT else after


def _event(change: Change) -> Iterator[ActivityLine]:
    match change.event:
        case Webhook():
            event = without_names(change.before, change.event)
            shown = public(change.before, event)
            yield _reported(event, webhook_text(event), shown, id=event.id, leg=_shared(event.leg))
        case StatusCallback() as event:
            shown = {n: v for n, v in event.more.items() if n not in WITH_NUMBERS}
            yield _reported(event, event.type, shown)
        case Fetch() as event:
            yield ActivityLine("webhook", (event.call,), "Telnyx fetches the TeXML document")
        case PinPosted() as event:
            said = result(change.after.texml.entries[event.call])
            yield ActivityLine("webhook", (event.call,), f"Telnyx posts a PIN: {said}")
        case ModeratorRequest() as event:
            yield ActivityLine("request", event.calls, f"a moderator requests {event.verb}")
        case Outcome() as event:
            yield from _outcome(event)


def _reported(
    event: Webhook | StatusCallback, text: str, details: Details, id: str = "", leg: str = ""
) -> ActivityLine:
    """Return the line of an event that Telnyx has reported."""
    return ActivityLine(
        kind="webhook",
        calls=(_shared(event.call),) if event.call else (),
        text=text,
        event_type=_shared(event.type),
        id=id,
        occurred_at=event.occurred_at,
        conference=_shared(event.conference),
        leg=leg,
        details={n: _shared(v) if isinstance(v, str) else v for n, v in details.items()},
    )


def _outcome(event: Outcome) -> Iterator[ActivityLine]:
    command, means = event.command, meaning(event)
    if event.code == DROPPED:
        text = f"{command.name} is dropped: {event.detail}"
    elif means == "done" and isinstance(command, TakeSnapshot):
        return  # what it showed is described as changes
    else:
        code = event.code or str(event.status or "")
        reason = " ".join(part for part in (code, masked(event.detail)) if part)
        why = "" if means == "done" else f" ({reason})"
        took = max(event.at - command.at, 0.0)
        text = f"Telnyx's response to {command.name}: {means}{why}, after {took:.1f} s"
    yield ActivityLine("outcome", _calls(command), text)


def _commands(change: Change, ids: RequestIds) -> Iterator[ActivityLine]:
    for command in change.commands:
        if not isinstance(command, TakeSnapshot):
            again = f", try {command.attempt}" if command.attempt > 1 else ""
            text, by = f"we send {command.name}{again}", ids.of_command(command)
            yield ActivityLine("command", _calls(command), text, requests=by)


def _calls(command: Command) -> tuple[str, ...]:
    """Return the calls that the command concerns."""
    if isinstance(command, PassThrough):
        if command.of == "call":
            return (command.about,)
        listed = command.body.get("call_control_ids") or [command.body.get("call_control_id")]
        return tuple(call for call in listed if call)
    several: tuple[str, ...] = getattr(command, "calls", ())
    call: str = getattr(command, "call", "")
    return several or ((call,) if call else ())
