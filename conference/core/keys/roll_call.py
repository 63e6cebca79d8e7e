"""The roll call: a participant hears in private how many are inside, and who."""

from __future__ import annotations

from conference.core.announcements.announcing import Part, announce_parts
from conference.core.announcements.chimes import people
from conference.core.announcements.names import alone, heard_name
from conference.core.announcements.numbers import in_words
from conference.core.commands import Queue
from conference.core.events import Refused
from conference.core.keys.action import Press
from conference.core.keys.spoken import spoken
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.schema.phone_numbers import compact
from conference.core.words import NOTHING, Sentence, Words, say

WITH_DIGITS = Sentence("A caller with {digits}")
AND_MORE = Sentence("And {n} more.")
ONE_NAMELESS = Sentence("A caller without a name.")
SO_MANY_NAMELESS = Sentence("{n} callers without a name.")

MOST_NAMES = 10
DIGITS_HEARD = 4  # the last ones of a number, for moderators alone
MOST_WAITING = 10  # commands for the conference: with more, announcements would come late


def roll_call(room: Room, press: Press) -> tuple[Room, Words]:
    """Count the people inside, and name them in the order of their member numbers.

    Raise Refused while much waits for the conference: each name that was said is a command.
    """
    if len(room.pending.get(Queue("requests", room.conference), ())) >= MOST_WAITING:
        raise Refused("overloaded", "commands wait for the conference: try again soon")
    inside = sorted((room.participants[call] for call in room.joined), key=lambda p: p.member)
    words = people(room)
    if len(inside) == 1:
        return room, words
    hosts = room.participants[press.call].role == "moderator"
    names = [name for p in inside if (name := _known_as(room, p, press.at, hosts))]
    parts: list[Part] = [words, *alone(names[:MOST_NAMES]), *_others(room, len(names), len(inside))]
    return announce_parts(room, parts, press.at, [press.call]), NOTHING


def _known_as(room: Room, participant: Participant, at: float, to_host: bool) -> Part | None:
    """Return the name; to a moderator else the end of the number. None without both."""
    if name := heard_name(participant, at):
        return name
    number = participant.number
    if not to_host or not compact(number) or len(number) <= DIGITS_HEARD:
        return None
    return say(room, WITH_DIGITS, digits=spoken(room, number[-DIGITS_HEARD:]))


def _others(room: Room, named: int, n: int) -> list[Part]:
    """Return the words about those who are not named."""
    if named > MOST_NAMES:
        return [say(room, AND_MORE, n=in_words(room, n - MOST_NAMES))]
    nameless = n - named
    if nameless == 1:
        return [say(room, ONE_NAMELESS)]
    so_many = in_words(room, nameless).capitalize()
    return [say(room, SO_MANY_NAMELESS, n=so_many)] if nameless else []
