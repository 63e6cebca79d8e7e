"""The ids by which Telnyx knows a command that is repeated."""

from __future__ import annotations

import hashlib

from conference.core.commands import Create, Dial, Join, Leave, OfCall, PassThrough, Speak


def command_id(command: OfCall | PassThrough | Dial) -> str:
    """The same for every try of one command, and for it after a restart; another for the next.

    Telnyx ignores a repeated id for 60 s. Its hold and mute take none.
    """
    parts: tuple[str, ...]
    match command:
        case Create():
            parts = ("create", command.call, str(command.n))
        case Join() | Leave():
            parts = (command.name, command.call, command.conference, str(command.n))
        case Speak():
            nth = (str(command.n),) if command.n > 1 else ()  # the first one's id is older than n
            parts = ("speak", command.call, command.purpose, *nth)
        case PassThrough():
            whom = str(command.body.get("call_control_id", ""))  # several may be meant
            parts = ("do", command.about, command.name, whom, command.id)
        case Dial():
            parts = ("dial", command.id)
        case _:
            parts = (command.name, command.call)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
