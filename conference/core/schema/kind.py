"""What a kind of values is: it checks a value, reads a word, and says what is allowed."""

from __future__ import annotations

from typing import Any, Protocol

LONGEST_QUOTE = 80  # characters of a wrong word that an error shows


class Kind(Protocol):
    """A kind of values, for settings, forms, command lines and JSON alike.

    `says` is what is allowed, in words that follow "must be". `example` is a word that is good.
    """

    __slots__ = ()

    @property
    def says(self) -> str: ...

    @property
    def example(self) -> str: ...

    def allows(self, value: Any) -> bool:
        """Is the value good? May raise ValueError or TypeError for one that is not."""
        ...

    def used(self, value: Any) -> Any:
        """Return a good value as it is used."""
        return value

    def read(self, word: str) -> Any:
        """Return the value that a word stands for, unchecked; the word itself if it is wrong."""
        return word

    def quote(self, word: str) -> str:
        """Return the part of a wrong word that an error may show; empty for none."""
        return word

    def check(self, value: Any) -> Any:
        """Return the value as it is used. ValueError says what it must be."""
        try:
            good = self.allows(value)
        except (ValueError, TypeError):
            good = False
        if not good:
            raise ValueError(f"must be {self.says}")
        return self.used(value)

    def parse(self, word: str, note: str = "") -> Any:
        """Return the checked value of a word. ValueError quotes the word and ends with the note."""
        try:
            return self.check(self.read(word))
        except ValueError as error:
            shown = self.quote(word)
            shown = shown if len(shown) <= LONGEST_QUOTE else f"{shown[:LONGEST_QUOTE]}..."
            what = f"is {shown!r}, and {error}" if shown else str(error)
            raise ValueError(f"{what}. {note}".rstrip()) from None
