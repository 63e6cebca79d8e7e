"""Each command that a page shows is run by a test, or marked with what it needs."""

from __future__ import annotations

import ast
import re
import shlex
from functools import cache

import click
import pytest
from rigs.documents import ROOT, blocks
from rigs.lines import TestLine
from rigs.shown import MARK, Sentence, Shown, blocks_shown, commands_in_sentences

TESTS = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
OF_FLASK = ("flask", "conference")
OF_THE_GROUP = (["run"], ["--version"])  # of Flask and of the command `conference`
EXAMPLE = (
    "name what it needs in the paragraph before, such as: This needs a Telnyx account, root, a "
    "machine of its own, a service, Docker"
)
BY_THE_GATE = {
    "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/pytest": (
        'step "the README\'s pytest" newcomer pytest'
    ),
    ".venv/bin/pip install -r requirements-dev.txt && .venv/bin/pytest -n auto tests": (
        "dev pytest tests --rest"
    ),
    ".venv/bin/pytest -n auto tests": "dev pytest tests --rest",
    "python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt": (
        'python3 -m venv "$work/dev" && dev pip install -r requirements-dev.txt'
    ),
    ".venv/bin/ruff check && .venv/bin/ruff format --check && .venv/bin/mypy": (
        "dev ruff check && dev ruff format --check && dev mypy"
    ),
    "AXE_CORE=$(.ci/axe /var/tmp/axe) .venv/bin/pytest -n 2 --dist loadfile tests/browser": (
        "dev pytest tests/browser --numprocesses=2 --dist=loadfile"
    ),
}
"""Commands that run whole suites -> the line of .ci/run that does what they do."""

FROM_NOTHING = "test_from_an_empty_folder_to_a_caller_in_the_room"
BY_A_TEST = {
    ".venv/bin/pip install -e .\n.venv/bin/conference simulate": (
        "test_the_story_is_told_in_an_empty_folder"
    ),
    "gunicorn --config python:conference.serving 'conference:create_app()'": (
        "test_gunicorn_serves_it_without_a_file"
    ),
    ".venv/bin/pip install -e .\n.venv/bin/flask run --tunnel": (
        "test_flask_run_has_a_tunnel_once_the_package_is_installed"
    ),
    ".venv/bin/pip install '.[scaling]'": (
        "test_the_wheel_has_the_code_and_all_its_files_and_nothing_else"
    ),
    "python3 -m venv .venv && .venv/bin/pip install -e .": FROM_NOTHING,
    ".venv/bin/flask setup": FROM_NOTHING,
    ".venv/bin/flask run --tunnel": FROM_NOTHING,
    "cp .env.example .env": "test_the_way_to_a_server_by_hand",
    ".venv/bin/flask run": "test_the_way_to_a_server_by_hand",
    ".venv/bin/flask doctor": "test_the_way_to_a_server_by_hand",
    ".venv/bin/python -m conference": "test_a_call_gets_here_through_the_tunnel_until_ctrl_c",
    ".venv/bin/python -m conference run --tunnel": (
        "test_a_call_gets_here_through_the_tunnel_until_ctrl_c"
    ),
}
"""Commands -> a test that runs what they run, in an environment or a folder of its own."""


def by_a_test(command: str) -> bool:
    name = BY_A_TEST.get(command)
    return name is not None and any(f"def {name}(" in text for text in TESTS.values())


@cache
def taken(function: str) -> set[tuple[str, ...]]:
    """Return the words with which the tests call this function of `rigs.shown`."""
    found: set[tuple[str, ...]] = set()
    for text in TESTS.values():
        for node in ast.walk(ast.parse(text)) if f"{function}(" in text else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function:
                given = [each.value for each in node.args if isinstance(each, ast.Constant)]
                found.add(tuple(map(str, given)))
    return found


def _place(block: Shown) -> str:
    return f"{block.document} {block.title}: {block.text.splitlines()[0]}"


@pytest.mark.parametrize("block", blocks_shown(), ids=_place)
def test_each_block_is_run_or_marked(block: Shown) -> None:
    place = f'shown("{block.document}", "{block.title}")'
    assert (
        block.is_marked
        or (block.document, block.title) in taken("shown")
        or block.text in BY_THE_GATE
        or by_a_test(block.text)
    ), f"no test runs `{block.text}`: take it in a test by {place} and run it, or {EXAMPLE}"


SENTENCES = {each.command: each for each in commands_in_sentences()}


@pytest.mark.parametrize("command", [c for c in SENTENCES if c.split()[0] not in OF_FLASK])
def test_each_command_in_a_sentence_is_run_or_marked(command: str) -> None:
    each: Sentence = SENTENCES[command]
    assert (
        all(other.is_marked for other in commands_in_sentences() if other.command == command)
        or (command,) in taken("in_a_sentence")
        or command in BY_THE_GATE
        or by_a_test(command)
    ), (
        f"no test runs `{command}` of {each.document}: take it in a test by in_a_sentence and run "
        f"it, or {EXAMPLE}"
    )


@pytest.mark.parametrize("line", BY_THE_GATE.values())
def test_the_gate_has_the_line(line: str) -> None:
    assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_gate_runs_the_readmes_line_as_it_is() -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'grep -x "python3 -m venv .venv && .*/$1" README.md' in gate


def test_each_command_of_the_line_in_a_sentence_can_be_parsed(line: TestLine) -> None:
    root = line.client.application.cli
    for command in SENTENCES:
        program, *words = shlex.split(re.sub("<[^>]+>", "placeholder", command))
        if program not in OF_FLASK:
            continue
        found: click.Command = root
        while isinstance(found, click.Group) and words and words[0] in found.commands:
            found = found.commands[words.pop(0)]
        if found is root:
            assert words[:1] in OF_THE_GROUP, f"{command}: there is no such command"
            continue
        try:
            found.make_context(command, words)
        except (click.MissingParameter, click.exceptions.NoArgsIsHelpError):
            assert not words, f"{command} lacks an argument: it is more than a name"


@pytest.mark.parametrize(
    ("lead", "is_marked"),
    [
        ("This needs a Telnyx account:", True),
        ("As root, which it needs:", False),
        ("It needs root.", True),
        ("ngrok needs a free account.", True),
        ("It needs no account.", False),
        ("You need another machine for it:", True),
        ("Run it in the server's folder:", False),
        ("It needs Python 3.11.", False),
    ],
)
def test_what_marks_a_command(lead: str, is_marked: bool) -> None:
    assert bool(MARK.search(lead)) == is_marked


def test_a_drawing_is_no_command() -> None:
    assert blocks("```text\na drawing\n```\n", "text") == ["a drawing\n"]
    assert "a drawing" not in {block.text for block in blocks_shown()}
