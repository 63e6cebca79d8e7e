"""`flask mute`, `flask kick` and all the others: a command for each verb, made of its row."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import quote

import click
from flask.cli import with_appcontext

from conference.cli.server import as_json, ask, server_url
from conference.cli.words import Decorator, as_argument, as_option, option, values
from conference.core.requests.verbs import VERBS, Verb
from conference.core.schema.parameters import Parameter
from conference.web.services import services

WHO = "+13125550142"  # in examples
WHOM = "\n\nWho is meant: a number, its last four digits or more, a label or a call_control_id."

room_option = click.option("--room", help="Name of the room.  [default: CONFERENCE_NAME]")


def path_of(room: str | None, *parts: str) -> str:
    """The address under /api of something of a room."""
    name = room or services().settings.conference_name
    return "/".join(["/api/rooms", quote(name, safe=""), *parts])


def commands() -> list[click.Command]:
    """A command for each verb, those of two words in groups."""
    groups: dict[str, click.Group] = {}
    alone: list[click.Command] = []
    for verb in VERBS.values():
        *first, last = verb.words
        if not first:
            alone.append(_command(verb, last))
            continue
        (word,) = first
        group = groups.setdefault(word, click.Group(word, help=f"See flask {word} --help."))
        group.add_command(_command(verb, last))
    return [*alone, *groups.values()]


def _command(verb: Verb, name: str) -> click.Command:
    def run(room: str | None, url: str | None, as_json: bool, **given: Any) -> None:
        who = list(given.pop("who", ()))
        meant = values(verb.parameters, given)
        body = {"participants": who, **meant} if who else meant
        answer = ask(path_of(room, "actions", f"{verb.name}?wait=1"), url, body, wants="commands")
        click.echo(json.dumps(answer) if as_json else _told(answer))

    run.__doc__ = f"{verb.help}{'' if verb.of == 'room' else WHOM}\n\nExample: {example(verb)}"
    for decorator in reversed([*_parameters(verb), room_option, server_url, as_json]):
        run = decorator(run)
    return click.command(name)(with_appcontext(run))


def example(verb: Verb) -> str:
    """How it is written on a command line."""
    parts = ["flask", *verb.words]
    if verb.of == "participants":
        parts.append(WHO)
    for parameter in verb.parameters:
        if parameter.required:
            word = [] if _stands_alone(verb, parameter) else [option(parameter.name)]
            parts += [*word, parameter.kind.example]
    return " ".join(parts)


def _stands_alone(verb: Verb, parameter: Parameter) -> bool:
    """What must be said needs no option before it: flask say "five minutes left"."""
    first = next((p for p in verb.parameters if _needed(verb, p)), None)
    return verb.of != "participants" and parameter is first


def _needed(verb: Verb, parameter: Parameter) -> bool:
    """Whether it goes neither without it nor with another instead."""
    return parameter.required and all(p.instead_of != parameter.name for p in verb.parameters)


def _parameters(verb: Verb) -> list[Decorator]:
    made: list[Decorator] = []
    if verb.of == "participants":
        made.append(click.argument("who", nargs=-1, required=True))
    for p in verb.parameters:
        if _stands_alone(verb, p):
            made.append(as_argument(p))
        else:
            made.append(as_option(p, required=_needed(verb, p)))
    if verb.of == "either":
        told = "Whom it concerns, instead of the whole room; as often as wanted."
        made.append(click.option("--to", "who", multiple=True, help=told))
    return made


def _told(answer: dict[str, Any]) -> str:
    if not answer["commands"]:
        return f"done: {answer['verb']}, of which Telnyx need not know"
    answered = Counter(each["command"] for each in answer["answers"])
    waiting = list((Counter(answer["commands"]) - answered).elements())
    if not waiting:
        return f"done: {answer['verb']}"
    return f"under way: {answer['verb']}, Telnyx has yet to answer {', '.join(waiting)}"
