"""A call in a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conference.core.client_state import Direction, Role
from conference.core.states import Status


@dataclass(frozen=True, slots=True)
class Participant:
    """A call in a room. `since` and `joined_at` are Unix seconds, `moved_at` is Telnyx's time."""

    call: str
    number: str
    role: Role
    direction: Direction
    status: Status
    since: float
    label: str = ""
    joined_at: float | None = None
    moved_at: str = ""  # occurred_at of the newest joined or left that counted
    tries: int = 0  # to get into the conference
    patience: float | None = None  # when we give up getting it in, Unix seconds
    stages: tuple[str, ...] = ()  # the entry stages that it has yet to pass, before the greeting
    way_in: Mapping[str, Any] = field(default_factory=dict)  # how it is to join, in Telnyx's words
    moved_from: str = ""  # the conference that it was in, in another room: none of this one's
    taken_out: bool = False  # by us, and Telnyx has not said yet that it left
    # Since when it wants in; for whoever asks, no rule goes by it.
    waits_since: float | None = field(default=None, compare=False)
    ours: str = field(default="", compare=False)  # the number of ours at the other end; likewise

    @property
    def is_called(self) -> bool:
        """Whether we call it, and it has not answered."""
        return self.status == "ringing" and self.direction == "outgoing"


@dataclass(frozen=True, slots=True)
class Place:
    """A caller's place in a queue of Telnyx's; without the queue's name, in none any more.

    `position` is from 1, as it was on coming; `moved_at` is Telnyx's time of that.
    """

    queue: str = ""
    position: int | None = None
    moved_at: str = ""
