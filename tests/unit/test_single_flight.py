"""One reading for all who want it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest
from rigs.waiting import until

from conference.telnyx_api.single_flight import AT_ONCE, SingleFlight

TOO_LONG = 10.0  # seconds
ASKERS = 20


def test_who_asks_during_a_reading_shares_the_next() -> None:
    begun = 0
    asked: list[int] = []  # how many readings had begun by then
    counting, go_on = Lock(), Event()

    def read() -> int:
        nonlocal begun
        with counting:
            begun += 1
            mine = begun
        assert go_on.wait(TOO_LONG)
        return mine

    def ask() -> tuple[int, int]:
        before = begun
        asked.append(before)
        return before, flight()

    flight = SingleFlight(read)
    with ThreadPoolExecutor(AT_ONCE + ASKERS) as askers:
        answers = []
        while len(answers) < AT_ONCE:
            answers.append(askers.submit(ask))
            until(lambda: begun == len(answers), "it begins a reading at once")
        answers += [askers.submit(ask) for _ in range(ASKERS)]
        until(lambda: len(asked) == AT_ONCE + ASKERS, "all have asked")
        assert begun == AT_ONCE
        go_on.set()
        for each in answers:
            before, given = each.result(TOO_LONG)
            assert given > before  # begun after it was asked for
    assert begun < AT_ONCE + ASKERS


def test_what_a_reading_raises_its_askers_get_and_the_next_is_a_new_one() -> None:
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
