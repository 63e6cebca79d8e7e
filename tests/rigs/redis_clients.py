"""A Redis that the tests of a module share: each line in it has keys of its own.

A module without redis-py or redis-server is skipped.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rigs.redis_servers import RedisServer, redis_server  # first: it skips without redis-py

from conference.registry.redis.connection import connect
from conference.registry.redis.keys import Keys

if TYPE_CHECKING:
    from redis import Redis

_numbers = itertools.count(1)


@dataclass
class LineInRedis:
    """A server, and the keys of a line that has none there yet. Two clients are two processes."""

    server: RedisServer
    client: Redis
    other: Redis
    keys: Keys = field(default_factory=lambda: Keys(f"line-{next(_numbers)}"))

    def fresh(self) -> LineInRedis:
        """Return another line in the same Redis."""
        return LineInRedis(self.server, self.client, self.other)

    def in_another_process(self) -> LineInRedis:
        """Return the same line by the other client."""
        return LineInRedis(self.server, self.other, self.client, self.keys)


@contextmanager
def line_in_redis(folder: Path) -> Iterator[LineInRedis]:
    """Start a server."""
    with redis_server(folder) as server, closing(connect(server.url)) as client:
        with closing(connect(server.url)) as other:
            yield LineInRedis(server, client, other)
