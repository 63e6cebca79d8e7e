"""Concurrent callers share one reading."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest
from rigs.waiting import until

from conference.telnyx_api.single_flight import AT_ONCE, SingleFlight

TOO_LONG = 10.0  # seconds
CALLERS = 20


def test_callers_during_a_reading_share_the_next_one() -> None:
    begun = 0
    called: list[int] = []  # for each call, how many readings had begun
    counting, go_on = Lock(), Event()

    def read() -> int:
        nonlocal begun
        with counting:
            begun += 1
            mine = begun
        assert go_on.wait(TOO_LONG)
        return mine

    def call() -> tuple[int, int]:
        before = begun
        called.append(before)
        return before, flight()

    flight = SingleFlight(read)
    with ThreadPoolExecutor(AT_ONCE + CALLERS) as callers:
        answers = []
        while len(answers) < AT_ONCE:
            answers.append(callers.submit(call))
            until(lambda: begun == len(answers), "a reading begins at once")
        answers += [callers.submit(call) for _ in range(CALLERS)]
        until(lambda: len(called) == AT_ONCE + CALLERS, "all have called")
        assert begun == AT_ONCE
        go_on.set()
        for each in answers:
            before, given = each.result(TOO_LONG)
            assert given > before  # the reading began after the call
    assert begun < AT_ONCE + CALLERS


def test_the_error_of_a_reading_is_raised_and_not_kept() -> None:
    answers: list[int | Exception] = [1, OSError("no answer"), 3]

    def read() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    flight = SingleFlight(read)
    assert flight() == 1
    with pytest.raises(OSError, match="no answer"):
        flight()
    assert flight() == 3
