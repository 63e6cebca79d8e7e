"""The counts of wrong tokens in Redis: the contract, and what several processes count together."""

from __future__ import annotations

import pytest
from rigs.redis_clients import LineInRedis
from rigs.token_counts_contract import A, TokenCountsContract
from rigs.waiting import until

from conference.registry.redis.token_counts import RedisTokenCounts
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.web.problems import Problem
from conference.web.token_counts import (
    KNOWN,
    WINDOW,
    MemoryTokenCounts,
    SharedTokenCounts,
    TokenCounts,
)
from conference.web.wrong_tokens import FREE, WrongTokens


def in_redis(line: LineInRedis, window: float = WINDOW, known: float = KNOWN) -> TokenCounts:
    return RedisTokenCounts(line.client, line.keys, window, known)


class TestRedisTokenCounts(TokenCountsContract):
    @pytest.fixture
    def counts(self, shared: LineInRedis) -> TokenCounts:
        return in_redis(shared.fresh())


class TestSharedTokenCounts(TokenCountsContract):
    @pytest.fixture
    def counts(self, shared: LineInRedis) -> TokenCounts:
        return SharedTokenCounts(in_redis(shared.fresh()), MemoryTokenCounts())


def test_both_are_forgotten_in_time(shared: LineInRedis) -> None:
    counts = in_redis(shared.fresh(), window=0.05, known=0.05)
    counts.note_wrong(A)
    counts.note_right(A)
    until(lambda: counts.wrong(A) == (0, 0.0), "the window has passed")
    until(lambda: not counts.is_known(A), "the address is forgotten")
    counts.note_wrong(A)
    assert counts.wrong(A)[0] == 1, "a new window begins"


def test_every_key_in_redis_expires(shared: LineInRedis) -> None:
    line = shared.fresh()
    counts = in_redis(line)
    counts.note_wrong(A)
    counts.note_right(A)
    lasts = [line.client.ttl(key) for key in line.client.keys(line.keys.of_all("*"))]
    assert len(lasts) == 2 and all(0 < each <= KNOWN for each in lasts)


# Several processes


def tokens(counts: TokenCounts) -> WrongTokens:
    return WrongTokens("t0ken", RateLimitedLog(), 1, counts, pause=lambda seconds: None)


def test_wrong_tokens_count_in_all_processes(shared: LineInRedis) -> None:
    line = shared.fresh()
    one, other = (
        tokens(SharedTokenCounts(in_redis(each), MemoryTokenCounts()))
        for each in (line, line.in_another_process())
    )
    for n in range(FREE):
        assert not (one, other)[n % 2].is_right("x", A)
    for each in (one, other):
        with pytest.raises(Problem, match="Too many"):
            each.is_right("x", A)
    assert other.is_right("t0ken", A)
    assert in_redis(line).is_known(A)
