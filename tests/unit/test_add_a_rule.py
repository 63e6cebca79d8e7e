"""The examples of docs/add-a-rule.md and docs/add-a-key.md work word for word, also on a tree that
follows them already."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from rigs.documents import PAGES, ROOT, blocks

PARTS = ("app.py", "conference", "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")
OF_KEYS = (
    "tests/core/test_keypad.py",
    "tests/unit/test_documented_tables.py::test_every_key_is_in_the_table",
)


class Change(NamedTuple):
    """Lines of a file before and after; before is empty for a new file."""

    file: str
    before: str
    after: str


def _changes(page: str) -> list[Change]:
    (diff,) = blocks(PAGES[page], "diff")
    changes = []
    for part in diff.split("--- ")[1:]:
        file, *lines = part.splitlines()
        before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
        after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
        changes.append(Change(file, before, after))
    return changes


def _apply(change: Change, file: Path) -> None:
    """Change the file, unless the lines are there already."""
    if not change.before:
        if not file.exists():
            file.write_text(change.after, encoding="utf-8")
        return
    text = file.read_text(encoding="utf-8")
    if change.after not in text:
        assert text.count(change.before) == 1, f"{change.file} has these lines once"
        file.write_text(text.replace(change.before, change.after), encoding="utf-8")


@pytest.mark.parametrize(("page", "others"), [("add-a-rule", ()), ("add-a-key", OF_KEYS)])
def test_the_example_works_word_for_word(
    page: str, others: tuple[str, ...], tmp_path: Path
) -> None:
    """Follow the page. Its own test passes, and so do the tests of the table that it adds to."""
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    changes = _changes(page)
    for change in changes:
        _apply(change, tmp_path / change.file)
    test = ("-m", "pytest", "-q", "-p", "no:cacheprovider", changes[-1].file, *others)
    done = subprocess.run(
        [sys.executable, *test], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b[1-9][0-9]* passed", done.stdout)
