"""Write docs/reference.md from the tables: `python -m tests.reference`."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import click

ROOT = Path(__file__).parent.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "tests")) if path not in sys.path]

from rigs import findings  # noqa: E402
from rigs.operations import (  # noqa: E402
    OF_THE_ROOM,
    OPERATIONS,
    SHOWN,
    TELLS,
    VERBS_OF,
    WEBHOOKS,
    Operation,
)

from conference.account.requests import READ, AccountRequest  # noqa: E402
from conference.account.requests import ROWS as REQUESTS  # noqa: E402
from conference.cli import account, moderation  # noqa: E402
from conference.core.handlers import HANDLERS  # noqa: E402
from conference.core.join_options import LATE  # noqa: E402
from conference.core.requests.not_taken import CLIENT_STATE, REASONS  # noqa: E402
from conference.core.requests.verbs import ROWS, VERBS, Verb  # noqa: E402
from conference.core.schema.parameters import Parameter  # noqa: E402
from conference.core.sentences import SENTENCES  # noqa: E402
from conference.core.webhook_fields import DETAILS, FOR_PROGRAMS, OF_EVERY_EVENT  # noqa: E402
from conference.web.problems import TITLES  # noqa: E402

FILE = ROOT / "docs" / "reference.md"
ACCOUNT = {row.operation: row for row in REQUESTS}

HEAD = """\
# Reference

Every verb with its parameters, the place of each of Telnyx's conference operations and webhooks
here, the details of events, the types of problems, every sentence that callers hear, and every
finding of `flask doctor`. `python -m tests.reference` makes this page from
`conference/core/requests/verbs.py`, `conference/account/requests.py`, `tests/rigs/operations.py`,
`conference/core/webhook_fields.py`, `conference/web/problems.py`,
`conference/core/sentences.py` and `conference/doctor/phrases`. Tests compare it with them and
use everything on it.

## Verbs

Verbs of the *room* go to `POST /api/rooms/<room>/actions/<verb>`. Verbs of *participants* go there
with `{"participants": [...]}`, or for one participant to
`POST /api/rooms/<room>/participants/<who>/actions/<verb>`. Verbs of *either* go both ways; without
`participants` they act on the whole room. Parameters are fields of the JSON body. Each command also
has the options `--room`, `--url` and `--json`.
"""

ACCOUNT_HEAD = """
## Queues, and Telnyx's own view

Requests about the account and no room. They are forwarded to Telnyx, and Telnyx's answer is
returned. Parameters are fields of the JSON body of a POST and the query of a GET. Where a parameter
may be a phone number, a POST can replace the GET, so that no address contains it. A GET that Telnyx
answers with 429 or 5xx is sent three times at most. The response then has Telnyx's `Retry-After`.
Each command also has the options `--url` and `--json`. A command that lists has `--all` for all
pages, 100,000 rows at most; by REST, a further page is requested with the parameters that are in
`next`.
"""

SOURCES_HEAD = """
## Telnyx's operations

Each of Telnyx's voice conferencing commands: the request for it here, by REST and by command, and
the webhooks by which Telnyx reports that it was done. The line creates a conference by itself when
somebody comes into an empty room. Parameters have Telnyx's names. The line itself sets the
following ones. A request with one of them is refused with the reason:

| parameter | cannot be given, because |
|---|---|
"""

CLIENT_STATE_HEAD = """
`client_state` cannot be given either:

| verb | because |
|---|---|
"""

CREATED = """
A call that opens the conference is let in by `POST /conferences`. That one cannot set `{late}`
for one participant. So `PATCH /conferences/{{id}}/participants/{{participant_id}}` and
`POST /conferences/{{id}}/actions/update` follow as soon as the call has joined.

Other differences from Telnyx's description:

