"""Puts rooms into a registry as a test needs them, without events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conference.core.change import Change
from conference.core.draft import EMPTY_DRAFT, Draft
from conference.core.events import SnapshotWanted
from conference.core.room import Room
from conference.registry import Registry

EVENT = SnapshotWanted(0.0)


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
    return commit.change if commit else None


def keep(registry: Registry, room: Room) -> None:
    """Save this room."""
    calls = {**registry.room(room.name).participants, **room.participants}
    change(registry, room.name, lambda before: replace(room, draft=Draft(touched=tuple(calls))))
