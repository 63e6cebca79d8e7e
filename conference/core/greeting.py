"""The words by which a caller is welcomed, before the conference."""

from __future__ import annotations

from conference.core.client_state import Role
from conference.core.room import Room
from conference.core.room_states import waits_for_host
from conference.core.words import Sentence, Words, say

WAIT_FOR_HOST = Sentence("The conference starts when the host arrives. Please hold.")


def greeting(room: Room, role: Role, *, first: bool) -> Words:
    """Return the greeting of a caller; empty for none. `first`: nobody else is in the room.

    Callers who wait for the host hear so.
    """
    settings = room.settings
    if waits_for_host(room) and not settings.starts(role):
        return say(room, WAIT_FOR_HOST)
    return Words(settings.greeting_first if first else settings.greeting_next)
