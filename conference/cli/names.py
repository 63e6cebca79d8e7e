"""The name of the program that was called: hints, help and errors name it, not another one."""

from __future__ import annotations

import re
from importlib.metadata import entry_points

import click

OURS = "conference-line"
"""The name of our group of commands, and of the package. The program may have another one."""

RUN = "conference.cli.run:run"
"""The entry point by which the package gives Flask our `run`."""

TUNNEL = "flask run --tunnel"
_COMMAND = re.compile(r"\bflask(?= [a-z-])")


def program() -> str:
    """Return the program as it is typed: `flask`, `conference` or `python -m conference`."""
    context = click.get_current_context(silent=True)
    root = context.find_root() if context else None
    return (root.info_name if root and root.command.name == OURS else None) or "flask"


def run_with_tunnel(flask: str = "flask", python: str = "python") -> str:
    """Return how `run --tunnel` is typed: `flask` has it in an environment with the package alone.

    `flask`, `python`: the programs, perhaps with their paths.
    """
    of_flask = {each.value for each in entry_points(group="flask.commands")}
    has_it = RUN in of_flask or program() != "flask"
    return f"{flask if has_it else f'{python} -m conference'} run --tunnel"


def named(text: str) -> str:
    """Return the text with commands as they are typed here: `conference doctor`."""
    if TUNNEL in text:
        text = text.replace(TUNNEL, run_with_tunnel())
    return _COMMAND.sub(lambda _: program(), text)
