"""Keeps rooms, their calls and the ids of applied events in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock

from conference.core.change import Change
from conference.core.events import Webhook
from conference.core.room import Room

MOST_SEEN = 50_000  # ids of events; Telnyx repeats an event within minutes, if at all
MOST_REQUESTS = 20_000  # ids that clients gave their requests: those of 10 minutes at 33 a second
MOST_LEGS = 20_000  # legs of calls; beyond, the oldest is forgotten


class MemoryRegistry:
    """Rooms by name, with a lock for each. Another lock, held for a moment, guards the indexes."""

    def __init__(self, new_room: Callable[[str], Room]) -> None:
        self._new_room = new_room
        self._rooms: dict[str, Room] = {}
        self._locks: dict[str, Lock] = {}
        self._by_call: dict[str, str] = {}
        self._by_conference: dict[str, str] = {}
        self._by_leg: OrderedDict[str, str] = OrderedDict()  # leg -> call
        self._seen: OrderedDict[str, str] = OrderedDict()
        self._requests: OrderedDict[str, str] = OrderedDict()  # id -> digest
        self._lock = Lock()

    def commit(
        self,
        name: str,
        event_id: str,
        decide: Callable[[Room], Change],
        committed: Callable[[Change], None] = lambda change: None,
        digest: str = "",
    ) -> Change | None:
        """Change the room of this name. Save the room, its commands and the event's id together.

        `decide` gets the room as last saved, or a new one. A registry may call it again, so it must
        have no effect but its result. `committed` is called once, in the room's order, before the
        next change begins: it must only note the change.

        Return None, and change nothing, if this event id was applied before, in any room. An empty
        id is always applied. A `digest` is of the content of a request, and is kept with its id.
        These ids are apart from those of other events: they last for MOST_REQUESTS requests.
        """
        seen = self._requests if digest else self._seen
        with self._locked(name):
            if event_id in seen:
                return None
            change = decide(self.room(name))
            with self._lock:
                if event_id in seen:  # since then, in another room
                    return None
                self._save(change)
                _note(seen, event_id, digest, MOST_REQUESTS if digest else MOST_SEEN)
            committed(change)
            return change

    def digest_of(self, request: str) -> str | None:
        """Return the digest of the request with this id; None if none was applied."""
        return self._requests.get(request)

    def room(self, name: str) -> Room:
        """Return the room as last saved, or a new one. No lock is taken."""
        return self._rooms.get(name) or self._new_room(name)

    def known(self, name: str) -> Room | None:
        """Return the saved room of this name; None if there is none. No lock is taken."""
        return self._rooms.get(name)

    def rooms(self) -> list[Room]:
        """Return the saved rooms, by name."""
        with self._lock:
            return [self._rooms[name] for name in sorted(self._rooms)]

    def sweep(self, at: float) -> None:
        """Forget the rooms that are over at this time, in Unix seconds."""
        for name in [room.name for room in self.rooms() if room.over(at)]:
            with self._locked(name), self._lock:
                if (room := self.room(name)).over(at):
                    _reindex(
                        self._by_call, room.participants.keys() | room.ended.keys(), set(), name
                    )
                    _reindex(self._by_conference, {room.conference, *room.ended}, set(), name)
                    self._rooms.pop(name, None)
                    del self._locks[name]

    def room_of_call(self, call: str) -> str | None:
        """Return the name of the call's room, also for a while after the call."""
        return self._by_call.get(call)

    def identify(self, event: Webhook) -> Webhook:
        """Return the event with its call. Of a recording, Telnyx names only the leg."""
        if event.call:
            if event.leg and event.leg not in self._by_leg:
                with self._lock:
                    self._by_leg[event.leg] = event.call
                    if len(self._by_leg) > MOST_LEGS:
                        self._by_leg.popitem(last=False)
            return event
        call = self._by_leg.get(event.leg)
        return replace(event, call=call) if call else event

    def room_of_conference(self, conference: str) -> str | None:
        """Return the name of the conference's room."""
        return self._by_conference.get(conference)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        """Hold the room's lock."""
        while True:
            with self._lock:
                lock = self._locks.setdefault(name, Lock())
            with lock:
                if self._locks.get(name) is lock:  # else the room was forgotten meanwhile
                    yield
                    return

    def _save(self, change: Change) -> None:
        before, after = change.before, change.after
        self._rooms[after.name] = after
        moved: set[str] = set()  # ended, or ended long ago
        if before.ended is not after.ended:
            moved = before.ended.keys() ^ after.ended.keys()
        calls = moved.union(change.touched)
        _reindex(self._by_call, _calls(before, calls), _calls(after, calls), after.name)
        known = {before.conference, after.conference} | moved
        was, is_ = _conferences(before, known), _conferences(after, known)
        _reindex(self._by_conference, was, is_, after.name)
        for call in change.touched:
            if call in after.participants:  # another room may have had the call
                self._by_call[call] = after.name


def _note(seen: OrderedDict[str, str], event_id: str, digest: str, most: int) -> None:
    if event_id:
        seen[event_id] = digest
        if len(seen) > most:
            seen.popitem(last=False)


def _calls(room: Room, among: Collection[str]) -> set[str]:
    return {call for call in among if call in room.participants or call in room.ended}


def _conferences(room: Room, among: Collection[str]) -> set[str]:
    return {id for id in among if id and (id == room.conference or id in room.ended)}


def _reindex(index: dict[str, str], before: set[str], after: set[str], name: str) -> None:
    for gone in before - after:
        if index.get(gone) == name:
            del index[gone]
    for new in after - before:
        index[new] = name
