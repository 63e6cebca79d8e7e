"""The documents that tests hold to the code: the README and the pages of docs/."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    file.stem: file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "docs").glob("*.md"))
    if file.name != "README.md"
}
"""The text of each page by its name: `settings` is docs/settings.md."""

INDEX = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
EVERYTHING = {
    "README.md": README,
    "CHANGELOG.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
    "docs/README.md": INDEX,
    **{f"docs/{name}.md": text for name, text in PAGES.items()},
}
"""The text of each document by its path."""


def section(text: str, title: str) -> str:
    """The part of a document under this heading of the second level."""
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of each table row, the heads of the tables left out."""
    tables = re.findall(r"^\|.*\n\|[-|]+\n((?:\|.*\n?)*)", text, re.MULTILINE)
    lines = [line for table in tables for line in table.splitlines()]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def blocks(text: str, language: str = "") -> list[str]:
    """The code blocks in this language; without one, those that name none."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [code for named, code in found if named == language]


def defined(name: str) -> Any:
    """The module, or what is defined in a module, under this dotted name."""
    module, rest = _module(name.split("."))
    found = reduce(getattr, rest, module)
    if isinstance(found, FunctionType | type):
        assert found.__module__ == module.__name__, f"{name} is defined in {found.__module__}"
    return found


def _module(parts: list[str]) -> tuple[Any, list[str]]:
    """The longest beginning that is a module, and the names after it."""
    path = ROOT.joinpath(*parts)
    if path.is_dir() or path.with_suffix(".py").is_file():
        return import_module(".".join(parts)), []
    module, rest = _module(parts[:-1])
    return module, [*rest, parts[-1]]
