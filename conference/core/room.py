"""A room and its participants as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from conference.core.admission.pin_defence import PinDefence
from conference.core.client_state import OF_MEETING, ClientState, Mode
from conference.core.commands import Command, Queue
from conference.core.draft import EMPTY_DRAFT, Draft
from conference.core.limits.day_minutes import NOTHING_USED, DayMinutes
from conference.core.origin import MUSIC
from conference.core.participant import Participant, Place
from conference.core.parts import (
    NOTHING_ASKED,
    HoldAndMute,
    Reconciliation,
    Recordings,
    Texml,
)
from conference.core.room_settings import Known, RoomSettings
from conference.core.states import Status

FrontName = Literal["call-control", "texml"]
USUAL_FRONT: FrontName = "call-control"  # of a room without a conference

PIN_ENTRY_KEPT = 900.0  # seconds: longer than three tries by TeXML, each with its wait
ENDED_KEPT = 600.0  # seconds that an ended call is remembered, for late events


class Deadline(NamedTuple):
    """The key of a deadline.

    | kind | `of` |
    |---|---|
    | call, alone, alone-soon, lobby | the call |
    | retry | the queue |
    | music | the address that Telnyx has refused |
    | refused | what the function `refused` returns |
    | host, fresh | the step, as in the modules `host` and `fresh_conference` |
    | snapshot, bell, chime, seat, ends-soon, minutes | empty: a room has one |
    """

    kind: Literal[
        "call",
        "retry",
        "alone",
        "alone-soon",
        "snapshot",
        "music",
        "refused",
        "host",
        "lobby",
        "bell",
        "chime",
        "seat",
        "ends-soon",
        "fresh",
        "minutes",
    ]
    of: Any


NEXT_SNAPSHOT = Deadline("snapshot", "")


@dataclass(frozen=True)  # without slots: see `replacing`
class Room:
    """The whole state of a room.

    `watches_unknown_calls`: answers calls that no room knows; takes snapshots while empty, too.
    `origin`: our public address, from Telnyx's webhooks. `conference`: the live one's id.
    `titled`: its name at Telnyx, if the settings had another one when it opened.
    `front`: by which the present callers came. `ending`: the conference, once the line has
    requested its end. `waits_for_start`: Telnyx holds everyone until a caller starts the
    conference. `newcomers_muted`, `newcomers_held`: later callers are muted, except moderators, or
    on hold. `begun`: somebody whose role starts the conference has joined in this meeting; only
    where others wait for that. `host_left`: the hosts whose call was lost, by number, until the
    deadline "host". `banned`: numbers in E.164 whose calls stay out until the meeting is over.
    `chimes_off`: a moderator wants no chimes. `newcomers`: the calls that have joined and are not
    announced yet, see the module `chimes`. `mode`: how the room talks. `hands`: the calls with a
    raised hand, in the order of raising. `called`: the call whose turn it is; empty if none. See
    the module `hands`.
    `members`, `unclaimed`: member numbers, see the module `members`.
    `queued`: callers who are, or were, in a queue of Telnyx's. `pending`: the first command of each
    queue is in flight, unless a "retry" deadline delays it. `deadlines`, `ended` (calls and
    conferences), `opened_at` (the live conference): Unix seconds. `version`: that of the newest
    change. `gone`: calls whose row is shown no more, with the version of that change; complete for
    the changes after version `goes_back_to`. See `versions.py`.
    """

    name: str
    settings: RoomSettings = field(default_factory=RoomSettings)
    watches_unknown_calls: bool = False
    origin: str = ""
    conference: str = ""
    titled: str = ""
    opened_at: float | None = None
    front: FrontName = USUAL_FRONT
    ending: str = ""
    waits_for_start: bool = False
    locked: bool = False
    newcomers_muted: bool = False
    newcomers_held: bool = False
    begun: bool = False
    host_left: Mapping[str, Known] = field(default_factory=dict)
    chimes_off: bool = False
    newcomers: tuple[str, ...] = ()
    mode: Mode = "conversation"
    hands: tuple[str, ...] = ()
    called: str = ""
    banned: frozenset[str] = field(default=frozenset(), repr=False)
    members: int = 0
    unclaimed: frozenset[int] = frozenset()
    speaker: str = ""
    participants: Mapping[str, Participant] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()
    queued: Mapping[str, Place] = field(default_factory=dict)
    pending: Mapping[Queue, tuple[Command, ...]] = field(default_factory=dict)
    deadlines: Mapping[Deadline, float] = field(default_factory=dict)
    ended: Mapping[str, float] = field(default_factory=dict)
    holding: HoldAndMute = field(default_factory=HoldAndMute)
    recordings: Recordings = field(default_factory=Recordings)
    reconciliation: Reconciliation = field(default_factory=Reconciliation)
    texml: Texml = field(default_factory=Texml)
    pin_defence: PinDefence = field(default_factory=PinDefence, repr=False)
    minutes: DayMinutes = NOTHING_USED
    draft: Draft = field(default=EMPTY_DRAFT, compare=False)
    # For display only; no rule reads them.
    version: int = field(default=0, compare=False)
    gone: Mapping[str, int] = field(default_factory=dict, compare=False)
    goes_back_to: int = field(default=0, compare=False)

    @property
    def music(self) -> str:
        """The address of the music for participants on hold; empty while there is none.

        HOLD_AUDIO_URL, or our own music, unless Telnyx has refused them lately.
        """
        ours = self.base + MUSIC if self.base else ""
        return self._accepted(self.settings.hold_audio_url, ours)

    @property
    def wait_music(self) -> str:
        """The address of the music until the conference begins; empty while there is none."""
        return self._accepted(self.settings.wait_url, self.music)

    def _accepted(self, *addresses: str) -> str:
        """The first of the addresses that Telnyx has not refused lately; empty if none."""
        refused = self.holding.refused_music
        return next((each for each in addresses if each and each not in refused), "")

    @property
    def base(self) -> str:
        """Our public address; empty while unknown."""
        return self.settings.public_url or self.origin

    @property
    def title(self) -> str:
        """Telnyx's name of the room's conference."""
        return self.titled or self.settings.title or self.name

    def queue_of(self, call: str) -> str:
        """The name of the Telnyx queue that the call waits in; empty if none."""
        return self.queued[call].queue if call in self.queued else ""

    def over(self, at: float) -> bool:
        """Whether the room can be dropped: nothing in it is worth keeping."""
        going_on = self.participants or self.pending or self.deadlines or self.conference
        recently = any(ended > at - ENDED_KEPT for ended in self.ended.values())
        awaited = any(
            since > at - self.settings.expects_for for since in self.texml.expected.values()
        )
        enters = any(each.at > at - PIN_ENTRY_KEPT for each in self.texml.entries.values())
        away = any(since > at - ENDED_KEPT for since in self.texml.sent_away.values())
        remembers = self.pin_defence.remembers(at) or self.minutes.counts(at)
        return not (going_on or recently or awaited or enters or away or remembers)

    def bars(self, participant: Participant) -> bool:
        """Whether the lock keeps the participant out: incoming calls, except moderators."""
        incoming = participant.direction == "incoming"
        return self.locked and incoming and participant.role != "moderator"

    @property
    def next_deadline(self) -> float | None:
        return min(self.deadlines.values(), default=None)

    def head(self, queue: Queue) -> Command | None:
        """The first command of the queue: in flight, or delayed until its retry."""
        waiting = self.pending.get(queue)
        return waiting[0] if waiting else None

    def under_way(self, call: str) -> tuple[Command, ...]:
        """The commands of the call's queue, the one in flight first; () if none."""
        return self.pending.get(Queue("call", call), ())

    def status_of(self, call: str) -> Status | None:
        """The call's status; None if the call is not in the room."""
        return self.participants[call].status if call in self.participants else None

    def in_status(self, status: Status) -> list[Participant]:
        return [p for p in self.participants.values() if p.status == status]


