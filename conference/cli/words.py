"""Parameters as words of a command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import click

from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Switch, switched
from conference.core.schema.parameters import Parameter
from conference.core.schema.phone_numbers import PhoneNumber
from conference.core.schema.texts import Label, Text

Decorator = Callable[[Any], Any]


class SwitchOption(click.Option):
    """An option for yes or no. Without a word it is yes."""


class Command(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(self._with_words(args)))

    def _with_words(self, args: list[str]) -> Iterator[str]:
        """Yield the arguments, with a word for each switch that has none."""
        switches = {o for p in self.params if isinstance(p, SwitchOption) for o in p.opts}
        end = args.index("--") if "--" in args else len(args)
        for place, (arg, following) in enumerate(zip_longest(args, args[1:], fillvalue="")):
            alone = arg in switches and switched(following) is None and place < end
            yield f"{arg}=true" if alone else arg


def option(name: str) -> str:
    return "--to" if name == "room" else "--" + name.replace("_", "-")


def as_option(parameter: Parameter, *, required: bool = False) -> Decorator:
    help = f"{parameter.help[0].upper()}{parameter.help[1:]}: {parameter.kind.says}."
    return click.option(
        *(option(parameter.name), _word(parameter.name)),
        cls=SwitchOption if isinstance(parameter.kind, Switch) else click.Option,
        required=required,
        help=help,
    )


def as_argument(parameter: Parameter) -> Decorator:
    """Make an argument. A text or a number may have several words, without quotes."""
    several = has_words(parameter.kind)
    metavar = parameter.name.upper() + ("..." if several else "")
    return click.argument(
        _word(parameter.name), metavar=metavar, nargs=-1 if several else 1, required=True
    )


def has_words(kind: Kind) -> bool:
    return isinstance(kind, Text | Label | PhoneNumber)


def values(parameters: Iterable[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the given words by the parameters' names, unchecked."""
    words = {each: _joined(given[_word(each.name)]) for each in parameters}
    return {p.name: p.kind.read(word) for p, word in words.items() if word is not None}


def _joined(words: str | tuple[str, ...] | None) -> str | None:
    return " ".join(words) if isinstance(words, tuple) else words


def _word(name: str) -> str:
    """Return click's name of a parameter: every command has --room and --url of its own."""
    return f"value_{name}"
