"""The command_ids by which Telnyx recognises a repeated command."""

from __future__ import annotations

import hashlib

from conference.core.commands import Create, Dial, Join, Leave, OfCall, PassThrough, Speak


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
            nth = (str(command.n),) if command.n > 1 else ()  # the first keeps an id without n
            parts = ("speak", command.call, command.purpose, *nth)
        case PassThrough():
            call = str(command.body.get("call_control_id", ""))  # one request may name several
            parts = ("do", command.about, command.name, call, command.id)
        case Dial():
            parts = ("dial", command.id)
        case _:
            parts = (command.name, command.call)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
