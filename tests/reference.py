"""Writes docs/reference.md from the tables: `python -m tests.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

ROOT = Path(__file__).parent.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "tests")) if path not in sys.path]

from operations import (  # noqa: E402
    OPERATIONS,
    OURS,
    SETTINGS,
    SHOWN,
    WAYS,
    WEBHOOKS,
    Operation,
    Way,
)

from conference import account_requests  # noqa: E402
from conference.account_requests import READ, AccountRequest  # noqa: E402
from conference.cli import account, moderation  # noqa: E402
from conference.core.handlers import HANDLERS  # noqa: E402
from conference.core.parameters import Parameter  # noqa: E402
from conference.core.verbs import ROWS, VERBS, Verb  # noqa: E402
from conference.settings import PARSERS  # noqa: E402

FILE = ROOT / "docs" / "reference.md"
ROOM = "/api/rooms/<room>"
BY_NAME = {way.operation: way for way in WAYS}

HEAD = """\
# Reference

What a moderator can ask for, and where each of Telnyx's operations and webhooks is found here.
Made by `python -m tests.reference` from `conference/core/verbs.py`,
`conference/account_requests.py` and `tests/operations.py`; tests compare them, and ask for all of
it.

# Verbs

Verbs of the *room* go to `POST /api/rooms/<room>/actions/<verb>`. Verbs of *participants* go there
with `{"participants": [...]}`, or for one to
`POST /api/rooms/<room>/participants/<who>/actions/<verb>`. Verbs of *either* go both ways, and
without `participants` concern the whole room. Parameters are fields of the JSON body. Each command
has the options `--room`, `--url` and `--json`, too.
"""

TABLE = ("| parameter | command | meaning | must be |", "|---|---|---|---|")

ACCOUNT_HEAD = """
# Queues, and Telnyx's own view

What concerns no room is passed on to Telnyx at once, and its answer is given back. The parameters
of a GET stand in the address; or in the body of the POST, so that no log of a server has a number
that is among them. Each command has the options `--url` and `--json`, too.
"""

SOURCES_HEAD = """
# Telnyx's operations

Each of Telnyx's voice conferencing commands: how to ask for it here, by REST and on the command
line, and the webhooks by which Telnyx says that it was done. Parameters have Telnyx's names. Those
that cannot be given with a request are set all the same:

| parameter | is |
|---|---|
"""

OPERATIONS_HEAD = """
| Telnyx's | here | command | parameters | set all the same | webhooks |
|---|---|---|---|---|---|
"""

WEBHOOKS_HEAD = """
# Telnyx's webhooks

| webhook | what it does | shown by | command |
|---|---|---|---|
"""


def text() -> str:
    """The whole file."""
    verbs = "".join("\n" + "\n".join(_verb(verb)) + "\n" for verb in ROWS)
    operations = "".join(f"{_operation(each)}\n" for each in OPERATIONS)
    webhooks = "".join(f"{_webhook(name)}\n" for name in WEBHOOKS)
    there = {name: f"`{setting}`" for name, setting in SETTINGS.items() if setting in PARSERS}
    named = there | OURS
    sources = "".join(f"| `{name}` | {named[name]} |\n" for name in sorted(named))
    requests = "".join("\n" + "\n".join(_account(row)) + "\n" for row in account_requests.ROWS)
    tables = (
        ACCOUNT_HEAD + requests,
        SOURCES_HEAD + sources,
        OPERATIONS_HEAD + operations,
        WEBHOOKS_HEAD + webhooks,
    )
    return HEAD + verbs + "".join(tables)


# Verbs


def _verb(verb: Verb) -> Iterator[str]:
    whom = "the room" if verb.of == "room" else verb.of
    yield f"## {verb.name}"
    yield ""
    yield f"{verb.help} Of {whom}: `{moderation.example(verb)}`"
    rows = [*_whom(verb), *_parameters(" ".join(verb.words), verb.parameters)]
    if rows:
        yield ""
        yield from TABLE
    yield from rows


def _whom(verb: Verb) -> Iterator[str]:
    if verb.of == "participants":
        yield "| `participants` | `WHO...` | whom it concerns (required) | a list of participants |"
    if verb.of == "either":
        told = "whom it concerns, instead of the whole room"
        yield f"| `participants` | `--to` | {told} | a list of participants |"


def _parameters(command: str, parameters: Iterable[Parameter]) -> Iterator[str]:
    words = {each.name: each for each in TYPED[command].params}
    for parameter in parameters:
        needed = " (required)" if parameter.required else ""
        says = parameter.kind.says.replace("|", "\\|")
        word = words[f"value_{parameter.name}"]
        typed = word.opts[0] if isinstance(word, click.Option) else parameter.name.upper()
        yield f"| `{parameter.name}` | `{typed}` | {parameter.help}{needed} | {says} |"


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    """Each with all its words."""
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from commands(each, *above, name)
        else:
            yield " ".join((*above, name)), each


TYPED = dict(commands(click.Group(commands=[*moderation.commands(), *account.commands()])))


# Requests of the account


def _account(row: AccountRequest) -> Iterator[str]:
    typed = account.example(row)
    if row.words.endswith(" list"):
        typed += " list"
    ways = f"`{'POST' if row.acts else 'GET'} {_path(row)}`"
    if row.parameters and not row.acts:
        ways += f" or `POST {_path(row)}{READ}`"
    yield f"## {row.words}"
    yield ""
    yield f"{row.help} {ways}: `{typed}`"
    rows = [*_parameters(row.words, row.parameters.values())]
    if rows:
        yield ""
        yield from TABLE
    yield from rows


def _path(row: AccountRequest) -> str:
    return "/api" + row.route.replace("{", "<").replace("}", ">")


# Telnyx's operations


def route(way: Way) -> str:
    """`POST /api/rooms/<room>/actions/mute`: what is asked for here."""
    if not way.verb:
        return way.route
    verb = VERBS.get(way.verb)
    whom = "/participants/<who>" if verb and verb.of == "participants" else ""
    return f"POST {ROOM}{whom}/actions/{way.verb}"


def words(way: Way) -> str:
    """`record start`: what is typed after flask."""
    return " ".join(VERBS[way.verb].words) if way.verb in VERBS else way.command


def given(operation: Operation) -> list[str]:
    """The parameters that are given with the request."""
    way = BY_NAME[operation.name]
    verb = VERBS.get(way.verb)
    names = {each.name for each in verb.parameters} if verb else {name for name, _ in way.body}
    return [name for name in operation.parameters if name in names]


def _operation(operation: Operation) -> str:
    way = BY_NAME[operation.name]
    theirs = f"`{operation.method} {operation.path}`"
    others = [name for name in operation.parameters if name not in given(operation)]
    names = (_listed(given(operation)), _listed(others), _listed(way.tells))
    return f"| {' | '.join([theirs, f'`{route(way)}`', f'`flask {words(way)}`', *names])} |"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# Telnyx's webhooks


def _webhook(name: str) -> str:
    shown, typed = SHOWN[name]
    does = (HANDLERS[name].__doc__ or "").split("\n")[0] if name in HANDLERS else "Told as it is."
    return f"| `{name}` | {does} | `{shown}` | `flask {typed}` |"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
