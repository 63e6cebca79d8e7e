"""Chimes: the tone or words by which those inside hear that others have joined, and how many are
there.

One announcement at a time: who joins while one is heard is announced with the next. In a large
room words follow the first newcomer by SUMMARY_EVERY, for all of that time.

Deadline "chime": no announcement before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from conference.core.announcements.announcing import Part, Sound, announce, announce_parts, seconds
from conference.core.announcements.names import heard_name, with_names
from conference.core.announcements.numbers import in_words
from conference.core.fronts import front
from conference.core.origin import CHIME
from conference.core.parts import NOTHING_ASKED
from conference.core.replacing import replace
from conference.core.room import Deadline, Room, came_in
from conference.core.room_states import state_of, waits_for_host
from conference.core.transitions import set_deadline
from conference.core.words import Sentence, Words, say

NEXT_CHIME = Deadline("chime", "")
SUMMARY_EVERY = 30.0  # seconds
MOST_NAMES = 3  # in one announcement
TONE_SECONDS = 2.0
ONE_JOINED = Sentence("A caller has joined.")
MORE_JOINED = Sentence("{n} people have joined.")
NAMED_JOINED = Sentence("{names} has joined.")
NAMED_HAVE_JOINED = Sentence("{names} have joined.")
ONLY_ONE = Sentence("You are the only one in the conference.")
SO_MANY = Sentence("There are {n} people in the conference.")


def announce_newcomers(before: Room, room: Room, at: float) -> Room:
    """Announce participants who have joined: `play` or `speak` follows, now or later.

    Each newcomer hears how many are there, if the room has that setting.
    """
    if before.joined is room.joined or not front(room).speaks:
        return room
    new = _newcomers(before, room)
    room = _tell_count(room, new, at)
    if not new or not _chimes(room) or waits_for_host(before):
        return room  # the arrival of the host is announced by itself
    room = replace(room, newcomers=(*room.newcomers, *new))
    if NEXT_CHIME in room.deadlines:
        return room
    if _is_large(room):
        return set_deadline(room, NEXT_CHIME, at + SUMMARY_EVERY)
    return announce_waiting(room, "", at)


def announce_waiting(room: Room, of: str, at: float) -> Room:
    """Announce the newcomers who are still inside, all at once: `play` or `speak` follows.

    It is for those who can talk: not for those on hold, and not for the newcomers.
    """
    new = [call for call in room.newcomers if call in room.joined]
    room = replace(room, newcomers=())
    hear = _talking(room).difference(new)
    if not new or not hear or not _chimes(room):
        return room
    parts = _joined(room, new, at)
    room = announce_parts(room, parts, at, hear)
    return set_deadline(room, NEXT_CHIME, at + seconds(parts))


def _newcomers(before: Room, room: Room) -> list[str]:
    """Return the calls that are inside for the first time, the oldest first."""
    came = came_in(before, room)
    people = [room.participants[call] for call in came if not _was_inside(before, call)]
    return [p.call for p in sorted(people, key=lambda p: p.member) if not p.recovered]


def _was_inside(before: Room, call: str) -> bool:
    known = before.participants.get(call)
    return known is not None and known.joined_at is not None


def are_on(room: Room) -> bool | None:
    """Return whether the room has chimes now, by its setting and by moderators; None if never."""
    return not room.chimes_off if room.settings.chimes else None


def _chimes(room: Room) -> bool:
    """Whether newcomers are announced now: not while a moderator wants none, nor in a lecture."""
    return bool(are_on(room)) and room.mode != "lecture"


def _is_large(room: Room) -> bool:
    return len(room.joined) > room.settings.chimes_up_to


def _talking(room: Room) -> frozenset[str]:
    """Return the joined participants without a hold by a moderator or by the state of the room."""
    asked = room.holding.asked
    inside = room.joined - state_of(room).holds(room)
    return frozenset(call for call in inside if not asked.get(call, NOTHING_ASKED).hold)


def _joined(room: Room, calls: Sequence[str], at: float) -> list[Part]:
    """Return the tone, "Ann and Bob have joined.", "Four people have joined." and the like."""
    if room.base and not room.settings.announce_names and not _is_large(room):
        return [Sound(room.base + CHIME, TONE_SECONDS)]
    found = [heard_name(room.participants[call], at) for call in calls]
    names = [name for name in found if name] if room.settings.announce_names else []
    one = len(calls) == 1
    if len(names) == len(calls) <= MOST_NAMES:
        return with_names(room, NAMED_JOINED if one else NAMED_HAVE_JOINED, names)
    n = in_words(room, len(calls)).capitalize()
    return [say(room, ONE_JOINED if one else MORE_JOINED, n=n)]


def people(room: Room) -> Words:
    """Return how many people are inside, in spoken words."""
    n = len(room.joined)
    return say(room, ONLY_ONE if n == 1 else SO_MANY, n=n)


def _tell_count(room: Room, new: list[str], at: float) -> Room:
    """Let newcomers hear how many are inside: in private, unless music is on."""
    if not room.settings.announce_count:
        return room
    hear = _talking(room).intersection(new)
    return announce(room, people(room), at, hear)
