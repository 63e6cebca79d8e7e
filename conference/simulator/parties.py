"""Legs, conferences and who takes part: what is the case now. No rule of the network is here."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heard:
    """What a leg's owner hears from `at` on (simulated seconds since the start).

    what: "ringing", "speech", "music", "silence", "conference" or "hung up".
    detail: the text spoken, the music's address, the hangup cause; else "".
    others: the numbers of those whom the owner can hear in a conference; else ().
    """

    at: float
    what: str
    detail: str = ""
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.what == "conference":
            return f"conference with {', '.join(self.others)}" if self.others else "conference"
        return f"{self.what}: {self.detail}" if self.detail else self.what


@dataclass(frozen=True)
class Sound:
    """What comes out of the network: as Heard, `audible` being call_control_id -> number.

    One mapping is shared by a whole conference (800 lists of 799 numbers for each change would
    not fit), so the listener is still in it.
    """

    what: str
    detail: str = ""
    audible: Mapping[str, str] = field(default_factory=dict)

    def others(self, listener: str) -> tuple[str, ...]:
        return tuple(number for id, number in self.audible.items() if id != listener)

    def same(self, other: Sound, listener: str) -> bool:
        """Whether that listener hears no difference."""
        if (self.what, self.detail) != (other.what, other.detail):
            return False
        mine, theirs = self.audible, other.audible
        if len(mine) - (listener in mine) != len(theirs) - (listener in theirs):
            return False
        return mine is theirs or mine.keys() - {listener} == theirs.keys() - {listener}


@dataclass(eq=False)
class Speech:
    """A text being spoken or waiting for its turn.

    listeners: call_control_ids that hear it in a conference; None: all who are not held.
    """

    text: str
    listeners: frozenset[str] | None = None


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
    speeches: deque[Speech] = field(default_factory=deque)  # the first is being spoken
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
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def left_at(self) -> float | None:
        return self.updated_at if self.status == "left" else None

    @property
    def audible(self) -> bool:
        return not self.muted and not self.on_hold


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
    speeches: deque[Speech] = field(default_factory=deque)
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
