"""The whole core as one function: `(room, event) -> change`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conference.core import rules
from conference.core.announcements.chimes import announce_newcomers
from conference.core.announcements.recording_notice import record, tell_recording
from conference.core.change import Change
from conference.core.commands import Command, queue_of
from conference.core.deadlines import deadline_passed
from conference.core.draft import EMPTY_DRAFT, Draft
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
from conference.core.handlers import handle
from conference.core.keys.keypad import answer_request
from conference.core.keys.telling import tell_mutes
from conference.core.meeting import end_meeting
from conference.core.outcomes.outcome import outcome
from conference.core.reconcile import snapshot_soon, take_snapshot
from conference.core.replacing import replace
from conference.core.requests.moderation import take_over_call
from conference.core.requests.verbs import requested
from conference.core.room import Room, in_flight
from conference.core.snapshot import Snapshot
from conference.core.states import Cause
from conference.core.texml.door import caller_at_door
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.core.texml.handlers import apply_callback
from conference.core.texml.pin_entry import pin_posted
from conference.core.transitions import complete_head
from conference.core.versions import changed_rows, stamp


def decide(room: Room, event: Event) -> Change:
    """Apply the event, then the rules, then the versions. No handler sends: commands wait in
    `room.pending`.

    The change's commands are the heads of queues that were not in flight before the event.
    """
    react = REACTIONS[type(event)]
    begun = replace(room, draft=Draft(_cause(event), _request(event)))
    begun = end_meeting(begun, event.at)  # a meeting may be over by time
    after = react(begun, event)
    if after is begun:
        return Change(room, room, event)
    after = rules.apply(begun, tell_mutes(begun, after, event.at), event.at)
    for announce in (record, tell_recording, announce_newcomers):
        after = announce(begun, after, event.at)
    touched = tuple(dict.fromkeys(after.draft.touched))
    rows = changed_rows(room, after, touched)
    handovers, requests = after.draft.handed, after.draft.requests
    after = replace(after, draft=EMPTY_DRAFT, **stamp(room, after, rows, touched, event.at))
    to_send = _to_send(room, after)
    return Change(room, after, event, to_send, touched, rows, handovers, requests)


def _to_send(before: Room, after: Room) -> tuple[Command, ...]:
    if after.pending is before.pending and after.deadlines is before.deadlines:
        return ()
    sent = in_flight(before)
    return tuple(c for queue, c in in_flight(after).items() if sent.get(queue) is not c)


def _cause(event: Event) -> Cause:
    """Return the cause that the event is for a call's move."""
    if isinstance(event, Outcome):
        return "snapshot" if isinstance(event.data, Snapshot) else "outcome"
    return CAUSES[type(event)]


def _request(event: Event) -> str:
    """Return the id of the moderator's request that the event is, or follows from."""
    match event:
        case ModeratorRequest():
            return event.id
        case HandedOver():
            return event.request
        case _:
            return ""


def _give_up(room: Room, event: InternalFault) -> Room:
    """Drop the command, so that its queue goes on, and read from Telnyx's lists what it did."""
    room = complete_head(room, queue_of(event.command), lambda c: c == event.command)
    return snapshot_soon(room, event.at)


def _snapshot_wanted(room: Room, event: SnapshotWanted) -> Room:
    return take_snapshot(room, event.at)


REACTIONS: dict[type[Event], Callable[[Room, Any], Room]] = {
    Webhook: handle,
    StatusCallback: apply_callback,
    Fetch: caller_at_door,
    PinPosted: pin_posted,
    ModeratorRequest: requested,
    Outcome: outcome,
    DeadlinePassed: deadline_passed,
    HandedOver: take_over_call,
    RequestAnswered: answer_request,
    SnapshotWanted: _snapshot_wanted,
    InternalFault: _give_up,
}
CAUSES: dict[type[Event], Cause] = {
    Webhook: "webhook",
    StatusCallback: "webhook",
    Fetch: "webhook",
    PinPosted: "webhook",
    ModeratorRequest: "request",
    HandedOver: "request",
    RequestAnswered: "request",
    DeadlinePassed: "deadline",
    SnapshotWanted: "snapshot",
    InternalFault: "outcome",
}
