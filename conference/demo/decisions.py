"""Shows the simulated Telnyx which event led the line to which commands."""

from __future__ import annotations

from collections.abc import Iterator

from conference.core import commands, events
from conference.core.change import Change
from conference.core.command_ids import command_id
from conference.core.texml.facts import Fetch, StatusCallback
from conference.engine.outbox import Observer
from conference.simulator import SimulatedTelnyx

_DECISIONS = {
    events.DeadlinePassed: "a deadline has passed",
    events.SnapshotWanted: "the line compares its calls with Telnyx's lists",
    events.HandedOver: "a caller comes from another room",
    events.InternalFault: "a fault of the line",
}
"""By the type of an event that is no message of Telnyx."""


def observer(telnyx: SimulatedTelnyx) -> Observer:
    """Return the observer that passes on the reason for each command, before it is sent."""

    def observe(change: Change) -> None:
        new: list[str] = []
        for command in change.commands:
            keys = tuple(keys_of(command))
            if command.attempt > 1:
                telnyx.led(keys[0] if keys else "", keys)  # because of the try before
            else:
                new += keys
        if new:
            event = change.event
            telnyx.led(_because(event), new, _words(event), getattr(event, "calls", ()))

    return observe


def keys_of(command: commands.Command) -> Iterator[str]:
    """Yield the keys by which the simulated Telnyx knows the command's request."""
    if isinstance(command, commands.OfCall | commands.PassThrough | commands.Dial):
        yield command_id(command)
    match command:
        case commands.Hold() | commands.Unhold() | commands.Mute() | commands.Unmute():
            yield " ".join((command.name, *command.calls))
        case commands.Kick():
            yield f"{command.name} {command.call}"
        case commands.Remember():
            yield f"client_state_update {command.call}"
        case commands.Dial():
            yield f"{command.name} {command.to}"
        case commands.PassThrough():
            several = command.body.get("call_control_ids") or ()
            one = command.body.get("call_control_id")
            named = (one,) if one else tuple(several) or (command.about,)
            yield " ".join((command.name, *map(str, named)))


def _because(event: events.Event) -> str:
    """Return the key of the message of Telnyx that the event is; "" for none."""
    match event:
        case events.Webhook():
            return event.id
        case StatusCallback():
            return f"{event.type} {event.conference} {event.sequence}"
        case Fetch():
            return f"fetch {event.call}"
        case events.Outcome():
            return next(keys_of(event.command), "")
        case _:
            return ""


def _words(event: events.Event) -> str:
    if isinstance(event, events.ModeratorRequest):
        return f"a moderator asks: {event.verb}"
    return _DECISIONS.get(type(event), "")
