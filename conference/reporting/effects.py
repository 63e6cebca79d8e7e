"""Describes what an event has changed: calls that moved, conferences, hold and mute."""

from __future__ import annotations

from collections.abc import Iterator

from conference.core.change import Change
from conference.core.events import (
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
from conference.core.parts import FREE, Told
from conference.core.room import Room
from conference.core.room_states import HoldReason, hold_reason
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.masking import mask_number, masked
from conference.reporting.activity_line import ActivityLine
from conference.reporting.request_ids import RequestIds

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


def effects(change: Change, ids: RequestIds) -> Iterator[ActivityLine]:
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
