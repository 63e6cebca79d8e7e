"""Participants of a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conference.core.client_state import Direction, Role, StageName
from conference.core.keys.pressed import NOTHING_PRESSED, Pressed
from conference.core.states import Status

TAKING_PART = ("greeting", "waiting", "joined", "parked", "leaving")

Wait = Literal["", "spoken to", "in queue", "admitted"]
"""A wait in the lobby or for a seat: hears words; waits in Telnyx's queue; may pass after
the words. Empty for others."""

OUTSIDE: tuple[StageName, ...] = ("lobby", "seat")
"""The entry stages in which callers wait outside the meeting."""

PinTry = Literal["unknown", "silent"]
"""How a try to enter a PIN has failed: no room has the PIN; or none was entered."""


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A name that the caller has said, as a recording at Telnyx.

    `awaited_until`: a recording of the call that is saved before then is the name; 0 for none.
    `address`: of the recording, which can be played until `until`; empty without one. It is
    private: anybody can hear the name there. Times are Unix seconds.
    """

    awaited_until: float = 0.0
    address: str = field(default="", repr=False)
    until: float = 0.0


NO_NAME = SpokenName()


@dataclass(frozen=True, slots=True)
class Participant:
    """A call in a room. Times are Unix seconds, except `moved_at`: Telnyx's time as text."""

    call: str
    number: str
    role: Role
    direction: Direction
    status: Status
    since: float
    label: str = ""
    renamed: bool = False  # by a moderator of a TeXML room, perhaps to no label
    joined_at: float | None = None
    moved_at: str = ""  # occurred_at of the newest joined or left that counted
    tries: int = 0  # commands so far to join, create or leave
    patience: float | None = None  # when the line gives up bringing the caller in
    stages: tuple[StageName, ...] = ()  # entry stages yet to pass, before the greeting
    pin: str = field(default="", repr=False)  # entered, and waits to be compared
    pin_tries: tuple[PinTry, ...] = ()  # that have failed
    wait: Wait = ""
    spoken_name: SpokenName = NO_NAME
    announced: bool = False  # its wait in the lobby, to the moderators inside
    join_options: Mapping[str, Any] = field(default_factory=dict)  # by Telnyx's names
    options_of: str = field(default="", compare=False)  # the request that they are from
    opens: bool = False  # with options that the Create does not take, unless it was refused
    ends_with: Mapping[str, Any] = field(default_factory=dict)  # of its hangup, by Telnyx's names
    moved_from: str = ""  # the conference of another room that the call was in before
    dial: str = ""  # as in ClientState
    member: int = 0  # its number in the room, as in `members`; 0: not given yet
    returns: bool = False  # its conference is gone, or about to end: it enters the next one
    taken_out: bool = False  # by our Leave; Telnyx has not reported yet that it left
    recovered: bool = False  # found in a list, as after a restart: older events may still arrive
    pressed: Pressed = field(default=NOTHING_PRESSED, repr=False)
    barred: bool = False  # came just after a start, before the lists showed that the room is locked
    # For display only; no rule reads them.
    waits_since: float | None = field(default=None, compare=False)  # in `waiting`, Unix seconds
    our_number: str = field(default="", compare=False)  # at the other end of the call
    ended_by: str = field(default="", compare=False)  # the moderator's request that ends the call
    version: int = field(default=0, compare=False)  # the room's, when this row last changed
    spoke_at: float | None = field(default=None, compare=False)  # when it last lost the floor

    @property
    def is_called(self) -> bool:
        """Whether it is an outgoing call that has not been answered."""
        return self.status == "ringing" and self.direction == "outgoing"

    @property
    def takes_part(self) -> bool:
        """Whether it is in the meeting, or on a way in that a lock does not bar."""
        if self.waits_outside:
            return False
        return self.is_called or self.status in TAKING_PART

    @property
    def waits_outside(self) -> bool:
        """Whether the caller is, or is about to be, in an entry stage outside the meeting."""
        return self.status == "greeting" and bool(self.stages) and self.stages[0] in OUTSIDE


@dataclass(frozen=True, slots=True)
class Place:
    """A caller's place in a queue of Telnyx's.

    `queue`: its name; empty after the caller left it. `position`: from 1, on entering.
    `moved_at`: Telnyx's time of entering or leaving.
    """

    queue: str = ""
    position: int | None = None
    moved_at: str = ""
