"""Sequences of keys, as they are spoken."""

from __future__ import annotations

WORDS = {
    **dict(
        zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True)
    ),
    **{"*": "star", "#": "hash"},
}


def spoken(sequence: str) -> str:
    """Return `Star six` for *6."""
    return " ".join(WORDS.get(key, key) for key in sequence).capitalize()
