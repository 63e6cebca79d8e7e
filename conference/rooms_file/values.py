"""Checks a value of the rooms file. No error quotes a value: it may be a PIN or a number."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from difflib import get_close_matches
from typing import Any

from conference.core.human_text import readable, trimmed
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Choice
from conference.core.schema.parameters import Wrong
from conference.masking import hide_numbers

LONGEST_NAME = 64  # characters of an unknown name that an error shows
ALIKE = 0.6  # difflib's ratio
NOTHING: Mapping[str, str] = {}


def checked(kind: Kind, value: Any) -> Any:
    """Return the value as it is used. Words are read as in the environment.

    ValueError says what the value must be.
    """
    if isinstance(value, str):
        value = kind.read(trimmed(value))
    elif isinstance(value, bool) and isinstance(kind, Choice):
        value = kind.read("yes" if value else "no")
    return kind.check(value)


def unknown(
    place: str,
    name: str,
    known: Collection[str],
    what: str = "a setting of the rooms file",
    not_taken: Mapping[str, str] = NOTHING,
) -> Wrong:
    """Return what is wrong with a name that is not known at this place."""
    field = f"{place}.{shown(name)}".lstrip(".")
    if name in not_taken:
        return Wrong(field, f"cannot be set here: {not_taken[name]}")
    by_lower = {each.lower(): each for each in known}
    meant = get_close_matches(name[:LONGEST_NAME].lower(), by_lower, 1, ALIKE)
    also = f", but {shown(by_lower[meant[0]])} is" if meant else ""
    return Wrong(field, f"is not {what}{also}")


def shown(name: str) -> str:
    """Return a name of the file as errors show it: no PIN and no whole number is in it."""
    return re.sub(r"\d{3,}", "...", _on_one_line(name))


def shown_room(slug: str, pins: Set[str]) -> str:
    """Return the name of a room as errors show it: with digits, but without a PIN of the file."""
    name = hide_numbers(_on_one_line(slug))
    for pin in pins_within(name, pins):
        name = name.replace(pin, "...")
    return f"rooms.{name}"


def pins_within(name: str, pins: Set[str]) -> list[str]:
    """Return the PINs that are a part of a name, the longest first."""
    pieces = (
        run[begin : begin + length]
        for run in re.findall("[0-9]{3,}", name)
        for begin in range(len(run))
        for length in range(3, len(run) + 1 - begin)
    )
    return sorted({piece for piece in pieces if piece in pins}, key=len, reverse=True)


def _on_one_line(name: str) -> str:
    short = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
    return short if re.fullmatch(r"[A-Za-z0-9_-]+", short) else f'"{readable(short)}"'
