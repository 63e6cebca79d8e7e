"""Puts rooms into a registry as a test needs them, without events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conference.core.change import Change
from conference.core.draft import EMPTY_DRAFT, Draft
from conference.core.events import SnapshotWanted
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.transitions import put
from conference.registry import Commit, Registry

EVENT = SnapshotWanted(0.0)


@dataclass
class QuietHome:
    """A home that sends nothing, and remembers the calls of its registry.

    noted: changes of other processes, and whether this one is the home of their rooms.
    followed: names of rooms with their commits. begun: how often the rooms began from nothing.
    compared: how often they are to be compared with Telnyx.
    """

    noted: list[tuple[Change, bool]] = field(default_factory=list)
    followed: list[tuple[str, Commit]] = field(default_factory=list)
    resumed: list[Room] = field(default_factory=list)
    begun: int = 0
    compared: int = 0
    overloaded: bool = False

    def note(self, change: Change, ours: bool) -> None:
        self.noted.append((change, ours))

    def follow(self, name: str, commits: Sequence[Commit]) -> None:
        self.followed += [(name, commit) for commit in commits]

    def resume(self, room: Room) -> None:
        self.resumed.append(room)

    def report(self) -> dict[str, Any]:
        return {"begun": self.begun}

    def begin_again(self) -> None:
        self.begun += 1

    def compare(self) -> None:
        self.compared += 1


def change(
    registry: Registry,
    name: str,
    to: Callable[[Room], Room],
    event_id: str = "",
    digest: str = "",
) -> Change | None:
    """Change the room of this name. Return None if the event id was applied before."""

    def decide(room: Room) -> Change:
        after = to(room)
        return Change(room, replace(after, draft=EMPTY_DRAFT), EVENT, touched=after.draft.touched)

    commit = registry.commit(name, event_id, decide, digest=digest)
    if commit is None:
        return None
    registry.done(name, commit)
    return commit.change


def keep(registry: Registry, room: Room) -> None:
    """Save this room."""
    calls = {**registry.room(room.name).participants, **room.participants}
    change(registry, room.name, lambda before: replace(room, draft=Draft(touched=tuple(calls))))


def entering(call: str) -> Callable[[Room], Change]:
    """Return how a room decides that this call enters."""

    def decide(room: Room) -> Change:
        after = put(room, Participant(call, "", "participant", "incoming", "ringing", 0.0))
        touched = after.draft.touched
        return Change(room, replace(after, draft=EMPTY_DRAFT), EVENT, touched=touched)

    return decide
