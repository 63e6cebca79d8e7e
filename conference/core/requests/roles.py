"""The verb `role`: what a participant may do from now on."""

from __future__ import annotations

from conference.core import hands
from conference.core.announcements.announcing import announce
from conference.core.entering import remember
from conference.core.events import ModeratorRequest
from conference.core.muting import muted_in_role
from conference.core.parts import NOTHING_ASKED
from conference.core.requests.hands import TURN_OVER, request_mutes
from conference.core.room import Room
from conference.core.transitions import change, set_asked
from conference.core.words import say


def role(room: Room, event: ModeratorRequest) -> Room:
    """Change the role of participants: `remember` follows, and `mute` or `unmute` by the rule.

    Their hands are lowered, and a turn ends: `speak` follows, except for a new moderator.
    Nothing follows for a participant who has the role already.
    """
    before, role = room, event.values["role"]
    for call in event.calls:
        if room.participants[call].role == role:
            continue
        asked = room.holding.asked.get(call, NOTHING_ASKED)
        had_turn = call == room.called
        room = hands.lower(change(room, call, role=role), call)
        room = set_asked(room, call, mute_by=muted_in_role(room, asked.mute_by, role))
        room = remember(room, call, event.at)
        if had_turn and role != "moderator":
            room = announce(room, say(room, TURN_OVER), event.at, [call])
    return request_mutes(before, room, event.calls)
