"""What processes share works in a Redis Cluster: no step needs two of its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from conference.core.events import Refused
from conference.core.requests.dialling import HOUR, Limits
from conference.registry.redis.keys import Keys
from conference.reporting.activity_line import ActivityLine
from conference.reporting.journal import Entry, RoomLine

pytest.importorskip("redis", reason="redis-py is not installed")

from redis import Redis
from rigs.redis_servers import redis_cluster

from conference.registry.redis.connection import connect
from conference.registry.redis.journal import RedisJournal
from conference.registry.redis.meetings import RedisMeetings
from conference.registry.redis.reservations import RedisReservations
from conference.registry.redis.token_counts import RedisTokenCounts

KEYS = Keys("line")
ADDRESSES = [f"192.0.2.{n}" for n in range(20)]  # on all nodes
ROOMS = [f"room-{n}" for n in range(20)]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with redis_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        with closing(connect(cluster.url)) as client:
            yield client


def test_wrong_tokens_are_counted(client: Redis) -> None:
    counts = RedisTokenCounts(client, KEYS, 60, 60)
    for address in ADDRESSES:
        counts.note_wrong(address)
        counts.note_right(address)
    assert [counts.wrong(each)[0] for each in ADDRESSES] == [1] * len(ADDRESSES)
    assert all(map(counts.is_known, ADDRESSES))


def test_calls_are_reserved(client: Redis) -> None:
    reservations, limits = RedisReservations(client, KEYS, HOUR), Limits(per_hour=2, at_once=2)
    for request in ("a", "b"):
        with reservations.reserve(request, 0.0, limits, list):
            pass
    with pytest.raises(Refused, match="DIAL_PER_HOUR"):
        with reservations.reserve("c", 0.0, limits, list):
            pass
    with pytest.raises(ZeroDivisionError):
        with reservations.reserve("d", 0.0, Limits(per_hour=3, at_once=2), list):
            raise ZeroDivisionError
    with reservations.reserve("e", 0.0, Limits(per_hour=3, at_once=2), list):
        pass


def test_lines_are_kept(client: Redis) -> None:
    journal = RedisJournal(client, KEYS, RoomLine.text, Entry.read, 100)
    begin = journal.newest()
    journal.append([RoomLine(0.0, room, ActivityLine("change", (), room)) for room in ROOMS])
    found, last, gap = journal.after(begin, 100)
    assert ([entry.room for entry in found], last, gap) == (ROOMS, begin + 20, False)


def test_timelines_are_kept(client: Redis) -> None:
    meetings = RedisMeetings(client, KEYS)
    for room in ROOMS:
        meetings.replace(room, {"a": room, "b": "2"})
        assert meetings.update(room, {}, ["b"])
    assert [meetings.read(room) for room in ROOMS] == [{"a": room} for room in ROOMS]
