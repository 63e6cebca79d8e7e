"""Prints rows as columns of text."""

from __future__ import annotations

from collections.abc import Iterable

Row = tuple[str, ...]


def table(rows: Iterable[Row]) -> str:
    """Return aligned columns. A character that could break a line becomes a question mark."""
    clean = [
        tuple("".join(c if c.isprintable() else "?" for c in cell) for cell in r) for r in rows
    ]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in clean
    )
