"""A room and those in it, as one immutable value, and what is plain from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from conference.core.client_state import ClientState, Direction, Role
from conference.core.commands import Command, Dial, Queue
from conference.core.origin import MUSIC
from conference.core.states import Status
from conference.core.texml.facts import Facts

ENDED_KEPT = 600.0  # seconds that an ended call is remembered, for events that come late
GREETED_WITHIN = 30.0  # seconds in which whom TeXML brings in is in, or has hung up


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """How one room behaves. Of minutes and `reconcile_seconds` 0 means never."""

    greeting_first: str = (
        "Welcome to the conference. You are the first one here. Please hold until somebody joins."
    )
    greeting_next: str = "Welcome to the conference. You are now joining the others."
    voice: str = "female"
    language: str = "en-GB"
    hold_audio_url: str = ""
    public_url: str = ""
    beep: str = "always"
    max_participants: int = 250
    region: str = ""
    comfort_noise: bool = True
    duration_minutes: int = 0
    alone_minutes: float = 60
    reconcile_seconds: float = 30
    # Attributes of <Conference>, if set. There may be a password in an address.
    texml: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Participant:
    """A call in a room. `since` and `joined_at` are Unix seconds, `moved_at` is Telnyx's time."""

    call: str
    number: str
    role: Role
    direction: Direction
    status: Status
    since: float
    label: str = ""
    joined_at: float | None = None
    moved_at: str = ""  # occurred_at of the newest joined or left that counted
    tries: int = 0  # to get into the conference
    patience: float | None = None  # when we give up getting it in, Unix seconds
    confirm: bool = False  # whether it is to press 1 before it comes in
    way_in: Mapping[str, Any] = field(default_factory=dict)  # how it is to join, in Telnyx's words
    moved_from: str = ""  # the conference that it was in, in another room: none of this one's
    taken_out: bool = False  # by us, and Telnyx has not said yet that it left
    # Since when it wants in; for whoever asks, no rule goes by it.
    waits_since: float | None = field(default=None, compare=False)
    ours: str = field(default="", compare=False)  # the number of ours at the other end; likewise

    @property
    def is_called(self) -> bool:
        """Whether we call it, and it has not answered."""
        return self.status == "ringing" and self.direction == "outgoing"


@dataclass(frozen=True, slots=True)
class Told:
    """A participant's hold and mute: as wanted, or as Telnyx was last told (None: not known)."""

    held: bool | None = False
    muted: bool | None = False
    music: str = ""


FREE = Told()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a moderator asked for, kept apart from what the rule wants.

    `music` is for the hold: an address or a name of Telnyx's media; empty for the room's own.
    """

    hold: bool = False
    mute: bool = False
    music: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A caller's place in a queue of Telnyx's; without the queue's name, in none any more.

    `position` is from 1, as it was on coming; `moved_at` is Telnyx's time of that.
    """

    queue: str = ""
    position: int | None = None
    moved_at: str = ""


class Doubt(NamedTuple):
    """What Telnyx's lists lack, or have otherwise (then `has` is how), of a call or conference."""

    what: Literal["conference", "shared", "stranger", "ended", "remembered", "left", "told"]
    which: str
    has: str = ""


class Deadline(NamedTuple):
    """A wait, by its kind and the call or, for a retry, the queue that it is of."""

    kind: Literal["call", "retry", "alone", "look"]
    of: Any


