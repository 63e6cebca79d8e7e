"""The line's own words: English sentences, and their translations in a room.

Each module has the sentences that it speaks, and `say` returns them in the words of the room.
`conference.core.sentences` lists them all.
"""

from __future__ import annotations

from typing import NewType

from conference.core.room import Room


class Sentence(str):
    """An English sentence that callers hear, or a part of one: the key of its translation.

    A name in braces is the place of a value.
    """

    __slots__ = ()


Words = NewType("Words", str)
"""Text as callers of a room hear it: made by `say`, or the owner's own."""

NOTHING = Words("")


def say(room: Room, *sentences: Sentence, **values: object) -> Words:
    """Return the sentences in the words of the room, with the values in their places."""
    theirs = room.settings.words
    return Words(" ".join(theirs.get(each, each).format(**values) for each in sentences))


def join(*words: Words) -> Words:
    """Return the words one after the other, without empty ones."""
    return Words(" ".join(filter(None, words)))
