"""The kinds of values other than text: choices, numbers, objects and lists."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from conference.core.human_text import is_readable
from conference.core.schema.kind import Kind

# Choices

SWITCH_WORDS = {
    **dict.fromkeys(("yes", "true", "on", "1"), True),
    **dict.fromkeys(("no", "false", "off", "0"), False),
}
"""Words for yes and no, in lower case."""


def switched(word: str) -> bool | None:
    """Return the meaning of a word for yes or no, in any case; None for other words."""
    return SWITCH_WORDS.get(word.casefold())


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """One of some words.

    Words are read in any case, and with or without _ and -, as in onEnter. `yes`, `no`: the choices
    that words for yes and no mean, if it is a kind of switch.
    """

    choices: tuple[str, ...]
    yes: str = ""
    no: str = ""

    @property
    def says(self) -> str:
        return f"one of {', '.join(self.choices)}"

    @property
    def example(self) -> str:
        return self.choices[0]

    def allows(self, value: Any) -> bool:
        return value in self.choices

    def read(self, word: str) -> str:
        meant = switched(word) if self.yes else None
        if meant is None:
            return next((c for c in self.choices if _bare(c) == _bare(word)), word)
        return self.yes if meant else self.no


def _bare(word: str) -> str:
    """Return the word as in onEnter, on_enter and ON-ENTER."""
    return re.sub("[-_ ]", "", word).casefold()


@dataclass(frozen=True, slots=True)
class Several(Kind):
    """Some of the choices, in one text."""

    choices: tuple[str, ...]

    @property
    def says(self) -> str:
        return f"some of {', '.join(self.choices)}, each once, with spaces between them"

    @property
    def example(self) -> str:
        return self.choices[0]

    def allows(self, value: Any) -> bool:
        given = value.split() if isinstance(value, str) else []
        return 0 < len(given) == len(set(given) & set(self.choices))

    def used(self, value: str) -> str:
        return " ".join(value.split())


@dataclass(frozen=True, slots=True)
class Switch(Kind):
    """True or false, also as yes and no, on and off, 1 and 0 on a command line and in settings."""

    says: str = "true or false"
    example: str = "true"

    def allows(self, value: Any) -> bool:
        return isinstance(value, bool)

    def read(self, word: str) -> Any:
        meant = switched(word)
        return word if meant is None else meant


# Numbers


@dataclass(frozen=True, slots=True)
class Integer(Kind):
    least: int
    most: int

    @property
    def says(self) -> str:
        return f"a whole number from {self.least} to {self.most}"

    @property
    def example(self) -> str:
        return str(self.least)

    def allows(self, value: Any) -> bool:
        return type(value) is int and self.least <= value <= self.most

    def read(self, word: str) -> Any:
        return int(word) if re.fullmatch(r"-?[0-9]{1,18}", word) else word


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """A number, whole or not. `zero`: the meaning of 0, if that is allowed too."""

    least: float
    most: float
    zero: str = ""

    @property
    def says(self) -> str:
        besides = f"0, which is {self.zero}, or " if self.zero else ""
        return f"{besides}a number from {self.least:g} to {self.most:g}"

    @property
    def example(self) -> str:
        return f"{self.least:g}"

    def allows(self, value: Any) -> bool:
        if isinstance(value, bool):
            return False
        return self.least <= value <= self.most or (bool(self.zero) and value == 0)

    def read(self, word: str) -> Any:
        return float(word) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", word) else word


@dataclass(frozen=True, slots=True)
class Loop(Kind):
    """How many times a sound is played."""

    says: str = "infinity, or a whole number from 1 to 100"
    example: str = "infinity"

    def allows(self, value: Any) -> bool:
        return value == "infinity" or (type(value) is int and 1 <= value <= 100)

    def used(self, value: Any) -> str:
        return str(value)

    def read(self, word: str) -> Any:
        return int(word) if re.fullmatch(r"[0-9]{1,3}", word) else word


# Objects and lists


def read_json(word: str) -> Any:
    """Return the value of the JSON; the word itself if it is none."""
    try:
        return json.loads(word)
    except (ValueError, RecursionError):
        return word


@dataclass(frozen=True, slots=True)
class Fields(Kind):
    """Settings of a voice; each provider has its own."""

    most: int = 20
    says: str = "a JSON object of up to 20 texts, numbers, trues and falses"
    example: str = """'{"type": "aws"}'"""

    def allows(self, value: Any) -> bool:
        if not isinstance(value, dict) or len(value) > self.most:
            return False
        texts = [str(each) for pair in value.items() for each in pair]
        plain = all(isinstance(each, str | int | float) for each in value.values())
        return plain and all(len(each) <= 300 and is_readable(each) for each in texts)

    def read(self, word: str) -> Any:
        return read_json(word)


@dataclass(frozen=True, slots=True)
class People(Kind):
    """Participants by call id, member or phone number, or label. Their room finds them later."""

    says: str = "a list of participants"
    example: str = "+13125550143"

    def allows(self, value: Any) -> bool:
        if not isinstance(value, list) or not 0 < len(value) <= 100:
            return False
        return all(isinstance(name, str) and name for name in value)

    def read(self, word: str) -> Any:
        return [name.strip() for name in word.split(",")]


@dataclass(frozen=True, slots=True)
class Headers(Kind):
    """SIP headers."""

    most: int = 20
    says: str = 'a JSON list of up to 20 headers such as {"name": "X-Why", "value": "late"}'
    example: str = """'[{"name": "X-Why", "value": "late"}]'"""

    def allows(self, value: Any) -> bool:
        return isinstance(value, list) and 0 < len(value) <= self.most and all(map(_header, value))

    def read(self, word: str) -> Any:
        return read_json(word)


def _header(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"name", "value"}:
        return False
    name, text = value["name"], value["value"]
    named = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name)
    return bool(named) and isinstance(text, str) and len(text) <= 300 and text.isprintable()
