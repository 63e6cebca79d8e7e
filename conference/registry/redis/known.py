"""The rooms that this process knows, each with a lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from conference.core.room import Room
from conference.registry.redis.process import Process
from conference.registry.redis.record import Record
from conference.registry.unavailable import Unavailable


class Known:
    """Records by name. `new_room` returns a room without any change."""

    def __init__(self, new_room: Callable[[str], Room], process: Process) -> None:
        self.new_room = new_room
        self._process = process
        self._records: dict[str, Record] = {}
        self._lock = Lock()

    def get(self, name: str) -> Record | None:
        """Return what is known of the room. Its lock is not taken."""
        return self._records.get(name)

    def all(self) -> list[Record]:
        """Return what is known of each room, by name. No lock is taken."""
        return [record for _, record in sorted(self._records.copy().items())]

    @contextmanager
    def locked(self, name: str) -> Iterator[Record]:
        """Hold the room's lock in this process.

        Unavailable while Redis is known to be away; also if another thread found that out for this
        room while this one waited: else each would wait for an answer of its own.
        """
        since = time.monotonic()
        while True:
            with self._lock:
                record = self._records.get(name)
                if record is None:
                    record = self._records[name] = Record(self.new_room(name))
            with record.lock:
                self._process.check()
                if record.failed_at > since:
                    raise Unavailable(record.failure)
                if self._records.get(name) is record:  # else it was forgotten meanwhile
                    record.used_at = time.monotonic()
                    with _noting_failure(record):
                        yield record
                    return

    def forget(self, record: Record) -> None:
        """Forget the room. Called under its lock."""
        with self._lock:
            self._records.pop(record.room.name, None)


@contextmanager
def _noting_failure(record: Record) -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        record.failed_at, record.failure = time.monotonic(), str(error)
        raise
