"""What an event did, as lines for the log and for whoever asks later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from conference.core import rules
from conference.core.commands import Command, Look
from conference.core.events import DeadlinePassed, Event, Outcome, Webhook
from conference.core.meanings import meaning
from conference.core.room import FREE, Participant, Room, Told
from conference.view import mask

FLOOR = "conference.floor.changed"


@dataclass(frozen=True, slots=True)
class Line:
    """`calls` are those concerned. `number` is the first one's, where it is known; of it, as of
    any number in `text`, only the last four digits are shown."""

    kind: Literal["webhook", "command", "outcome", "change"]
    calls: tuple[str, ...]
    text: str
    number: str = ""


def happened(
    before: Room, after: Room, event: Event, commands: tuple[Command, ...]
) -> Iterator[Line]:
    """What came in, what it changed, and what we ask Telnyx for because of it."""
    if isinstance(event, Webhook) and event.type == FLOOR:
        return  # most of the traffic, and no news
    for line in _lines(before, after, event, commands):
        first = line.calls[0] if line.calls else ""
        known = after.participants.get(first) or before.participants.get(first)
        yield replace(line, number=mask(known.number)) if known else line


def _lines(
    before: Room, after: Room, event: Event, commands: tuple[Command, ...]
) -> Iterator[Line]:
    if isinstance(event, Webhook):
        yield Line("webhook", (event.call,), f"{event.type}{_because(event)}")
    elif isinstance(event, Outcome):
        yield from _outcome(event)
    if before.participants is not after.participants:
        yield from _moves(before, after, event)
    if before.conference != after.conference:
        was, is_ = _open(before), _open(after)
        text = f"room {after.name}: {was} {_arrow(event)} {is_}, {len(after.joined)} inside"
        yield Line("change", (), text)
    if before.told is not after.told:
        yield from _holds(before, after, event)
    for command in commands:
        if not isinstance(command, Look):
            yield Line("command", _calls(command), f"we ask for {_named(command)}{_again(command)}")


def _outcome(event: Outcome) -> Iterator[Line]:
    means = meaning(event)
    if means == "done" and isinstance(event.command, Look):
        return  # what it showed is told as changes
    said = " ".join(part for part in (event.code or str(event.status or ""), event.detail) if part)
    why = "" if means == "done" else f" ({said})"
    took = max(event.at - event.command.at, 0.0)
    text = f"Telnyx on {_named(event.command)}: {means}{why}, {took:.1f} s after we first asked"
    yield Line("outcome", _calls(event.command), text)


def _moves(before: Room, after: Room, event: Event) -> Iterator[Line]:
    """`...0142: ringing -[call.answered]> greeting, reason, ...`"""
    where = f"room {after.name}, conference {after.conference or before.conference or 'none'}"
    why = event.cause + ", " if isinstance(event, Webhook) and event.cause else ""
    for call in dict.fromkeys(after.touched):
        old, new = before.participants.get(call), after.participants.get(call)
        if old is not new and _status(old) != _status(new):
            who = mask((new or old or _NOBODY).number)
            was, is_ = _status(old) or "new", _status(new) or "gone"
            yield Line("change", (call,), f"{who}: {was} {_arrow(event)} {is_}, {why}{where}")


def _holds(before: Room, after: Room, event: Event) -> Iterator[Line]:
    where = f"room {after.name}, conference {after.conference or 'none'}"
    for call in before.told.keys() | after.told.keys():
        old, new = before.told.get(call, FREE), after.told.get(call, FREE)
        if call in after.joined and old != new:
            who = mask(after.participants[call].number)
            why = rules.hold_reason(after, call) or "not alone"
            text = f"{who}: {_words(old)} {_arrow(event)} {_words(new)}, {why}, {where}"
            yield Line("change", (call,), text)


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
    if isinstance(event, Webhook):
        return f"-[{event.type}]>"
    if isinstance(event, Outcome):
        return f"-[{_named(event.command)} {event.code or event.status or 'no answer'}]>"
    return "-[time is up]>" if isinstance(event, DeadlinePassed) else "-[start]>"


def _because(event: Webhook) -> str:
    return f", {event.cause}" if event.cause else ""


def _named(command: Command) -> str:
    return type(command).__name__.lower()


def _again(command: Command) -> str:
    return f", try {command.attempt}" if command.attempt > 1 else ""


def _calls(command: Command) -> tuple[str, ...]:
    call: str = getattr(command, "call", "")
    several: tuple[str, ...] = getattr(command, "calls", ())
    return several or ((call,) if call else ())
