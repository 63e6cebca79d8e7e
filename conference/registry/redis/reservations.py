"""Reserves a place for each outgoing call: DIAL_AT_ONCE and DIAL_PER_HOUR for all processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from redis import Redis

from conference.core.requests.dialling import Limits, check_within
from conference.registry.redis.connection import unavailable
from conference.registry.redis.keys import Keys
from conference.registry.redis.script import Script
from conference.registry.unavailable import Unavailable

FRESH = 30.0  # seconds after which a call that no room shows was lost with its process
TRIES = 50  # another process may make a call at each of them

RESERVE = Script("""
local version, name, at_once, per_hour = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local hour, fresh, begin = tonumber(ARGV[5]), tonumber(ARGV[6]), 7
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - hour)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - fresh)
if (redis.call('GET', KEYS[3]) or '0') ~= version then return false end
local shown, under_way = {}, #ARGV - begin + 1
for n = begin, #ARGV do shown[ARGV[n]] = true end
local function request(text) return string.match(text, ' (.*)$') end
local same = false
for _, each in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  same = same or request(each) == request(name)
  if not shown[request(each)] then under_way = under_way + 1 end
end
local last_hour, free = redis.call('ZCARD', KEYS[1]), 0
if same or (under_way < at_once and last_hour < per_hour) then
  free = 1
  redis.call('ZADD', KEYS[1], now, name)
  if not same then redis.call('ZADD', KEYS[2], now, name) end
end
return {free, under_way, last_hour}
""")
SHOWN = Script("redis.call('ZREM', KEYS[1], ARGV[1]) redis.call('INCR', KEYS[2])")
GIVE_BACK = Script("for n = 1, 2 do redis.call('ZREM', KEYS[n], ARGV[1]) end")


class RedisReservations:
    """Counts the calls of the last hour, and those that a room is about to make.

    A call that a room shows is counted there. So that no call is missed between its reservation
    and the reading of the rooms, a version counts the calls that rooms have begun to show: if it
    has changed since the rooms were read, they are read again.

    A request that is made twice at the same time shares its place: one of the two will find that
    the other was applied, and gives back what it has counted.

    `hour`: in real seconds, by Redis's clock.
    """

    def __init__(self, client: Redis, keys: Keys, hour: float) -> None:
        self._client, self._hour = client, round(hour * 1000)
        names = ("hour", "fresh", "version")
        self._keys = tuple(keys.of_all(f"{{*dials}}:{each}") for each in names)

    def keep_in(self, past: object) -> None:
        """Do nothing: Redis keeps the calls over a restart."""

    @contextmanager
    def reserve(
        self, request: str, at: float, limits: Limits, under_way: Callable[[], Collection[str]]
    ) -> Iterator[None]:
        """Reserve a place, as the engine's reservations do. Unavailable without Redis."""
        hour, fresh, version = self._keys
        name = f"{uuid4().hex} {request}"  # the same request may be made again
        self._reserve(name, limits, under_way)
        try:
            yield
        except BaseException:
            self._note(GIVE_BACK, hour, fresh, name)
            raise
        self._note(SHOWN, fresh, version, name)

    def _reserve(self, name: str, limits: Limits, under_way: Callable[[], Collection[str]]) -> None:
        given = (name, limits.at_once, limits.per_hour, self._hour, round(FRESH * 1000))
        for _ in range(TRIES):
            with unavailable():
                version = self._client.get(self._keys[2]) or "0"
            shown = under_way()
            found = RESERVE(self._client, self._keys, version, *given, *shown)
            if found:
                free, at_once, last_hour = found
                if not free:
                    check_within(limits, at_once, last_hour)
                return
        raise Unavailable("too many calls are made at the same time")

    def _note(self, script: Script, key: str, other: str, name: str) -> None:
        """Run the script. Without Redis, the place stays taken until it expires."""
        with suppress(Unavailable):
            script(self._client, [key, other], name)
