"""The help of each command: the list fits on the screen, and the arguments are explained."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from conference import create_app
from conference.cli import program
from conference.cli.moderation import commands as of_verbs
from conference.core.requests.verbs import VERBS

PRONOUNS = re.compile(r"\b(they|them|their|it|its)\b", re.IGNORECASE)
FLASKS = {"routes", "shell"}
PROGRAM = program.make(create_app)


@pytest.fixture(autouse=True, scope="module")
def unchanged_environment() -> Iterator[None]:
    """Keep what Flask's command sets, and the .env of a developer, out of the other tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLASK_RUN_FROM_CLI", "")
        patch.setenv("FLASK_SKIP_DOTENV", "1")
        yield


def _below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        yield f"{name} {each.name}", each


@pytest.fixture(scope="module")
def commands(unchanged_environment: None) -> dict[str, click.Command]:
    """All commands of the line, by the words that call them."""
    with PROGRAM.make_context("conference", ["rooms"]) as context:
        names = PROGRAM.list_commands(context)
        found = [(name, PROGRAM.get_command(context, name)) for name in names]
    alone = [(name, command) for name, command in found if command and name not in FLASKS]
    return dict(each for name, command in alone for each in _below(name, command))


@pytest.mark.parametrize("words", [[], ["record"], ["queues"], ["telnyx"]])
def test_each_line_of_a_list_is_whole(words: list[str]) -> None:
    shown = CliRunner().invoke(PROGRAM, [*words, "--help"], terminal_width=80).output
    listed = shown.partition("Commands:\n")[2].splitlines()
    assert listed
    assert [line for line in listed if line.endswith("...")] == []


def test_each_command_names_its_object(commands: dict[str, click.Command]) -> None:
    first = {name: (command.help or "").partition("\n\n")[0] for name, command in commands.items()}
    assert {name: help for name, help in first.items() if PRONOUNS.search(help)} == {}


def test_each_option_of_a_verb_names_its_object() -> None:
    helps = {
        f"{verb.name} {parameter.name}": parameter.help
        for verb in VERBS.values()
        for parameter in verb.parameters
    }
    assert {name: help for name, help in helps.items() if PRONOUNS.search(help)} == {}


def test_each_argument_is_explained(commands: dict[str, click.Command]) -> None:
    silent = [
        f"{name}: {metavar}"
        for name, command in commands.items()
        for each in command.params
        if isinstance(each, click.Argument)
        for metavar in [(each.metavar or str(each.name)).upper().removesuffix("...")]
        if f"{metavar}: " not in (command.help or "")
    ]
    assert silent == []


def test_the_words_of_a_choice_are_shown() -> None:
    (mode,) = (each for each in of_verbs() if each.name == "mode")
    assert "MODE: who can speak from now on: one of conversation, questions, lecture." in (
        " ".join((mode.help or "").split())
    )
