"""What Telnyx lists of a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conference.core.client_state import ClientState


@dataclass(frozen=True, slots=True)
class Seen:
    """A participant as Telnyx lists it."""

    held: bool
    muted: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What Telnyx has of one room.

    `conference` is empty where the room's name has no live one. `joined` are those in it, by
    call. `calls` are the application's live calls with our client_state for this room; None
    where they could not be listed. `elsewhere` are those of other rooms, with the room's name;
    `unknown_calls` are those without a client_state of ours.

    `of_texml`: of its calls nothing more is listed than who is in the conference, or `coming`; and
    whether that has `started`.
    """

    conference: str = ""
    joined: Mapping[str, Seen] = field(default_factory=dict)
    calls: Mapping[str, ClientState] | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    unknown_calls: frozenset[str] = frozenset()
    of_texml: bool = False
    coming: frozenset[str] = frozenset()
    started: bool = False

    @property
    def others(self) -> set[str]:
        """Those in the conference that are no calls of this application."""
        if self.calls is None:
            return set()
        return self.joined.keys() - self.calls.keys() - self.elsewhere.keys() - self.unknown_calls
