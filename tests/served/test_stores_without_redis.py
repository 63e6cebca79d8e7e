"""What processes share, while Redis is gone and once it is back, with its data or without."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rigs.core import EMPTY, T0, hook
from rigs.redis_clients import LineInRedis, line_in_redis
from rigs.waiting import until

from conference.core.decide import decide
from conference.core.requests.dialling import HOUR, Limits
from conference.registry.unavailable import Unavailable
from conference.reporting import event_log
from conference.reporting.activity_line import ActivityLine
from conference.reporting.event_log import EventLog
from conference.reporting.journal import MOST_KEPT, Entry, RoomLine
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.web import token_counts
from conference.web.problems import Problem
from conference.web.token_counts import KNOWN, WINDOW, MemoryTokenCounts, SharedTokenCounts
from conference.web.wrong_tokens import FREE, WrongTokens

ADDRESS = "192.0.2.1"
LIMITS = Limits(per_hour=1, at_once=9)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[LineInRedis]:
    with line_in_redis(tmp_path) as line:
        yield line


def events_of(line: LineInRedis) -> EventLog:
    from conference.registry.redis.journal import RedisJournal

    return EventLog(RedisJournal(line.client, line.keys, RoomLine.text, Entry.read, MOST_KEPT))


def comes(events: EventLog, call: str) -> None:
    step = hook("call.initiated", call, T0, direction="incoming", from_=f"+{call}")
    events.observe(decide(EMPTY, step))


def calls(found: list[Entry]) -> list[str]:
    return [entry.line.calls[0] for entry in found if entry.line.kind == "change"]


@pytest.mark.parametrize("empty", [False, True], ids=["with its data", "without its data"])
def test_events_go_on(line: LineInRedis, empty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "AGAIN", 0.01)
    events = events_of(line)
    line.client.set(line.keys.of_all("{*events}:last"), "1000")  # the first start is long ago
    events.start()
    comes(events, "A")
    found, before, _ = events.after(0, 1000)
    assert calls(found) == ["A"]
    line.server.kill()
    comes(events, "B")
    with pytest.raises(Unavailable, match="Redis "):
        events.after(before, 1000)
    with pytest.raises(Unavailable, match="Redis "):
        _ = events.newest
    line.server.start(empty=empty)
    until(lambda: events.newest > before, "the thread appends what has waited")
    found, last, gap = events.after(before, 1000)
    assert (calls(found), gap) == (["B"], empty)
    began = time.time() * 1000 if empty else before
    assert abs(last - began) < 60_000
    events.stop()


def test_lines_that_a_paused_redis_takes_later_are_not_kept_twice(line: LineInRedis) -> None:
    from conference.registry.redis.connection import connect
    from conference.registry.redis.journal import RedisJournal

    with closing(connect(f"{line.server.url}?socket_timeout=0.2")) as client:
        journal = RedisJournal(client, line.keys, RoomLine.text, Entry.read, MOST_KEPT)
        lines = [RoomLine(0.0, "red", ActivityLine("change", (), text)) for text in "abc"]
        journal.append(lines[:1])
        line.server.pause()
        with pytest.raises(Unavailable, match="Redis does not answer in time"):
            journal.append(lines[1:2])
        line.server.resume()
        journal.append(lines[1:])
        until(lambda: line.client.info("clients")["connected_clients"] <= 2, "all are answered")
        assert [entry.line.text for entry in journal.after(0, 9)[0]] == ["a", "b", "c"]


@pytest.mark.parametrize("empty", [False, True], ids=["with its data", "without its data"])
def test_wrong_tokens_are_slowed_all_the_time(
    line: LineInRedis, empty: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_counts, "AGAIN", 0.0)
    from conference.registry.redis.token_counts import RedisTokenCounts

    shared = RedisTokenCounts(line.client, line.keys, WINDOW, KNOWN)
    counts = SharedTokenCounts(shared, MemoryTokenCounts())
    tokens = WrongTokens("t0ken", RateLimitedLog(), 1, counts, pause=lambda seconds: None)
    for _ in range(FREE):
        assert not tokens.is_right("x", ADDRESS)

    def refuses() -> bool:
        with pytest.raises(Problem, match="Too many"):
            tokens.is_right("x", ADDRESS)
        return tokens.is_right("t0ken", ADDRESS)

    assert refuses()
    line.server.kill()
    assert refuses()
    line.server.start(empty=empty)
    assert refuses()
    assert shared.is_known(ADDRESS)


def test_no_call_is_made_meanwhile_and_the_limit_lasts(line: LineInRedis) -> None:
    from conference.core.events import Refused
    from conference.registry.redis.reservations import RedisReservations

    reservations = RedisReservations(line.client, line.keys, HOUR)
    with reservations.reserve("a", 0.0, LIMITS, list):
        pass
    line.server.kill()
    with pytest.raises(Unavailable, match="Redis "):
        with reservations.reserve("b", 0.0, LIMITS, list):
            pytest.fail("the call is made")
    line.server.start()
    with pytest.raises(Refused, match="DIAL_PER_HOUR"):
        with reservations.reserve("c", 0.0, LIMITS, list):
            pytest.fail("the call is made")
