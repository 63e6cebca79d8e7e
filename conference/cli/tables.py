"""Rows as columns of text."""

from __future__ import annotations

from collections.abc import Iterable

Row = tuple[str, ...]


def table(rows: Iterable[Row]) -> str:
    """Columns as wide as what is in them; nothing in a cell can break a line."""
    clean = [
        tuple("".join(c if c.isprintable() else "?" for c in cell) for cell in r) for r in rows
    ]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in clean
    )
