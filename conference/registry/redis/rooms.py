"""Keeps rooms in Redis, for several processes.

Each room has a home: the process that gives its changes to the observers and sends its commands.
Any process may change the room. It decides on the room as it knows it; Redis saves the change if
that was the newest state, else answers with the changes that are newer, and it decides again. The
home reads the changes of other processes from the room's journal.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import Any

from redis import Redis

from conference.core.change import Change
from conference.core.codec import VERSION
from conference.core.events import Webhook
from conference.core.room import Room
from conference.core.room_fields import steps
from conference.core.stored_change import encode_change
from conference.core.texml.facts import StatusCallback
from conference.registry.contract import Commit, Found, Home, Note
from conference.registry.redis.connection import unavailable
from conference.registry.redis.homes import Homes
from conference.registry.redis.index import IDS_KEPT, Index
from conference.registry.redis.keys import Keys
from conference.registry.redis.process import Process
from conference.registry.redis.record import Record, Texts, number_of
from conference.registry.redis.scripts import COMMIT, DEAL_WITH, FORGET, READ, TAKE_OVER
from conference.registry.unavailable import Unavailable

MOST_TRIES = 100  # of a change, while other processes change the room
FORGOTTEN_AFTER = 600.0  # seconds since a room of another home was last used here


class RedisRegistry:
    """The contract's methods. `new_room` returns a room without any change."""

    def __init__(self, client: Redis, keys: Keys, new_room: Callable[[str], Room]) -> None:
        self._client = client
        self._keys = keys
        self._new_room = new_room
        self._index = Index(client, keys)
        self._process = Process(client, keys)
        self._homes = Homes(client, keys, self._process, self)
        self._all = keys.of_all("rooms")  # the names of all rooms
        self._records: dict[str, Record] = {}
        self._tokens = itertools.count()  # so that none of this process's comes twice
        self._lock = Lock()

    def begin(self, home: Home) -> None:
        """Begin to serve: become the home of rooms that have none, and follow them."""
        self._homes.begin(home)

    def retire(self) -> None:
        """Become the home of no further room, if there is another process."""
        self._homes.retire()

    def end(self) -> None:
        """Leave the rooms to other processes."""
        self._homes.end()

    def unready(self) -> str:
        """Return why no change can be saved; empty if it can."""
        return self._homes.trouble

    def commit(
        self,
        name: str,
        event_id: str,
        decide: Callable[[Room], Change],
        note: Note = lambda change, ours: None,
        digest: str = "",
    ) -> Commit | None:
        """Change the room, as the contract says."""
        self._homes.check()
        claimed = bool(digest and event_id)
        if claimed and not self._index.claim(event_id, digest, name):
            return None
        try:
            with self._locked(name) as record:
                commit = self._commit(record, event_id, decide, note, digest)
        except Exception:
            if claimed:
                self._index.give_back(event_id, digest, name)
            raise
        if commit:
            self._index.remove(commit.change)
        return commit

    def _commit(
        self,
        record: Record,
        event_id: str,
        decide: Callable[[Room], Change],
        note: Note,
        digest: str,
    ) -> Commit | None:
        for _ in range(MOST_TRIES):
            try:
                change = decide(record.room)
            except Unavailable:
                raise
            except Exception:
                if self._catch_up(record):
                    continue  # it was decided for an old state
                raise
            self._index.add(change)
            number = record.number + 1
            token = f"{number}-{self._process.id}.{next(self._tokens)}"
            taken = steps(change.before, change.after)
            texts = record.texts(taken, number)
            body = encode_change(change, taken)
            kind, found, *rest = self._save(record, token, texts, body, event_id, digest)
            if kind == "seen":
                return None
            if kind == "saved":
                record.put(change.after, token, texts)
                return self._saved(record, change, found, note)
            self._take_news(record, kind, found, *rest)
        raise Unavailable(f"room {record.room.name} is changed by other processes all the time")

    def _save(
        self, record: Record, token: str, texts: Texts, change: str, event_id: str, digest: str
    ) -> list[Any]:
        name, me = record.room.name, self._process
        if not record.token:
            with unavailable():
                self._client.sadd(self._all, name)
        sets = [part for field, text in texts.items() if text is not None for part in (field, text)]
        if record.home == me.id:
            record.noted_done = record.dealt_with
        answer: list[Any] = COMMIT(
            self._client,
            [*self._keys_of(name), self._index.id_key(name, bool(digest), event_id)],
            *(record.token, record.number, token, me.id, me.heir),
            *((digest or "1") if event_id else "", IDS_KEPT),
            *(change, record.noted_done if record.home == me.id else "", VERSION),
            *(self._homes.channel(""), name, len(sets) // 2, *sets),
            *(field for field, text in texts.items() if text is None),
        )
        return answer

    def _saved(self, record: Record, change: Change, home: str, note: Note) -> Commit:
        record.home = home
        ours = home == self._process.id
        if ours:
            record.open.add(record.number)
        note(change, ours)
        return Commit(change, ours, record.token)

    def done(self, name: str, commit: Commit) -> None:
        """Note that the change is dealt with. Redis hears of it with the next change, or soon."""
        if record := self._records.get(name):
            record.open.discard(number_of(commit.id))

    def digest_of(self, request: str) -> str | None:
        """Return the digest of the request with this id; None if none was applied."""
        self._homes.check()
        return self._index.digest_of(request)

    def room(self, name: str) -> Room:
        """Return the room as last saved, or a new one."""
        with self._locked(name) as record:
            self._catch_up(record)
            return record.room

    def known(self, name: str) -> Room | None:
        """Return the room as last saved; None if there is none."""
        with self._locked(name) as record:
            self._catch_up(record)
            return record.room if record.token else None

    def at_home(self, name: str) -> Room | None:
        """Return the room as this process last saw it; None if another process is its home."""
        record = self._records.get(name)
        return record.room if record and self._is_ours(record) else None

    def rooms(self) -> list[Room]:
        """Return the saved rooms, by name."""
        self._homes.check()
        with unavailable():
            names = sorted(map(str, self._client.smembers(self._all)))
        return [room for room in map(self.known, names) if room]

    def rooms_at_home(self) -> list[Room]:
        """Return the saved rooms whose home is this process, as it last saw them."""
        return [record.room for record in self.records_at_home()]

    def sweep(self, at: float) -> None:
        """Forget the rooms of this home that are over, and others that are used no more."""
        long_ago = time.monotonic() - FORGOTTEN_AFTER
        for name, record in sorted(self._records.copy().items()):
            if self._is_ours(record):
                if record.room.over(at):
                    self._sweep_one(name, at)
            elif record.used_at < long_ago and not record.unfollowed:
                with record.lock, self._lock:
                    del self._records[name]

    def _sweep_one(self, name: str, at: float) -> None:
        with self._locked(name) as record:
            room = record.room
            if not room.over(at):
                return
            if FORGET(self._client, self._keys_of(name), record.token, self._process.id):
                with unavailable():
                    self._client.srem(self._all, name)
                self._index.forget(room)
                with self._lock:
                    del self._records[name]

    def look_up(self, event: Webhook | StatusCallback) -> Found:
        """Return the event with its call. Of a recording, Telnyx names only the leg."""
        self._homes.check()
        if isinstance(event, Webhook) and event.leg:
            if event.call:
                self._index.note_leg(event.leg, event.call)
            elif call := self._index.call_of_leg(event.leg):
                event = replace(event, call=call)
        return Found(event, self._index.room_of_call, self._index.room_of_conference)

    def room_of_call(self, call: str) -> str | None:
        """Return the name of the call's room, also for a while after the call."""
        self._homes.check()
        return self._index.room_of_call(call)

    # For `homes`

    def records_at_home(self) -> list[Record]:
        """Return what this process knows of its rooms."""
        return [each for each in self._records.copy().values() if self._is_ours(each)]

    def take_unfollowed(self, name: str) -> tuple[list[Commit], Room | None]:
        """Read what is newer. Return the changes of other processes that the home must deal with,
        and the room if the home must go on with it anew."""
        with self._locked(name) as record:
            self._catch_up(record)
            found, record.unfollowed = record.unfollowed, []
            jumped, record.jumped = record.jumped, False
            return found, record.room if jumped else None

    def take_over(self, former: str) -> list[str]:
        """Become the home of the rooms of this former one. Return their names."""
        taken = []
        with unavailable():
            names = sorted(map(str, self._client.smembers(self._all)))
        for name in names:
            with self._locked(name) as record:
                done = TAKE_OVER(self._client, self._keys_of(name), former, self._process.id)
                if done == "":
                    continue
                record.dealt_before = int(done)
                record.open.clear()
                self._catch_up(record)
                record.jumped = True
                taken.append(name)
        return taken

    def deal_with(self) -> None:
        """Write up to which change this process has dealt with each of its rooms."""
        for record in self.records_at_home():
            done = record.dealt_with
            if done > record.noted_done:
                name = record.room.name
                DEAL_WITH(self._client, self._keys_of(name), self._process.id, done)
                record.noted_done = done

    def forget_all(self) -> None:
        """Forget what this process knows of all rooms: Redis has lost them."""
        for name, record in self._records.copy().items():
            with record.lock:
                record.load(self._new_room(name), {})
                record.home = ""
                record.open.clear()
                record.unfollowed.clear()

    def _is_ours(self, record: Record) -> bool:
        return bool(record.token) and record.home == self._process.id and self._process.is_alive

    def _catch_up(self, record: Record) -> bool:
        """Read what is newer. Return whether there was anything."""
        keys = self._keys_of(record.room.name)
        kind, home, *rest = READ(self._client, keys, record.token, record.number)
        self._take_news(record, kind, home, *rest)
        return bool(kind != "same")

    def _take_news(self, record: Record, kind: str, home: str, found: Any = ()) -> None:
        name, me = record.room.name, self._process.id
        former, record.home = record.home, home
        if kind == "steps":
            for _, fields in found:
                entry = dict(zip(fields[::2], fields[1::2], strict=True))
                change = record.follow(entry)
                ours = home == me and record.number > record.dealt_before
                self._homes.note(change, ours)
                if ours:
                    record.open.add(record.number)
                    record.unfollowed.append(Commit(change, ours, record.token))
        elif kind == "whole":
            record.load(self._new_room(name), dict(zip(found[::2], found[1::2], strict=True)))
            record.open.clear()
            record.jumped = me in (former, home)
        if record.unfollowed or record.jumped:
            self._homes.wake(name)

    def _keys_of(self, name: str) -> list[str]:
        return [self._keys.of_room(name, what) for what in ("room", "journal")]

    @contextmanager
    def _locked(self, name: str) -> Iterator[Record]:
        """Hold the room's lock in this process. Unavailable while Redis is known to be away."""
        while True:
            with self._lock:
                record = self._records.get(name)
                if record is None:
                    record = self._records[name] = Record(self._new_room(name))
            with record.lock:
                self._homes.check()
                if self._records.get(name) is record:  # else it was forgotten meanwhile
                    record.used_at = time.monotonic()
                    yield record
                    return
