"""Sequences of keys, as they are spoken."""

from __future__ import annotations

from conference.core.announcements.numbers import NUMBERS
from conference.core.room import Room
from conference.core.words import Sentence, Words, join, say

WORDS = {
    **{str(n): word for n, word in enumerate(NUMBERS[:10])},
    "*": Sentence("star"),
    "#": Sentence("hash"),
}


def spoken(room: Room, sequence: str) -> Words:
    """Return `star six` for *6."""
    return join(*(say(room, WORDS[key]) if key in WORDS else Words(key) for key in sequence))
