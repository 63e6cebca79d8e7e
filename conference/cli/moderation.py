"""`flask mute`, `flask kick` and so on: a command for each verb, made from its row."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import quote

import click
from flask.cli import with_appcontext

from conference.cli.server import as_json, fetch, server_url
from conference.cli.words import Command, Decorator, as_argument, as_option, option, values
from conference.core.requests.verbs import VERBS, Verb
from conference.core.schema.parameters import Parameter
from conference.core.schema.texts import Label
from conference.web.services import services

EXAMPLE = "+13125550142"
WHO = "\n\nWHO: a phone number, its last four digits or more, a label or a call_control_id."

room_option = click.option("--room", help="Name of the room.  [default: CONFERENCE_NAME]")


def path_of(room: str | None, *parts: str) -> str:
    """Return the path of a room, or of something below it; without a name the default room."""
    name = room or services().settings.conference_name
    return "/".join(["/api/rooms", quote(name, safe=""), *parts])


def commands() -> list[click.Command]:
    """Return a command for each verb, and a group for verbs of two words."""
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
        body = values(verb.parameters, given)
        if (label := _label(verb)) and label.name not in body:
            who, body[label.name] = _split(verb, who)
        if who:
            body["participants"] = who
        answer = fetch(path_of(room, "actions", f"{verb.name}?wait=1"), url, body, wants="commands")
        click.echo(json.dumps(answer) if as_json else _result(answer, who))

    run.__doc__ = f"{verb.help}{'' if verb.of == 'room' else WHO}\n\nExample: {example(verb)}"
    for decorator in reversed([*_parameters(verb), room_option, server_url, as_json]):
        run = decorator(run)
    return click.command(name, cls=Command)(with_appcontext(run))


def _label(verb: Verb) -> Parameter | None:
    """Return the label that participants get: it may follow them without its option."""
    required = (p for p in verb.parameters if p.required and isinstance(p.kind, Label))
    return next(required, None) if verb.of == "participants" else None


def _split(verb: Verb, words: list[str]) -> tuple[list[str], str]:
    """Return the participant and the label of `rename 0111 Ann Lee`."""
    who, *label = words
    if not label:
        how = f'flask {verb.name} "{who}" Ann, or --label "" for none'
        raise click.UsageError(f"The label is missing: {how}.")
    return [who], " ".join(label)


def example(verb: Verb) -> str:
    """Return the command as it is typed."""
    parts = ["flask", *verb.words]
    if verb.of == "participants":
        parts.append(EXAMPLE)
    for parameter in verb.parameters:
        if parameter.required:
            bare = _stands_alone(verb, parameter) or parameter is _label(verb)
            word = [] if bare else [option(parameter.name)]
            parts += [*word, parameter.kind.example]
    return " ".join(parts)


def _stands_alone(verb: Verb, parameter: Parameter) -> bool:
    """Is it an argument without an option: flask say "five minutes left"?"""
    first = next((p for p in verb.parameters if _needed(verb, p)), None)
    return verb.of != "participants" and parameter is first


def _needed(verb: Verb, parameter: Parameter) -> bool:
    """Is it required, with no other parameter instead?"""
    return parameter.required and all(p.instead_of != parameter.name for p in verb.parameters)


def _parameters(verb: Verb) -> list[Decorator]:
    made: list[Decorator] = []
    if verb.of == "participants":
        made.append(click.argument("who", nargs=-1, required=True))
    for p in verb.parameters:
        if _stands_alone(verb, p):
            made.append(as_argument(p))
        else:
            made.append(as_option(p, required=_needed(verb, p) and p is not _label(verb)))
    if verb.of == "either":
        help = "A participant, instead of the whole room. Can be given several times."
        made.append(click.option("--to", "who", metavar="WHO", multiple=True, help=help))
    return made


def _result(answer: dict[str, Any], who: list[str]) -> str:
    what = f"{answer['verb']} {', '.join(who)}".strip()
    answered = Counter(each["command"] for each in answer["answers"])
    waiting = list((Counter(answer["commands"]) - answered).elements())
    if not waiting:
        return f"done: {what}"
    return f"under way: {what}. Telnyx has not answered yet: {', '.join(waiting)}"
