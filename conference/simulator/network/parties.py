"""Legs, conferences, who takes part, queues and recordings: what is the case now.

No rule of the network is here.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from collections import deque
from dataclasses import dataclass, field

from ..texml.conference_noun import Noun
from ..texml.parties import TexmlCall, TexmlStay
from .digits import Gather
from .sounds import Clip, Heard, Sound


@dataclass(eq=False)
class Leg:
    """One call between a phone and the application. Times are simulated seconds.

    The properties are for spectators on other threads: they wait until a change is complete.
    """

    lock: threading.RLock = field(repr=False)
    number: str  # the phone's, whoever dialled
    direction: str  # "incoming" | "outgoing", as the application sees it
    from_: str
    to: str
    connection_id: str
    started_at: float
    client_state: str | None = None
    time_limit: float = 4 * 3600.0
    peer: Leg | None = field(default=None, repr=False)  # of a call to the application itself
    answering: bool = False  # the command has come, the call is not up yet
    answered_at: float | None = None
    ended_at: float | None = None
    hangup_cause: str = ""
    hangup_source: str = ""
    participant: Participant | None = field(default=None, repr=False)
    stays: list[Participant] = field(default_factory=list, repr=False)  # all ever, in order
    clips: deque[Clip] = field(default_factory=deque)  # the first is being played
    overlays: deque[Clip] = field(default_factory=deque)  # likewise, on top of those
    tones: deque[Clip] = field(default_factory=deque)
    gather: Gather | None = field(default=None, repr=False)
    typed: str = ""  # all keys that its owner has pressed
    beeps: list[float] = field(default_factory=list)  # when its owner heard one
    texml: TexmlCall | None = None  # of a call of the TeXML application
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
        """The id of the conference that it is in."""
        with self.lock:
            return self.participant.conference.id if self.participant else None

    @property
    def on_hold(self) -> bool:
        with self.lock:
            return self.participant is not None and self.participant.on_hold

    @property
    def muted(self) -> bool:
        with self.lock:
            return self.participant is not None and self.participant.muted

    @property
    def hold_audio(self) -> str | None:
        with self.lock:
            return self.participant.hold_audio if self.participant else None

    @property
    def timeline(self) -> tuple[Heard, ...]:
        with self.lock:
            return tuple(self._heard(at, sound) for at, sound in self.sounds)

    @property
    def hears(self) -> Heard:
        with self.lock:
            return self._heard(*self.sounds[-1])

    def _heard(self, at: float, sound: Sound) -> Heard:
        return Heard(at, sound.what, sound.detail, sound.others(self.call_control_id))


@dataclass(eq=False)
class Participant:
    """A leg's stay in a conference; a leg that comes back is another one."""

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
    whispers_to: tuple[str, ...] = ()  # call_control_ids, of a whisperer
    label: str | None = None
    clips: deque[Clip] = field(default_factory=deque)  # for this one alone
    texml: TexmlStay | None = None  # in a conference of the TeXML application
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def left_at(self) -> float | None:
        return self.updated_at if self.status == "left" else None

    @property
    def waits(self) -> bool:
        """Whether it waits for the start of a conference of the TeXML application."""
        return self.texml is not None and self.texml.waits

    @property
    def speaks(self) -> bool:
        """Whether somebody may hear it."""
        return not self.muted and not self.on_hold and not self.waits

    @property
    def audible(self) -> bool:
        """Whether the others hear it."""
        return self.speaks and self.role in ("none", "barge")


@dataclass(eq=False)
class Conference:
    """Times are simulated seconds. `owner` is the leg that created it, in it or not."""

    name: str
    owner: Leg
    created_at: float
    updated_at: float
    expires_at: float
    max_participants: int
    region: str
    started: bool
    hold_audio: str | None  # what those hear who wait for the start
    end_reason: str | None = None
    ended_by: Leg | None = None
    participants: list[Participant] = field(default_factory=list)  # also those who left
    inside: dict[str, Participant] = field(default_factory=dict)  # by call_control_id
    started_at_once: bool = True
    beep: str = "never"
    clips: deque[Clip] = field(default_factory=deque)  # for everyone who is not on hold
    noun: Noun | None = None  # what opened it, for the TeXML application
    callbacks: int = 0  # how many things there were to tell of it
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def status(self) -> str:
        """ "init" (it has not started), "in_progress" or "completed"."""
        with self.owner.lock:
            if self.end_reason is not None:
                return "completed"
            return "in_progress" if self.started else "init"

    @property
    def members(self) -> list[Leg]:
        """The legs that are in it now, in the order in which they joined."""
        with self.owner.lock:
            return [participant.leg for participant in self.inside.values()]

    def participant(self, id: str) -> Participant | None:
        """By its id, label or call_control_id; the last stay of those that it may be."""
        for each in reversed(self.participants):
            if id in (each.id, each.label, each.leg.call_control_id):
                return each
        return None


@dataclass(eq=False)
class Place:
    """A call's place in a queue; a call that has ended may keep it."""

    leg: Leg
    since: float
    keep_after_hangup: bool = False


@dataclass(eq=False)
class Queue:
    """Calls that wait, the first to be served first. Times are simulated seconds."""

    name: str
    max_size: int
    created_at: float
    updated_at: float
    places: dict[str, Place] = field(default_factory=dict)  # by call_control_id
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def calls(self) -> list[Leg]:
        return [place.leg for place in tuple(self.places.values())]

    def position(self, call_control_id: str) -> int:
        """From 1. ValueError if it is not in the queue."""
        return [*self.places].index(call_control_id) + 1


@dataclass(eq=False)
class Recording:
    """Of a call, or of a conference, whose owner `leg` is then. Times are simulated seconds."""

    leg: Leg
    conference: Conference | None
    format: str  # "wav" | "mp3"
    channels: str  # "single" | "dual"
    file_name: str
    started_at: float
    ended_at: float | None = None
    saved_at: float | None = None
    paused_at: float | None = None
    paused: float = 0.0  # s of all pauses that are over
    client_state: str | None = None  # of the command that stopped it
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def lasted(self) -> float:
        """Seconds that it holds, once it has ended."""
        return (self.ended_at or self.started_at) - self.started_at - self.paused
