"""What we can ask Telnyx to do, as values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from conference.core.client_state import ClientState

CONFERENCE = "conference"
HOLD_AND_MUTE = "hold and mute"
LOOK = "look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What every command carries: when it was first given out (Unix seconds), which try it is,
    and since when Telnyx answers it with errors."""

    at: float = 0.0
    attempt: int = 1
    refused_since: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Answer(Tried):
    call: str
    client_state: ClientState


@dataclass(frozen=True, slots=True)
class Speak(Tried):
    """Text-to-speech on a call. A call is greeted once and taken leave of once."""

    call: str
    purpose: str  # "greeting" or "goodbye"
    text: str
    voice: str
    language: str


@dataclass(frozen=True, slots=True)
class Create(Tried):
    """Open the room's conference with this call in it. `n` counts the call's tries to get in."""

    call: str
    name: str
    n: int
    beep: str
    max_participants: int
    region: str = ""


@dataclass(frozen=True, slots=True)
class Find(Tried):
    """Look up the live conference of this name."""

    name: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Join(Tried):
    call: str
    conference: str
    n: int
    region: str = ""


@dataclass(frozen=True, slots=True)
class Hangup(Tried):
    call: str


@dataclass(frozen=True, slots=True)
class _Many(Tried):
    conference: str
    calls: tuple[str, ...]  # never empty: Telnyx takes an empty list for everyone
    region: str = ""

    def __post_init__(self) -> None:
        if not self.calls:
            raise ValueError(f"{type(self).__name__} without calls would concern everyone")


@dataclass(frozen=True, slots=True)
class Hold(_Many):
    music: str = ""  # an address; without one a held caller hears silence


@dataclass(frozen=True, slots=True)
class Unhold(_Many):
    pass


@dataclass(frozen=True, slots=True)
class Mute(_Many):
    pass


@dataclass(frozen=True, slots=True)
class Unmute(_Many):
    pass


@dataclass(frozen=True, slots=True)
class Look(Tried):
    """Read what Telnyx has of this room: its conference, who is in it, our live calls."""

    name: str
    region: str = ""


HoldOrMute = Hold | Unhold | Mute | Unmute
OfCall = Answer | Speak | Create | Join | Hangup
Command = OfCall | Find | HoldOrMute | Look


def key(command: Command) -> str:
    """What the command waits its turn for: of each key, one command is in flight at a time."""
    match command:
        case Create() | Find():
            return CONFERENCE
        case Hold() | Unhold() | Mute() | Unmute():
            return HOLD_AND_MUTE
        case Look():
            return LOOK
        case _:
            return command.call


def command_id(command: OfCall) -> str:
    """The same for every try of one command, and for it after a restart; another for the next.

    Telnyx ignores a repeated id for 60 s. Its hold and mute take none.
    """
    parts: tuple[str, ...]
    match command:
        case Create():
            parts = ("create", command.call, str(command.n))
        case Join():
            parts = ("join", command.call, command.conference, str(command.n))
        case Speak():
            parts = ("speak", command.call, command.purpose)
        case _:
            parts = (type(command).__name__.lower(), command.call)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
