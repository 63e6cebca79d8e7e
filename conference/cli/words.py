"""Parameters as words of a command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import click

from conference.cli.completion import of_kind
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Switch, switched
from conference.core.schema.parameters import Parameter
from conference.core.schema.phone_numbers import PhoneNumber, compact, e164
from conference.core.schema.texts import Label, Text

Decorator = Callable[[Any], Any]

MOST_WORDS = 8  # of one number
NUMBERS = re.compile(r"[+0-9]*,[+0-9,]*")  # with commas between them


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
    return click.option(
        *(option(parameter.name), _word(parameter.name)),
        cls=SwitchOption if isinstance(parameter.kind, Switch) else click.Option,
        required=required,
        help=f"{parameter.help[0].upper()}{parameter.help[1:]}: {parameter.kind.says}.",
        shell_complete=of_kind(parameter.kind),
    )


def as_argument(parameter: Parameter) -> Decorator:
    """Make an argument. A text or a number may have several words, without quotes."""
    several = has_words(parameter.kind)
    return click.argument(
        _word(parameter.name),
        metavar=_metavar(parameter) + ("..." if several else ""),
        nargs=-1 if several else 1,
        required=True,
        shell_complete=of_kind(parameter.kind),
    )


def explained(arguments: Iterable[Parameter]) -> str:
    """Return a paragraph of a command's help for each argument, and nothing without any."""
    return "".join(f"\n\n{_metavar(each)}: {each.help}: {each.kind.says}." for each in arguments)


def has_words(kind: Kind) -> bool:
    return isinstance(kind, Text | Label | PhoneNumber)


def values(parameters: Iterable[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the given words by the parameters' names, unchecked."""
    words = {each: _joined(each.kind, given[_word(each.name)]) for each in parameters}
    return {p.name: p.kind.read(word) for p, word in words.items() if word is not None}


def participants(words: Sequence[str]) -> list[str]:
    """Return the participants that the words name.

    A number from + on may have several words, and numbers may have commas between them.
    """
    left = [part for word in words for part in _parts(word)]
    found = []
    while left:
        number = words_of_first(left)
        found.append(" ".join(left[:number]))
        del left[:number]
    return found


def words_of_first(words: Sequence[str]) -> int:
    """Return how many words name the first participant: 4 of +1 312 555 0142 Ann."""
    if e164(words[0]) or not compact(words[0]).startswith("+"):
        return 1
    longer = range(2, min(len(words), MOST_WORDS) + 1)
    return max((n for n in longer if e164(" ".join(words[:n]))), default=1)


def _metavar(parameter: Parameter) -> str:
    return parameter.name.upper()


def _parts(word: str) -> list[str]:
    return [*filter(None, word.split(","))] if NUMBERS.fullmatch(word) else [word]


def _joined(kind: Kind, words: str | tuple[str, ...] | None) -> str | None:
    if not isinstance(words, tuple):
        return words
    if isinstance(kind, PhoneNumber) and compact(words[0]):
        _check_all_of_number(words)
    return " ".join(words)


def _check_all_of_number(words: tuple[str, ...]) -> None:
    """Raise UsageError for a word that is no part of a number, as of a label without quotes."""
    for word in words:
        if any(map(str.isalpha, word)) and not compact(word):
            how = 'put a text of several words into quotes, as in --label "Ann Lee"'
            raise click.UsageError(f"{word} is no part of a number: {how}.")


def _word(name: str) -> str:
    """Return click's name of a parameter: every command has --room and --url of its own."""
    return f"value_{name}"
