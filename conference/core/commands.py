"""What we can ask Telnyx to do, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple

from conference.core.client_state import ClientState


class Queue(NamedTuple):
    """Where a command waits its turn: of each queue one command is in flight at a time.

    `of` is the kind of queue, `id` the call, conference or request that has one of its own.
    """

    of: Literal["call", "memory", "requests", "dial", "conference", "hold and mute", "snapshot"]
    id: str = ""

    def __str__(self) -> str:
        return f"{self.of} {self.id}".rstrip()


CONFERENCE = Queue("conference")
HOLD_AND_MUTE = Queue("hold and mute")
SNAPSHOT = Queue("snapshot")

KEY_TRIES, KEY_SECONDS = 2, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandBase:
    """Bookkeeping of every command.

    `at`: first issued, Unix seconds. `attempt`: from 1. `account`: the TeXML account, empty for
    Call Control. `request`: the id of the moderator's request that led to it, if one did.
    `refused_since`: Telnyx's first error answer, Unix seconds.
    """

    at: float = 0.0
    attempt: int = 1
    account: str = ""
    request: str = field(default="", compare=False)
    refused_since: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Answer(CommandBase):
    name: ClassVar[str] = "answer"
    call: str
    client_state: ClientState


@dataclass(frozen=True, slots=True)
class Speak(CommandBase):
    """Text-to-speech on a call. `n` counts the speeches of one purpose on this call, from 1."""

    name: ClassVar[str] = "speak"
    call: str
    purpose: str  # "greeting" or "goodbye"
    text: str
    voice: str
    language: str
    n: int = 1


@dataclass(frozen=True, slots=True)
class Gather(CommandBase):
    """Text-to-speech on a call, to which the key `valid` is to be pressed: within KEY_SECONDS, or
    it is said again, KEY_TRIES times in all."""

    name: ClassVar[str] = "gather"
    call: str
    text: str
    valid: str
    voice: str
    language: str


@dataclass(frozen=True, slots=True)
class Create(CommandBase):
    """Open the room's conference with this call in it. `n` counts the call's tries to get in.

    `options` are what Telnyx takes besides, by its names; what it takes with a join only is left
    out.
    """

    name: ClassVar[str] = "create"
    call: str
    room: str
    n: int
    beep: str
    max_participants: int
    region: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Find(CommandBase):
    """Look up the live conference of this room's name."""

    name: ClassVar[str] = "find"
    room: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Join(CommandBase):
    """Bring the call into the conference. `options` as with Create, the other way round."""

    name: ClassVar[str] = "join"
    call: str
    conference: str
    n: int
    region: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hangup(CommandBase):
    name: ClassVar[str] = "hangup"
    call: str


@dataclass(frozen=True, slots=True)
class Kick(CommandBase):
    """Take a call of TeXML out of the conference, which ends the call. `alone`: for being alone for
    too long, and as long as it is."""

    name: ClassVar[str] = "kick"
    call: str
    conference: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Leave(CommandBase):
    """Take the call out of the conference; its leg stays up. `to`: the room that it goes to."""

    name: ClassVar[str] = "leave"
    call: str
    conference: str
    n: int
    to: str = ""
    region: str = ""
    beep: str = ""  # when it beeps, instead of the conference's way


@dataclass(frozen=True, slots=True)
class Remember(CommandBase):
    """Let Telnyx keep what we know of the call, so that it is known after a restart."""

    name: ClassVar[str] = "remember"
    call: str
    client_state: ClientState


@dataclass(frozen=True, slots=True)
class Dial(CommandBase):
    """Call somebody. `id` is the request's; `rings` and `lasts` are seconds at most.

    By TeXML, into which conference, when it beeps for them, with which attributes of <Conference>
    they come in, and where the callbacks go.
    """

    name: ClassVar[str] = "dial"
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
class PassThrough(CommandBase):
    """A command that a moderator asked for and that no rule goes by: passed on as it is.

    `name` is Telnyx's name for it, `about` the id of the `of` that it is done to. `body` has
    Telnyx's own names; `id` is the request's.
    """

    of: Literal["call", "conference"]
    about: str
    name: str
    body: Mapping[str, Any]
    id: str

    @property
    def takes_id(self) -> bool:
        """Whether Telnyx ignores a repetition of it, known by its command_id."""
        return self.of == "call" or self.name not in _WITHOUT_ID

    @property
    def in_turn(self) -> bool:
        """Whether it moves the call, and so waits for what moves the call before it."""
        return self.name in _IN_TURN


_IN_TURN = ("enqueue", "leave_queue")
_WITHOUT_ID = ("play", "stop", "send_dtmf", "gather_using_audio", "participants")


@dataclass(frozen=True, slots=True)
class ForParticipants(CommandBase):
    name: ClassVar[str]
    conference: str
    calls: tuple[str, ...]  # never empty: Telnyx takes an empty list for everyone
    region: str = ""
    # The requests that asked for this; a rule alone may have wanted it.
    asked_by: frozenset[str] = field(default=frozenset(), compare=False, kw_only=True)

    def __post_init__(self) -> None:
        if not self.calls:
            raise ValueError(f"{self.name} without calls would concern everyone")


@dataclass(frozen=True, slots=True)
class Hold(ForParticipants):
    name: ClassVar[str] = "hold"
    music: str = ""  # an address, or a name of Telnyx's media; without one there is silence


@dataclass(frozen=True, slots=True)
class Unhold(ForParticipants):
    name: ClassVar[str] = "unhold"


@dataclass(frozen=True, slots=True)
class Mute(ForParticipants):
    name: ClassVar[str] = "mute"


@dataclass(frozen=True, slots=True)
class Unmute(ForParticipants):
    name: ClassVar[str] = "unmute"


@dataclass(frozen=True, slots=True)
class TakeSnapshot(CommandBase):
    """Read what Telnyx has of this room: its conference, who is in it, our live calls. By TeXML,
    of this conference who is in it."""

    name: ClassVar[str] = "snapshot"
    room: str
    region: str = ""
    conference: str = ""


HoldOrMute = Hold | Unhold | Mute | Unmute
OfCall = Answer | Speak | Gather | Create | Join | Leave | Hangup | Kick
Command = OfCall | Find | HoldOrMute | TakeSnapshot | Remember | PassThrough | Dial


def queue_of(command: Command) -> Queue:
    """The queue in which the command waits its turn."""
    match command:
        case Create() | Find():
            return CONFERENCE
        case Hold() | Unhold() | Mute() | Unmute():
            return HOLD_AND_MUTE
        case TakeSnapshot():
            return SNAPSHOT
        case Remember():
            return memory(command.call)
        case PassThrough():
            return of_call(command.about) if command.in_turn else Queue("requests", command.about)
        case Dial():
            return Queue("dial", command.id)
        case _:
            return of_call(command.call)


def of_call(call: str) -> Queue:
    """The queue of the commands that bring the call into the conference, out, or to its end."""
    return Queue("call", call)


def memory(call: str) -> Queue:
    """The queue of what Telnyx is to remember of a call: it waits for no other command."""
    return Queue("memory", call)


def queues_of(call: str) -> set[Queue]:
    """Every queue that ends with the call."""
    return {of_call(call), memory(call), Queue("requests", call)}
