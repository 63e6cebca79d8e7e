"""The command_ids by which Telnyx recognises a repeated command."""

from __future__ import annotations

import hashlib

from conference.core.commands import (
    Create,
    Dial,
    Gather,
    Join,
    Leave,
    OfCall,
    PassThrough,
    Speak,
)


def command_id(command: OfCall | PassThrough | Dial) -> str:
    """Return 32 hex digits: the same for each try of a command, restarts included, and others for a
    later command.

    Telnyx ignores an id that it has had in the last 60 s. Its hold and mute take none.
    """
    parts: tuple[str, ...]
    match command:
        case Create():
            parts = ("create", command.call, str(command.n))
        case Join() | Leave():
            parts = (command.name, command.call, command.conference, str(command.n))
        case Speak():
            parts = ("speak", command.call, command.purpose, *_nth(command.n))
        case Gather():
            parts = ("gather", command.call, *_nth(command.n))
        case PassThrough():
            call = str(command.body.get("call_control_id", ""))  # one request may name several
            parts = ("do", command.about, command.name, call, command.id)
        case Dial():
            parts = ("dial", command.id)
        case _:
            parts = (command.name, command.call)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def _nth(n: int) -> tuple[str, ...]:
    """Return the part for the n-th of its kind. The first has none."""
    return (str(n),) if n > 1 else ()
