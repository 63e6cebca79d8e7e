"""Handlers of recordings and of Telnyx's queues. Commands follow from the recording of a name."""

from __future__ import annotations

from collections.abc import Callable

from conference.core.admission.saying_names import is_name, keep
from conference.core.entry_stages import end_stage
from conference.core.events import Webhook
from conference.core.participant import Place
from conference.core.recordings import end_one
from conference.core.replacing import replace
from conference.core.room import Room


def call_enqueued(room: Room, event: Webhook) -> Room:
    """A caller waits in one of Telnyx's queues."""
    position = event.details.get("current_position")
    place = Place(
        queue=str(event.details.get("queue", "")),
        position=position if isinstance(position, int) else None,
        moved_at=event.occurred_at,
    )
    return _moved(room, event, place)


def call_dequeued(room: Room, event: Webhook) -> Room:
    """A caller has left the queue."""
    return _moved(room, event, Place(moved_at=event.occurred_at))


def call_recording_saved(room: Room, event: Webhook) -> Room:
    """A recording of the call is saved, so it has ended. After a name the next stage follows."""
    if is_name(room, event):
        return end_stage(keep(room, event), event)
    return end_one(room, event.call)


def call_recording_error(room: Room, event: Webhook) -> Room:
    """A recording of the call has failed, so it has ended: as if it was saved."""
    return call_recording_saved(room, event)


def conference_recording_saved(room: Room, event: Webhook) -> Room:
    """A recording of the conference is saved, so it has ended."""
    return end_one(room, event.conference)


def _moved(room: Room, event: Webhook, place: Place) -> Room:
    """Keep the place, unless a newer event of the call has come before."""
    before = room.queued.get(event.call, Place())
    if event.call not in room.participants or "" < event.occurred_at <= before.moved_at:
        return room
    return replace(room, queued={**room.queued, event.call: place})


RECORDINGS_AND_QUEUES: dict[str, Callable[[Room, Webhook], Room]] = {
    "call.enqueued": call_enqueued,
    "call.dequeued": call_dequeued,
    "call.recording.saved": call_recording_saved,
    "call.recording.error": call_recording_error,
    "conference.recording.saved": conference_recording_saved,
}
"""Routing accepts these events without a call."""
