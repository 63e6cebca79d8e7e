"""The commands for Telnyx, as values. `name` is the command's name in ids, answers and the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from conference.core.client_state import ClientState
from conference.core.command_base import CONFERENCE as CONFERENCE
from conference.core.command_base import HOLD_AND_MUTE as HOLD_AND_MUTE
from conference.core.command_base import SNAPSHOT as SNAPSHOT
from conference.core.command_base import CommandBase as CommandBase
from conference.core.command_base import Queue as Queue

KEY_TRIES, KEY_SECONDS = 2, 8.0  # how often a text asks for a key, and the wait after each time
BETWEEN_KEYS = 5.0  # seconds that Telnyx waits for a further key


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
    purpose: str  # "greeting", "goodbye", "name", "lobby" or "seat"
    text: str
    voice: str
    language: str
    n: int = 1


@dataclass(frozen=True, slots=True)
class Gather(CommandBase):
    """Text-to-speech on a call, to be answered by keys within KEY_SECONDS.

    `valid`: the keys that count. `most`: so many end the answer; # ends it before. `tries`: how
    often the text is spoken. `n`: counts the gathers of the call, from 1.
    """

    name: ClassVar[str] = "gather"
    call: str
    text: str
    valid: str
    voice: str
    language: str
    most: int = 1
    tries: int = KEY_TRIES
    n: int = 1


@dataclass(frozen=True, slots=True)
class Record(CommandBase):
    """Record what the caller says, for so many seconds at most: the entry stage `name`."""

    name: ClassVar[str] = "record_start"
    call: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Create(CommandBase):
    """Open the room's conference with this call in it. `room`: Telnyx's name of the conference.

    `n`: numbers the creates, joins and leaves of the call, from 1. `options`: other parameters, by
    Telnyx's names; parameters of a join alone are left out when the command is sent.
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
    """Find the live conference of this name. `room`: as in Create.

    `refused`: the call whose Create was refused for a reason that may be a taken name; empty if the
    name is known to be taken.
    """

    name: ClassVar[str] = "find"
    room: str
    region: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Join(CommandBase):
    """Bring the call into the conference. `n` and `options` as in Create; parameters of a create
    alone are left out when the command is sent."""

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
    options: Mapping[str, Any] = field(default_factory=dict)  # by Telnyx's names


@dataclass(frozen=True, slots=True)
class Kick(CommandBase):
    """Take a TeXML call out of the conference, which ends the call.

    `alone`: because the caller is alone for too long; not retried once the caller has company.
    """

    name: ClassVar[str] = "kick"
    call: str
    conference: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Leave(CommandBase):
    """Take the call out of the conference; its leg stays up.

    `to`: the room that the call moves to, if any. `beep`: overrides the conference's setting.
    """

    name: ClassVar[str] = "leave"
    call: str
    conference: str
    n: int
    to: str = ""
    region: str = ""
    beep: str = ""


@dataclass(frozen=True, slots=True)
class Remember(CommandBase):
    """Store the call's client_state at Telnyx, so that the line knows the call after a restart."""

    name: ClassVar[str] = "remember"
    call: str
    client_state: ClientState


@dataclass(frozen=True, slots=True)
class Dial(CommandBase):
    """Call a number.

    `id`: the request's. `rings`, `lasts`: limits in seconds. `options`: other parameters, by
    Call Control's names.
    For TeXML only: `conference` to join, `beep`, other `attributes` of <Conference>, and the
    address for each `callback`.
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
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassThrough(CommandBase):
    """A moderator's command that is forwarded to Telnyx as it is: no rule depends on it.

    `of`, `about`: the call or conference that it is for, and its id. `name`, `body`: by Telnyx's
    own names. `id`: the request's.
    """

    of: Literal["call", "conference"]
    about: str
    name: str
    body: Mapping[str, Any]
    id: str

    @property
    def takes_id(self) -> bool:
        """Whether Telnyx takes a command_id for it, and so ignores a repetition."""
        return self.of == "call" or self.name not in _WITHOUT_ID

    @property
    def repeatable(self) -> bool:
        """Whether a repetition does no more than the command did."""
        return self.takes_id or self.name in _IDEMPOTENT

    @property
    def in_turn(self) -> bool:
        """Whether it moves the call, or belongs to its wait in a queue, and so waits behind the
        other commands that move the call."""
        return self.name in _IN_TURN


_IN_TURN = ("enqueue", "leave_queue", "playback_start", "playback_stop")
_IDEMPOTENT = ("participants",)
_WITHOUT_ID = ("play", "stop", "send_dtmf", "gather_using_audio", "participants")


@dataclass(frozen=True, slots=True)
class ForParticipants(CommandBase):
    name: ClassVar[str]
    conference: str
    calls: tuple[str, ...]  # never empty: to Telnyx an empty list is everyone
    region: str = ""
    # The moderators' requests behind it; empty where only a rule wants it.
    asked_by: frozenset[str] = field(default=frozenset(), compare=False, kw_only=True)

    def __post_init__(self) -> None:
        if not self.calls:
            raise ValueError(f"{self.name} without calls would concern everyone")


@dataclass(frozen=True, slots=True)
class Hold(ForParticipants):
    name: ClassVar[str] = "hold"
    music: str = ""  # an address, or a name of Telnyx's media; empty for silence


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
    """Read Telnyx's lists for this room: its conference, the participants, our live calls.

    `title`: Telnyx's name of the conference, if it differs from the room's name.
    With a `conference`: only the participants of that TeXML conference.
    """

    name: ClassVar[str] = "snapshot"
    room: str
    region: str = ""
    conference: str = ""
    title: str = ""


HoldOrMute = Hold | Unhold | Mute | Unmute
OfCall = Answer | Speak | Gather | Record | Create | Join | Leave | Hangup | Kick
Command = OfCall | Find | HoldOrMute | TakeSnapshot | Remember | PassThrough | Dial


def queue_of(command: Command) -> Queue:
    """Return the queue of the command."""
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
    """Return the queue of the commands that move the call in, out, or to its end."""
    return Queue("call", call)


def memory(call: str) -> Queue:
    """Return the queue of the call's `Remember` commands: they wait for no other command."""
    return Queue("memory", call)


def queues_of(call: str) -> set[Queue]:
    """Return the queues that are dropped when the call ends."""
    return {of_call(call), memory(call), Queue("requests", call)}
