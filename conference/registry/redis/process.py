"""This process among those that share the line: it is alive as long as it renews a key in time."""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from redis import Redis

from conference.registry.redis.connection import unavailable
from conference.registry.redis.keys import Keys
from conference.registry.unavailable import Unavailable

LASTS = 4.0  # seconds that the key of a process is kept
SURE = 3.0  # seconds after a renewal in which no other process can have taken over


def _begin_of_id(pid: int) -> str:
    """Return how the ids of this machine's process with this number begin."""
    return f"{socket.gethostname()}-{pid}-"


def end_killed(client: Redis, keys: Keys, pid: int) -> bool:
    """Make a process of this machine dead for the others. Return whether it was alive for them."""
    with unavailable():
        ids = map(str, client.smembers(keys.of_all("processes")))
        ours = [id for id in ids if id.startswith(_begin_of_id(pid))]
        return any([client.delete(keys.of_all(f"process:{id}")) for id in ours])


class Process:
    """`id`: unlike that of any other process. `life`: counts the times that the process began to be
    alive: once, and again after each pause that was longer than its key lasts. `heir`: the process
    that becomes the home of a room without one. `reports`: of the others, by id, as last read; None
    for one that is dead. `trouble`: why Redis cannot be used; empty if it can, as far as is known.
    `clock` returns monotonic seconds.
    """

    def __init__(
        self, client: Redis, keys: Keys, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.id = _begin_of_id(os.getpid()) + secrets.token_hex(8)
        self.heir = self.id
        self.life = 0
        self.reports: dict[str, Mapping[str, Any] | None] = {}
        self.trouble = ""
        self._client = client
        self._keys = keys
        self._clock = clock
        self._renewed_at: float | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the others count on this process."""
        return self._renewed_at is not None and self._clock() < self._renewed_at + SURE

    def check(self) -> None:
        """Raise Unavailable while Redis is known to be away, so that nobody waits for it."""
        if self.trouble:
            raise Unavailable(self.trouble)

    def renew(self, report: Mapping[str, Any]) -> None:
        """Stay alive. `report`: what the others may read of this process, as JSON."""
        now = self._clock()
        with unavailable():
            self._client.sadd(self._keys.of_all("processes"), self.id)
            self._client.set(self._key(self.id), json.dumps(report), px=int(LASTS * 1000))
        if not self.is_alive:  # now, not before: it may have died while Redis was slow
            self.life += 1
        self._renewed_at = now

    def end(self) -> None:
        """Be dead for the others at once."""
        self._renewed_at = None
        with unavailable():
            self._client.delete(self._key(self.id))

    def read_others(self) -> None:
        """Read the reports of the other processes."""
        with unavailable():
            found = map(str, self._client.smembers(self._keys.of_all("processes")))
            texts = {id: self._client.get(self._key(id)) for id in sorted(found) if id != self.id}
        self.reports = {id: json.loads(str(text)) if text else None for id, text in texts.items()}

    def is_dead(self, id: str) -> bool:
        """Read whether the process with this id is dead."""
        with unavailable():
            return not self._client.exists(self._key(id))

    def bury(self, id: str) -> None:
        """Forget a dead process, once it has no room."""
        with unavailable():
            self._client.srem(self._keys.of_all("processes"), id)

    def _key(self, id: str) -> str:
        return self._keys.of_all(f"process:{id}")
