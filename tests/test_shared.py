"""One reading for all who want it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from lines import until

from conference.shared import Shared

TOO_LONG = 10.0  # seconds
ASKERS = 20


def test_who_asks_during_a_reading_shares_the_next() -> None:
    begun = under_way = 0
    asked: list[int] = []  # how many readings had begun by then
    go_on = Event()

    def read() -> int:
        nonlocal begun, under_way
        begun, under_way = begun + 1, under_way + 1
        mine = begun
        assert under_way == 1
        assert go_on.wait(TOO_LONG)
        under_way -= 1
        return mine

    def ask() -> tuple[int, int]:
        before = begun
        asked.append(before)
        return before, shared()

    shared = Shared(read)
    with ThreadPoolExecutor(1 + ASKERS) as askers:
        first = askers.submit(ask)
        until(lambda: begun == 1, "the first reading begins")
        late = [askers.submit(ask) for _ in range(ASKERS)]
        until(lambda: len(asked) == 1 + ASKERS, "all have asked")
        go_on.set()
        assert first.result(TOO_LONG) == (0, 1)
        for each in late:
            before, given = each.result(TOO_LONG)
            assert given > before  # begun after it was asked for
    assert begun < ASKERS


def test_what_a_reading_raises_its_askers_get_and_the_next_is_a_new_one() -> None:
    answers: list[int | Exception] = [1, OSError("no answer"), 3]

    def read() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shared = Shared(read)
    assert shared() == 1
    with pytest.raises(OSError, match="no answer"):
        shared()
    assert shared() == 3
