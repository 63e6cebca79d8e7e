"""Keeps the timelines and the facts for reports of all rooms, as text that processes share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from redis import Redis

from conference.registry.redis.connection import unavailable
from conference.registry.redis.keys import Keys
from conference.registry.redis.script import Script

LASTS = 86_400  # seconds after the last change

WRITE = """
local gone = 3 + 2 * tonumber(ARGV[2])
for n = 3, gone - 1, 2 do redis.call('HSET', KEYS[1], ARGV[n], ARGV[n + 1]) end
for n = gone, #ARGV do redis.call('HDEL', KEYS[1], ARGV[n]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""
UPDATE = Script(f"if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end {WRITE}")
REPLACE = Script(f"redis.call('DEL', KEYS[1]) {WRITE}")


class RedisMeetings:
    """A hash for each room. Each method raises Unavailable if Redis cannot be reached."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def update(self, room: str, fields: Mapping[str, str], gone: Collection[str]) -> bool:
        return self._write(UPDATE, room, fields, gone)

    def replace(self, room: str, fields: Mapping[str, str]) -> None:
        self._write(REPLACE, room, fields, ())

    def read(self, room: str) -> dict[str, str]:
        with unavailable():
            found: Any = self._client.hgetall(self._key(room))
        return dict(found)

    def _write(
        self, script: Script, room: str, fields: Mapping[str, str], gone: Collection[str]
    ) -> bool:
        pairs = [text for pair in fields.items() for text in pair]
        counts = (LASTS, len(fields))
        return bool(script(self._client, [self._key(room)], *counts, *pairs, *gone))

    def _key(self, room: str) -> str:
        return self._keys.of_room(room, "timeline")
