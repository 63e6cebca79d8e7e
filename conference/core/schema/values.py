"""How the values of settings are read, and what is said of one that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LONGEST = 2000  # characters of an address
SHOWN = 80  # characters of a value that is wrong


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of values. `says` follows "must be"; `read` raises ValueError for what is not
    allowed. A value that is wrong is quoted, as far as `shows` leaves it."""

    says: str
    read: Callable[[str], Any]
    shows: Callable[[str], str] = str

    def parse(self, text: str, note: str = "") -> Any:
        """The value. ValueError says what it is and what it must be, then the note."""
        try:
            return self.read(text)
        except ValueError:
            shown = self.shows(text)
            shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."
            what = f"is {shown!r}, and must be {self.says}. {note}"
            raise ValueError(what.rstrip()) from None


def words(meanings: Mapping[str, Any], says: str = "") -> Kind:
    """Words of ours, each with what it stands for."""

    def read(text: str) -> Any:
        if text not in meanings:
            raise ValueError
        return meanings[text]

    return Kind(says or f"one of {', '.join(meanings)}", read)


def one_of(*choices: str) -> Kind:
    return words({choice: choice for choice in choices})


def number(least: float, most: float) -> Kind:
    return Kind(f"a number from {least:g} to {most:g}", _number(float, least, most))


def whole(least: int, most: int) -> Kind:
    return Kind(f"a whole number from {least} to {most}", _number(int, least, most))


def _number(kind: Callable[[str], Any], least: float, most: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
            raise ValueError
        value = kind(text)
        if not least <= value <= most:
            raise ValueError
        return value

    return read


def address(text: str) -> str:
    """An http address, to the letter. ValueError does not quote it, for a password in it."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        good = False
    if not good:
        raise ValueError("is not an address that begins with https:// or http://.")
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters.")
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("has spaces or other characters in it: write them percent-encoded.")
    return text


def without_secrets(address: str) -> str:
    """Without its user, password and query."""
    return re.sub(r".*@|[?#].*", "...", address, flags=re.DOTALL)
