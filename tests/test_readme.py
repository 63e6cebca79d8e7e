"""The README stays true: its commands, settings and routes are those that there are."""

import re
import tomllib
from pathlib import Path

import pytest
from lines import TestLine

from conference.settings import PARSERS, REQUIRED

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && "


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_every_setting_is_in_the_table() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \| ([^|]*) \|", section("Settings"), re.MULTILINE)
    names = [name for row, _ in rows for name in re.findall(r"`([A-Z_]+)`", row)]
    assert sorted(names) == sorted(PARSERS)
    required = {name for row, default in rows if default == "required" for name in [row.strip("`")]}
    assert required == set(REQUIRED)


def test_every_route_is_in_the_table(line: TestLine) -> None:
    shown = set(re.findall(r"^\| `([A-Z]+ /[^`]*)`", section("What it answers"), re.MULTILINE))
    rules = line.client.application.url_map.iter_rules()
    methods = {(m, r.rule) for r in rules for m in r.methods or () if m not in ("HEAD", "OPTIONS")}
    there = {f"{m} {rule}" for m, rule in methods if not rule.startswith("/static")}
    assert shown == there - {"POST /"}, "POST / is there to answer 404"


@pytest.mark.parametrize("command", ["flask simulate", "pytest"])
def test_the_two_commands(command: str) -> None:
    assert f"{INSTALL}.venv/bin/{command}\n" in README


def test_production_is_what_the_procfile_does() -> None:
    procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    assert f".venv/bin/{procfile.removeprefix('web: ').strip()}`" in README


def test_the_files_it_names_are_there() -> None:
    names = re.findall(r"`((?:core|web|conference)/[a-z_/.]+)`", README)
    assert len(names) > 5
    for name in names:
        there = [ROOT / name, ROOT / "conference" / name]
        assert any(path.exists() for path in there), name


def test_requirements_are_the_six_pinned_exactly() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    pins = dict(line.split("==") for line in lines)
    six = {"flask", "gunicorn", "pynacl", "pytest", "python-dotenv", "telnyx"}
    assert set(pins) == six
    assert pins["telnyx"] not in ("4.87.1", "4.87.2"), "malicious releases"


def test_the_python_that_it_asks_for_is_the_one_that_is_checked() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert f"Python {tools['mypy']['python_version']} or newer" in README
