"""The counts of wrong tokens in memory, and their part while those of all processes are gone."""

from __future__ import annotations

import pytest
from rigs.token_counts_contract import A, B, TokenCountsContract

from conference.registry.unavailable import Unavailable
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.web.problems import Problem
from conference.web.token_counts import (
    AGAIN,
    MemoryTokenCounts,
    SharedTokenCounts,
    TokenCounts,
)
from conference.web.wrong_tokens import FREE, WrongTokens


@pytest.fixture
def counts() -> TokenCounts:
    return MemoryTokenCounts()


class TestMemoryTokenCounts(TokenCountsContract):
    """With the fixture of this file."""


def tokens(counts: TokenCounts) -> WrongTokens:
    return WrongTokens("t0ken", RateLimitedLog(), 1, counts, pause=lambda seconds: None)


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
