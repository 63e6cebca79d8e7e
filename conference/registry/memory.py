"""Keeps rooms, their calls and the ids of applied events in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import Any

from conference.core.change import Change
from conference.core.events import Webhook
from conference.core.room import Room
from conference.core.texml.facts import StatusCallback
from conference.registry.contract import Commit, Found, Home, Note

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

    def begin(self, home: Home) -> None:
        """Let the home find the calls of a process before this one."""
        home.begin_again()

    def retire(self) -> None:
        """Do nothing: there is no other process."""

    def end(self) -> None:
        """Do nothing: the rooms end with the process."""

    def commit(
        self,
        name: str,
        event_id: str,
        decide: Callable[[Room], Change],
        note: Note = lambda change, ours: None,
        digest: str = "",
    ) -> Commit | None:
        """Change the room, as the contract says. `decide` is called once."""
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
            note(change, True)
            return Commit(change)

    def done(self, name: str, commit: Commit) -> None:
        """Do nothing: no other process could do the rest."""

    def later(self, name: str, commit: Commit) -> None:
        """Do nothing: rooms in memory can always be reached."""

    def reports(self) -> list[Mapping[str, Any]]:
        """Return no report: there is no other process."""
        return []

    def overloaded(self, name: str) -> bool:
        """Return False: there is no other process."""
        return False

    def unready(self) -> str:
        """Return no reason: in memory, an event can always be saved."""
        return ""

    def digest_of(self, request: str) -> str | None:
        """Return the digest of the request with this id; None if none was applied."""
        return self._requests.get(request)

    def room(self, name: str) -> Room:
        """Return the room as last saved, or a new one. No lock is taken."""
        return self._rooms.get(name) or self._new_room(name)

    at_home = room

    def known(self, name: str) -> Room | None:
        """Return the saved room of this name; None if there is none. No lock is taken."""
        return self._rooms.get(name)

    def rooms(self) -> list[Room]:
        """Return the saved rooms, by name."""
        with self._lock:
            return [self._rooms[name] for name in sorted(self._rooms)]

    rooms_at_home = rooms

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

    def look_up(self, event: Webhook | StatusCallback) -> Found:
        """Return the event with its call. Of a recording, Telnyx names only the leg."""
        if isinstance(event, Webhook):
            event = self._with_call(event)
        repeated = event.id in self._seen
        return Found(event, self.room_of_call, self._by_conference.get, repeated)

    def _with_call(self, event: Webhook) -> Webhook:
        if event.call:
            if event.leg and event.leg not in self._by_leg:
                with self._lock:
                    self._by_leg[event.leg] = event.call
                    if len(self._by_leg) > MOST_LEGS:
                        self._by_leg.popitem(last=False)
            return event
        call = self._by_leg.get(event.leg)
        return replace(event, call=call) if call else event

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
