"""A room as this process knows it: the state at a token, and the way to a newer one."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from conference.core.codec import VERSION, CodecError
from conference.core.room import Room
from conference.core.room_fields import Step, apply_steps
from conference.core.stored_change import decode_change, decode_consequences, steps_of
from conference.registry.contract import Commit
from conference.registry.unavailable import Unreadable

PLACES = 100_000  # for the fields that one change adds
MOST_OTHERS = 500  # changes of other homes; each keeps its rooms before and after

Texts = dict[str, str | None]
"""Fields of the hash: each text with its place before it; None for a field that is removed."""


@dataclass(slots=True)
class Record:
    """Mutable, under its lock.

    `room`: the state at the `token`, which is empty while the room is not saved. `home`: the
    process that was its home as last read, in this `life` of the present process. `places`: those
    of the fields, by which mappings keep their order. `open`: the numbers of changes that this
    process must deal with as the home. `unfollowed`: changes among them that no thread deals with
    yet. `others`: changes that another home had not dealt with, as far as is known: they are of
    this process once it is the home. `jumped`: this process is the home and has not gone on with
    the room. `noted_done`: the number up to which all is dealt with, as Redis has it. `used_at`,
    `failed_at`: monotonic seconds; the latter is when Redis was last out of reach for the room.
    """

    room: Room
    token: str = ""
    home: str = ""
    life: int = 0
    places: dict[str, int] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    unfollowed: list[Commit] = field(default_factory=list)
    others: deque[Commit] = field(default_factory=lambda: deque(maxlen=MOST_OTHERS))
    jumped: bool = False
    noted_done: int = 0
    used_at: float = 0.0
    failed_at: float = 0.0
    failure: str = ""
    lock: Lock = field(default_factory=Lock)

    @property
    def number(self) -> int:
        """The number of the newest change that is known."""
        return number_of(self.token)

    @property
    def dealt_with(self) -> int:
        """The number of the newest change up to which all are dealt with."""
        return min(self.open, default=self.number + 1) - 1

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

    def take(self, commit: Commit, texts: Texts) -> None:
        """Take the next change, which this process or another has saved."""
        if commit.ours:
            self.open.add(number_of(commit.id))
        else:
            self.others.append(commit)
        self.put(commit.change.after, commit.id, texts)

    def follow(self, entry: Mapping[str, str], ours: bool) -> Commit:
        """Take the change of a journal's entry, which must be the next one, and return it."""
        try:
            change = decode_change(entry["change"], self.room)
            texts = self.texts(steps_of(entry["change"]), number_of(entry["token"]))
        except CodecError as error:
            raise _unreadable(self.room.name, error) from error
        commit = Commit(change, ours, entry["token"])
        self.take(commit, texts)
        return commit

    def settle(self, done: int) -> None:
        """Note that the home has dealt with the changes up to this number."""
        while self.others and number_of(self.others[0].id) <= done:
            self.others.popleft()

    def load(
        self, base: Room, fields: Mapping[str, str], undone: Sequence[Mapping[str, str]]
    ) -> None:
        """Take the whole room from its hash. `base`: the room without any change.

        `undone`: entries of the journal that its home has not dealt with. What the room was before
        each of them is unknown, but not what follows from it.
        """
        self.open.clear()
        self.others.clear()
        self.places.clear()
        if not fields:
            self.room, self.token = base, ""
            return
        if fields[".codec"] != str(VERSION):
            raise _unreadable(base.name, f"its version is {fields['.codec']}, not {VERSION}")
        texts = {name: text for name, text in fields.items() if not name.startswith(".")}
        in_order = sorted(texts, key=lambda name: _place(texts[name]))
        try:
            room = apply_steps(base, [(name, texts[name].partition(" ")[2]) for name in in_order])
            changes = [decode_consequences(entry["change"], room) for entry in undone]
        except CodecError as error:
            raise _unreadable(base.name, error) from error
        self.put(room, fields[".token"], dict(texts))
        for entry, change in zip(undone, changes, strict=True):
            self.others.append(Commit(change, False, entry["token"]))


def number_of(token: str) -> int:
    """Return the number of the change that the token names."""
    return int(token.partition("-")[0] or 0)


def _place(text: str) -> int:
    return int(text.partition(" ")[0])


def _unreadable(name: str, why: object) -> Unreadable:
    return Unreadable(f"room {name} in Redis is of another release: {why}")
