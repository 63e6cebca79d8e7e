"""The interface of a kind of values: check a value, read a word, describe what is allowed."""

from __future__ import annotations

from typing import Any, Protocol

LONGEST_QUOTE = 80  # characters of a wrong word that an error shows


class Kind(Protocol):
    """A kind of values, for settings, forms, command lines and JSON.

    `says`: what is allowed, in words that follow "must be". `example`: a good word.
    """

    __slots__ = ()

    @property
    def says(self) -> str: ...

    @property
    def example(self) -> str: ...

    def allows(self, value: Any) -> bool:
        """Is the value good? A wrong one may also raise ValueError or TypeError."""
        ...

    def used(self, value: Any) -> Any:
        """Return a good value as it is used."""
        return value

    def read(self, word: str) -> Any:
        """Return the value of a word, unchecked; the word itself if it has none."""
        return word

    def hint(self, value: Any) -> str:
        """Return the end of the error about a wrong value: what is meant, perhaps."""
        return ""

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
            raise ValueError(f"must be {self.says}{self.hint(value)}")
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
