"""The kinds of text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conference.core.client_state import ROOM_NAME, ROOM_NAME_IS
from conference.core.human_text import clean, is_readable
from conference.core.schema.kind import Kind

LONGEST_ADDRESS = 2000  # characters


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Text, with or without line breaks. Pasted invisible characters are dropped."""

    longest: int = 3000
    least: int = 1
    example: str = '"Five minutes left."'

    @property
    def says(self) -> str:
        length = f"{self.least} to {self.longest}" if self.least else f"up to {self.longest}"
        return f"text of {length} printable characters"

    def allows(self, value: Any) -> bool:
        fits = isinstance(value, str) and self.least <= len(value) <= self.longest
        return fits and is_readable(value.replace("\n", "")) and self.least <= len(clean(value))

    def used(self, value: str) -> str:
        return clean(value)


@dataclass(frozen=True, slots=True)
class Label(Kind):
    """Text of one line. Spaces around it and pasted invisible characters are dropped."""

    longest: int = 64
    least: int = 0
    example: str = "Ann"

    @property
    def says(self) -> str:
        length = f"{self.least} to {self.longest}" if self.least else f"up to {self.longest}"
        return f"text of {length} printable characters"

    def allows(self, value: Any) -> bool:
        fits = isinstance(value, str) and len(value) <= self.longest and is_readable(value)
        return fits and self.least <= len(self.used(value))

    def used(self, value: str) -> str:
        return clean(value).strip()


class MediaName(Label):
    """The name of a file in Telnyx's media storage, which is no address."""

    def allows(self, value: Any) -> bool:
        return super().allows(value) and not is_address(value)

    def hint(self, value: Any) -> str:
        there = isinstance(value, str) and is_address(value)
        return ": an address has a parameter of its own" if there else ""


def is_address(text: str) -> bool:
    return re.match(r"\s*https?://", text, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class Pattern(Kind):
    """Text that a regular expression matches as a whole. No error quotes a private one."""

    pattern: str
    says: str
    example: str = ""
    private: bool = False

    def allows(self, value: Any) -> bool:
        readable = isinstance(value, str) and is_readable(value)
        return readable and re.fullmatch(self.pattern, value) is not None

    def quote(self, word: str) -> str:
        return "" if self.private else word


QUEUE_NAME = Pattern(".{1,255}", "1 to 255 printable characters", example="support")
ROOM = Pattern(ROOM_NAME.pattern, ROOM_NAME_IS, example="blue")


@dataclass(frozen=True, slots=True)
class Address(Kind):
    """A web address. `encoded`: other characters than ASCII must be percent-encoded."""

    encoded: bool = False
    example: str = "https://example.com/music.mp3"

    @property
    def says(self) -> str:
        how = f" of up to {LONGEST_ADDRESS} characters, percent-encoded," if self.encoded else ""
        return f"an address{how} that begins with https:// or http://"

    def allows(self, value: Any) -> bool:
        written = isinstance(value, str) and value.isprintable() and " " not in value
        if not written or len(value) > LONGEST_ADDRESS or (self.encoded and not value.isascii()):
            return False
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0

    def quote(self, word: str) -> str:
        """Leave out user, password and query."""
        return re.sub(r".*@|[?#].*", "...", word, flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class Keys(Kind):
    """Keys of a telephone. `least`: 0 if an empty text stands for no key."""

    longest: int = 128
    allowed: str = "0123456789ABCD*#"
    example: str = "12#"
    least: int = 1

    @property
    def says(self) -> str:
        many = f"1 to {self.longest}" if self.longest > 1 else "one"
        none = "" if self.least else ", or empty for none"
        return f"{many} of the characters {self.allowed}{none}"

    def allows(self, value: Any) -> bool:
        fits = isinstance(value, str) and self.least <= len(value) <= self.longest
        return fits and not set(value) - set(self.allowed)
