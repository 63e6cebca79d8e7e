"""Describes changes in lines of text, for the log and for `/api/events`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from conference.core.change import Change
from conference.core.commands import Command, PassThrough, TakeSnapshot
from conference.core.events import (
    FLOOR,
    DeadlinePassed,
    Event,
    HandedOver,
    InternalFault,
    ModeratorRequest,
    Outcome,
    RequestAnswered,
    SnapshotWanted,
    Webhook,
)
from conference.core.meeting import dials
from conference.core.muting import MuteReason, mute_reason
from conference.core.outcomes.meanings import DROPPED, meaning
from conference.core.parts import FREE, Told
from conference.core.room import USUAL_FRONT, FrontName, Room
from conference.core.room_states import HoldReason, hold_reason
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.core.texml.passed_on import WITH_NUMBERS
from conference.core.texml.pin_entry import result
from conference.core.webhook_fields import Details
from conference.masking import mask_number, masked
from conference.reporting.private_details import public, without_names
from conference.reporting.request_ids import Ids, RequestIds
from conference.reporting.webhook_text import webhook_text

HOLD_REASONS: dict[HoldReason | None, str] = {
    "not-started": " because not started",
    "alone": " because alone",
    "moderator": " by a moderator",
    None: "",
}
MUTE_REASONS: dict[MuteReason, str] = {
    "moderator": " by a moderator",
    "mute-all": " with everybody",
    "listener": " as a listener",
    "self": " by the own key",
    "mode": " by the mode of the room",
    "": "",
}
NO_DETAILS: Details = {}
OF_EVENT = ("webhook", "request", "outcome")  # the kinds of lines that describe the event
NONE_OUTSIDE: Mapping[str, Ids] = {}
SPEECH = (FLOOR, "participant-speech")  # how the types of events about speakers begin
MOST_SHARED = 5000  # texts; an ordinary call has about 20 different ones


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """What happened, in words.

    calls: the calls concerned. number, label: those of the first call, if known.
    text: shows only the last four digits of numbers, as `number` does, and no pressed keys.
    event_type, id, occurred_at, conference, leg, details: of a webhook, whole but for PINs; the log
    shows none of them. Other lines have none. occurred_at: text that sorts, as in the event.
    front: the kind of number by which the callers came.
    requests: ids of the moderators' requests that it came of.
    """

    kind: Literal["webhook", "request", "command", "outcome", "change"]
    calls: tuple[str, ...]
    text: str
    number: str = ""
    label: str = ""
    event_type: str = ""
    id: str = ""
    occurred_at: str = ""
    conference: str = ""
    leg: str = ""
    details: Details = field(default_factory=lambda: NO_DETAILS)
    front: FrontName = USUAL_FRONT
    requests: Ids = ()


def activity(change: Change, outside: Mapping[str, Ids] = NONE_OUTSIDE) -> Iterator[ActivityLine]:
    """Describe the event, what it changed, and the commands. A change of speaker has no line.

    `outside`: the requests of calls that are in no room, by call.
    Equal texts, ids and numbers are shared: thousands of lines are kept, and many have the same.
    """
    before, after, event = change.before, change.after, change.event
    if isinstance(event, Webhook | StatusCallback) and event.type.startswith(SPEECH):
        return  # most of the traffic
    front, ids = _front(change), RequestIds(change, outside)
    for line in (*_event(change), *_effects(change, ids), *_commands(change, ids)):
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
            text, leg, shown = webhook_text(event), _shared(event.leg), public(change.before, event)
            yield replace(_reported(event, shown), text=text, id=event.id, leg=leg)
        case StatusCallback() as event:
            shown = {n: v for n, v in event.more.items() if n not in WITH_NUMBERS}
            yield _reported(event, shown)
        case Fetch() as event:
            yield ActivityLine("webhook", (event.call,), "Telnyx fetches the TeXML document")
        case PinPosted() as event:
            said = result(change.after.texml.entries[event.call])
            yield ActivityLine("webhook", (event.call,), f"Telnyx posts a PIN: {said}")
        case ModeratorRequest() as event:
            yield ActivityLine("request", event.calls, f"a moderator requests {event.verb}")
        case Outcome() as event:
            yield from _outcome(event)


def _reported(event: Webhook | StatusCallback, details: Details) -> ActivityLine:
    """Return the line of an event that Telnyx has reported."""
    return ActivityLine(
        kind="webhook",
        calls=(_shared(event.call),) if event.call else (),
        text=event.type,
        event_type=_shared(event.type),
        occurred_at=event.occurred_at,
        conference=_shared(event.conference),
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


def _effects(change: Change, ids: RequestIds) -> Iterator[ActivityLine]:
    before, after = change.before, change.after
    if before.participants is not after.participants:
        yield from _moves(change, ids)
    if isinstance(change.event, ModeratorRequest):
        yield from _cancelled(change, ids)
    if before.conference != after.conference:
        was, is_ = _conference(before), _conference(after)
        move = f"{was} -[{_cause(change.event)}]> {is_}"
        text = f"room {after.name}: {move}, {len(after.joined)} inside"
        yield ActivityLine("change", (), text, requests=ids.of_effect())
    if before.holding.told is not after.holding.told:
        yield from _holds(change, ids)


def _cancelled(change: Change, ids: RequestIds) -> Iterator[ActivityLine]:
    """Describe the dials that a moderator has cancelled before Telnyx began the call."""
    kept = {dial.id for dial in dials(change.after)}
    for dial in dials(change.before):
        if dial.id not in kept:
            text = f"{mask_number(dial.to)}: not called any more, room {change.after.name}"
            yield ActivityLine("change", (), text, requests=(*ids.of_event, dial.request))


def _moves(change: Change, ids: RequestIds) -> Iterator[ActivityLine]:
    """Describe the calls' moves: `...0142: ringing -[call.answered]> greeting, reason, ...`"""
    before, after, event = change.before, change.after, change.event
    why = f"{masked(event.cause)}, " if isinstance(event, Webhook) and event.cause else ""
    for call in change.touched:
        old, new = before.participants.get(call), after.participants.get(call)
        was, is_ = old.status if old else "new", new.status if new else "gone"
        known = new or old
        if known and (was, is_) != ("new", "gone") and was != is_:
            text = f"{was} -[{_cause(event)}]> {is_}, {why}{_where(change)}"
            text, by = f"{mask_number(known.number)}: {text}", ids.of_effect(call)
            yield ActivityLine("change", (call,), text, requests=by)


