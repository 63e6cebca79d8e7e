"""Where Telnyx reaches us: what stands before /webhook in the address that it delivers to."""

from __future__ import annotations

from dataclasses import replace

from conference.core.room import Room

WEBHOOK = "/webhook"


def reached_at(room: Room, delivered_to: str) -> Room:
    """The room with the public address that a webhook's `meta.delivered_to` gives away."""
    url = delivered_to.split("?")[0].rstrip("/")
    origin = url.removesuffix(WEBHOOK)
    if origin == room.origin or not url.startswith(("http://", "https://")):
        return room
    return replace(room, origin=origin)
