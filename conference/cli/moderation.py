"""`flask mute`, `flask kick` and so on: a command for each verb, made from its row."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any
from urllib.parse import quote

import click
from flask.cli import with_appcontext

from conference.cli.completion import of_kind, rooms
from conference.cli.server import as_json, fetch, server_url
from conference.cli.words import (
    Command,
    Decorator,
    as_argument,
    as_option,
    explained,
    has_words,
    option,
    participants,
    values,
    words_of_first,
)
from conference.core.requests.verbs import VERBS, Verb
from conference.core.schema.kinds import Choice
from conference.core.schema.parameters import Parameter
from conference.core.schema.texts import Label
from conference.web.services import services

GROUPS = {"record": "Record the conference or calls.\n\nExample: flask record start"}
EXAMPLE = "+13125550142"
WHO = (
    "\n\nWHO: a member number such as 3, a phone number, its last four digits or more, a label "
    "or a call_control_id."
)

room_option = click.option(
    "--room", help="Name of the room.  [default: CONFERENCE_NAME]", shell_complete=rooms
)


def path_of(room: str | None, *parts: str) -> str:
    """Return the path of a room, or of something below it; without a name the default room."""
    name = room or services().settings.usual_room
    return "/".join(["/api/rooms", quote(name, safe=""), *parts])


@cache
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
        group = groups.setdefault(word, click.Group(word, help=GROUPS[word]))
        group.add_command(_command(verb, last))
    return [*alone, *groups.values()]


def _command(verb: Verb, name: str) -> click.Command:
    def run(room: str | None, url: str | None, as_json: bool, **given: Any) -> None:
        words, to = list(given.pop("who", ())), given.pop("to", ())
        body = values(verb.parameters, given)
        if (last := _last(verb)) and last.name not in body:
            words, body[last.name] = _split(verb, last, words)
        if _takes_sound(verb) and "audio_url" not in body:
            words, body = _with_sound(words, body)
        who = participants([*words, *to])
        if who:
            body["participants"] = who
        answer = fetch(path_of(room, "actions", f"{verb.name}?wait=1"), url, body, wants="commands")
        click.echo(json.dumps(answer) if as_json else _result(answer, who, body.get("label")))

    run.__doc__ = _help(verb)
    for decorator in reversed([*_parameters(verb), room_option, server_url, as_json]):
        run = decorator(run)
    return click.command(name, cls=Command)(with_appcontext(run))


def _help(verb: Verb) -> str:
    arguments = explained(each for each in verb.parameters if _stands_alone(verb, each))
    who = "" if verb.of == "room" else WHO
    return f"{verb.help}{arguments}{who}\n\nExample: {example(verb)}"


def _last(verb: Verb) -> Parameter | None:
    """Return the label or choice that participants get: it may follow them without its option."""
    required = (p for p in verb.parameters if p.required and isinstance(p.kind, Label | Choice))
    return next(required, None) if verb.of == "participants" else None


def _split(verb: Verb, last: Parameter, words: list[str]) -> tuple[list[str], Any]:
    """Return the words of the participants, and the value that follows them.

    A label may have several words, and follows one participant: `rename 0111 Ann Lee`. A choice is
    the last word: `role 0111 Ann moderator`.
    """
    is_label = isinstance(last.kind, Label)
    number = words_of_first(words) if is_label else max(len(words) - 1, 1)
    who, value = words[:number], words[number:]
    if not value:
        how = f'flask {verb.name} "{" ".join(who)}" {last.kind.example}'
        none = ', or --label "" for none' if is_label else ""
        raise click.UsageError(f"The {last.name} is missing: {how}{none}.")
    return who, last.kind.read(" ".join(value))


def _takes_sound(verb: Verb) -> bool:
    """Has the command words of participants, among which the address of a sound may be?"""
    return _names_some(verb) and any(p.name == "audio_url" for p in verb.parameters)


def _with_sound(words: list[str], body: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Return the other words and the body of `play https://example.com/music.mp3 0111`."""
    sounds = [word for word in words if word.startswith(("https://", "http://"))]
    if len(sounds) != 1:
        return words, body
    return [word for word in words if word not in sounds], {**body, "audio_url": sounds[0]}


def example(verb: Verb) -> str:
    """Return the command as it is typed."""
    parts = ["flask", *verb.words]
    if verb.of == "participants":
        parts.append(EXAMPLE)
    for parameter in verb.parameters:
        if parameter.required:
            bare = _stands_alone(verb, parameter) or parameter is _last(verb)
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


def _names_some(verb: Verb) -> bool:
    """Do bare words name participants? After a text that has words itself, --to is needed."""
    text = any(_stands_alone(verb, p) and has_words(p.kind) for p in verb.parameters)
    return verb.of != "room" and not text


def _parameters(verb: Verb) -> list[Decorator]:
    made: list[Decorator] = []
    for p in verb.parameters:
        if _stands_alone(verb, p):
            made.append(as_argument(p))
        else:
            made.append(as_option(p, required=_needed(verb, p) and p is not _last(verb)))
    if _names_some(verb):
        last = _last(verb)
        made.append(
            click.argument(
                "who",
                nargs=-1,
                required=verb.of == "participants",
                shell_complete=of_kind(last.kind) if last else None,
            )
        )
    if verb.of == "either":
        help = "A participant, instead of the whole room. Can be given several times."
        made.append(click.option("--to", metavar="WHO", multiple=True, help=help))
    return made


def _result(answer: dict[str, Any], who: list[str], label: str | None) -> str:
    what = f"{answer['verb']} {', '.join(who)}".strip()
    if who and label is not None:
        what += f' to "{Label().used(label)}"'
    answered = Counter(each["command"] for each in answer["answers"])
    waiting = list((Counter(answer["commands"]) - answered).elements())
    if not waiting:
        return f"done: {what}"
    return f"under way: {what}. Telnyx has not answered yet: {', '.join(waiting)}"
