"""The doors of the line: the room that a number leads to, and the room of a conference's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conference.core.human_text import folded
from conference.core.schema.phone_numbers import with_plus

RECEPTION = "reception"
"""The room in which callers of a shared number enter a PIN, where there is a rooms file."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where callers are led.

    `default`: the room of a number that leads to no other one. `by_number`: rooms by their own
    numbers in E.164. `by_title`: rooms by Telnyx's names of their conferences, where these differ.
    `rooms`: the rooms of the rooms file, in its order; empty without one.
    """

    default: str
    by_number: Mapping[str, str] = field(default_factory=dict, repr=False)
    by_title: Mapping[str, str] = field(default_factory=dict)
    rooms: tuple[str, ...] = ()
    _by_folded: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rooms = (*self.rooms, self.default) if self.rooms else ()
        names = [*self.by_title.items(), *((room, room) for room in rooms)]
        by_folded = {folded(name): room for name, room in names}
        object.__setattr__(self, "_by_folded", by_folded)

    def behind(self, number: str) -> str:
        """Return the room that a caller of this number comes to."""
        return self.by_number.get(with_plus(number), self.default)

    def named(self, name: str) -> str:
        """Return the room of this name, or of this name at Telnyx, in any case and form of letters.

        Other names stay as they are: they are those of rooms outside the rooms file.
        """
        return self._by_folded.get(folded(name), name)

    def titled(self, title: str) -> str:
        """Return the room whose conference has this name at Telnyx."""
        return self.by_title.get(title, title)
