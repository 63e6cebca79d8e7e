"""The verb `role`: what a participant may do from now on."""

from __future__ import annotations

from conference.core.entering import remember
from conference.core.events import ModeratorRequest
from conference.core.muting import muted_in_role
from conference.core.parts import NOTHING_ASKED
from conference.core.requests.hands import request_mutes
from conference.core.room import Room
from conference.core.transitions import change, set_asked


def role(room: Room, event: ModeratorRequest) -> Room:
    """Change the role of participants: `remember` follows, and `mute` or `unmute` by the rule.

    Nothing follows for a participant who has the role already.
    """
    before, role = room, event.values["role"]
    for call in event.calls:
        if room.participants[call].role == role:
            continue
        asked = room.holding.asked.get(call, NOTHING_ASKED)
        room = change(room, call, role=role)
        room = set_asked(room, call, mute_by=muted_in_role(room, asked.mute_by, role))
        room = remember(room, call, event.at)
    return request_mutes(before, room, event.calls)
