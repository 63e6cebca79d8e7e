"""A room as this process knows it: the state at a token, and the way to a newer one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from conference.core.change import Change
from conference.core.codec import VERSION, CodecError
from conference.core.room import Room
from conference.core.room_fields import Step, apply_steps
from conference.core.stored_change import decode_change, steps_of
from conference.registry.contract import Commit
from conference.registry.unavailable import Unavailable

PLACES = 100_000  # for the fields that one change adds

Texts = dict[str, str | None]
"""Fields of the hash: each text with its place before it; None for a field that is removed."""


@dataclass(slots=True)
class Record:
    """Mutable, under its lock.

    `room`: the state at the `token`, which is empty while the room is not saved. `places`: those of
    its fields, by which mappings keep their order. `open`: the numbers of changes that this process
    must deal with as the home. `unfollowed`: changes of other processes among them that no thread
    deals with yet. `jumped`: this process is the home and has not followed all changes.
    `dealt_before`: the number of the newest change that a former home has dealt with. `noted_done`:
    likewise of this one, as Redis has it. `used_at`: monotonic seconds.
    """

    room: Room
    token: str = ""
    home: str = ""
    places: dict[str, int] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    unfollowed: list[Commit] = field(default_factory=list)
    jumped: bool = False
    dealt_before: int = 0
    noted_done: int = 0
    used_at: float = 0.0
    lock: Lock = field(default_factory=Lock)

    @property
    def number(self) -> int:
        """The number of the newest change that is known."""
        return number_of(self.token)

    @property
    def dealt_with(self) -> int:
        """The number of the newest change up to which all are dealt with."""
        return min(self.open) - 1 if self.open else self.number

    def texts(self, steps: Sequence[Step], number: int) -> Texts:
        """Return what the steps of the change with this number make of the hash."""
        made: Texts = {}
        for n, (name, text) in enumerate(steps):
            removed = name in made and made[name] is None
            place = None if removed else self.places.get(name)
            if text is not None and place is None:
                place = number * PLACES + n
            made[name] = None if text is None else f"{place} {text}"
        return made

    def put(self, room: Room, token: str, texts: Texts) -> None:
        """Take this state as the newest."""
        for name, text in texts.items():
            if text is None:
                self.places.pop(name, None)
            else:
                self.places[name] = _place(text)
        self.room, self.token = room, token

    def follow(self, entry: Mapping[str, str]) -> Change:
        """Take the change of a journal's entry, which must be the next one, and return it."""
        number = number_of(entry["token"])
        try:
            change = decode_change(entry["change"], self.room)
            texts = self.texts(steps_of(entry["change"]), number)
        except CodecError as error:
            raise _unreadable(self.room.name, error) from error
        self.put(change.after, entry["token"], texts)
        return change

    def load(self, base: Room, fields: Mapping[str, str]) -> None:
        """Take the whole room from its hash. `base`: the room without any change."""
        if not fields:
            self.places.clear()
            self.room, self.token = base, ""
            return
        if fields[".codec"] != str(VERSION):
            raise _unreadable(base.name, f"its version is {fields['.codec']}, not {VERSION}")
        texts = {name: text for name, text in fields.items() if not name.startswith(".")}
        in_order = sorted(texts, key=lambda name: _place(texts[name]))
        try:
            room = apply_steps(base, [(name, texts[name].partition(" ")[2]) for name in in_order])
        except CodecError as error:
            raise _unreadable(base.name, error) from error
        self.places.clear()
        self.put(room, fields[".token"], dict(texts))


def number_of(token: str) -> int:
    """Return the number of the change that the token names."""
    return int(token.partition("-")[0] or 0)


def _place(text: str) -> int:
    return int(text.partition(" ")[0])


def _unreadable(name: str, why: object) -> Unavailable:
    return Unavailable(f"room {name} in Redis is of another release: {why}")
