"""The entry stage `lobby`: callers wait until a moderator admits them."""

from __future__ import annotations

from conference.core.admission.outside import begin_wait
from conference.core.commands import Speak
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.words import Sentence, say

PLEASE_HOLD = Sentence("The host will let you in. Please hold.")


def in_lobby(participant: Participant) -> bool:
    """Whether the caller hears the words of the lobby, or waits in it."""
    return participant.waits_outside and participant.stages[0] == "lobby" and bool(participant.wait)


def begin(room: Room, participant: Participant, at: float) -> tuple[Room, Speak | None]:
    """Speak to the caller; the enqueue follows. A moderator passes at once, as does
    everyone where the room has no lobby any more.
    """
    if participant.role == "moderator" or not room.settings.lobby:
        return room, None
    return begin_wait(room, participant, say(room, PLEASE_HOLD), at)
