"""`flask queues` and `flask telnyx`: a command for each request about the account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import click
from flask.cli import with_appcontext

from conference.account.requests import GROUPS, READ, ROWS, AccountRequest
from conference.cli.all_pages import all_pages
from conference.cli.server import as_json, fetch, server_url
from conference.cli.tables import Row, table
from conference.cli.words import (
    Command,
    Decorator,
    as_argument,
    as_option,
    explained,
    option,
    values,
)
from conference.core.schema.parameters import Invalid, Parameter, check

whole_list = click.option(
    "--all", "all_of_them", is_flag=True, help="List all pages, 100,000 rows at most."
)


class _Group(click.Group):
    """A group in which `list` need not be typed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "list" in self.commands and (not args or (args[0][:1] == "-" and args[0] != "--help")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@cache
def commands() -> list[click.Command]:
    groups = {name: _Group(name, help=help) for name, help in GROUPS.items()}
    for row in ROWS:
        group, name = row.words.split()
        groups[group].add_command(_command(row, name))
    return list(groups.values())


def _command(row: AccountRequest, name: str) -> click.Command:
    def run(url: str | None, as_json: bool, **given: Any) -> None:
        path = "/api" + row.route.format_map(_names(row, given))
        body = values(row.parameters.values(), given)

        def get(query: dict[str, Any]) -> Any:
            return fetch(path + READ if query else path, url, query or None, wants=_field(row))

        if row.acts:
            answer = fetch(path, url, body, wants=_field(row))
        elif row.gives and given.get("all_of_them"):
            answer = all_pages(get, row.gives, body)
        else:
            answer = get(body)
        click.echo(json.dumps(answer) if as_json else _result(row, answer))

    alone = (each for each in row.parameters.values() if _stands_alone(row, each))
    arguments = explained([*row.about, *alone])
    run.__doc__ = f"{row.help}{arguments}\n\n\b\nExample: {example(row)}"
    every = [whole_list] if row.lists else []
    for decorator in reversed([*_parameters(row), *every, server_url, as_json]):
        run = decorator(run)
    return click.command(name, cls=Command)(with_appcontext(run))


def _names(row: AccountRequest, given: dict[str, Any]) -> dict[str, str]:
    """Return the names for the path, quoted."""
    try:
        names = check(row.about, values(row.about, given))
    except Invalid as error:
        raise click.UsageError(str(error)) from None
    return {name: quote(id, safe="") for name, id in names.items()}


def _field(row: AccountRequest) -> str:
    """Return a field that every answer has."""
    if row.gives is None:
        return "result"
    return row.gives.rows if row.lists else row.gives.columns[0]


def example(row: AccountRequest) -> str:
    """Return the command as it is typed."""
    parts = ["flask", *row.words.removesuffix(" list").split()]
    parts += [each.kind.example for each in row.about]
    for each in row.parameters.values():
        if each.required:
            word = [] if _stands_alone(row, each) else [option(each.name)]
            parts += [*word, each.kind.example]
    return " ".join(parts)


def _parameters(row: AccountRequest) -> Iterator[Decorator]:
    yield from map(as_argument, row.about)
    for each in row.parameters.values():
        alone = _stands_alone(row, each)
        yield as_argument(each) if alone else as_option(each, required=each.required)


def _stands_alone(row: AccountRequest, parameter: Parameter) -> bool:
    """Is it an argument without an option: flask queues create support?"""
    return parameter.required and not row.about


def _result(row: AccountRequest, answer: dict[str, Any]) -> str:
    if row.gives is None:
        return "done"
    columns = row.gives.columns
    if not row.lists:
        fields = {name: answer.get(name) for name in columns} | answer
        return table((_heading(name), text) for name, text in _flat(fields))
    lines = [tuple(_text(each.get(name)) for name in columns) for each in answer[row.gives.rows]]
    head: Row = tuple(map(_heading, columns))
    there = table([head, *lines]) if lines else f"no {row.gives.rows}"
    more = " ".join(f"{option(name)} {value}" for name, value in (answer["next"] or {}).items())
    return f"{there}\nThere is more: {more}" if more else there


def _flat(fields: dict[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{within}{name} ")
        else:
            yield within + name, _text(value)


def _heading(name: str) -> str:
    return name.replace("_", " ")


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: ""}[value]
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
