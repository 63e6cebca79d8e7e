"""The command `conference`: the commands of `flask`, under its own name."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from rigs.lines import TestLine

from conference import create_app
from conference.cli import program
from conference.cli.names import named, run_with_tunnel
from conference.version import VERSION


@pytest.fixture(autouse=True)
def unchanged_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what Flask's command sets, and the .env of a developer, out of the other tests."""
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "")
    monkeypatch.setenv("FLASK_SKIP_DOTENV", "1")


def shown(*words: str) -> str:
    made = program.make(create_app)
    return CliRunner().invoke(made, words, prog_name="conference").output


def test_help_and_errors_name_it_and_those_of_flask_name_flask(line: TestLine) -> None:
    assert "Example: conference mute +13125550142\n" in shown("mute", "--help")
    assert "Example: conference doctor\n" in shown("doctor", "--help")
    assert "Example: conference record start\n" in shown("record", "--help")
    assert "The label is missing: conference rename" in shown("rename", "0111")
    of_flask = line.client.application.test_cli_runner()
    assert "Example: flask mute +13125550142\n" in of_flask.invoke(args=["mute", "--help"]).output
    assert "Example: flask doctor\n" in of_flask.invoke(args=["doctor", "--help"]).output
    assert "The label is missing: flask rename" in of_flask.invoke(args=["rename", "0111"]).output


def test_outside_a_command_the_name_is_flask() -> None:
    assert named("run flask doctor, or .venv/bin/flask run") == (
        "run flask doctor, or .venv/bin/flask run"
    )


def test_the_tunnel_is_named_as_it_can_be_run_here() -> None:
    assert named("Run flask run --tunnel.") == f"Run {run_with_tunnel()}."


def test_it_has_flasks_commands_and_no_other_app(line: TestLine) -> None:
    listed = program.make(create_app).list_commands
    made = program.make(create_app).make_context("conference", ["rooms"])
    assert {*listed(made)} == {*line.client.application.cli.commands, "run", "routes", "shell"}
    assert "--app" not in shown("--help")


def test_the_version() -> None:
    assert shown("--version").startswith(f"conference-line {VERSION}\nPython 3.")
