"""Counts wrong control tokens by address, and remembers addresses of right ones, in Redis."""

from __future__ import annotations

from redis import Redis

from conference.registry.redis.connection import unavailable
from conference.registry.redis.keys import Keys
from conference.registry.redis.script import Script

COUNT = Script("""
if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
""")
READ = Script("return {redis.call('GET', KEYS[1]) or '0', redis.call('PTTL', KEYS[1])}")


class RedisTokenCounts:
    """The counts of all processes. Each address has a key of each kind, which expires.

    `window`, `known`: seconds, as WINDOW and KNOWN of the counts in memory. Each method raises
    Unavailable if Redis cannot be reached.
    """

    def __init__(self, client: Redis, keys: Keys, window: float, known: float) -> None:
        self._client, self._keys = client, keys
        self._window, self._known = round(window * 1000), round(known * 1000)

    def wrong(self, address: str) -> tuple[int, float]:
        found = READ(self._client, [self._key("wrong", address)])
        count, left = int(found[0]), found[1] / 1000
        return (count, left) if count and left > 0 else (0, 0.0)

    def is_known(self, address: str) -> bool:
        with unavailable():
            return bool(self._client.exists(self._key("right", address)))

    def note_wrong(self, address: str) -> None:
        COUNT(self._client, [self._key("wrong", address)], self._window)

    def note_right(self, address: str) -> None:
        with unavailable():
            self._client.set(self._key("right", address), "1", px=self._known)

    def _key(self, what: str, address: str) -> str:
        return self._keys.of_all(f"{what} tokens:{address}")
