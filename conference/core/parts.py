"""The parts of a room. Rules read every part; only its owner writes it.

| part | owner |
|---|---|
| `HoldAndMute` | `outcomes/of_holding`, `requests`, by `set_asked` and `set_told` |
| `Recordings` | `recordings`, `recording_notice` |
| `Reconciliation` | `reconcile`, `listed_holds` |
| `Texml` | `texml/` |
| `PinDefence` in `pin_defence` | `reception`, `keys/moderator_pin` |
| `DayMinutes` in `minutes` | `minutes_limit` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from conference.core.client_state import MutedBy, Role
from conference.core.commands import Dial
from conference.core.participant import PinTry
from conference.core.texml.facts import Facts


@dataclass(frozen=True, slots=True)
class Told:
    """A participant's hold and mute: as wanted, or as Telnyx was last told (None: unknown)."""

    held: bool | None = False
    muted: bool | None = False
    music: str = ""


FREE = Told()


OWN_MUTES: tuple[MutedBy, ...] = ("moderator", "self")
"""The mutes of one participant alone. The others are those of everybody, or of a role."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A moderator's hold and mute of a participant, apart from those of the rules.

    `mute_by`: why they are to be muted; empty if they are not. `music`: for the hold, an address or
    a name of Telnyx's media; empty for the room's own.
    """

    hold: bool = False
    mute_by: MutedBy = ""
    music: str = ""

    @property
    def mute(self) -> bool:
        return bool(self.mute_by)

    @property
    def own_mute(self) -> bool:
        return self.mute_by in OWN_MUTES


NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class HoldAndMute:
    """Hold and mute of all participants: what Telnyx was told, and what moderators asked for.

    `told` and `asked` keep only the calls that differ from FREE and NOTHING_ASKED, so that the cost
    of a rule does not grow with the room.

    `asked` has callers by TeXML on the way in, too, and calls not begun yet, by their `Dial.id`.
    """

    told: Mapping[str, Told] = field(default_factory=dict)
    told_at: float = 0.0  # Telnyx's last response to a hold or mute, Unix seconds
    asked: Mapping[str, Asked] = field(default_factory=dict)
    one_by_one: frozenset[str] = frozenset()  # calls of a refused joint command
    rejoined: frozenset[str] = frozenset()  # joined while a hold or mute of theirs was in flight
    refused_music: frozenset[str] = frozenset()  # addresses, each until its deadline "music"
    refusals: Mapping[str, int] = field(default_factory=dict)  # in a row, by `room.refused().of`
    # By call, the request whose hold or mute has not reached Telnyx yet. No rule reads them.
    hold_asked_by: Mapping[str, str] = field(default_factory=dict, compare=False)
    mute_asked_by: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Recordings:
    """Recordings, and what participants have heard of them.

    Counts by call or conference id: `going_on`; and `unsaved`, ended by us. `heard`: the calls that
    have heard of a recording, each with its conference. `from_start`: the conference whose
    recording from the start is requested.
    """

    going_on: Mapping[str, int] = field(default_factory=dict)
    unsaved: Mapping[str, int] = field(default_factory=dict)
    heard: Mapping[str, str] = field(default_factory=dict)
    from_start: str = ""


class Doubt(NamedTuple):
    """A difference between the room and Telnyx's lists.

    `which`: the call or conference. `has`: its state in the lists, where only that differs.
    """

    what: Literal["conference", "others", "unknown call", "ended", "remembered", "left", "told"]
    which: str
    has: str = ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The results of comparing the room with Telnyx's lists."""

    doubts: frozenset[Doubt] = frozenset()  # of the last snapshot that could confirm some
    compared_at: float = 0.0  # the time of that snapshot, Unix seconds
    healed: int = field(default=0, compare=False)  # differences put right; no rule reads it
    unknown_calls: frozenset[str] = frozenset()  # of no room, and answered by us once
    moved_away: frozenset[str] = frozenset()  # in other rooms now, until the lists agree
    has_others: bool = False  # calls of other programs are in our conference
    shows_holds: bool = False  # a list has shown a participant on hold
    unseen_holds: int = 0  # accepted holds that were repeated, since no list showed them


@dataclass(frozen=True, slots=True)
class PinEntry:
    """The input of a caller by TeXML in the reception.

    `at`: the newest input. `tries`: that have failed. `pin`: waits to be compared, at `turn` (Unix
    seconds). `room`, `role`: of the right PIN. `put_off`: after too many wrong PINs of the number.
    """

    at: float
    tries: tuple[PinTry, ...] = ()
    pin: str = field(default="", repr=False)
    turn: float = 0.0
    room: str = ""
    role: Role = "participant"
    put_off: bool = False

    @property
    def is_over(self) -> bool:
        return bool(self.room) or self.put_off


@dataclass(frozen=True, slots=True)
class Texml:
    """The room's callers by TeXML.

    `facts`: reported by callbacks, of a conference that has not ended. `dialled`: outgoing calls by
    the id of their request, oldest first, until they join. `expected`: callers who got the XML to
    join and have not been seen since, with its time in Unix seconds, oldest first. `sent_away`:
    those who were on the way in when a moderator ended the meeting, with its time: they are kicked
    when they join. `roles`: of the expected callers that are no participants. `entries`: of callers
    in the reception, by call.
    """

    facts: Facts | None = None
    dialled: Mapping[str, Dial] = field(default_factory=dict)
    expected: Mapping[str, float] = field(default_factory=dict)
    sent_away: Mapping[str, float] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    entries: Mapping[str, PinEntry] = field(default_factory=dict)

    def role(self, call: str) -> Role:
        """Return the role in which an expected caller comes in."""
        return self.roles.get(call, "participant")
