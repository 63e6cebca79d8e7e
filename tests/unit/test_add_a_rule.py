"""The examples of docs/add-a-rule.md and docs/add-a-key.md work word for word, also on a tree that
follows them already."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from rigs.documents import PAGES, ROOT, blocks
from rigs.shown import shown, with_venv

NO_PART = shutil.ignore_patterns(".*_cache", ".git", ".venv", "__pycache__", ".hypothesis")
SECONDS = 120


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


RULE = shown("docs/add-a-rule.md", "Add a rule")
KEY = shown("docs/add-a-key.md", "Add a key")


@pytest.mark.parametrize(("page", "commands"), [("add-a-rule", RULE), ("add-a-key", KEY)])
def test_the_example_works_word_for_word(
    page: str, commands: tuple[str, ...], tmp_path: Path
) -> None:
    """Follow the page. Its own test passes, and so do the tests of the table that it adds to."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=NO_PART)
    with_venv(copy)
    for change in _changes(page):
        _apply(change, copy / change.file)
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command], cwd=copy, capture_output=True, text=True, timeout=SECONDS
        )
        assert done.returncode == 0, done.stdout
        assert re.search(r"\b[1-9][0-9]* passed", done.stdout)
