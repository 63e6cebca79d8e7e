"""The kinds of values that parameters have: each checks, reads and describes its own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from conference.core.client_state import ROOM_NAME, ROOM_NAME_IS

E164 = r"\+[1-9][0-9]{6,14}"


class Kind(Protocol):
    """A kind of values. `says` is what is allowed, in words that follow "must be"."""

    @property
    def says(self) -> str: ...

    @property
    def example(self) -> str: ...

    def check(self, value: Any) -> Any:
        """The value as it is used. ValueError if it is not allowed."""

    def read(self, text: str) -> Any:
        """The value that is meant by a word on a command line."""


class _AsTyped:
    """What is typed is the value."""

    __slots__ = ()

    def read(self, text: str) -> Any:
        return text


@dataclass(frozen=True, slots=True)
class Text(_AsTyped):
    longest: int = 3000
    least: int = 1
    example: str = '"Five minutes left."'

    @property
    def says(self) -> str:
        return f"text of {self.least} to {self.longest} printable characters"

    def check(self, value: Any) -> str:
        good = isinstance(value, str) and self.least <= len(value) <= self.longest
        if not good or not all(c.isprintable() or c == "\n" for c in value):
            raise ValueError
        return str(value)


@dataclass(frozen=True, slots=True)
class Address(_AsTyped):
    says: str = "an address that begins with https:// or http://"
    example: str = "https://example.com/music.mp3"

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 2000 or not value.isprintable():
            raise ValueError
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or " " in value:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Integer:
    least: int
    most: int

    @property
    def says(self) -> str:
        return f"a whole number from {self.least} to {self.most}"

    @property
    def example(self) -> str:
        return str(self.least)

    def check(self, value: Any) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise ValueError
        return value

    def read(self, text: str) -> Any:
        return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


@dataclass(frozen=True, slots=True)
class Switch:
    says: str = "true or false"
    example: str = "true"

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError
        return value

    def read(self, text: str) -> Any:
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)


@dataclass(frozen=True, slots=True)
class Choice(_AsTyped):
    choices: tuple[str, ...]

    @property
    def says(self) -> str:
        return f"one of {', '.join(self.choices)}"

    @property
    def example(self) -> str:
        return self.choices[0]

    def check(self, value: Any) -> str:
        if value not in self.choices:
            raise ValueError
        return str(value)


@dataclass(frozen=True, slots=True)
class Keys(_AsTyped):
    """Keys of a telephone."""

    longest: int = 128
    allowed: str = "0123456789ABCD*#"
    example: str = "12#"

    @property
    def says(self) -> str:
        many = f"1 to {self.longest}" if self.longest > 1 else "one"
        return f"{many} of the characters {self.allowed}"

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= self.longest:
            raise ValueError
        if set(value) - set(self.allowed):
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Loop:
    says: str = "infinity, or a whole number from 1 to 100"
    example: str = "infinity"

    def check(self, value: Any) -> str:
        if value != "infinity" and (type(value) is not int or not 1 <= value <= 100):
            raise ValueError
        return str(value)

    def read(self, text: str) -> Any:
        return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else text


@dataclass(frozen=True, slots=True)
class Fields:
    """Settings of a voice, which differ from one maker to the other."""

    most: int = 20
    says: str = "a JSON object of up to 20 texts, numbers, trues and falses"
    example: str = """'{"type": "aws"}'"""

    def check(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > self.most:
            raise ValueError
        if not all(isinstance(v, str | int | float) for v in value.values()):
            raise ValueError
        if not all(len(str(v)) <= 300 and str(v).isprintable() for kv in value.items() for v in kv):
            raise ValueError
        return value

    def read(self, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text


@dataclass(frozen=True, slots=True)
class People:
    """Participants, each named as anywhere else: whom that means, only the room can say."""

    says: str = "a list of participants"
    example: str = "+13125550143"

    def check(self, value: Any) -> list[str]:
        if not isinstance(value, list) or not 0 < len(value) <= 100:
            raise ValueError
        if not all(isinstance(name, str) and name for name in value):
            raise ValueError
        return value

    def read(self, text: str) -> Any:
        return [name.strip() for name in text.split(",")]


@dataclass(frozen=True, slots=True)
class Written:
    """Text that is written in one way, which the pattern has whole: an id, a date."""

    pattern: str
    says: str
    example: str

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or not value.isprintable():
            raise ValueError
        if not re.fullmatch(self.pattern, value):
            raise ValueError
        return value

    def read(self, text: str) -> Any:
        """A + that an address or a form has turned into a space is put back."""
        return text if re.fullmatch(self.pattern, text) else text.replace(" ", "+")


@dataclass(frozen=True, slots=True)
class Number(Written):
    pattern: str = E164
    says: str = "a number in E.164, such as +13125550142"
    example: str = "+13125550142"


@dataclass(frozen=True, slots=True)
class Label(_AsTyped):
    longest: int = 64
    example: str = "Ann"

    @property
    def says(self) -> str:
        return f"text of up to {self.longest} printable characters"

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.longest or not value.isprintable():
            raise ValueError
        return value.strip()


@dataclass(frozen=True, slots=True)
class RoomName(Written):
    pattern: str = ROOM_NAME.pattern
    says: str = ROOM_NAME_IS
    example: str = "blue"
