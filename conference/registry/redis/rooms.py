"""Keeps rooms in Redis, for several processes.

Each room has a home: the process that gives its changes to the observers and sends its commands.
Any process may change the room. It decides on the room as it knows it; Redis saves the change if
that was the newest state, else answers with the changes that are newer, and it decides again. The
home reads the changes of other processes from the room's journal.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from redis import Redis

from conference.core.change import Change
from conference.core.codec import VERSION
from conference.core.room import Room
from conference.core.room_fields import steps
from conference.core.stored_change import encode_change
from conference.registry.contract import Commit, Found, FromTelnyx, Home, Note
from conference.registry.redis.connection import unavailable
from conference.registry.redis.homes import Head, Homes
from conference.registry.redis.index import IDS_KEPT, Index
from conference.registry.redis.keys import Keys
from conference.registry.redis.known import Known
from conference.registry.redis.news import News
from conference.registry.redis.process import Process
from conference.registry.redis.record import Record, Texts, number_of
from conference.registry.redis.room_scripts import COMMIT, FORGET
from conference.registry.redis.tasks import Tasks
from conference.registry.unavailable import Unavailable

MOST_TRIES = 100  # of a change, while other processes change the room
FORGOTTEN_AFTER = 600.0  # seconds since a room of another home was last used here


class RedisRegistry:
    """The contract's methods. `new_room` returns a room without any change. `clock` returns
    monotonic seconds."""

    def __init__(
        self,
        client: Redis,
        keys: Keys,
        new_room: Callable[[str], Room],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._process = Process(client, keys, clock)
        self._known = Known(new_room, self._process)
        self._index = Index(client, keys, self._known)
        self.tasks = Tasks()
        self._news = News(client, keys, self._process, self._known, self.tasks)
        self.homes = Homes(client, keys, self._process, self._known, self._news, self.tasks)
        self._keys = keys
        self._all = keys.of_all("rooms")  # the names of all rooms
        self._tokens = itertools.count()  # so that none of this process's comes twice

    def begin(self, home: Home) -> None:
        """Begin to serve: become the home of rooms that have none, and follow them."""
        self.homes.begin(home)

    def retire(self) -> None:
        """Become the home of no further room, if there is another process."""
        self.homes.retire()

    def end(self) -> None:
        """Leave the rooms to other processes."""
        self.homes.end()

    def unready(self) -> str:
        """Return why no change can be saved; empty if it can."""
        return self._process.trouble

    def reports(self) -> list[Mapping[str, Any]]:
        """Return the newest report of each other process that lives."""
        return [report for report in self._process.reports.values() if report is not None]

    def overloaded(self, name: str) -> bool:
        """Whether the room's home is another process, and that has too many commands to send."""
        record = self._known.get(name)
        report = self._process.reports.get(record.home) if record else None
        return bool(report and report.get("overloaded"))

    def commit(
        self,
        name: str,
        event_id: str,
        decide: Callable[[Room], Change],
        note: Note = lambda change, ours: None,
        digest: str = "",
    ) -> Commit | None:
        """Change the room, as the contract says."""
        self._process.check()
        claimed = bool(digest and event_id)
        if claimed and not self._index.claim(event_id, digest, name):
            return None
        try:
            with self._known.locked(name) as record:
                commit = self._commit(record, event_id, decide, note, digest)
        except Exception:
            if claimed:
                self._index.give_back(event_id, digest, name)
            raise
        if commit:
            self._index_rest(commit, "" if digest else event_id)
        return commit

    def _index_rest(self, commit: Commit, event_id: str) -> None:
        """Remove what the change made the room forget: later, if Redis is away since then."""
        if event_id:
            self._index.note_seen(event_id)
            self.tasks.add_later("seen", self._index.write_seen)
        try:
            self._index.remove(commit.change)
        except Unavailable:
            again = partial(self._index.remove, commit.change)
            self.tasks.add_later(("remove", commit.id), again)

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
                if self._news.catch_up(record):
                    continue  # it was decided for an old state
                raise
            self._index.add(change)
            number = record.number + 1
            token = f"{number}-{self._process.id}.{next(self._tokens)}"
            taken = steps(change.before, change.after)
            texts = record.texts(taken, number)
            body = encode_change(change, taken)
            life = self._process.life
            kind, *found = self._save(record, token, texts, body, event_id, digest)
            if kind == "seen":
                if found[0] != record.token:  # perhaps by a commit whose answer was lost
                    self._news.wake(record.room.name)
                return None
            if kind == "saved":
                return self._news.saved(record, life, found, change, token, texts, note)
            self._news.take(record, life, kind, *found)
        raise Unavailable(f"room {record.room.name} is changed by other processes all the time")

    def _save(
        self, record: Record, token: str, texts: Texts, change: str, event_id: str, digest: str
    ) -> list[Any]:
        name, me = record.room.name, self._process
        if not record.token:
            with unavailable():
                self._client.sadd(self._all, name)
        sets = [part for field, text in texts.items() if text is not None for part in (field, text)]
        done = record.dealt_with if self._news.is_ours(record) else ""
        answer: list[Any] = COMMIT(
            self._client,
            [*self._news.keys_of(name), self._index.id_key(name, bool(digest), event_id)],
            *(record.token, record.number, token, me.id, me.heir),
            *((digest or "1") if event_id else "", IDS_KEPT),
            *(change, done, VERSION),
            *(self.homes.channel(""), name, len(sets) // 2, *sets),
            *(field for field, text in texts.items() if text is None),
        )
        if done != "" and answer[0] == "saved":
            record.noted_done = int(answer[2])
        return answer

    def done(self, name: str, commit: Commit) -> None:
        """Note that the change is dealt with. Redis hears of it with the next change, or soon."""
        if record := self._known.get(name):
            record.open.discard(number_of(commit.id))

    def later(self, name: str, commit: Commit) -> None:
        """Give the commit to the home once more, when Redis can be reached again."""
        self._news.later(name, commit)

    def digest_of(self, request: str) -> str | None:
        """Return the digest of the request with this id; None if none was applied."""
        self._process.check()
        return self._index.digest_of(request)

    def room(self, name: str) -> Room:
        """Return the room as last saved, or a new one."""
        with self._known.locked(name) as record:
            self._news.catch_up(record)
            return record.room

    def known(self, name: str) -> Room | None:
        """Return the room as last saved; None if there is none."""
        with self._known.locked(name) as record:
            self._news.catch_up(record)
            return record.room if record.token else None

    def at_home(self, name: str) -> Room | None:
        """Return the room as this process last saw it; None if another process is its home."""
        record = self._known.get(name)
        return record.room if record and self._news.is_ours(record) else None

    def rooms(self) -> list[Room]:
        """Return the saved rooms, by name."""
        self._process.check()
        with unavailable():
            names = sorted(map(str, self._client.smembers(self._all)))
        found = (self._as_read(head) for head in self.homes.heads(names))
        return [room for room in found if room]

    def _as_read(self, head: Head) -> Room | None:
        record = self._known.get(head.name)
        if head.token and record and record.token == head.token:
            return record.room
        return self.known(head.name)

    def rooms_at_home(self) -> list[Room]:
        """Return the saved rooms whose home is this process, as it last saw them."""
        return [record.room for record in self._known.all() if self._news.is_ours(record)]

    def sweep(self, at: float) -> None:
        """Forget the rooms of this home that are over, and others that are used no more."""
        long_ago = time.monotonic() - FORGOTTEN_AFTER
        for record in self._known.all():
            if self._news.is_ours(record):
                if record.room.over(at):
                    self._sweep_one(record.room.name, at)
            elif record.used_at < long_ago:
                with record.lock:
                    if record.home != self._process.id:  # not even since then
                        self._known.forget(record)

    def _sweep_one(self, name: str, at: float) -> None:
        with self._known.locked(name) as record:
            room = record.room
            if record.open or not room.over(at):
                return
            keys = self._news.keys_of(name)
            if FORGET(self._client, keys, record.token, self._process.id):
                with unavailable():
                    self._client.srem(self._all, name)
                self._index.forget(room)
                self._known.forget(record)

    def look_up(self, event: FromTelnyx) -> Found:
        """Return the event with its call. Of a recording, Telnyx names only the leg."""
        self._process.check()
        return self._index.look_up(event)

    def room_of_call(self, call: str) -> str | None:
        """Return the name of the call's room, also for a while after the call."""
        self._process.check()
        return self._index.room_of_call(call)
