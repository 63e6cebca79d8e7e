"""The contract of all registries: the engine uses no other method of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from conference.core.change import Change
from conference.core.events import Webhook
from conference.core.room import Room
from conference.core.routing import Lookup
from conference.core.texml.facts import StatusCallback

FromTelnyx = Webhook | StatusCallback


class Found(NamedTuple):
    """An event with its call, and the lookups that know the rooms of its call and conference.

    `repeated`: it was applied before, in any room. `commit` finds that out for the same room; only
    here is it known of a call that has moved to another one since.
    """

    event: FromTelnyx
    by_call: Lookup
    by_conference: Lookup
    repeated: bool = False


class Commit(NamedTuple):
    """A saved change.

    `ours`: this process is the home of the room. It gives the change to the observers, sends the
    commands, and does what follows. `id`: names the change; empty where it is kept in memory alone.
    """

    change: Change
    ours: bool = True
    id: str = ""


Note = Callable[[Change, bool], None]
"""Queues a change for the observers; the flag is as `ours` in Commit."""


class Home(Protocol):
    """The engine, as a registry calls it."""

    @property
    def overloaded(self) -> bool:
        """Are too many commands unanswered?"""

    def report(self) -> Mapping[str, Any]:
        """Return what other processes may read of this one, as JSON."""

    def note(self, change: Change, ours: bool) -> None:
        """Queue the change of another process. Called in the room's order, under its lock."""

    def follow(self, name: str, commits: Sequence[Commit]) -> None:
        """Give the noted changes to the observers, and do what follows from these commits.

        Some of it may have been done before: by a home that ended, or could not go on.
        """

    def resume(self, room: Room) -> None:
        """Go on as the room's new home: set its timer, send its commands in flight, compare it."""

    def begin_again(self) -> None:
        """Look for calls at Telnyx: the rooms begin here, or are lost."""

    def compare(self) -> None:
        """Look for calls at Telnyx: this process begins."""


class Registry(Protocol):
    """Keeps rooms, their calls and conferences, and the ids of applied events.

    Each method raises Unavailable if the registry cannot be reached.
    """

    def begin(self, home: Home) -> None:
        """Begin to serve, and call this home from now on."""

    def retire(self) -> None:
        """Become the home of no further room, if another process can."""

    def end(self) -> None:
        """Be no room's home from now on."""

    def commit(
        self,
        name: str,
        event_id: str,
        decide: Callable[[Room], Change],
        note: Note = lambda change, ours: None,
        digest: str = "",
    ) -> Commit | None:
        """Change the room of this name. Save the room, its commands and the event's id together.

        `decide` gets the room as last saved, or a new one. It may be called again, with a newer
        room, so it must have no effect but its result. What it raises is raised, and nothing saved.
        `note` gets the change once, as in `Home`.

        Return None, and change nothing, if this event id was applied before: that of a request in
        any room, that of another event in this room, see `look_up`. An empty id is always applied.
        A `digest` is of the content of a request, and is kept with its id. The ids of requests are
        apart from those of other events.
        """

    def done(self, name: str, commit: Commit) -> None:
        """Note that the observers have the change, and what follows from it is done."""

    def later(self, name: str, commit: Commit) -> None:
        """Give the commit to the home's `follow` once more, when the registry can be reached: what
        follows from it is not done yet."""

    def digest_of(self, request: str) -> str | None:
        """Return the digest of the request with this id; None if none was applied."""

    def room(self, name: str) -> Room:
        """Return the room as last saved, or a new one."""

    def known(self, name: str) -> Room | None:
        """Return the room as last saved; None if there is none."""

    def at_home(self, name: str) -> Room | None:
        """Return the room as this process last saw it; None if another process is its home."""

    def rooms(self) -> list[Room]:
        """Return the saved rooms, by name."""

    def rooms_at_home(self) -> list[Room]:
        """Return the saved rooms whose home is this process, as it last saw them."""

    def sweep(self, at: float) -> None:
        """Forget the rooms of this home that are over at this time, in Unix seconds."""

    def look_up(self, event: FromTelnyx) -> Found:
        """Return the event with its call. Of a recording, Telnyx names only the leg."""

    def room_of_call(self, call: str) -> str | None:
        """Return the name of the call's room, also for a while after the call."""

    def reports(self) -> list[Mapping[str, Any]]:
        """Return the newest report of each other process that lives."""

    def overloaded(self, name: str) -> bool:
        """Whether the room's home is another process, and that has too many commands to send."""

    def unready(self) -> str:
        """Return why no event can be saved now, in words; empty if one can. It raises nothing, and
        waits for nobody."""
