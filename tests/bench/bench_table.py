"""The table of all rows, and the same rows as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench_rows import Row, number

MET = {True: "met", False: "MISSED", None: ""}
WIDTHS = (58, 20, 10, 6, 16, 8, 6)
HEAD = ("", "value", "floor", "ratio", "rounds", "aim", "")

Found = Mapping[str, Sequence[Row]]
"""Rows by the section that yielded them."""


def table(found: Found, titles: Mapping[str, str]) -> str:
    """All rows, section by section. A floor has the unit of its value."""
    lines = [_line(*HEAD)]
    for section, rows in found.items():
        lines += ["", f"{section}: {titles[section]}", *map(_row, rows)]
    return "\n".join([*lines, "", *_verdict(found)])


def as_json(found: Found) -> list[dict[str, Any]]:
    return [row.json(section) for section, rows in found.items() for row in rows]


def _row(row: Row) -> str:
    if row.value is None:
        reason = f"skipped: {row.skipped}" if row.skipped else row.note
        return f"  {row.title:<{WIDTHS[0]}} {reason}  {row.aim or ''}  {MET[row.met]}".rstrip()
    between = ""
    if row.low is not None and row.high is not None and row.low < row.high:
        between = f"{number(row.low)} to {number(row.high)}"
    line = _line(
        row.title,
        f"{number(row.value)} {row.unit}",
        _shown(row.floor),
        _shown(row.ratio),
        between,
        str(row.aim or ""),
        MET[row.met],
    )
    return f"{line} [{row.note}]" if row.note else line


def _shown(value: float | None) -> str:
    return "" if value is None else number(value)


def _line(name: str, *columns: str) -> str:
    cells = [f"{cell:>{width}}" for cell, width in zip(columns, WIDTHS[1:], strict=True)]
    return f"  {name:<{WIDTHS[0]}} {' '.join(cells)}".rstrip()


def _verdict(found: Found) -> Iterator[str]:
    """How many aims were met, and each that was missed or skipped."""
    rows = [(section, row) for section, rows in found.items() for row in rows if row.aim]
    for section, row in rows:
        if row.skipped or not row.met:
            yield f"{'skipped' if row.skipped else 'MISSED'}: {section}, {row.title}, {row.aim}"
    yield f"{sum(row.met is True for _, row in rows)} of {len(rows)} aims met"
