"""What is installed: the six, pinned, and none of the releases that are known to be malicious."""

from __future__ import annotations

import re

import pytest
from rigs.documents import ROOT

SIX = {"flask", "gunicorn", "pynacl", "pytest", "python-dotenv", "telnyx"}
MALICIOUS = ("telnyx==4.87.1", "telnyx==4.87.2")
PIN = r"[\w.-]+(\[[\w,.-]+\])?==[0-9][0-9a-z.]*(\s*;.+)?"
FILES = sorted(ROOT.glob("requirements*.txt"))


def _lines(name: str) -> list[str]:
    """Without comments and blank lines."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def test_the_six_are_required() -> None:
    assert {line.split("==")[0] for line in _lines("requirements.txt")} >= SIX


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_everything_is_pinned_exactly_and_nothing_malicious(name: str) -> None:
    pinned = [line for line in _lines(name) if not line.startswith("-r ")]
    assert [line for line in pinned if not re.fullmatch(PIN, line)] == []
    assert not set(pinned) & set(MALICIOUS)
