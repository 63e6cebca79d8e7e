"""The reasons to refuse a caller before the first entry stage: a row for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conference.core.admission.bans import REMOVED, is_banned
from conference.core.admission.opening_hours import local
from conference.core.announcements.spoken_times import spoken_moment
from conference.core.client_state import Role
from conference.core.entering import HELD_ELSEWHERE, LOCKED, MINUTES_USED_UP, locked_out
from conference.core.fronts import front
from conference.core.room import Room
from conference.core.words import NOTHING, Sentence, Words, say

CLOSED = Sentence("The conference is closed. It opens {when}. Goodbye.")
CLOSED_FOR_GOOD = Sentence("The conference is closed. Goodbye.")  # no opening follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One row.

    `applies`: whether the reason concerns this call. `words`: the goodbye; both at this time, in
    Unix seconds.
    """

    applies: Callable[[Room, str, float], bool]
    words: Callable[[Room, float], Words]


def refusal(room: Room, call: str, at: float) -> Words:
    """Return the goodbye of the first row that applies to the call; empty if none does."""
    row = next((row for row in REFUSALS if row.applies(room, call, at)), None)
    return row.words(room, at) if row else NOTHING


def is_closed(room: Room, role: Role, at: float) -> bool:
    """Whether new callers of the role must not come in, by the opening hours."""
    settings = room.settings
    return role != "moderator" and not settings.opening_hours.is_open(at, settings.time_zone)


def closed(room: Room, at: float) -> Words:
    """Return the words of a closed room: when it opens."""
    zone = room.settings.time_zone
    opens = room.settings.opening_hours.opens_at(at, zone)
    if opens is None:
        return say(room, CLOSED_FOR_GOOD)
    return say(room, CLOSED, when=spoken_moment(room, local(opens, zone), local(at, zone)))


def _comes_too_late(room: Room, call: str, at: float) -> bool:
    """Whether a caller comes when the room is closed. Those who wait in a stage came in time, and
    so did those found after a restart, as far as the line knows."""
    participant = room.participants[call]
    new = participant.status == "ringing" and not participant.recovered
    incoming = participant.direction == "incoming"
    return new and incoming and is_closed(room, participant.role, at)


def _fixed(words: Sentence) -> Callable[[Room, float], Words]:
    return lambda room, at: say(room, words)


REFUSALS = (
    Refusal(
        applies=lambda room, call, at: not front(room).takes_calls,
        words=_fixed(HELD_ELSEWHERE),
    ),
    Refusal(applies=lambda room, call, at: locked_out(room, call), words=_fixed(LOCKED)),
    Refusal(applies=lambda room, call, at: is_banned(room, call), words=_fixed(REMOVED)),
    Refusal(applies=_comes_too_late, words=closed),
    Refusal(applies=lambda room, call, at: room.minutes.used_up(at), words=_fixed(MINUTES_USED_UP)),
)
