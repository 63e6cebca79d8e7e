"""The entry stage `seat`: callers of a full room wait until somebody leaves.

They come in by themselves, in order.
"""

from __future__ import annotations

from conference.core.admission.outside import begin_wait
from conference.core.admission.seats import MOST_SEATS, has_seat_beside
from conference.core.commands import Speak
from conference.core.entering import SEAT_PAUSE
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.words import Sentence, say

PLACE = Sentence("The conference is full. You are number {n} in the queue. Please hold.")


def begin(room: Room, participant: Participant, at: float) -> tuple[Room, Speak | None]:
    """Speak the place in the queue. With a free seat the caller passes at once."""
    if not room.settings.queue_when_full or has_seat(room, participant):
        return room, None
    words = say(room, PLACE, n=_before(room, participant) + 1)
    return begin_wait(room, participant, words, at)


def waiting(room: Room) -> list[Participant]:
    """Return the callers in the stage, in the order of their member numbers."""
    there = (p for p in room.participants.values() if _in_stage(p) and p.status == "greeting")
    return sorted(there, key=_order)


def has_seat(room: Room, participant: Participant) -> bool:
    """Whether there is a seat for the caller, and nobody waits who came before."""
    if participant.role == "moderator":
        return True
    if SEAT_PAUSE in room.deadlines or _before(room, participant):
        return False
    others = [p for p in room.participants.values() if p.call != participant.call]
    most = room.settings.seats(MOST_SEATS)
    return has_seat_beside(room, [p for p in others if _takes_seat(p)], most)


def _before(room: Room, participant: Participant) -> int:
    """Count those who wait for a seat and came before."""
    there = [p for p in waiting(room) if p.wait != "admitted"]
    return sum(_order(p) < _order(participant) for p in there)


def _takes_seat(participant: Participant) -> bool:
    """Whether the participant is inside, or on the way from here: greeted, or let pass."""
    if participant.status == "greeting":
        return not participant.stages or (_in_stage(participant) and participant.wait == "admitted")
    return participant.status in ("waiting", "joined")


def _in_stage(participant: Participant) -> bool:
    return participant.stages[:1] == ("seat",)


def _order(participant: Participant) -> tuple[int, str]:
    return participant.member, participant.call
