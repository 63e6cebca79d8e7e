"""The settings of one room, from the environment or from the rooms file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from conference.core.admission.opening_hours import ALWAYS, UNIVERSAL, Hours
from conference.core.client_state import Role, StageName
from conference.core.human_text import speech_seconds
from conference.core.schema.phone_numbers import with_plus

EXPECTED_AT_MOST = 30.0  # seconds, besides a greeting, in which a TeXML caller joins or hangs up


class Pin(NamedTuple):
    """A PIN leads to a room, in a role."""

    digits: str
    room: str
    role: Role

    def __repr__(self) -> str:
        return f"Pin(room={self.room!r}, role={self.role!r})"


class Known(NamedTuple):
    """A row of the roster: callers of this number need no PIN."""

    label: str = ""
    role: Role = "participant"


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """The settings of a role.

    `muted`: participants of the role come in muted. `starts`: the first one of them starts the
    conference. `ends`: the leave of the last one ends it. `join_options`: by Telnyx's names.
    """

    muted: bool = False
    starts: bool = True
    ends: bool = False
    join_options: Mapping[str, Any] = field(default_factory=dict)


USUAL = RoleSettings()
STRANGER = Known()


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """The settings of a room. Minutes and `reconcile_seconds`: 0 for never.

    `title`: Telnyx's name of the conference; empty for the room's name. `stages`: that each caller
    passes. `pins`: that are asked for in this room. `roster`: by number in E.164. `roles`: those
    that differ from USUAL. `keys`: sequences of keys to actions, see `keys.actions`; without any,
    keys do nothing. `words`: translations of the line's sentences. `dial_country`: the country
    code that completes numbers typed on a telephone, without +; empty if nobody may be called.
    `wait_url`: music until the conference starts; empty for the music of holds.
    `host_grace_seconds`: from the leave of the last one who ends the conference to its end.
    `lobby`: callers wait until a moderator admits them, for `lobby_minutes` at most.
    `queue_when_full`: callers of a full room wait for a seat, as long at most.
    `record`, `record_beep`, `trim`: of conferences by Call Control, as in `texml` for TeXML.
    `record_from_host`: not before a moderator is inside. `announce_recording`: participants hear
    that they are recorded.
    `chimes`: the line announces newcomers, and Telnyx does not beep. `chimes_up_to`: participants;
    in a larger room newcomers are announced together. `announce_names`: by their names.
    `announce_count`: newcomers hear how many are there. `ask_name`: callers without a label say
    their name on entry.
    `announce_ends`: participants hear before a time limit ends the conference or the call.
    `fresh_conference`: before Telnyx ends a conference after 4 hours, everyone inside is moved to a
    fresh one.
    `minutes_per_day`: of all calls together; 0 for no limit.
    `opening_hours`: when callers other than moderators come in, by the clock of `time_zone`.
    `status_callback`: the address for the room's news; `_method`, `_event`: as in TeXML.
    """

    greeting_first: str = (
        "Welcome to the conference. You are the first one here. Please hold until somebody joins."
    )
    greeting_next: str = "Welcome to the conference. You are now joining the others."
    voice: str = "female"
    language: str = "en-GB"
    # Addresses may contain a password: they are not shown.
    hold_audio_url: str = field(default="", repr=False)
    public_url: str = field(default="", repr=False)
    beep: str = "always"
    max_participants: int = 250
    region: str = ""
    comfort_noise: bool = True
    duration_minutes: int = 0
    alone_minutes: float = 60
    reconcile_seconds: float = 30
    title: str = ""
    stages: tuple[StageName, ...] = ()
    pins: tuple[Pin, ...] = field(default=(), repr=False)
    roster: Mapping[str, Known] = field(default_factory=dict, repr=False)
    roles: Mapping[Role, RoleSettings] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    dial_country: str = ""
    wait_url: str = field(default="", repr=False)
    host_grace_seconds: float = 60
    lobby: bool = False
    lobby_minutes: float = 30
    queue_when_full: bool = False
    record: Literal["do-not-record", "record-from-start"] = "do-not-record"
    record_beep: bool = True
    record_from_host: bool = False
    trim: Literal["do-not-trim", "trim-silence"] = "do-not-trim"
    announce_recording: bool = False
    chimes: bool = False
    chimes_up_to: int = 10
    announce_names: bool = False
    announce_count: bool = False
    ask_name: bool = False
    announce_ends: bool = False
    fresh_conference: bool = False
    minutes_per_day: int = 0
    opening_hours: Hours = ALWAYS
    time_zone: str = UNIVERSAL
    status_callback: str = field(default="", repr=False)
    status_callback_method: str = "POST"
    status_callback_event: str = "start end join leave speaker"
    # Attributes of <Conference>, if set.
    texml: Mapping[str, str] = field(default_factory=dict, repr=False)

    def known(self, number: str) -> Known:
        """Return the roster's entry for a caller's number; the usual one for other numbers."""
        return self.roster.get(with_plus(number), STRANGER) if self.roster else STRANGER

    def role(self, role: Role) -> RoleSettings:
        """Return the settings of the role."""
        return self.roles.get(role, USUAL)

    def stages_for(self, role: Role, label: str = "") -> tuple[StageName, ...]:
        """Return the entry stages that a caller of this role passes."""
        name: tuple[StageName, ...] = ("name",) if self.ask_name and not label else ()
        if role == "moderator":
            return self.stages + name
        lobby: tuple[StageName, ...] = ("lobby",) if self.lobby else ()
        seat: tuple[StageName, ...] = ("seat",) if self.queue_when_full else ()
        return self.stages + name + lobby + seat

    def starts(self, role: Role) -> bool:
        """Whether the first participant of the role starts the conference.

        A listener without settings of its own does if a participant does: listeners alone have
        nobody to hear.
        """
        follows = role == "listener" and role not in self.roles
        return self.role("participant" if follows else role).starts

    @property
    def waits_for_host(self) -> bool:
        """Whether some roles wait until a participant of another one starts the conference."""
        return any(not role.starts for role in self.roles.values())

    @property
    def has_moderators(self) -> bool:
        """Whether moderators can come: by a PIN, by the roster, or since the room waits for one."""
        known = [*(pin.role for pin in self.pins), *(who.role for who in self.roster.values())]
        return self.waits_for_host or "moderator" in known

    def seats(self, most: int) -> int:
        """Return how many participants Telnyx lets in, of `most` that it can: one more where a
        moderator can come."""
        return min(self.max_participants + self.has_moderators, most)

    @property
    def expects_for(self) -> float:
        """Seconds in which a TeXML caller who got the document joins or hangs up."""
        greetings = (self.greeting_first, self.greeting_next)
        return EXPECTED_AT_MOST + max(map(speech_seconds, greetings))
