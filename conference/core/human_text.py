"""The text that people write and read: labels, greetings and spoken words, in all languages."""

from __future__ import annotations

import re
from unicodedata import category, normalize

REFUSED = ("Cc", "Cs", "Co", "Zl", "Zp")
"""Unicode's categories of control characters, surrogates, private characters, and separators of
lines and paragraphs. Unassigned ones may be letters or emoji that are newer than this Python."""

NO_CHARACTERS = frozenset(
    map(chr, [*range(0xFDD0, 0xFDF0), *(p << 16 | n for p in range(17) for n in (0xFFFE, 0xFFFF))])
)
"""Codes that Unicode never assigns."""

BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They reorder the text around them, so that a name can look like another one."""

NEVER_SHOWN = BIDI_OVERRIDES | NO_CHARACTERS

PASTED = "\u00ad\u200b\u2060\ufeff"
"""Invisible characters without a meaning, often copied along with a text.

Soft hyphen, zero width space, word joiner and byte order mark.
"""

_AROUND = re.compile(rf"\A[\s{PASTED}]+|[\s{PASTED}]+\Z")

_BLANK = re.compile("[\u034f\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Characters that show nothing, though Unicode calls them letters, signs or marks: a joiner of
graphemes, fillers, the blank of Braille, and selectors of the shape of the character before."""


def is_readable(text: str) -> bool:
    """Does the text consist of characters that a person can write and a line can show?

    Letters and signs of all languages, their invisible joiners and direction marks, all spaces.
    """
    if text.isascii():
        return text.isprintable()
    return not any(category(c) in REFUSED or c in NEVER_SHOWN for c in text)


def readable(text: str, instead: str = "?") -> str:
    """Return the text with every other character replaced."""
    return "".join(c if is_readable(c) else instead for c in text)


def clean(text: str) -> str:
    """Return the text without pasted invisible characters; empty if nothing visible is left."""
    left = "".join(c for c in text if c not in PASTED)
    return left if any(map(_is_visible, left)) else ""


def trimmed(text: str) -> str:
    """Return the text without spaces and pasted invisible characters around it."""
    return _AROUND.sub("", text)


def folded(text: str) -> str:
    """Return one form of all texts that look alike.

    Case, width, the composition of accents, the kind of a space and invisible characters do not
    count.
    """
    shown = "".join(c for c in text if category(c) == "Zs" or _is_visible(c))
    return " ".join(normalize("NFKC", normalize("NFKC", shown).casefold()).split())


def _is_visible(character: str) -> bool:
    return category(character) not in ("Zs", "Cf", "Cc") and not _BLANK.fullmatch(character)


def speech_seconds(text: str) -> float:
    """Return the most seconds that text-to-speech takes: two to begin, then ten bytes a second.

    Bytes, not characters: a character of several bytes takes longer to say.
    """
    return 2.0 + len(text.encode()) / 10
