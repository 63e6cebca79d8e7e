"""The command `conference`: the commands of `flask` for this line alone, in any folder."""

from __future__ import annotations

import copy
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click
from flask.cli import FlaskGroup

from conference.cli.names import OURS, named
from conference.cli.run import run
from conference.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

HELP = """A phone conference line on Telnyx.

Settings are read from the environment, and from .env in this folder or one above.

Example: conference simulate"""


def make(create_app: Callable[[], Flask]) -> click.Group:
    """Make the command. `create_app`: makes the line, which has the commands."""
    group = _Program(
        name=OURS,
        help=HELP,
        create_app=create_app,
        add_version_option=False,
        params=[_VERSION],
    )
    group.add_command(run)
    group.params = [each for each in group.params if each.name != "app"]  # there is one alone
    return group


class _Program(FlaskGroup):
    """Names the program that was called in help and errors, where they name `flask`."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        command = super().get_command(ctx, name)
        return _named(command) if command else None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.message = named(error.message)  # type: ignore[misc]
            raise


def _named(command: click.Command) -> click.Command:
    """Return a copy of the command, since that of `flask` is the same object."""
    command = copy.copy(command)
    command.help = named(command.help or "")
    if isinstance(command, click.Group):
        command.commands = {name: _named(each) for name, each in command.commands.items()}
    return command


def _show_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    click.echo(f"{OURS} {VERSION}")
    click.echo(f"Python {platform.python_version()}")
    for name in ("Flask", "telnyx"):
        click.echo(f"{name} {version(name)}")
    ctx.exit()


_VERSION = click.Option(
    ["--version"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the versions of the line, Python, Flask and Telnyx's SDK.",
)
