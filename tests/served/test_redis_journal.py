"""The journal of lines of activity in Redis: the contract, and that of several processes."""

from __future__ import annotations

import time

import pytest
from rigs.journal_contract import MOST, JournalContract, after, lines
from rigs.redis_clients import LineInRedis

from conference.registry.redis.journal import RedisJournal
from conference.registry.unavailable import Unavailable
from conference.reporting.journal import Entry, Journal, RoomLine


def in_redis(line: LineInRedis, most: int = MOST) -> Journal:
    return RedisJournal(line.client, line.keys, RoomLine.text, Entry.read, most)


@pytest.fixture
def journal(shared: LineInRedis) -> Journal:
    return in_redis(shared.fresh())


class TestRedisJournal(JournalContract):
    """With the fixture of this file."""


# Several processes


def test_all_processes_number_together_and_read_alike(shared: LineInRedis) -> None:
    line = shared.fresh()
    one, other = in_redis(line), in_redis(line.in_another_process())
    begin = one.newest()
    one.append(lines(2))
    other.append(lines(2))
    one.append(lines(1))
    texts = ["line 0", "line 1", "line 0", "line 1", "line 0"]
    assert after(one, begin, 9) == after(other, begin, 9) == (texts, begin + 5, False)
    assert other.newest() == begin + 5


def test_numbers_go_on_over_a_restart(shared: LineInRedis) -> None:
    line = shared.fresh()
    before = in_redis(line)
    begin = before.newest()
    before.append(lines(3))
    assert after(in_redis(line), begin + 2, 9) == (["line 2"], begin + 3, False)


def test_lines_that_were_taken_without_an_answer_are_not_taken_twice(shared: LineInRedis) -> None:
    line = shared.fresh()

    class Deaf:
        """A client that does not hear the first answer."""

        heard = False

        def evalsha(self, *given: object) -> object:
            answer = line.client.evalsha(*given)
            if self.heard:
                return answer
            self.heard = True
            raise Unavailable("Redis: no answer in time")

    in_redis(line).append([])  # it knows the script
    journal = RedisJournal(Deaf(), line.keys, RoomLine.text, Entry.read, MOST)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        journal.append(lines(2))
    journal.append(lines(3))  # the third has come since
    assert after(journal, 0, 9)[0] == ["line 0", "line 1", "line 2"]
    journal.append(lines(1))
    assert after(journal, 0, 9)[0] == ["line 0", "line 1", "line 2", "line 0"]


def test_after_a_loss_numbers_begin_with_the_present_time(shared: LineInRedis) -> None:
    line = shared.fresh()
    journal = in_redis(line)
    line.client.set(line.keys.of_all("{*events}:last"), "1000")  # it began long ago
    journal.append(lines(2))
    assert after(journal, 1001, 9) == (["line 1"], 1002, False)
    line.client.delete(*line.client.keys(line.keys.of_all("*")))
    journal.append(lines(1))
    found, last, gap = after(journal, 1001, 9)
    assert (found, gap) == (["line 0"], True)
    assert abs(last - time.time() * 1000) < 60_000


def test_two_lines_share_a_redis_and_nothing_else(shared: LineInRedis) -> None:
    red, blue = in_redis(shared.fresh()), in_redis(shared.fresh())
    red.append(lines(2))
    assert after(blue, 0, 9)[0] == []
