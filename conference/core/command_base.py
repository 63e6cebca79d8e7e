"""What all commands have: a queue, and the bookkeeping of their tries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Queue(NamedTuple):
    """The key of a queue of commands. One command of each queue is in flight at a time.

    `of`: the kind of queue. `id`: the call, conference or request that owns the queue, if any.
    """

    of: Literal["call", "memory", "requests", "dial", "conference", "hold and mute", "snapshot"]
    id: str = ""

    def __str__(self) -> str:
        return f"{self.of} {self.id}".rstrip()


CONFERENCE = Queue("conference")
HOLD_AND_MUTE = Queue("hold and mute")
SNAPSHOT = Queue("snapshot")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandBase:
    """Bookkeeping of every command.

    `at`: first issued, Unix seconds. `attempt`: from 1. `account`: the TeXML account, empty for
    Call Control. `request`: the id of the moderator's request behind the command, if any.
    `refused_since`: Telnyx's first error response, Unix seconds.
    """

    at: float = 0.0
    attempt: int = 1
    account: str = ""
    request: str = field(default="", compare=False)
    refused_since: float | None = field(default=None, compare=False)
