"""Commands by Telnyx's own names, for the room's conference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conference.core.commands import PassThrough
from conference.core.room import Room

WITHOUT_REGION = ("end", "gather_using_audio", "participants", "send_dtmf")


def for_conference(room: Room, action: str, body: Mapping[str, Any], id: str) -> PassThrough:
    """Return the command for the room's conference, in the room's region where it takes one."""
    region = {"region": room.settings.region} if room.settings.region else {}
    fields = body if action in WITHOUT_REGION else {**region, **body}
    return PassThrough("conference", room.conference, action, fields, id)
