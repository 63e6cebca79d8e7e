"""Phone numbers as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import category, decimal

from conference.core.schema.kind import Kind

E164 = r"\+[1-9][0-9]{6,14}"
LONGEST = 64  # characters, with everything between the digits
CACHED = 4096  # notations

_BETWEEN = re.compile(r"[-.()/\t\r\n\u2010-\u2015\u2212\u30fc]")  # and spaces of all kinds
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # to ASCII
_TEL = re.compile(r"\s*tel:", re.IGNORECASE)
_TRUNK = re.compile(r"\(\s*0\s*\)")  # dialled inside the country alone: +44 (0)20 7946 0958
_KEEPS_ZERO = ("+39", "0039")  # in Italy it belongs to the number
AMERICAN = re.compile(r"[2-9][0-9]{2}[2-9][0-9]{6}")  # without its country code, 1


@lru_cache(CACHED)
def compact(text: str) -> str:
    """Return the digits, with a + if there is one; empty if the text is no number.

    Everything that may stand between digits is dropped, and invisible characters.
    """
    text = "".join(c for c in text if category(c) != "Cf") if len(text) <= LONGEST else ""
    text = _TEL.sub("", text.translate(_FULL_WIDTH), count=1)
    digits = _without_spaces(_ascii_digits(text))
    bare = _BETWEEN.sub("", digits)
    if bare.startswith(("+", "00")) and not bare.startswith(_KEEPS_ZERO):
        bare = _BETWEEN.sub("", _TRUNK.sub("", digits))
    return bare if re.fullmatch(r"\+?[0-9]+", bare) else ""


def e164(text: str) -> str:
    """Return the number in E.164; empty if the text is none with + or 00 before it."""
    number = with_plus(text)
    return number if re.fullmatch(E164, number) else ""


def with_plus(text: str) -> str:
    """Return + and the digits of a number, or of its beginning; empty without + or 00."""
    number = re.sub("^00", "+", compact(text))
    return number if re.fullmatch(r"\+[1-9][0-9]{0,14}", number) else ""


def suggestion(text: str) -> str:
    """Return the number in E.164 that is probably meant by one without +; empty if none is."""
    number = compact(text)
    if number.startswith("011"):  # as 00, but in America
        return e164("+" + number.removeprefix("011"))
    return e164(f"+1{number}" if AMERICAN.fullmatch(number) else f"+{number}")


@dataclass(frozen=True, slots=True)
class PhoneNumber(Kind):
    """A number, used in E.164. No error about a private one has a number."""

    private: bool = False
    says: str = "a number in E.164, such as +13125550142"
    example: str = "+13125550142"

    def allows(self, value: Any) -> bool:
        return isinstance(value, str) and bool(e164(value))

    def used(self, value: str) -> str:
        return e164(value)

    def quote(self, word: str) -> str:
        return ""

    def hint(self, value: Any) -> str:
        number = compact(value) if isinstance(value, str) else ""
        if not number or e164(number) or number.startswith("+"):
            return ""
        meant = "" if self.private else suggestion(number)
        question = f"did you mean {meant}? W" if meant else "w"
        return f": {question}rite it with + and the country code"


def _ascii_digits(text: str) -> str:
    """Return the text with the digits of another script as ASCII's; a mixture stays as it is."""
    scripts = {ord(c) - decimal(c) for c in text if category(c) == "Nd"}
    if len(scripts) != 1:
        return text
    return "".join(str(decimal(c)) if category(c) == "Nd" else c for c in text)


def _without_spaces(text: str) -> str:
    return "".join(c for c in text if category(c) != "Zs")
