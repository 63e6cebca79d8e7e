"""The README stays true: its commands, settings and routes are those that there are."""

import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from reference import commands
from rigs.documents import README, ROOT, section
from rigs.lines import TestLine

from conference.core.handlers import HANDLERS
from conference.core.states import MOVES
from conference.settings import PARSERS, REQUIRED

REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
ACCOUNT = REFERENCE.split("\n# Queues, and Telnyx's own view\n")[1].split("\n# ")[0]
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && "


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
    shown |= set(re.findall(r"`([A-Z]+ /api/(?:queues|telnyx)[^`]*)`", ACCOUNT))
    assert shown == there - {"POST /"}, "POST / is there to answer 404"


@pytest.mark.parametrize("command", ["flask simulate", "pytest"])
def test_the_two_commands(command: str) -> None:
    assert f"{INSTALL}.venv/bin/{command}\n" in README


def test_every_command_and_option_is_in_the_table_or_in_the_reference(line: TestLine) -> None:
    """Those of the verbs, which are made of one table, are in the reference made of it."""
    table = section("See it work, without an account")
    rows = re.findall(r"^\| `flask ([a-z-]+)[^`|]*` (?:\.\.\. )?\| (.*) \|$", table, re.MULTILINE)
    shown = {name: options(text) for name, text in rows}
    common = shown.pop("mute")
    there = {
        name: {o for p in each.params for o in p.opts if o[:2] == "--"}
        for name, each in commands(line.client.application.cli)
    }
    for part in REFERENCE.split("\n# Telnyx's operations\n")[0].split("\n## ")[1:]:
        (words,) = re.findall(r"`flask ([^`]*)`", part)
        (name,) = (name for name in there if f"{words} ".startswith(f"{name} "))
        of_no_room = name.startswith(("queues ", "telnyx "))
        shown[name] = common - ({"--room"} if of_no_room else set()) | options(part)
    assert shown == {"run": set(), **there}


def options(text: str) -> set[str]:
    return set(re.findall(r"`(--[a-z-]+)", text))


def test_every_promise_is_held_to_by_a_test() -> None:
    names = re.findall(r"^\| .* \| `(test_\w+)` \|$", section("What it promises"), re.MULTILINE)
    assert len(names) >= 13
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    assert [name for name in names if f"def {name}(" not in tests] == []


def test_the_state_diagram_is_the_codes_table() -> None:
    moves = [f"    {a} --> {b}: {why}" for (a, b), why in MOVES.items()]
    diagram = "\n".join(["stateDiagram-v2", "    [*] --> ringing", *moves])
    assert f"```mermaid\n{diagram}\n```" in README


def test_each_event_has_one_short_function_of_its_name() -> None:
    for event_type, handler in HANDLERS.items():
        assert handler.__name__ == event_type.replace(".", "_")
        assert len(inspect.getsource(handler).splitlines()) <= 25
        assert f"`{handler.__name__}`" in README


def test_the_example_of_a_rule_works_word_for_word(tmp_path: Path) -> None:
    for part in ("app.py", "conference", "tests", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    (diff,) = re.findall(r"```diff\n(.*?)```", README, re.DOTALL)
    for change in diff.split("--- ")[1:]:
        name, *lines = change.splitlines()
        before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
        after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
        file = tmp_path / name
        text = file.read_text(encoding="utf-8") if before else ""
        assert text.count(before) == 1 or not before, f"{name} has these lines once"
        file.write_text(text.replace(before, after) if before else after, encoding="utf-8")
    test = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/served/test_goodbye.py",
    ]
    done = subprocess.run(test, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


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
