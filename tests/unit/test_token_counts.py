"""The contract of all counts of wrong tokens, and the counts of several processes together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from rigs.redis_clients import LineInRedis, line_in_redis
from rigs.waiting import until

from conference.registry.unavailable import Unavailable
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.web.problems import Problem
from conference.web.token_counts import (
    AGAIN,
    KNOWN,
    WINDOW,
    MemoryTokenCounts,
    SharedTokenCounts,
    TokenCounts,
)
from conference.web.wrong_tokens import FREE, WrongTokens

A, B, IPV6 = "192.0.2.1", "192.0.2.2", "2001:db8:1:2::/64"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LineInRedis]:
    with line_in_redis(tmp_path_factory.mktemp("redis")) as shared:
        yield shared


def in_redis(line: LineInRedis, window: float = WINDOW, known: float = KNOWN) -> TokenCounts:
    from conference.registry.redis.token_counts import RedisTokenCounts

    return RedisTokenCounts(line.client, line.keys, window, known)


COUNTS: dict[str, Callable[[pytest.FixtureRequest], TokenCounts]] = {
    "memory": lambda request: MemoryTokenCounts(),
    "redis": lambda request: in_redis(request.getfixturevalue("shared").fresh()),
    "shared": lambda request: SharedTokenCounts(
        in_redis(request.getfixturevalue("shared").fresh()), MemoryTokenCounts()
    ),
}


@pytest.fixture(params=COUNTS)
def counts(request: pytest.FixtureRequest) -> TokenCounts:
    return COUNTS[request.param](request)


def test_wrong_tokens_count_by_address_from_the_first_one_on(counts: TokenCounts) -> None:
    assert counts.wrong(A) == (0, 0.0)
    for _ in range(3):
        counts.note_wrong(A)
    counts.note_wrong(IPV6)
    count, left = counts.wrong(A)
    assert count == 3 and WINDOW - 30 < left <= WINDOW
    assert (counts.wrong(B)[0], counts.wrong(IPV6)[0]) == (0, 1)


def test_an_address_is_known_by_a_right_token(counts: TokenCounts) -> None:
    counts.note_wrong(A)
    assert not counts.is_known(A)
    counts.note_right(A)
    assert counts.is_known(A) and not counts.is_known(B)
    assert counts.wrong(A)[0] == 1, "that does not forgive the wrong ones"


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


class Distant(MemoryTokenCounts):
    """Counts that can be reached or not."""

    reachable = False
    tries = 0

    def wrong(self, address: str) -> tuple[int, float]:
        self._reach()
        return super().wrong(address)

    def is_known(self, address: str) -> bool:
        self._reach()
        return super().is_known(address)

    def note_wrong(self, address: str) -> None:
        self._reach()
        super().note_wrong(address)

    def note_right(self, address: str) -> None:
        self._reach()
        super().note_right(address)

    def _reach(self) -> None:
        self.tries += 1
        if not self.reachable:
            raise Unavailable("Redis: connection refused")


def test_without_the_others_a_process_counts_by_itself() -> None:
    """It has counted all the time, so that the loss of Redis gives nobody ten more tries."""
    distant, now = Distant(), 100.0
    distant.reachable = True
    counts = SharedTokenCounts(distant, MemoryTokenCounts(lambda: now), lambda: now)
    ours = tokens(counts)
    for _ in range(FREE - 1):
        ours.is_right("x", A)
    distant.reachable = False
    assert not ours.is_right("x", A)
    with pytest.raises(Problem, match="Too many"):
        ours.is_right("x", A)
    assert ours.is_right("t0ken", A) and ours.is_right("t0ken", B)
    assert counts.is_known(A) and counts.is_known(B)


def test_counts_that_cannot_be_reached_are_left_alone_for_some_seconds() -> None:
    now = 100.0
    distant = Distant()
    counts = SharedTokenCounts(distant, MemoryTokenCounts(lambda: now), lambda: now)
    counts.note_wrong(A)
    distant.reachable = True
    distant.note_wrong(A)
    distant.note_wrong(A)
    tries = distant.tries
    assert (counts.wrong(A)[0], distant.tries) == (1, tries), "our own count"
    now += AGAIN
    assert (counts.wrong(A)[0], distant.tries) == (2, tries + 1), "that of all processes"


def test_a_loss_of_the_shared_counts_forgives_nothing() -> None:
    own = MemoryTokenCounts()
    before = SharedTokenCounts(MemoryTokenCounts(), own)
    before.note_wrong(A)
    before.note_right(B)
    after = SharedTokenCounts(MemoryTokenCounts(), own)
    assert (after.wrong(A)[0], after.is_known(B)) == (1, True)
