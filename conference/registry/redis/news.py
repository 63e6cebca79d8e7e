"""Takes what is newer in Redis into the rooms that this process knows.

It becomes the home of a room when Redis names it as that. Then the changes that the former home has
not dealt with are its own.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from redis import Redis

from conference.core.change import Change
from conference.registry.contract import Commit, Home, Note
from conference.registry.redis.keys import Keys
from conference.registry.redis.known import Known
from conference.registry.redis.process import Process
from conference.registry.redis.record import Record, Texts, number_of
from conference.registry.redis.room_scripts import GIVE_UP, MOST_READ, READ
from conference.registry.redis.tasks import Tasks
from conference.registry.unavailable import Unavailable, Unreadable

log = logging.getLogger(__name__)


class News:
    """Under a room's lock, except for `wake`, `later` and `follow`. `home`: the engine."""

    def __init__(
        self, client: Redis, keys: Keys, process: Process, known: Known, tasks: Tasks
    ) -> None:
        self._client = client
        self._keys = keys
        self._process = process
        self._known = known
        self._tasks = tasks
        self.home: Home | None = None

    def is_ours(self, record: Record) -> bool:
        """Whether this process is the room's home for sure. No lock is needed."""
        return bool(record.token) and self._counts(record.home, record.life)

    def _counts(self, home: str, life: int) -> bool:
        """Whether this process is the home that Redis named in this life."""
        me = self._process  # `life` is read last: it changes before the process is alive again
        return home == me.id and me.is_alive and life == me.life

    def catch_up(self, record: Record) -> bool:
        """Read what is newer. Return whether there was anything."""
        any_news = self._read(record)
        self._wake_if_wanted(record)
        return any_news

    def take(self, record: Record, life: int, kind: str, *found: Any) -> None:
        """Take an answer of READ. `life`: that of this process before it asked."""
        self._take(record, life, kind, *found)
        self._wake_if_wanted(record)

    def _wake_if_wanted(self, record: Record) -> None:
        if record.unfollowed or record.jumped:
            self.wake(record.room.name)

    def _read(self, record: Record) -> bool:
        any_news = False
        while True:
            life = self._process.life
            keys = self.keys_of(record.room.name)
            kind, *rest = READ(self._client, keys, record.token, record.number)
            self._take(record, life, kind, *rest)
            any_news = any_news or kind != "same"
            if kind != "steps" or len(rest[-1]) < MOST_READ:
                return any_news

    def _take(
        self, record: Record, life: int, kind: str, home: str, done: Any, *found: Any
    ) -> None:
        name, done = record.room.name, int(done)
        ours, was_ours = self._counts(home, life), self.is_ours(record)
        lost = not home and record.home == self._process.id
        if kind == "whole":
            fields, undone = _mapping(found[0]), [_mapping(each) for _, each in found[1]]
            record.load(self._known.new_room(name), fields, undone)
            record.noted_done = done
        record.settle(done)
        record.home, record.life = home, life
        if ours and (kind == "whole" or not was_ours):
            self._begin(record)
        record.jumped = record.jumped or lost
        for _, entry in found[0] if kind == "steps" else ():
            self._follow_entry(record, _mapping(entry), ours, done)

    def _follow_entry(self, record: Record, entry: dict[str, str], ours: bool, done: int) -> None:
        commit = record.follow(entry, ours and number_of(entry["token"]) > done)
        record.settle(done)
        self._note(commit.change, commit.ours)
        if commit.ours:
            record.unfollowed.append(commit)

    def saved(
        self,
        record: Record,
        life: int,
        answer: Sequence[str],
        change: Change,
        token: str,
        texts: Texts,
        note: Note,
    ) -> Commit:
        """Take the change that this process has saved. `answer`: of COMMIT, the home and `done`."""
        home, done = answer
        ours = self._counts(home, life)
        begins = ours and bool(record.token) and not self.is_ours(record)
        record.settle(int(done))
        if begins:
            self._begin(record)
        record.home, record.life = home, life
        commit = Commit(change, ours, token)
        record.take(commit, texts)
        note(change, ours)
        if begins or (home == self._process.id and not ours):
            self.wake(record.room.name)
        return commit

    def _begin(self, record: Record) -> None:
        """Be the room's home from now on."""
        record.jumped = True
        for commit in record.others:
            record.open.add(number_of(commit.id))
            record.unfollowed.append(commit._replace(ours=True))
            self._note(commit.change, True)
        record.others.clear()

    def wake(self, name: str) -> None:
        """Follow this room soon."""
        self._tasks.add(name, partial(self.follow, name))

    def later(self, name: str, commit: Commit) -> None:
        """Follow this commit once more, when Redis can be reached again."""
        if record := self._known.get(name):
            with record.lock:
                self._put_back(record, [commit])
            self._tasks.add_later(name, partial(self.follow, name))

    def follow(self, name: str) -> None:
        """Read what is newer, and let the engine deal with it."""
        with self._known.locked(name) as record:
            try:
                self._read(record)
            except Unreadable as error:
                self._give_up(record, error)
                return
            commits, record.unfollowed = record.unfollowed, []
            anew, record.jumped = record.jumped, False
            room = record.room
        if self.home is None:
            return
        try:
            self.home.follow(name, commits)
            if anew:
                self.home.resume(room)
        except Unavailable:
            with record.lock:
                self._put_back(record, commits)
                record.jumped = record.jumped or anew
            raise

    def _give_up(self, record: Record, error: Unreadable) -> None:
        """Leave the room to processes of the release that saved it, and know nothing of it."""
        name = record.room.name
        if GIVE_UP(self._client, self.keys_of(name)[:1], self._process.id):
            log.warning("%s. A process of that release must go on with it", error)
        self._known.forget(record)

    def _put_back(self, record: Record, commits: Sequence[Commit]) -> None:
        waiting = {each.id for each in record.unfollowed}
        open = (each for each in commits if number_of(each.id) in record.open)
        record.unfollowed[:0] = [each for each in open if each.id not in waiting]

    def _note(self, change: Change, ours: bool) -> None:
        if self.home:
            self.home.note(change, ours)

    def keys_of(self, name: str) -> list[str]:
        """Return the keys of the room and its journal."""
        return [self._keys.of_room(name, what) for what in ("room", "journal")]


def _mapping(flat: Sequence[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
