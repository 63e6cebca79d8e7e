"""A room and those in it, as one immutable value, and the small changes that it can undergo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeVar

from conference.core.client_state import ClientState, Direction, Role
from conference.core.commands import Command, key
from conference.core.states import MOVES, Status

K = TypeVar("K")
V = TypeVar("V")

ENDED_KEPT = 600.0  # seconds that an ended call is remembered, for events that come late
ENDED_MOST = 2000


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """How one room behaves. `alone_minutes` and `reconcile_seconds` of 0 mean never."""

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
    alone_minutes: float = 60
    reconcile_seconds: float = 30


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
    # Since when it wants in; for whoever asks, no rule goes by it.
    waits_since: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """A participant's hold and mute: as wanted, or as Telnyx was last told (None: not known)."""

    held: bool | None = False
    muted: bool | None = False
    music: str = ""


FREE = Told()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a moderator asked for, kept apart from what the rule wants."""

    hold: bool = False
    mute: bool = False


class Deadline(NamedTuple):
    kind: Literal["call", "retry", "alone", "look"]
    key: str


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that is known of a room.

    `told` and `asked` hold only what differs from FREE and Asked(), so that a rule's cost does
    not grow with the room. Of each key in `pending` the first command is in flight, unless a
    "retry" deadline holds it back.
    """

    name: str
    settings: RoomSettings = field(default_factory=RoomSettings)
    lookout: bool = False  # whether it minds the calls that no room knows, also while empty
    origin: str = ""  # where Telnyx reaches us, as its webhooks say
    bad_music: str = ""  # a hold_audio_url that Telnyx has refused
    conference: str = ""  # the live conference's id
    speaker: str = ""
    participants: Mapping[str, Participant] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()
    told: Mapping[str, Told] = field(default_factory=dict)
    told_at: float = 0.0  # when Telnyx last answered to a hold or mute
    asked: Mapping[str, Asked] = field(default_factory=dict)
    pending: Mapping[str, tuple[Command, ...]] = field(default_factory=dict)
    deadlines: Mapping[Deadline, float] = field(default_factory=dict)
    ended: Mapping[str, float] = field(default_factory=dict)  # calls and conferences, and when
    doubts: frozenset[tuple[str, ...]] = frozenset()  # what the last look had otherwise
    looked_at: float = 0.0
    healed: int = field(default=0, compare=False)  # what looks have put right; no rule goes by it
    shared: bool = False  # others than our calls are in our conference
    strangers: frozenset[str] = frozenset()  # calls that no room knows, and that we answered once
    singly: frozenset[str] = frozenset()  # refused together; told one by one
    # The calls that the last event concerned, so that nobody need go through all of them.
    touched: tuple[str, ...] = field(default=(), compare=False)

    @property
    def music(self) -> str:
        """The address that a held participant's music comes from; empty while not known."""
        if self.settings.hold_audio_url not in ("", self.bad_music):
            return self.settings.hold_audio_url
        base = self.settings.public_url or self.origin
        return f"{base}/hold-music.wav" if base else ""

    def over(self, at: float) -> bool:
        """Whether nothing of it is worth keeping any more."""
        going_on = self.participants or self.pending or self.deadlines or self.conference
        return not going_on and all(ended <= at - ENDED_KEPT for ended in self.ended.values())

    @property
    def next_deadline(self) -> float | None:
        return min(self.deadlines.values(), default=None)

    def head(self, of: str) -> Command | None:
        """The command of this key that is in flight, or held back for its next try."""
        queue = self.pending.get(of)
        return queue[0] if queue else None

    def in_status(self, status: Status) -> list[Participant]:
        return [p for p in self.participants.values() if p.status == status]


def put(room: Room, participant: Participant) -> Room:
    """Keep the participant as given; `joined` follows its status. ValueError for no move."""
    call = participant.call
    before = room.participants.get(call)
    if before and before.status != participant.status:
        if (before.status, participant.status) not in MOVES:
            raise ValueError(f"no call goes from {before.status} to {participant.status}")
    joined, told = room.joined, room.told
    if (participant.status == "joined") != (call in joined):
        joined = joined | {call} if participant.status == "joined" else joined - {call}
        told = _without(told, call)
    participants = {**room.participants, call: participant}
    touched = (*room.touched, call)
    return replace(room, participants=participants, joined=joined, told=told, touched=touched)


def change(room: Room, call: str, **fields: object) -> Room:
    return put(room, replace(room.participants[call], **fields))  # type: ignore[arg-type]


def forget(room: Room, call: str, at: float) -> Room:
    """The call has ended: nothing of it stays but that it ended."""
    return release(remember_ended(room, call, at), call)


def release(room: Room, call: str) -> Room:
    """Nothing of the call stays here, though it may not have ended."""
    return replace(
        room,
        participants=_without(room.participants, call),
        joined=room.joined - {call},
        told=_without(room.told, call),
        singly=room.singly - {call},
        asked=_without(room.asked, call),
        pending=_without(room.pending, call),
        deadlines=_without(_without(room.deadlines, Deadline("call", call)), _retry(call)),
        speaker="" if room.speaker == call else room.speaker,
        touched=(*room.touched, call),
    )


def remember_ended(room: Room, what: str, at: float) -> Room:
    """Keep in mind that a call or conference is over, for ten minutes and within bounds."""
    kept = {k: v for k, v in room.ended.items() if v > at - ENDED_KEPT}
    while len(kept) >= ENDED_MOST:
        del kept[next(iter(kept))]
    return replace(room, ended={**kept, what: at})


def wait(room: Room, deadline: Deadline, at: float | None) -> Room:
    """Set the deadline, or with None take it away."""
    if at is None:
        return replace(room, deadlines=_without(room.deadlines, deadline))
    return replace(room, deadlines={**room.deadlines, deadline: at})


def send(room: Room, command: Command, at: float) -> Room:
    """Let the command wait its turn, behind those of its key."""
    of = key(command)
    waiting = (*room.pending.get(of, ()), replace(command, at=at))
    return replace(room, pending={**room.pending, of: waiting})


def settle(room: Room, of: str, only: Callable[[Command], bool] = lambda _: True) -> Room:
    """Take the first command of this key off, if it is one of those meant."""
    head = room.head(of)
    if head is None or not only(head):
        return room
    rest = room.pending[of][1:]
    pending = {**room.pending, of: rest} if rest else _without(room.pending, of)
    return wait(replace(room, pending=pending), _retry(of), None)


def hold_back(room: Room, of: str, command: Command, until: float) -> Room:
    """Put the command in the place of the first of its key, to be sent when the time comes."""
    rest = room.pending.get(of, ())[1:]
    room = replace(room, pending={**room.pending, of: (command, *rest)})
    return wait(room, _retry(of), until)


def in_flight(room: Room) -> dict[str, Command]:
    """Of each key the command that Telnyx has, or is to have now."""
    return {
        of: commands[0] for of, commands in room.pending.items() if _retry(of) not in room.deadlines
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
    )


def _retry(of: str) -> Deadline:
    return Deadline("retry", of)


def _without(mapping: Mapping[K, V], gone: K) -> Mapping[K, V]:
    return {k: v for k, v in mapping.items() if k != gone} if gone in mapping else mapping
