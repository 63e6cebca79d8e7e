"""A room and those in it, as one immutable value, and what is plain from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from conference.core.client_state import ClientState
from conference.core.commands import Command, Queue
from conference.core.origin import MUSIC
from conference.core.participant import Participant, Place
from conference.core.parts import (
    EMPTY_DRAFT,
    NOTHING,
    Draft,
    HoldAndMute,
    Reconciliation,
    Recordings,
    Texml,
)
from conference.core.states import Status

FrontName = Literal["call-control", "texml"]
USUAL_FRONT: FrontName = "call-control"  # of a room without a conference

ENDED_KEPT = 600.0  # seconds that an ended call is remembered, for events that come late
EXPECTED_AT_MOST = 30.0  # seconds in which whom TeXML brings in is in, or has hung up


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


class Deadline(NamedTuple):
    """A wait, by its kind and the call or, for a retry, the queue that it is of."""

    kind: Literal["call", "retry", "alone", "snapshot"]
    of: Any


NEXT_SNAPSHOT = Deadline("snapshot", "")


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that is known of a room, in one immutable value.

    Of each queue in `pending` the first command is in flight, unless a "retry" deadline holds it
    back.
    """

    name: str
    settings: RoomSettings = field(default_factory=RoomSettings)
    watches_unknown_calls: bool = (
        False  # whether it minds the calls that no room knows, also while empty
    )
    origin: str = ""  # where Telnyx reaches us, as its webhooks say
    conference: str = ""  # the live conference's id
    front: FrontName = USUAL_FRONT  # the door of who is inside
    waits_for_start: bool = False  # Telnyx has everyone on hold until somebody starts it
    locked: bool = False
    speaker: str = ""
    participants: Mapping[str, Participant] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()
    queued: Mapping[str, Place] = field(default_factory=dict)  # those who are, or were, in a queue
    pending: Mapping[Queue, tuple[Command, ...]] = field(default_factory=dict)
    deadlines: Mapping[Deadline, float] = field(default_factory=dict)
    ended: Mapping[str, float] = field(default_factory=dict)  # calls and conferences, and when
    holding: HoldAndMute = field(default_factory=HoldAndMute)
    recordings: Recordings = field(default_factory=Recordings)
    reconciliation: Reconciliation = field(default_factory=Reconciliation)
    texml: Texml = field(default_factory=Texml)
    draft: Draft = field(default=EMPTY_DRAFT, compare=False)

    @property
    def music(self) -> str:
        """The address that a held participant's music comes from; empty while not known."""
        if self.settings.hold_audio_url not in ("", self.holding.bad_music):
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
        awaited = any(since > at - EXPECTED_AT_MOST for since in self.texml.expected.values())
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
    asked = room.holding.asked.get(participant.call, NOTHING)
    return ClientState(
        room=room.name,
        role=participant.role,
        direction=participant.direction,
        number=participant.number,
        label=participant.label,
        hold=asked.hold,
        mute=asked.mute,
        confirm="confirm" in participant.stages,
        parked=participant.status == "parked",
    )


def retry(queue: Queue) -> Deadline:
    return Deadline("retry", queue)
