"""Which room a webhook concerns."""

from __future__ import annotations

from collections.abc import Callable

from conference.core.commands import Leave
from conference.core.events import Event, HandedOver, Ignored, Outcome, Webhook
from conference.core.handlers import HANDLERS
from conference.core.handlers.recordings_and_queues import REFLECTED
from conference.core.parts import NOTHING
from conference.core.room import Room
from conference.core.snapshot import Snapshot
from conference.core.texml import handlers as texml
from conference.core.texml.facts import StatusCallback
from conference.core.webhook_fields import DETAILS

_WITHOUT_CALL = ("conference.ended", *REFLECTED)

Lookup = Callable[[str], str | None]  # an id -> the name of the room that knows it


def rooms_to_snapshot(event: Event, by_call: Lookup) -> list[str]:
    """The other rooms of which a look has shown calls that nobody here knows."""
    if not isinstance(event, Outcome) or not isinstance(event.data, Snapshot):
        return []
    seen = event.data.elsewhere.items()
    return sorted({room for call, room in seen if by_call(call) is None})


def handed_over(before: Room, after: Room, event: Event) -> tuple[str, HandedOver] | None:
    """The room that a call goes to, and what that room is told."""
    command = event.command if isinstance(event, Outcome) else None
    if not isinstance(command, Leave) or not command.to or command.call in after.participants:
        return None
    participant = before.participants.get(command.call)
    if participant is None:
        return None
    asked = before.holding.asked.get(command.call, NOTHING)
    return command.to, HandedOver(
        at=event.at,
        participant=participant,
        asked=asked,
        left=command.conference,
        recorded=before.recordings.going_on.get(command.call, 0),
        unsaved=before.recordings.unsaved.get(command.call, 0),
    )


def route(
    event: Webhook | StatusCallback, by_call: Lookup, by_conference: Lookup, default: str
) -> str | Ignored:
    """The room's name, or why the event is no business of ours. What changes nothing in its room is
    told of there all the same, if it is listed.

    A conference's event carries the client_state of the conference's owner, so that one does not
    say which room it concerns.
    """
    if isinstance(event, StatusCallback):
        return _of_texml(event, by_call, by_conference) or default
    if event.type not in DETAILS:
        return Ignored(f"{event.type} changes nothing here")
    if not event.call and event.type in HANDLERS and event.type not in _WITHOUT_CALL:
        return Ignored(f"{event.type} without a call_control_id")
    if event.type.startswith("conference."):
        if not event.conference:
            return Ignored(f"{event.type} without a conference_id")
        room = by_conference(event.conference) or by_call(event.call)
        return room or Ignored(f"{event.type} of a conference that is not ours")
    if room := by_call(event.call):
        return room
    if event.client_state:
        return event.client_state.room
    if event.type == "call.initiated" and event.direction == "incoming":
        return default
    if event.type == "call.hangup":
        return default  # it may have overtaken its call.initiated, which must find it
    return Ignored(f"{event.type} of a call that is not ours")


def _of_texml(
    event: StatusCallback, by_call: Lookup, by_conference: Lookup
) -> str | Ignored | None:
    """None for a recording of what is known no more, and yet to be told of: any room will do."""
    if event.type.startswith(texml.RECORDING):
        return by_conference(event.conference) or by_call(event.call)
    if event.type not in (*texml.HANDLERS, texml.END):
        return Ignored("a status callback that changes nothing here")
    return event.room
