"""Puts the questions of `flask setup` to the user: the API key, and what only people can decide."""

from __future__ import annotations

import click

from conference.cli.names import named
from conference.core.human_text import readable
from conference.masking import hide_secrets
from conference.settings.kinds import REQUIRED, SECRET
from conference.setup.wishes import YES_OR_NO, Question, Wishes, with_wish

LONGEST = 1000  # characters of a line: the account's owner has written a part of it


def show(text: str) -> None:
    """Print a line."""
    click.echo(named(_plain(text)))


def _plain(text: str) -> str:
    """Return the text as one line without secrets: a part of it may be Telnyx's."""
    return readable(hide_secrets(text[:LONGEST]))


def api_key() -> str:
    """Return the API key that the user types, which is not shown."""
    show(f"TELNYX_API_KEY: {REQUIRED['TELNYX_API_KEY']}")
    while True:
        key = str(click.prompt("API key (not shown)", hide_input=True)).strip()
        if SECRET.allows(key):
            return key
        show(f"It must be {SECRET.says}.")


def answered(question: Question, wishes: Wishes) -> Wishes:
    """Return the wishes with the user's answer to the question."""
    while True:
        try:
            return with_wish(wishes, question.wish, _answer(question))
        except ValueError as error:
            show(f"It {error}")


def open_question(question: Question) -> click.ClickException:
    """Return the error that says which option answers the question."""
    choices = [f"  {each.value}  {each.label}" for each in question.choices]
    text = f"{question.text} Give {question.option}{':' if choices else '.'}"
    return click.ClickException("\n".join(map(_plain, [text, *choices])))


def _answer(question: Question) -> str:
    if question.choices == YES_OR_NO:
        return "yes" if click.confirm(question.text, default=question.default == "yes") else "no"
    show(question.text)
    if not question.choices:
        return str(click.prompt("Answer", default=question.default, show_default=False))
    values = [each.value for each in question.choices]
    for place, each in enumerate(question.choices, 1):
        show(f"  {place}) {each.label}")
    default = values.index(question.default) + 1 if question.default in values else None
    place = click.prompt("Choose", type=click.IntRange(1, len(values)), default=default)
    return values[place - 1]
