"""Completes words of a command line in a shell, without the network and without an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import click
from flask.cli import ScriptInfo

from conference.core.doors import RECEPTION
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Choice
from conference.core.schema.texts import ROOM
from conference.web.services import services_of

Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], list[str]]


def rooms(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Return the rooms of the settings that begin so, in any case; none without good settings."""
    try:
        settings = services_of(ctx.ensure_object(ScriptInfo).load_app()).settings
    except Exception:
        return []  # a traceback would spoil the line that somebody types
    own = tuple(name for name in settings.rooms if name != RECEPTION)
    return _beginning(own or (settings.conference_name,), begun)


def of_kind(kind: Kind) -> Complete | None:
    """Return what completes a value of this kind; None for those that only people know."""
    if kind == ROOM:
        return rooms
    return choices(kind) if isinstance(kind, Choice) else None


def choices(kind: Choice) -> Complete:
    return lambda ctx, param, begun: _beginning(kind.choices, begun)


def _beginning(words: tuple[str, ...], begun: str) -> list[str]:
    return [word for word in words if word.casefold().startswith(begun.casefold())]