| verb | parameter | difference |
|---|---|---|
"""

DIFFERENCES = (
    (
        "gather",
        "audio_url",
        "this or `media_name` is required: without a prompt nobody presses keys",
    ),
    ("play", "audio_url", "this or `media_name` is required: there would be nothing to play"),
    ("record-start", "format", "not required: mp3"),
    ("speak", "voice", "not required: `VOICE`"),
    (
        "join",
        "start_conference_on_create",
        "refused while a conference is open, which it is not for",
    ),
    ("join", "whisper_call_control_ids", "refused without `supervisor_role` whisper"),
    ("adjust", "beep_enabled", "one of the three parameters is required: nothing would change"),
    ("supervise", "whisper_call_control_ids", "refused with another role than whisper"),
    ("supervise", "whisper_call_control_ids", "100 at most, so that a request stays small"),
    ("gather", "maximum_tries", "100 at most, so that a prompt ends some time"),
    ("gather", "timeout_millis", "4 hours at most, as long as a call can last"),
    ("enqueue", "max_size", "1000000 at most, far more than can wait"),
    ("send-dtmf", "digits", "128 at most, so that a request stays small"),
)
"""Verb, parameter, and what is other than in Telnyx's description, with the reason."""

OPERATIONS_HEAD = """
| Telnyx's | here | command | parameters | set by the line | webhooks |
|---|---|---|---|---|---|
"""

WEBHOOKS_HEAD = """
## Telnyx's webhooks

| webhook | effect | shown by | command |
|---|---|---|---|
"""

DETAILS_HEAD = """
## Details of events

The `details` of an event of the kind `webhook` in `GET /api/events`, by Telnyx's names. Missing
ones are left out. Every webhook here also has {of_every}.

| webhook | details |
|---|---|
"""

PROBLEMS_HEAD = """
## Problems

A refused request gets `application/problem+json` with one of these types, its status and title,
and in `detail` what is wrong. Types stay the same.

| type | status | title |
|---|---|---|
"""

SENTENCES_HEAD = """
## Sentences

All that the line speaks. A room has [words of its own](rooms.md#words-in-your-language) by a table
in the rooms file: copy this one, and fill in what callers shall hear. Empty ones stay English.

```toml
[defaults.words]
"""

UNHANDLED = "It changes nothing and is kept as an event."
TABLE = ("", "| parameter | command | meaning | must be |", "|---|---|---|---|")


def text() -> str:
    """The whole page."""
    parts = [
        *(HEAD, *(_section(_verb(verb)) for verb in ROWS)),
        *(ACCOUNT_HEAD, *(_section(_request(row)) for row in REQUESTS)),
        *(SOURCES_HEAD, *(f"| `{name}` | {why} |\n" for name, why in sorted(REASONS.items()))),
        *(CLIENT_STATE_HEAD, *(f"| `{verb}` | {why} |\n" for verb, why in CLIENT_STATE.items())),
        CREATED.format(late="`, `".join(name for names in LATE.values() for name in names)),
        *(f"| `{verb}` | `{name}` | {what} |\n" for verb, name, what in DIFFERENCES),
        *(OPERATIONS_HEAD, *map(_operation, OPERATIONS)),
        *(WEBHOOKS_HEAD, *map(_webhook, WEBHOOKS)),
        *(DETAILS_HEAD.format(of_every=_listed(OF_EVERY_EVENT)), *map(_details, DETAILS)),
        *(PROBLEMS_HEAD, *map(_problem, TITLES)),
        *(SENTENCES_HEAD, *(f'"{sentence}" = ""\n' for sentence in SENTENCES), "```\n"),
        findings.text(),
    ]
    return "".join(parts)


def _section(lines: Iterable[str]) -> str:
    return "\n" + "\n".join(lines) + "\n"


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    """Every command of a group, and of the groups in it, by all its words."""
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from commands(each, *above, name)
        else:
            yield " ".join((*above, name)), each


TYPED = dict(commands(click.Group(commands=[*moderation.commands(), *account.commands()])))


def _parameters(words: str, parameters: Collection[Parameter]) -> Iterator[str]:
    typed = {each.name: each for each in TYPED[words].params}
    for parameter in parameters:
        instead = [f"`{other.name}`" for other in parameters if other.instead_of == parameter.name]
        either = " or ".join(["this", *instead])
        needed = f" ({either if instead else 'required'})" if parameter.required else ""
        says = parameter.kind.says.replace("|", "\\|")
        word = typed[f"value_{parameter.name}"]
        as_typed = word.opts[0] if isinstance(word, click.Option) else parameter.name.upper()
        yield f"| `{parameter.name}` | `{as_typed}` | {parameter.help}{needed} | {says} |"


