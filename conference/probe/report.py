"""The results of a probe, to be pasted into an issue: no number, id or digit is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conference.masking import masked
from conference.probe.run import Row

HEAD = ("question", "answer", "seen", "what the line does")


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [HEAD, ("---",) * len(HEAD), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """Return {"answers": [{"question", "asks", "answer", "seen", "line"}]}.

    answer: null if it is unknown.
    """
    return {"answers": [_record(row) for row in rows]}


def _record(row: Row) -> dict[str, Any]:
    return {
        "question": row.question.name,
        "asks": row.question.asks,
        "answer": row.answer.name if row.answer else None,
        "seen": _seen(row),
        "line": row.line,
    }


def _cells(row: Row) -> tuple[str, ...]:
    answer = row.answer.name if row.answer else "unknown"
    return (row.question.asks, answer, _seen(row), row.line)


def _seen(row: Row) -> str:
    return masked(row.answer.detail if row.answer else row.why)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
