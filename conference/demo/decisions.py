"""Shows the simulated Telnyx which event led the line to which commands."""

from __future__ import annotations

from collections.abc import Iterator

from conference.core import commands, events
from conference.core.change import Change
from conference.core.command_ids import command_id
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.engine.outbox import Observer
from conference.simulator import SimulatedTelnyx

_DECISIONS = {
    events.DeadlinePassed: "a deadline has passed",
    events.SnapshotWanted: "the app compares its calls with Telnyx's lists",
    events.HandedOver: "a caller comes from another room",
    events.RequestAnswered: "the app answers a key",
    events.InternalFault: "a fault of the app",
}
"""By the type of an event that is no message of Telnyx."""

_READ = {
    commands.TakeSnapshot: "the app has compared its calls with Telnyx's lists",
    commands.Find: "the app has looked for the conference in Telnyx's list",
}
"""By the type of a command that only reads: its answer leads to the other commands."""


def observer(telnyx: SimulatedTelnyx) -> Observer:
    """Return the observer that passes on the reasons for each command, before it is sent."""

    def observe(change: Change) -> None:
        event, new = change.event, []
        for command in change.commands:
            keys = tuple(keys_of(command))
            if command.attempt > 1:
                telnyx.reasons.repeated(keys)
            elif keys:
                new.append((command, keys))
        because, words = _because(change), _words(event)
        if words and (new or isinstance(event, events.ModeratorRequest)):
            telnyx.reasons.decided(because, words, _about(event))
        for command, keys in new:
            telnyx.reasons.led((because, *_requests(command)), keys)

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


def _because(change: Change) -> str:
    """Return the key of the event: of Telnyx's message, or else of the line's decision."""
    match change.event:
        case events.Webhook(id=id):
            return id
        case StatusCallback() as event:
            return f"{event.type} {event.conference} {event.sequence}"
        case Fetch(call=call) | PinPosted(call=call):
            return f"fetch {call}"
        case events.Outcome(command=command) if type(command) not in _READ:
            return next(keys_of(command), "")
        case events.ModeratorRequest(id=id):
            return _request(id)
        case event:
            return f"{type(event).__name__} {change.after.name} {event.at}"


def _requests(command: commands.Command) -> Iterator[str]:
    """Yield the keys of the moderators' requests that the command came of.

    The command may have waited for others, and so be sent because of another event.
    """
    asked = getattr(command, "asked_by", ()) or (command.request,)
    return (_request(id) for id in sorted(asked) if id)


def _request(id: str) -> str:
    return f"request {id}"


def _words(event: events.Event) -> str:
    match event:
        case events.ModeratorRequest(verb=verb):
            return f"a moderator asks: {verb}"
        case events.Outcome(command=command):
            return _READ.get(type(command), "")
        case _:
            return _DECISIONS.get(type(event), "")


def _about(event: events.Event) -> tuple[str, ...]:
    """Return the calls that a moderator's request is about, and the number to be called."""
    if not isinstance(event, events.ModeratorRequest):
        return ()
    to = event.values.get("to")
    return (*event.calls, *((to,) if isinstance(to, str) else ()))