def in_flight(room: Room) -> dict[Queue, Command]:
    """The head of every queue, except those that wait out a retry pause."""
    paused = [deadline.of for deadline in room.deadlines if deadline.kind == "retry"]
    return {queue: commands[0] for queue, commands in room.pending.items() if queue not in paused}


def came_in(before: Room, room: Room) -> frozenset[str]:
    """Return the participants inside who were not inside before this event.

    Only the calls that the event has touched are compared: a large room costs no more.
    """
    return room.joined.intersection(room.draft.touched) - before.joined


def client_state(room: Room, participant: Participant) -> ClientState:
    asked = room.holding.asked.get(participant.call, NOTHING_ASKED)
    may_take_part = participant.takes_part or not room.bars(participant)
    return ClientState(
        room=room.name,
        role=participant.role,
        direction=participant.direction,
        number=participant.number,
        label=participant.label,
        hold=asked.hold,
        mute_by=asked.mute_by,
        stages=participant.stages,
        parked=participant.status == "parked",
        dial=participant.dial,
        member=participant.member,
        title="" if room.title == room.name else room.title,
        **{name: getattr(room, name) for name in OF_MEETING if may_take_part},
    )


def retry(queue: Queue) -> Deadline:
    return Deadline("retry", queue)


def refused(command: str, call: str) -> Deadline:
    """The pause before a refused hold, unhold, mute or unmute of this call is sent again."""
    return Deadline("refused", f"{command} {call}")
