"""Prints rows as columns of text."""

from __future__ import annotations

from collections.abc import Iterable

from conference.core.human_text import readable

Row = tuple[str, ...]


def table(rows: Iterable[Row]) -> str:
    """Return aligned columns. A character that could break a line becomes a question mark."""
    clean = [tuple(map(readable, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in clean
    )
