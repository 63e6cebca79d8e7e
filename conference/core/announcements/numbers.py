"""Small numbers as words."""

from __future__ import annotations

from conference.core.room import Room
from conference.core.words import Sentence, Words, say

NUMBERS = (
    *(Sentence("zero"), Sentence("one"), Sentence("two"), Sentence("three"), Sentence("four")),
    *(Sentence("five"), Sentence("six"), Sentence("seven"), Sentence("eight"), Sentence("nine")),
    Sentence("ten"),
)


def in_words(room: Room, n: int) -> Words:
    """Return a number up to ten as a word, a higher one in digits."""
    return say(room, NUMBERS[n]) if n < len(NUMBERS) else Words(str(n))
