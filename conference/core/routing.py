"""Find the room that an event concerns."""

from __future__ import annotations

from collections.abc import Callable

from conference.core.doors import Doors
from conference.core.events import Event, Ignored, Outcome, Webhook
from conference.core.handlers import HANDLERS
from conference.core.handlers.recordings_and_queues import RECORDINGS_AND_QUEUES
from conference.core.snapshot import Snapshot
from conference.core.texml import handlers as texml
from conference.core.texml.facts import StatusCallback
from conference.core.webhook_fields import DETAILS

_WITHOUT_CALL = ("conference.ended", *RECORDINGS_AND_QUEUES)

Lookup = Callable[[str], str | None]  # an id -> the name of the room that knows it


def rooms_to_snapshot(event: Event, by_call: Lookup) -> list[str]:
    """Return the rooms of calls that a snapshot of another room shows and no room knows."""
    if not isinstance(event, Outcome) or not isinstance(event.data, Snapshot):
        return []
    seen = event.data.elsewhere.items()
    return sorted({room for call, room in seen if by_call(call) is None})


def route(
    event: Webhook | StatusCallback, by_call: Lookup, by_conference: Lookup, doors: Doors
) -> str | Ignored:
    """Return the room's name, or the reason to ignore the event.

    A listed event without a handler has a room, too: it is shown there. The client_state of a
    conference's event does not count: it belongs to the conference's owner.
    """
    if isinstance(event, StatusCallback):
        return _of_texml(event, by_call, by_conference, doors) or doors.default
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
        return doors.behind(event.to)
    if event.type == "call.hangup":  # it may overtake its call.initiated: the room must know it
        return doors.behind(event.to)
    return Ignored(f"{event.type} of a call that is not ours")


def _of_texml(
    event: StatusCallback, by_call: Lookup, by_conference: Lookup, doors: Doors
) -> str | Ignored | None:
    """Return None for a recording whose conference no room knows: any room can report it."""
    if event.type.startswith(texml.RECORDING):
        return by_conference(event.conference) or by_call(event.call)
    if event.type not in (*texml.HANDLERS, texml.END):
        return Ignored("a status callback that changes nothing here")
    return doors.titled(event.room)
