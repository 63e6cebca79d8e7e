"""What Redis does in one step, as scripts in Lua. The keys of a script are of one room, so that
they are on one node of a Cluster.

A room is a hash of its fields, as in `core/room_fields`, each text with its order before it. Beside
them:

| field | |
|---|---|
| `.token` | names the newest change: its number, and letters that no other change has |
| `.home` | the process that is the room's home |
| `.done` | the number of the newest change that the home has dealt with |
| `.codec` | the version of the texts |

Its journal is a stream. An entry's id is the number of the change; its fields are `before` (the
token before), `token` and `change` (as in `core/stored_change`).
"""

from __future__ import annotations

from conference.registry.redis.script import Script

KEPT_ENTRIES = 64  # of the journal, behind the newest that the home has dealt with
MOST_ENTRIES = 2000  # of the journal, while nobody deals with them
MOST_READ = 200  # entries at once


_NEWS = f"""
local function news(base, number)
  local now = redis.call('HMGET', KEYS[1], '.token', '.home', '.done')
  local token, home, done = now[1] or '', now[2] or '', now[3] or '0'
  if token == base then return {{'same', home, done}} end
  if base ~= '' then
    local found = redis.call('XRANGE', KEYS[2], '(' .. number .. '-0', '+', 'COUNT', {MOST_READ})
    if #found > 0 and found[1][2][2] == base then return {{'steps', home, done, found}} end
  end
  local undone = redis.call('XRANGE', KEYS[2], '(' .. done .. '-0', '+')
  return {{'whole', home, done, redis.call('HGETALL', KEYS[1]), undone}}
end
"""

READ = Script(
    _NEWS
    + """
return news(ARGV[1], ARGV[2])
"""
)
"""KEYS: room, journal. ARGV: the token and the number that are known.

Answers `same, home, done`; `steps, home, done, entries`, the entries after the known one, the first
MOST_READ at most; or `whole, home, done, fields, entries`, all fields of the room, and the entries
that its home has not dealt with.
"""

COMMIT = Script(
    _NEWS
    + f"""
local base, number, token, me, heir, seen, seen_for = unpack(ARGV, 1, 7)
local change, done, codec, channel, name, sets = unpack(ARGV, 8, 13)
if seen ~= '' then
  if redis.call('EXISTS', KEYS[3]) == 1 then
    return {{'seen', redis.call('HGET', KEYS[1], '.token') or ''}}
  end
end
local now = redis.call('HMGET', KEYS[1], '.token', '.home', '.done')
if (now[1] or '') ~= base then return news(base, number) end
local home = now[2] or ''
if home == '' then home = heir end
if home ~= me or done == '' then done = now[3] or '0' end
redis.call('HSET', KEYS[1], '.token', token, '.home', home, '.done', done, '.codec', codec)
local last = 13 + 2 * tonumber(sets)
for i = 14, last, 1000 do
  redis.call('HSET', KEYS[1], unpack(ARGV, i, math.min(i + 999, last)))
end
for i = last + 1, #ARGV, 1000 do
  redis.call('HDEL', KEYS[1], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
local id = string.match(token, '^%d+') .. '-0'
redis.call('XADD', KEYS[2], id, 'before', base, 'token', token, 'change', change)
if tonumber(done) > {KEPT_ENTRIES} then
  redis.call('XTRIM', KEYS[2], 'MINID', string.format('%d-0', tonumber(done) - {KEPT_ENTRIES}))
end
redis.call('XTRIM', KEYS[2], 'MAXLEN', '~', {MOST_ENTRIES})
if seen ~= '' then redis.call('SET', KEYS[3], seen, 'PX', seen_for) end
if home ~= me then redis.call('PUBLISH', channel .. home, name) end
return {{'saved', home, done}}
"""
)
"""Saves a change if its token before is the room's, and the event's id was not seen.

KEYS: room, journal, the key of the event's id.
ARGV: the token before, its number, the new token; this process, the one that becomes the home if
there is none; the text for the event's id (empty: it has none), the milliseconds to keep it; the
change, the number that is dealt with (empty: unknown), the version of the texts; the channel that
wakes a home, the room's name; the number of fields that are set, these with their texts, and the
fields that are removed.

Answers `saved, home, done`; `seen`, with the room's token; or as READ, if the room has changed
meanwhile.
"""

TAKE_OVER = Script("""
if redis.call('HGET', KEYS[1], '.home') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], '.home', ARGV[2])
return 1
""")
"""KEYS: room. ARGV: the former home, the new one. Answers 0 if the former one is not its home."""

GIVE_UP = Script("""
if redis.call('HGET', KEYS[1], '.home') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], '.home', '')
return 1
""")
"""KEYS: room. ARGV: its home, which leaves it to the process that changes or finds it next."""

DEAL_WITH = Script("""
local now = redis.call('HMGET', KEYS[1], '.token', '.home')
if now[1] ~= ARGV[1] or now[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], '.done', ARGV[3])
return 1
""")
"""KEYS: room. ARGV: the token, the home, the number of the newest change that it has dealt with.

Answers 0 if the home or the room is another by now. After a failover that lost the newest changes,
the number may be of a change that nobody has dealt with.
"""

FORGET = Script("""
local now = redis.call('HMGET', KEYS[1], '.token', '.home')
if now[1] ~= ARGV[1] or now[2] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
""")
"""KEYS: room, journal. ARGV: the token, the home. Answers 1 if the room is removed."""

DELETE_IF = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")
"""KEYS: a text. ARGV: what it must be to be removed."""
