"""The rooms, the calls in them and the events seen, in memory: the default registry."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock

from conference.core.change import Change
from conference.core.events import Webhook
from conference.core.room import Room

SEEN_MOST = 50_000  # ids of events; Telnyx repeats one within minutes if at all
LEGS_MOST = 20_000  # calls, those that began first forgotten first


class MemoryRegistry:
    """Rooms by name; one lock for each, and one over the indexes, held for a moment only."""

    def __init__(self, new_room: Callable[[str], Room]) -> None:
        self._new_room = new_room
        self._rooms: dict[str, Room] = {}
        self._locks: dict[str, Lock] = {}
        self._by_call: dict[str, str] = {}
        self._by_conference: dict[str, str] = {}
        self._by_leg: OrderedDict[str, str] = OrderedDict()  # leg -> call
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def commit(
        self,
        name: str,
        event_id: str,
        decide: Callable[[Room], Change],
        committed: Callable[[Change], None] = lambda change: None,
    ) -> Change | None:
        """Change the room of this name: one change at a time, saved whole or not at all.

        `decide` gets the room as it was saved last, a new one where there is none. A registry may
        call it again, so it must have no effect but its result. The room, its commands and the
        event's id are saved together. `committed` is called once, in the room's order, before the
        next change begins: it must only note the change.

        None, and nothing is done, if an event with this id was counted before; an event without
        an id always counts.
        """
        with self._alone(name):
            if event_id in self._seen:
                return None
            change = decide(self.room(name))
            self._save(change, event_id)
            committed(change)
            return change

    def room(self, name: str) -> Room:
        """The room as it was saved last, to look at."""
        return self._rooms.get(name) or self._new_room(name)

    def rooms(self) -> list[Room]:
        with self._lock:
            return [self._rooms[name] for name in sorted(self._rooms)]

    def sweep(self, at: float) -> None:
        """Forget the rooms that nothing is worth keeping of."""
        for name in [room.name for room in self.rooms() if room.over(at)]:
            with self._alone(name), self._lock:
                if (room := self.room(name)).over(at):
                    _reindex(self._by_call, _calls(room), set(), name)
                    _reindex(self._by_conference, _conferences(room), set(), name)
                    self._rooms.pop(name, None)
                    del self._locks[name]

    def room_of_call(self, call: str) -> str | None:
        """The room that knows this call, also for a while after it has ended."""
        return self._by_call.get(call)

    def identify(self, event: Webhook) -> Webhook:
        """The event with its call, also where Telnyx names only the leg, as for a recording."""
        if event.call:
            if event.leg and event.leg not in self._by_leg:
                with self._lock:
                    self._by_leg[event.leg] = event.call
                    if len(self._by_leg) > LEGS_MOST:
                        self._by_leg.popitem(last=False)
            return event
        call = self._by_leg.get(event.leg)
        return replace(event, call=call) if call else event

    def room_of_conference(self, conference: str) -> str | None:
        return self._by_conference.get(conference)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Hold the room's lock."""
        while True:
            with self._lock:
                lock = self._locks.setdefault(name, Lock())
            with lock:
                if self._locks.get(name) is lock:  # else it was swept away while we waited
                    yield
                    return

    def _save(self, change: Change, event_id: str) -> None:
        before, after = change.before, change.after
        with self._lock:
            self._rooms[after.name] = after
            if event_id:
                self._seen[event_id] = None
                if len(self._seen) > SEEN_MOST:
                    self._seen.popitem(last=False)
            if before.ended is not after.ended:  # some may have been forgotten for good
                _reindex(self._by_call, _calls(before), _calls(after), after.name)
                _reindex(self._by_conference, _conferences(before), _conferences(after), after.name)
            else:
                was, is_ = _calls(before, change.touched), _calls(after, change.touched)
                _reindex(self._by_call, was, is_, after.name)
                if before.conference != after.conference:
                    known = _conferences(before), _conferences(after)
                    _reindex(self._by_conference, *known, after.name)
            for call in change.touched:
                if call in after.participants:  # which other rooms may have known before
                    self._by_call[call] = after.name


def _calls(room: Room, among: Collection[str] | None = None) -> set[str]:
    if among is None:
        return room.participants.keys() | room.ended.keys()
    return {call for call in among if call in room.participants or call in room.ended}


def _conferences(room: Room) -> set[str]:
    return {room.conference, *room.ended} - {""}


def _reindex(index: dict[str, str], before: set[str], after: set[str], name: str) -> None:
    for gone in before - after:
        if index.get(gone) == name:
            del index[gone]
    for new in after - before:
        index[new] = name
