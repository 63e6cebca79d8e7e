"""The store of timelines and facts for reports in Redis."""

from __future__ import annotations

import pytest
from rigs.meetings_contract import MeetingsContract
from rigs.redis_clients import LineInRedis

from conference.registry.redis.meetings import RedisMeetings
from conference.reporting.shared_meetings import MeetingStore


def in_redis(line: LineInRedis) -> MeetingStore:
    return RedisMeetings(line.client, line.keys)


@pytest.fixture
def store(shared: LineInRedis) -> MeetingStore:
    return in_redis(shared.fresh())


class TestRedisMeetings(MeetingsContract):
    """With the fixture of this file."""


def test_what_is_in_redis_expires(shared: LineInRedis) -> None:
    line = shared.fresh()
    in_redis(line).replace("red", {"a": "1"})
    assert 86_000 < line.client.ttl(line.keys.of_room("red", "timeline")) <= 86_400
