"""The part of docs/reference.md about the findings of `flask doctor`, made from their table."""

from __future__ import annotations

from collections.abc import Iterator

from conference.doctor.phrases import PHRASES

HEAD = """
## Findings of the doctor

All that [`flask doctor`](operating.md#a-call-is-not-answered) can find, in the order of its checks.
The *fact* is the finding's name in `flask doctor --json`. Words in braces are replaced by what was
found. *Setup* is the repair that `flask setup` can make. A test brings each finding about.
"""
TABLE = ("| fact | state | finding | what to do | setup |", "|---|---|---|---|---|")


def text() -> str:
    """The whole part, with a table for each check."""
    checks = dict.fromkeys(phrase.check for phrase in PHRASES.values())
    return HEAD + "".join(f"\n### {check}\n\n{chr(10).join(_rows(check))}\n" for check in checks)


def _rows(check: str) -> Iterator[str]:
    yield from TABLE
    for name, phrase in PHRASES.items():
        if phrase.check == check:
            cells = (f"`{name}`", phrase.state, phrase.what, phrase.todo, phrase.repair or "")
            yield f"| {' | '.join(cell.replace('|', '/').replace('<', '&lt;') for cell in cells)} |"
