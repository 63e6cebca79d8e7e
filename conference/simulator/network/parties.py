"""The state of legs, conferences, participants, queues and recordings. Rules stand elsewhere."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections import deque
from dataclasses import dataclass, field

from ..texml.conference_noun import Noun
from ..texml.parties import TexmlCall, TexmlStay
from . import causes
from .digits import Gather
from .sounds import Clip, Heard, Sound


@dataclass(eq=False)
class Leg:
    """One call between a phone and the application. Times are simulated seconds.

    The properties may be read on any thread: they wait until a change is complete.
    """

    lock: threading.RLock = field(repr=False)
    number: str  # of the phone, whichever side dialled
    direction: str  # "incoming" | "outgoing", from the application's side
    from_: str
    to: str
    connection_id: str
    started_at: float
    client_state: str | None = None
    time_limit: float = 4 * 3600.0
    peer: Leg | None = field(default=None, repr=False)  # if the application calls itself
    answering: bool = False  # the command has arrived, the call is not up yet
    answered_at: float | None = None
    ended_at: float | None = None
    hangup_cause: str = ""
    hangup_source: str = ""
    participant: Participant | None = field(default=None, repr=False)
    stays: list[Participant] = field(default_factory=list, repr=False)  # all, in order
    clips: deque[Clip] = field(default_factory=deque)  # the first is being played
    overlays: deque[Clip] = field(default_factory=deque)  # the same, on top of `clips`
    tones: deque[Clip] = field(default_factory=deque)
    gather: Gather | None = field(default=None, repr=False)
    typed: str = ""  # all keys that the caller has pressed
    beeps: list[float] = field(default_factory=list)  # when the caller heard one
    texml: TexmlCall | None = None  # only for a call of the TeXML application
    speaking: bool = False  # whether its owner speaks, audible or not
    causes: causes.Causes = field(default_factory=causes.present, repr=False)
    sounds: list[tuple[float, Sound]] = field(default_factory=list, repr=False)
    call_control_id: str = field(default_factory=lambda: f"v3:{secrets.token_urlsafe(40)}")
    call_leg_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    call_session_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def state(self) -> str:
        """ "ringing", "answered" or "ended"."""
        with self.lock:
            if self.ended_at is not None:
                return "ended"
            return "ringing" if self.answered_at is None else "answered"

    @property
    def conference(self) -> str | None:
        """The id of the conference that the leg is in."""
        with self.lock:
            return self.participant.conference.id if self.participant else None

    @property
    def on_hold(self) -> bool:
        """Whether the leg is on hold in its conference."""
        with self.lock:
            return self.participant is not None and self.participant.on_hold

    @property
    def muted(self) -> bool:
        """Whether the leg is muted in its conference."""
        with self.lock:
            return self.participant is not None and self.participant.muted

    @property
    def hold_audio(self) -> str | None:
        """The address or media name of the audio that the leg hears on hold, if there is one."""
        with self.lock:
            return self.participant.hold_audio if self.participant else None

    @property
    def timeline(self) -> tuple[Heard, ...]:
        """All that the caller has heard, in order."""
        with self.lock:
            return tuple(self._heard(at, sound) for at, sound in self.sounds)

    @property
    def hears(self) -> Heard:
        """What the caller hears now."""
        with self.lock:
            return self._heard(*self.sounds[-1])

    def _heard(self, at: float, sound: Sound) -> Heard:
        return Heard(at, sound.what, sound.detail, sound.others(self.call_control_id))


@dataclass(eq=False)
class Participant:
    """One stay of a leg in a conference. A leg that joins again is a new participant."""

    leg: Leg
    conference: Conference
    created_at: float
    updated_at: float
    status: str = "joined"  # "joined" | "left"
    muted: bool = False
    on_hold: bool = False
    hold_audio: str | None = None
    end_on_exit: bool = False
    soft_end_on_exit: bool = False
    beep: str = "never"
    role: str = "none"  # as supervisor_role
    whispers_to: tuple[str, ...] = ()  # call_control_ids, if it whispers
    label: str | None = None
    clips: deque[Clip] = field(default_factory=deque)  # for this participant alone
    texml: TexmlStay | None = None  # only in a conference of the TeXML application
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def left_at(self) -> float | None:
        """When the participant left, in simulated seconds; None before."""
        return self.updated_at if self.status == "left" else None

    @property
    def waits(self) -> bool:
        """Whether it waits for the start of a TeXML conference."""
        return self.texml is not None and self.texml.waits

    @property
    def speaks(self) -> bool:
        """Whether anybody may hear it."""
        return not self.muted and not self.on_hold and not self.waits

    @property
    def audible(self) -> bool:
        """Whether all others hear it."""
        return self.speaks and self.role in ("none", "barge")


@dataclass(eq=False)
class Conference:
    """One conference. Times are simulated seconds.

    owner: the leg that created it, even after that leg has left.
    """

    name: str
    owner: Leg
    created_at: float
    updated_at: float
    expires_at: float
    max_participants: int
    region: str
    started: bool
    hold_audio: str | None  # for participants that wait for the start
    end_reason: str | None = None
    ended_by: Leg | None = None
    participants: list[Participant] = field(default_factory=list)  # also those that have left
    inside: dict[str, Participant] = field(default_factory=dict)  # by call_control_id
    started_at_once: bool = True
    beep: str = "never"
    clips: deque[Clip] = field(default_factory=deque)  # for all participants not on hold
    noun: Noun | None = None  # the <Conference> that opened it, if it is a TeXML one
    floor: Leg | None = None  # the last speaker
    callbacks: int = 0  # the number of its status callbacks, wanted or not
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def status(self) -> str:
        """ "init" (not started yet), "in_progress" or "completed"."""
        with self.owner.lock:
            if self.end_reason is not None:
                return "completed"
            return "in_progress" if self.started else "init"

    @property
    def members(self) -> list[Leg]:
        """The legs in the conference, in the order in which they joined."""
        with self.owner.lock:
            return [participant.leg for participant in self.inside.values()]

    def participant(self, id: str) -> Participant | None:
        """Return the newest participant with this id, label or call_control_id."""
        for each in reversed(self.participants):
            if id in (each.id, each.label, each.leg.call_control_id):
                return each
        return None


@dataclass(eq=False)
class Place:
    """A call's place in a queue. A call may keep its place after its end."""

    leg: Leg
    since: float
    keep_after_hangup: bool = False


@dataclass(eq=False)
class Queue:
    """A queue of waiting calls, the oldest first. Times are simulated seconds."""

    name: str
    max_size: int
    created_at: float
    updated_at: float
    places: dict[str, Place] = field(default_factory=dict)  # by call_control_id
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def calls(self) -> list[Leg]:
        """The legs in the queue, in order."""
        return [place.leg for place in tuple(self.places.values())]

    def position(self, call_control_id: str) -> int:
        """Return a call's position, from 1. Raise ValueError if it is not in the queue."""
        return [*self.places].index(call_control_id) + 1


@dataclass(eq=False)
class Recording:
    """A recording of a call or a conference. Times are simulated seconds.

    leg: the call, or the conference's owner.
    """

    leg: Leg
    conference: Conference | None
    format: str  # "wav" | "mp3"
    channels: str  # "single" | "dual"
    file_name: str
    started_at: float
    ended_at: float | None = None
    saved_at: float | None = None
    paused_at: float | None = None
    paused: float = 0.0  # s: all finished pauses together
    client_state: str | None = None  # of the command that stopped it
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def lasted(self) -> float:
        """The recorded seconds, once the recording has ended."""
        return (self.ended_at or self.started_at) - self.started_at - self.paused
