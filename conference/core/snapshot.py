"""A snapshot: a room as Telnyx lists it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conference.core.client_state import ClientState


@dataclass(frozen=True, slots=True)
class Seen:
    """A participant as Telnyx lists it. `joined_at`: Unix seconds by Telnyx's clock, if listed."""

    held: bool
    muted: bool
    joined_at: float | None = field(default=None, compare=False)  # for display only


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Telnyx's lists for one room.

    `conference`: the live one with the room's name; empty if none. `joined`: its participants, by
    call. `calls`: the application's live calls with our client_state for this room; None if not
    listed. `elsewhere`: those of other rooms, with the room's name. `unknown_calls`: those without
    a client_state of ours. `stays`: how many times calls have joined the conference, also those
    that have left; 0 if not listed.

    `title`: the conference's name. `opened_at`: when the conference opened, Unix seconds by
    Telnyx's clock; None if not listed.

    `of_texml`: only `joined`, `coming` (calls on the way in) and `started` are listed.
    """

    conference: str = ""
    joined: Mapping[str, Seen] = field(default_factory=dict)
    calls: Mapping[str, ClientState] | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    unknown_calls: frozenset[str] = frozenset()
    of_texml: bool = False
    coming: frozenset[str] = frozenset()
    started: bool = False
    opened_at: float | None = None
    stays: int = 0
    title: str = ""

    @property
    def others(self) -> set[str]:
        """The participants that are no calls of this application."""
        if self.calls is None:
            return set()
        return self.joined.keys() - self.calls.keys() - self.elsewhere.keys() - self.unknown_calls