def _holds(change: Change, ids: RequestIds) -> Iterator[ActivityLine]:
    """Describe hold and mute: `...0142: put on hold because alone (hold 200), ...`"""
    before, after = change.before.holding.told, change.after.holding.told
    for call in before.keys() | after.keys():
        old, new = before.get(call, FREE), after.get(call, FREE)
        if call in change.after.joined and old != new:
            number = mask_number(change.after.participants[call].number)
            what = ", ".join(_hold_and_mute(change.after, call, old, new))
            text = f"{number}: {what} ({_cause(change.event)}), {_where(change)}"
            yield ActivityLine("change", (call,), text, requests=ids.of_effect(call))


def _hold_and_mute(room: Room, call: str, old: Told, new: Told) -> Iterator[str]:
    if old.held != new.held:
        why = HOLD_REASONS[hold_reason(room, call)]
        free = "no longer on hold" if old.held else "not on hold"
        yield {True: f"put on hold{why}", False: free, None: "hold unknown"}[new.held]
    elif old.music != new.music:
        yield "other hold music"
    if old.muted != new.muted:
        why = MUTE_REASONS[mute_reason(room, call)]
        free = "no longer muted" if old.muted else "not muted"
        yield {True: f"muted{why}", False: free, None: "mute unknown"}[new.muted]


def _where(change: Change) -> str:
    before, after = change.before, change.after
    return f"room {after.name}, conference {after.conference or before.conference or 'none'}"


def _conference(room: Room) -> str:
    return f"open as {room.conference}" if room.conference else "no conference"


def _cause(event: Event) -> str:
    match event:
        case Webhook() | StatusCallback():
            return event.type
        case Outcome():
            return f"{event.command.name} {event.code or event.status or 'no answer'}"
        case ModeratorRequest():
            return f"a moderator: {event.verb}"
        case HandedOver():
            return "moved here"
        case RequestAnswered():
            return "a key is answered"
        case DeadlinePassed():
            return "time is up"
        case SnapshotWanted():
            return "snapshot wanted"
        case Fetch():
            return "fetch"
        case PinPosted():
            return "a PIN"
        case InternalFault():
            return "internal fault"


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
