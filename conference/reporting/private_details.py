"""Leaves the private details of a webhook out: keys of a PIN, and addresses of said names."""

from __future__ import annotations

from conference.core.admission.reception import is_private
from conference.core.events import Webhook
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.webhook_fields import Details, without_keys


def without_names(room: Room, event: Webhook) -> Webhook:
    """Return the event without the address of what is played, where that may be a caller's name."""
    if not room.settings.ask_name or "media_url" not in event.details:
        return event
    details = {name: value for name, value in event.details.items() if name != "media_url"}
    return replace(event, details=details)


def public(room: Room, event: Webhook) -> Details:
    """Return the details without keys that may belong to a PIN. `room`: before the event.

    In a room with keys or PINs these are all keys, except the input of a moderator's gather.
    """
    known = room.participants.get(event.call)
    if is_private(room, event):
        return without_keys(event.details)
    if not (room.settings.keys or room.settings.pins):
        return event.details
    if known and known.pressed.gathers_until:
        return {name: value for name, value in event.details.items() if name != "digit"}
    return without_keys(event.details)
