"""What an event did, as lines for the log and for whoever asks later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from conference.core import rules
from conference.core.change import Change
from conference.core.commands import Command, PassThrough, TakeSnapshot
from conference.core.events import (
    CAUSE_FIELDS,
    FLOOR,
    DeadlinePassed,
    Event,
    HandedOver,
    ModeratorRequest,
    Outcome,
    Webhook,
)
from conference.core.outcomes.meanings import meaning
from conference.core.outcomes.retries import DROPPED
from conference.core.participant import Participant
from conference.core.parts import FREE, Told
from conference.core.room import USUAL_FRONT, FrontName, Room
from conference.core.texml.facts import Fetch, StatusCallback
from conference.core.webhook_fields import Details
from conference.reporting.public_view import mask_number

SPEECH = (FLOOR, "participant-speech")
RECORDING = "/api/telnyx/recordings/"  # where fresh links are to be had; Telnyx's last ten minutes
_PRIVATE = ("digit", "digits")
_IDS = ("recording_id", "call_leg_id")
_SECRET = re.compile(r"(?<=//)[^/?#]*@|[?#].*", re.DOTALL)  # of an address: it may open a file
_NUMBER = re.compile(r"\+?\d{7,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """`calls` are those concerned. `number` is the first one's, where it is known; of it, as of
    any number in `text`, only the last four digits are shown. `event_type` and `details` are a
    webhook's, whole, for whoever has the control token: `text` tells of them without the keys that
    were pressed. `front` is the door, call-control or texml, by which those concerned came."""

    kind: Literal["webhook", "request", "command", "outcome", "change"]
    calls: tuple[str, ...]
    text: str
    number: str = ""
    event_type: str = ""
    details: Details = field(default_factory=dict)
    front: FrontName = USUAL_FRONT


def activity(change: Change) -> Iterator[ActivityLine]:
    """Describe a change: what came in, what it changed, and what we ask Telnyx for."""
    before, after, event = change.before, change.after, change.event
    if isinstance(event, Webhook | StatusCallback) and event.type.startswith(SPEECH):
        return  # most of the traffic, and no news
    front = _front(change)
    for line in _lines(change):
        first = line.calls[0] if line.calls else ""
        known = after.participants.get(first) or before.participants.get(first)
        yield replace(line, number=mask_number(known.number) if known else "", front=front)


def _front(change: Change) -> FrontName:
    """Return the door that the change is about: one that opens or closes counts."""
    if isinstance(change.event, StatusCallback | Fetch):
        return "texml"
    after = change.after.front
    return change.before.front if after == USUAL_FRONT else after


def _lines(change: Change) -> Iterator[ActivityLine]:
    before, after, event = change.before, change.after, change.event
    if isinstance(event, Webhook):
        calls = (event.call,) if event.call else ()
        text = event.type + _said(event)
        yield ActivityLine("webhook", calls, text, event_type=event.type, details=event.details)
    elif isinstance(event, StatusCallback):
        calls = (event.call,) if event.call else ()
        yield ActivityLine("webhook", calls, event.type, event_type=event.type)
    elif isinstance(event, Fetch):
        yield ActivityLine("webhook", (event.call,), "Telnyx asks how it comes in")
    elif isinstance(event, Outcome):
        yield from _outcome(event)
    elif isinstance(event, ModeratorRequest):
        yield ActivityLine("request", event.calls, f"a moderator asks for {event.verb}")
    if before.participants is not after.participants:
        yield from _moves(change)
    if before.conference != after.conference:
        was, is_ = _open(before), _open(after)
        text = f"room {after.name}: {was} {_arrow(event)} {is_}, {len(after.joined)} inside"
        yield ActivityLine("change", (), text)
    if before.holding.told is not after.holding.told:
        yield from _holds(before, after, event)
    for command in change.commands:
        if not isinstance(command, TakeSnapshot):
            yield ActivityLine(
                "command", _calls(command), f"we ask for {command.name}{_again(command)}"
            )


def _outcome(event: Outcome) -> Iterator[ActivityLine]:
    means = meaning(event)
    if means == "done" and isinstance(event.command, TakeSnapshot):
        return  # what it showed is told as changes
    if event.code == DROPPED:
        text = f"{event.command.name} is dropped: {event.detail}"
        yield ActivityLine("outcome", _calls(event.command), text)
        return
    said = " ".join(part for part in (event.code or str(event.status or ""), event.detail) if part)
    why = "" if means == "done" else f" ({said})"
    took = max(event.at - event.command.at, 0.0)
    text = f"Telnyx on {event.command.name}: {means}{why}, {took:.1f} s after we first asked"
    yield ActivityLine("outcome", _calls(event.command), text)


def _moves(change: Change) -> Iterator[ActivityLine]:
    """`...0142: ringing -[call.answered]> greeting, reason, ...`"""
    before, after, event = change.before, change.after, change.event
    where = f"room {after.name}, conference {after.conference or before.conference or 'none'}"
    why = _masked(event.cause) + ", " if isinstance(event, Webhook) and event.cause else ""
    for call in change.touched:
        old, new = before.participants.get(call), after.participants.get(call)
        if old is not new and _status(old) != _status(new):
            who = mask_number((new or old or _NOBODY).number)
            was, is_ = _status(old) or "new", _status(new) or "gone"
            yield ActivityLine(
                "change", (call,), f"{who}: {was} {_arrow(event)} {is_}, {why}{where}"
            )


def _holds(before: Room, after: Room, event: Event) -> Iterator[ActivityLine]:
    where = f"room {after.name}, conference {after.conference or 'none'}"
    for call in before.holding.told.keys() | after.holding.told.keys():
        old, new = before.holding.told.get(call, FREE), after.holding.told.get(call, FREE)
        if call in after.joined and old != new:
            who = mask_number(after.participants[call].number)
            why = rules.hold_reason(after, call) or "not alone"
            text = f"{who}: {_words(old)} {_arrow(event)} {_words(new)}, {why}, {where}"
            yield ActivityLine("change", (call,), text)


_NOBODY = Participant("", "", "participant", "incoming", "ending", 0.0)


def _status(participant: Participant | None) -> str:
    return participant.status if participant else ""


def _open(room: Room) -> str:
    return f"open as {room.conference}" if room.conference else "no conference"


def _words(told: Told) -> str:
    held = {True: "on hold", False: "off hold", None: "on hold?"}[told.held]
    muted = {True: ", muted", False: "", None: ", muted?"}[told.muted]
    return held + muted


def _arrow(event: Event) -> str:
    if isinstance(event, Webhook | StatusCallback):
        return f"-[{event.type}]>"
    if isinstance(event, Outcome):
        return f"-[{event.command.name} {event.code or event.status or 'no answer'}]>"
    if isinstance(event, ModeratorRequest):
        return f"-[a moderator: {event.verb}]>"
    if isinstance(event, HandedOver):
        return "-[moved here]>"
    return "-[time is up]>" if isinstance(event, DeadlinePassed) else "-[start]>"


def _said(event: Webhook) -> str:
    """The webhook's details as a log may show them."""
    said = [_masked(event.cause)] if event.cause else []
    for name, value in event.details.items():
        if name not in CAUSE_FIELDS:
            shown = "***" if name in _PRIVATE else _shown(name, str(value))
            said.append(f"{name.replace('_', ' ')} {shown}")
    if recording := event.details.get("recording_id"):
        said.append(f"fresh links: GET {RECORDING}{recording}")
    return "".join(f", {each}" for each in said)


def _shown(name: str, value: str) -> str:
    if name in _IDS:
        return value
    return _masked(_SECRET.sub("", value) if name == "media_url" else value)


def _masked(text: str) -> str:
    return _NUMBER.sub(lambda number: mask_number(number[0]), text)


def _again(command: Command) -> str:
    return f", try {command.attempt}" if command.attempt > 1 else ""


def _calls(command: Command) -> tuple[str, ...]:
    call: str = getattr(command, "call", "")
    several: tuple[str, ...] = getattr(command, "calls", ())
    if isinstance(command, PassThrough):
        listed = command.body.get("call_control_ids") or [command.body.get("call_control_id")]
        several = (command.about,) if command.of == "call" else tuple(c for c in listed if c)
    return several or ((call,) if call else ())
