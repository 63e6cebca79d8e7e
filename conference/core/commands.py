"""What we can ask Telnyx to do, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conference.core.client_state import ClientState

CONFERENCE = "conference"
HOLD_AND_MUTE = "hold and mute"
LOOK = "look"

KEY_TRIES, KEY_SECONDS = 2, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What every command carries: when it was first given out (Unix seconds), which try it is,
    since when Telnyx answers it with errors, and the account whose TeXML commands it is one of;
    empty for Call Control's."""

    at: float = 0.0
    attempt: int = 1
    account: str = ""
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
class Gather(Tried):
    """Text-to-speech on a call, to which the key `valid` is to be pressed: within KEY_SECONDS, or
    it is said again, KEY_TRIES times in all."""

    call: str
    text: str
    valid: str
    voice: str
    language: str


@dataclass(frozen=True, slots=True)
class Create(Tried):
    """Open the room's conference with this call in it. `n` counts the call's tries to get in.

    `options` are what Telnyx takes besides, by its names; what it takes with a join only is left
    out.
    """

    call: str
    name: str
    n: int
    beep: str
    max_participants: int
    region: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Find(Tried):
    """Look up the live conference of this name."""

    name: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Join(Tried):
    """Bring the call into the conference. `options` as with Create, the other way round."""

    call: str
    conference: str
    n: int
    region: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hangup(Tried):
    call: str


@dataclass(frozen=True, slots=True)
class Kick(Tried):
    """Take a call of TeXML out of the conference, which ends the call. `alone`: for being alone for
    too long, and as long as it is."""

    call: str
    conference: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Leave(Tried):
    """Take the call out of the conference; its leg stays up. `to`: the room that it goes to."""

    call: str
    conference: str
    n: int
    to: str = ""
    region: str = ""
    beep: str = ""  # when it beeps, instead of the conference's way


@dataclass(frozen=True, slots=True)
class Remember(Tried):
    """Let Telnyx keep what we know of the call, so that it is known after a restart."""

    call: str
    client_state: ClientState


@dataclass(frozen=True, slots=True)
class Dial(Tried):
    """Call somebody. `id` is the request's; `rings` and `lasts` are seconds at most.

    By TeXML, into which conference, when it beeps for them, with which attributes of <Conference>
    they come in, and where the callbacks go.
    """

    to: str
    client_state: ClientState
    id: str
    rings: int
    lasts: int
    conference: str = ""
    beep: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Do(Tried):
    """A command that a moderator asked for and that no rule goes by: passed on as it is.

    `action` is Telnyx's name for it, `about` the id of the `of` that it is done to. `body` has
    Telnyx's own names; `id` is the request's.
    """

    of: Literal["call", "conference"]
    about: str
    action: str
    body: Mapping[str, Any]
    id: str

    @property
    def takes_id(self) -> bool:
        """Whether Telnyx ignores a repetition of it, known by its command_id."""
        return self.of == "call" or self.action not in _WITHOUT_ID


IN_TURN = ("enqueue", "leave_queue")  # after what moves the call before it
_WITHOUT_ID = ("play", "stop", "send_dtmf", "gather_using_audio", "participants")


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
    music: str = ""  # an address, or a name of Telnyx's media; without one there is silence


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
    """Read what Telnyx has of this room: its conference, who is in it, our live calls. By TeXML,
    of this conference who is in it."""

    name: str
    region: str = ""
    conference: str = ""


HoldOrMute = Hold | Unhold | Mute | Unmute
OfCall = Answer | Speak | Gather | Create | Join | Leave | Hangup | Kick
Command = OfCall | Find | HoldOrMute | Look | Remember | Do | Dial


def key(command: Command) -> str:
    """What the command waits its turn for: of each key, one command is in flight at a time."""
    match command:
        case Create() | Find():
            return CONFERENCE
        case Hold() | Unhold() | Mute() | Unmute():
            return HOLD_AND_MUTE
        case Look():
            return LOOK
        case Remember():
            return memory(command.call)
        case Do():
            return command.about if command.action in IN_TURN else f"done to {command.about}"
        case Dial():
            return f"dial {command.id}"
        case _:
            return command.call


def named(command: Command) -> str:
    """What it is called: by Telnyx, where a moderator's is passed on."""
    return command.action if isinstance(command, Do) else type(command).__name__.lower()


def keys_of(call: str) -> set[str]:
    """All that may be under way for a call by itself."""
    return {call, memory(call), f"done to {call}"}


def memory(call: str) -> str:
    """The key of what Telnyx is to remember of a call, which need not wait for anything else."""
    return f"memory of {call}"