# Verbs


def _verb(verb: Verb) -> Iterator[str]:
    whom = "the room" if verb.of == "room" else verb.of
    yield from (f"### {verb.name}", "")
    yield f"{verb.help} A verb of {whom}, such as `{moderation.example(verb)}`"
    rows = [*_whom(verb), *_parameters(" ".join(verb.words), verb.parameters)]
    yield from (*TABLE, *rows) if rows else ()


def _whom(verb: Verb) -> Iterator[str]:
    if verb.of == "participants":
        yield "| `participants` | `WHO...` | the participants (required) | a list of participants |"
    if verb.of == "either":
        told = "the participants, instead of the whole room"
        yield f"| `participants` | `--to` | {told} | a list of participants |"


# Of the account


def _request(row: AccountRequest) -> Iterator[str]:
    asked = f"`{_route(row)}`"
    if row.parameters and not row.acts:
        asked += f" or `POST {_route(row).split()[1]}{READ}`"
    yield from (f"### {row.words}", "")
    also = " list" if row.words.endswith(" list") else ""  # which need not be said
    yield f"{row.help} {asked}: `{account.example(row)}{also}`"
    rows = [*_parameters(row.words, row.about), *_parameters(row.words, row.parameters.values())]
    every = "| | `--all` | list all pages | |"
    yield from (*TABLE, *rows, *([every] if row.lists else [])) if rows else ()


def _route(row: AccountRequest) -> str:
    path = row.route.replace("{", "<").replace("}", ">")
    return f"{'POST' if row.acts else 'GET'} /api{path}"


# Telnyx's operations


def route(operation: str) -> str:
    """The route for one of Telnyx's operations: `POST /api/rooms/<room>/actions/mute`."""
    if operation in ACCOUNT:
        return _route(ACCOUNT[operation])
    verb = VERBS[VERBS_OF[operation]]
    whom = "/participants/<who>" if verb.of == "participants" else ""
    return f"POST /api/rooms/<room>{whom}/actions/{verb.name}"


def words(operation: str) -> str:
    """The command for one of Telnyx's operations, without `flask`: `record start`."""
    if operation in ACCOUNT:
        return ACCOUNT[operation].words
    return " ".join(VERBS[VERBS_OF[operation]].words)


def given(operation: Operation) -> list[str]:
    """The parameters of an operation that a request here can give."""
    if operation.name in ACCOUNT:
        names = set(ACCOUNT[operation.name].parameters)
    else:
        names = {each.name for each in VERBS[VERBS_OF[operation.name]].parameters}
        names -= {*OF_THE_ROOM.get(operation.name, ())}
    return [name for name in operation.parameters if name in names]


def _operation(operation: Operation) -> str:
    theirs = f"`{operation.method} {operation.path}`"
    asked = given(operation)
    others = [name for name in operation.parameters if name not in asked]
    names = (_listed(asked), _listed(others), _listed(TELLS.get(operation.name, ())))
    how = (f"`{route(operation.name)}`", f"`flask {words(operation.name)}`")
    return f"| {' | '.join([theirs, *how, *names])} |\n"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# Telnyx's webhooks


def _webhook(name: str) -> str:
    shown, typed = SHOWN[name]
    does = (HANDLERS[name].__doc__ or "").split("\n")[0] if name in HANDLERS else UNHANDLED
    return f"| `{name}` | {does} | `{shown}` | `flask {typed}` |\n"


# Events and problems


def _details(name: str) -> str:
    """Return a row; empty for a webhook without details of its own."""
    shown = (*DETAILS[name], *FOR_PROGRAMS.get(name, ()))
    return (
        f"| `{name}` | {_listed([each.rpartition('.')[2] for each in shown])} |\n" if shown else ""
    )


def _problem(kind: str) -> str:
    status, title = TITLES[kind]
    return f"| `/problems/{kind}` | {status} | {title} |\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
