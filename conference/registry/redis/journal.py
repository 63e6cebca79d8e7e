"""Keeps the newest lines of activity of all processes, in one order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from uuid import uuid4

from redis import Redis

from conference.registry.redis.keys import Keys
from conference.registry.redis.script import Script

WRITER_LASTS = 600  # seconds for which it is known what a process has written

LAST = """
local function newest()
  local last = redis.call('GET', KEYS[1])
  if last then return tonumber(last) end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('SET', KEYS[1], string.format('%.0f', now))
  return now
end
"""
NEWEST = Script(f"{LAST} return newest()")
APPEND = Script(f"""{LAST}
local before, most, begin = tonumber(ARGV[1]), tonumber(ARGV[2]), 4
local written = tonumber(redis.call('GET', KEYS[3]) or before)
local last, new = newest(), begin + math.max(written - before, 0)
if new <= #ARGV then
  redis.call('RPUSH', KEYS[2], unpack(ARGV, new))
  redis.call('LTRIM', KEYS[2], -most, -1)
  redis.call('SET', KEYS[1], string.format('%.0f', last + #ARGV - new + 1))
end
redis.call('SET', KEYS[3], math.max(written, before + #ARGV - begin + 1), 'EX', ARGV[3])
""")
AFTER = Script(f"""{LAST}
local from, most, of_room = tonumber(ARGV[1]) + 1, tonumber(ARGV[2]), ARGV[3]
local last, kept, found = newest(), redis.call('LLEN', KEYS[2]), {{}}
local first = last - kept + 1
local at = math.max(from - first, 0)
while #found < most and at < kept do
  local page = redis.call('LRANGE', KEYS[2], at, at + most - 1)
  for n, line in ipairs(page) do
    if #found < most and string.sub(line, 1, #of_room) == of_room then
      table.insert(found, {{first + at + n - 1, line}})
    end
  end
  at = at + #page
end
return {{last, first, found}}
""")

Line = TypeVar("Line", contravariant=True)
Entry = TypeVar("Entry", covariant=True)


class RedisJournal(Generic[Line, Entry]):
    """Numbers lines from the milliseconds of the first start on; from now on if Redis lost them.

    `write` returns the room of a line, and the line as text. `read` makes an entry of a number and
    this text. Each method raises Unavailable if Redis cannot be reached.
    """

    def __init__(
        self,
        client: Redis,
        keys: Keys,
        write: Callable[[Line], tuple[str, str]],
        read: Callable[[int, str], Entry],
        most_kept: int,
    ) -> None:
        self._client, self._write, self._read = client, write, read
        self._most_kept = most_kept
        self._numbers, self._lines, self._writer = (
            keys.of_all(f"{{*events}}:{each}") for each in ("last", "lines", f"by:{uuid4().hex}")
        )
        self._written = 0  # lines, by this process

    def append(self, lines: Sequence[Line]) -> None:
        """Keep these lines, once: those that Redis took without an answer are not kept twice."""
        keys = (self._numbers, self._lines, self._writer)
        texts = [" ".join(self._write(line)) for line in lines]  # no name of a room has a space
        given = (self._written, self._most_kept, WRITER_LASTS)
        APPEND(self._client, keys, *given, *texts)
        self._written += len(lines)

    def newest(self) -> int:
        return int(NEWEST(self._client, [self._numbers]))

    def after(self, n: int, most: int, room: str = "") -> tuple[list[Entry], int, bool]:
        of_room = room and f"{room} "
        last, first, rows = AFTER(self._client, [self._numbers, self._lines], n, most, of_room)
        entries = [self._read(number, line.split(" ", 1)[1]) for number, line in rows]
        gap = n > last or 0 < n < first - 1
        return entries, rows[-1][0] if len(rows) == most else last, gap
