"""Parameters as words of a command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from conference.core.schema.parameters import Parameter

Decorator = Callable[[Any], Any]


def option(name: str) -> str:
    return "--to" if name == "room" else "--" + name.replace("_", "-")


def as_option(parameter: Parameter, *, required: bool = False) -> Decorator:
    help = f"{parameter.help[0].upper()}{parameter.help[1:]}: {parameter.kind.says}."
    return click.option(
        *(option(parameter.name), _word(parameter.name)), required=required, help=help
    )


def as_argument(parameter: Parameter) -> Decorator:
    return click.argument(_word(parameter.name), metavar=parameter.name.upper())


def values(parameters: Iterable[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the given words by the parameters' names, unchecked."""
    words = {each: given[_word(each.name)] for each in parameters}
    return {p.name: p.kind.read(word) for p, word in words.items() if word is not None}


def _word(name: str) -> str:
    """Return click's name of a parameter: every command has --room and --url of its own."""
    return f"value_{name}"
