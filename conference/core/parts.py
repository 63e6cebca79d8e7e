"""The parts of a room that have an owner each. Rules read every part; its owner writes it.

| part | owner |
|---|---|
| `HoldAndMute` | `outcomes/of_holding`, `requests/moderation`, by `transitions.ask` and `tell` |
| `Recordings` | `recordings` |
| `Reconciliation` | `reconcile` |
| `Texml` | `texml/` |
| `Draft` | `decide` and `transitions` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from conference.core.commands import Dial
from conference.core.states import Cause
from conference.core.texml.facts import Facts


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


NOTHING = Asked()


@dataclass(frozen=True, slots=True)
class HoldAndMute:
    """Hold and mute: what Telnyx was told, and what moderators asked for.

    `told` and `asked` hold only what differs from FREE and NOTHING, so that a rule's cost does not
    grow with the room.
    """

    told: Mapping[str, Told] = field(default_factory=dict)
    told_at: float = 0.0  # when Telnyx last answered a hold or mute, Unix seconds
    asked: Mapping[str, Asked] = field(default_factory=dict)
    one_by_one: frozenset[str] = frozenset()  # calls that were refused together
    rejoined: frozenset[str] = frozenset()  # joined while a hold or mute of them was in flight
    bad_music: str = ""  # a hold_audio_url that Telnyx has refused
    # By call, the request for which Telnyx is still to be told so. No rule reads them.
    hold_asked_by: Mapping[str, str] = field(default_factory=dict, compare=False)
    mute_asked_by: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Recordings:
    """How many recordings go on, by call and conference; and how many that we ended are not saved
    yet."""

    going_on: Mapping[str, int] = field(default_factory=dict)
    unsaved: Mapping[str, int] = field(default_factory=dict)


class Doubt(NamedTuple):
    """What Telnyx's lists lack, or have otherwise (then `has` is how), of a call or conference."""

    what: Literal["conference", "others", "unknown call", "ended", "remembered", "left", "told"]
    which: str
    has: str = ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What comparing the room with Telnyx's lists has shown so far."""

    doubts: frozenset[Doubt] = frozenset()  # what the last look had otherwise
    compared_at: float = 0.0  # Unix seconds
    healed: int = field(default=0, compare=False)  # what looks have put right; no rule reads it
    unknown_calls: frozenset[str] = (
        frozenset()
    )  # calls that no room knows, and that we answered once
    moved_away: frozenset[str] = frozenset()  # calls in other rooms now, until the lists agree
    has_others: bool = False  # others than our calls are in our conference


@dataclass(frozen=True, slots=True)
class Texml:
    """What is known of a room's callers by TeXML.

    `facts` are what callbacks have reported of a conference that has not ended. `dialled` are the
    calls that TeXML makes, by number, until they come in. `expected` are the callers who were told
    how to come in and were not seen since: when, in Unix seconds, the first one first.
    """

    facts: Facts | None = None
    dialled: Mapping[str, Dial] = field(default_factory=dict)
    expected: Mapping[str, float] = field(default_factory=dict)


class Draft(NamedTuple):
    """What the change that is being made has to remember; empty in every room that is kept.

    `cause` is the kind of event that is applied. `request` is the id of the moderator's request, if
    it is one. `touched` are the calls whose participants were put or released, in this order.
    """

    cause: Cause | Literal[""] = ""
    request: str = ""
    touched: tuple[str, ...] = ()


EMPTY_DRAFT = Draft()
