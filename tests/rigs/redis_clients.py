"""A Redis that the tests of a module share: each line in it has keys of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conference.registry.redis.keys import Keys

if TYPE_CHECKING:  # a test without Redis needs no redis-py
    from redis import Redis
    from rigs.redis_servers import RedisServer

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
    """Start a server. Skip the test without redis-server or redis-py."""
    from rigs.redis_servers import redis_server

    from conference.registry.redis.connection import connect

    with redis_server(folder) as server, closing(connect(server.url)) as client:
        with closing(connect(server.url)) as other:
            yield LineInRedis(server, client, other)