NEXT_LOOK = Deadline("look", "")


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that is known of a room.

    `told` and `asked` hold only what differs from FREE and Asked(), so that a rule's cost does
    not grow with the room. Of each queue in `pending` the first command is in flight, unless a
    "retry" deadline holds it back.
    """

    name: str
    settings: RoomSettings = field(default_factory=RoomSettings)
    lookout: bool = False  # whether it minds the calls that no room knows, also while empty
    origin: str = ""  # where Telnyx reaches us, as its webhooks say
    bad_music: str = ""  # a hold_audio_url that Telnyx has refused
    conference: str = ""  # the live conference's id
    front: Literal["call-control", "texml"] = "call-control"  # the door of who is inside
    texml: Facts | None = None  # what callbacks have said of a conference that has not ended
    called: Mapping[str, Dial] = field(default_factory=dict)  # by TeXML, till they come; by number
    waits_for_start: bool = False  # Telnyx has everyone on hold until somebody starts it
    locked: bool = False
    # How many recordings go on, of calls and of the conference; and how many of those that we have
    # ended are not saved yet.
    recorded: Mapping[str, int] = field(default_factory=dict)
    unsaved: Mapping[str, int] = field(default_factory=dict)
    queued: Mapping[str, Place] = field(default_factory=dict)  # those who are, or were, in a queue
    speaker: str = ""
    participants: Mapping[str, Participant] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()
    told: Mapping[str, Told] = field(default_factory=dict)
    told_at: float = 0.0  # when Telnyx last answered to a hold or mute
    asked: Mapping[str, Asked] = field(default_factory=dict)
    pending: Mapping[Queue, tuple[Command, ...]] = field(default_factory=dict)
    deadlines: Mapping[Deadline, float] = field(default_factory=dict)
    ended: Mapping[str, float] = field(default_factory=dict)  # calls and conferences, and when
    doubts: frozenset[Doubt] = frozenset()  # what the last look had otherwise
    looked_at: float = 0.0
    healed: int = field(default=0, compare=False)  # what looks have put right; no rule goes by it
    # By TeXML, who was told how to come in and has not been seen since; the first one first.
    at_door: Mapping[str, float] = field(default_factory=dict)
    shared: bool = False  # others than our calls are in our conference
    moved: frozenset[str] = frozenset()  # calls in other rooms now, till Telnyx's lists say so too
    strangers: frozenset[str] = frozenset()  # calls that no room knows, and that we answered once
    singly: frozenset[str] = frozenset()  # refused together; told one by one
    came_back: frozenset[str] = frozenset()  # while a hold or mute that names them is in flight
    # The calls that the last event concerned, so that nobody need go through all of them.
    touched: tuple[str, ...] = field(default=(), compare=False)

    @property
    def account(self) -> str:
        """Whose TeXML commands concern those inside; empty where Call Control's do."""
        return self.texml.account if self.texml and self.front == "texml" else ""

    @property
    def music(self) -> str:
        """The address that a held participant's music comes from; empty while not known."""
        if self.settings.hold_audio_url not in ("", self.bad_music):
            return self.settings.hold_audio_url
        return self.base + MUSIC if self.base else ""

    @property
    def base(self) -> str:
        """Where Telnyx reaches us; empty while not known."""
        return self.settings.public_url or self.origin

    def queue_of(self, call: str) -> str:
        """The queue of Telnyx's that the call waits in; empty where in none."""
        return self.queued[call].queue if call in self.queued else ""

    def over(self, at: float) -> bool:
        """Whether nothing of it is worth keeping any more."""
        going_on = self.participants or self.pending or self.deadlines or self.conference
        recently = any(ended > at - ENDED_KEPT for ended in self.ended.values())
        awaited = any(since > at - GREETED_WITHIN for since in self.at_door.values())
        return not (going_on or recently or awaited or self.locked)

    @property
    def next_deadline(self) -> float | None:
        return min(self.deadlines.values(), default=None)

    def head(self, queue: Queue) -> Command | None:
        """The first command of the queue: in flight, or held back for its next try."""
        waiting = self.pending.get(queue)
        return waiting[0] if waiting else None

    def under_way(self, call: str) -> tuple[Command, ...]:
        """The commands that wait or are in flight for this call; () where there are none."""
        return self.pending.get(Queue("call", call), ())

    def status_of(self, call: str) -> Status | None:
        """None where the call is not here, or not any more."""
        return self.participants[call].status if call in self.participants else None

    def in_status(self, status: Status) -> list[Participant]:
        return [p for p in self.participants.values() if p.status == status]


def in_flight(room: Room) -> dict[Queue, Command]:
    """The head of every queue, except those that wait out a retry pause."""
    return {
        queue: commands[0]
        for queue, commands in room.pending.items()
        if retry(queue) not in room.deadlines
    }


def client_state(room: Room, participant: Participant) -> ClientState:
    asked = room.asked.get(participant.call, Asked())
    return ClientState(
        room=room.name,
        role=participant.role,
        direction=participant.direction,
        number=participant.number,
        label=participant.label,
        hold=asked.hold,
        mute=asked.mute,
        confirm=participant.confirm,
        parked=participant.status == "parked",
    )


def retry(queue: Queue) -> Deadline:
    return Deadline("retry", queue)
