"""What follows from a saved change, mostly in other rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from conference.clock import Clock
from conference.core.change import Change
from conference.core.draft import KeyRequest
from conference.core.events import (
    Event,
    ModeratorRequest,
    Refused,
    RequestAnswered,
    SnapshotWanted,
)
from conference.core.routing import rooms_to_snapshot
from conference.engine.dispatch import Overloaded
from conference.engine.first_look import FirstLook
from conference.engine.request_tracking import Key
from conference.registry import Commit, Registry, Unavailable


class Apply(Protocol):
    def __call__(self, name: str, event: Event, event_id: str = "") -> Change | None: ...


class Consequences:
    """Only the home of a room does what follows from its changes.

    It may be done twice, if a home ended, or Redis failed, in the middle: so each part has an id of
    its own. `moderate` applies a request with all limits, and waits for nothing.
    """

    def __init__(
        self,
        registry: Registry,
        clock: Clock,
        first_look: FirstLook,
        apply: Apply,
        moderate: Callable[[str, ModeratorRequest, Key | None], object],
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._first_look = first_look
        self._apply = apply
        self._moderate = moderate

    def finish(self, name: str, commit: Commit) -> None:
        """Do what follows from the room's change: later, if the registry is out of reach now."""
        try:
            self._follow_up(name, commit)
        except Unavailable:
            self._registry.later(name, commit)
        else:
            self._registry.done(name, commit)

    def _follow_up(self, name: str, commit: Commit) -> None:
        change, event = commit.change, commit.change.event
        others = rooms_to_snapshot(event, self._registry.room_of_call)
        self._first_look.note(name, event, others)
        for other in others:
            self._apply(other, SnapshotWanted(event.at))
        for n, (room, handed_over) in enumerate(change.handovers):
            self._apply(room, handed_over, commit.id and f"{commit.id} handed over {n}")
        for n, request in enumerate(change.requests):
            self._answer_key(name, request, commit.id and f"{commit.id} requested {n}")

    def _answer_key(self, name: str, asked: KeyRequest, id: str) -> None:
        """Apply the request of a key, and answer the caller. Without an id it is never repeated."""
        refused, key = "", Key(id, "of a key") if id else None
        try:
            self._moderate(name, asked.request, key)
        except Refused as refusal:
            if key is None or self._registry.digest_of(key.id) is None:  # else it was applied
                refused = refusal.kind
        except Overloaded:
            refused = "overloaded"
        answer = RequestAnswered(self._clock(), asked.call, asked.words, refused)
        self._apply(name, answer, id and f"{id}, answered")
