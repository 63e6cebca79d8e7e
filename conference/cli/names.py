"""The name of the program that was called: hints, help and errors name it, not another one."""

from __future__ import annotations

import re

import click

OURS = "conference"
"""The command of the package. All else is `flask`, as in the folder of app.py."""

_COMMAND = re.compile(r"\bflask(?= [a-z-])")


def program() -> str:
    """Return the program as it is typed: `flask`, `conference` or `python -m conference`."""
    context = click.get_current_context(silent=True)
    root = context.find_root() if context else None
    ours = root is not None and root.command.name == OURS
    return (root.info_name if ours and root else None) or "flask"


def named(text: str) -> str:
    """Return the text with the program that was called in each command: `conference doctor`."""
    return _COMMAND.sub(lambda _: program(), text)
