"""The contract of every journal of lines of activity. Each has a row in JOURNALS."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from rigs.redis_clients import LineInRedis, line_in_redis

from conference.registry.unavailable import Unavailable
from conference.reporting.activity_line import ActivityLine
from conference.reporting.journal import Entry, Journal, MemoryJournal, RoomLine

MOST = 10

Found = tuple[list[str], int, bool]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LineInRedis]:
    with line_in_redis(tmp_path_factory.mktemp("redis")) as shared:
        yield shared


def in_redis(line: LineInRedis, most: int = MOST) -> Journal:
    from conference.registry.redis.journal import RedisJournal

    return RedisJournal(line.client, line.keys, RoomLine.text, Entry.read, most)


JOURNALS: dict[str, Callable[[pytest.FixtureRequest], Journal]] = {
    "memory": lambda request: MemoryJournal(MOST),
    "redis": lambda request: in_redis(request.getfixturevalue("shared").fresh()),
}


@pytest.fixture(params=JOURNALS)
def journal(request: pytest.FixtureRequest) -> Journal:
    return JOURNALS[request.param](request)


def lines(count: int, room: Callable[[int], str] = lambda n: "blue") -> list[RoomLine]:
    texts = (ActivityLine("change", (), f"line {n}") for n in range(count))
    return [RoomLine(0.0, room(n), line) for n, line in enumerate(texts)]


def after(journal: Journal, n: int, most: int, room: str = "") -> Found:
    found, last, gap = journal.after(n, most, room)
    return [entry.line.text for entry in found], last, gap


def test_numbers_begin_with_the_present_time_in_milliseconds(journal: Journal) -> None:
    begin = journal.newest()
    assert abs(begin - time.time() * 1000) < 60_000
    assert after(journal, 0, 9) == ([], begin, False)
    journal.append(lines(2))
    assert journal.newest() == begin + 2
    assert [entry.n for entry in journal.after(0, 9)[0]] == [begin + 1, begin + 2]


def test_so_many_are_kept_and_a_reader_knows_of_lost_ones(journal: Journal) -> None:
    begin = journal.newest()
    journal.append(lines(25))
    assert after(journal, begin, 100) == ([f"line {n}" for n in range(15, 25)], begin + 25, True)
    three = ["line 15", "line 16", "line 17"]
    assert after(journal, begin + 15, 3) == (three, begin + 18, False)
    assert after(journal, begin + 14, 1)[2] is True, "one before the oldest is lost"
    assert after(journal, 0, 1)[2] is False, "nothing is lost for a reader without a number"
    future = after(journal, begin + 99, 9)
    assert future == ([], begin + 25, True), "a number from before a restart"


def test_the_lines_of_a_room_come_in_pages_that_pass_over_other_rooms(journal: Journal) -> None:
    begin = journal.newest()
    journal.append(lines(6, lambda n: "red" if n % 3 else "blue"))
    assert after(journal, begin, 1, "blue") == (["line 0"], begin + 1, False)
    assert after(journal, begin + 1, 2, "blue") == (["line 3"], begin + 6, False)
    assert after(journal, begin + 6, 2, "blue") == ([], begin + 6, False)


def test_a_line_is_read_as_it_was_written(journal: Journal) -> None:
    line = ActivityLine(
        kind="webhook",
        calls=("A", "B"),
        text="é: call.gather.ended",
        number="...0142",
        label="Ann",
        event_type="call.gather.ended",
        id="e",
        occurred_at="2026-01-01T00:00:00.5",
        conference="K",
        leg="L",
        details={"status": "valid", "digits": None, "list": [1, {"a": True}]},
        front="texml",
        requests=("r", "s"),
    )
    journal.append([RoomLine(1790000000.125, "blue", line)])
    (entry,) = journal.after(0, 9)[0]
    assert (entry.at, entry.room, entry.line) == (1790000000.125, "blue", line)


def test_a_line_without_details_is_read_as_it_was_written(journal: Journal) -> None:
    line = ActivityLine("request", (), "")
    journal.append([RoomLine(0.0, "blue", line)])
    assert journal.after(0, 9)[0][0].line == line


def test_the_line_of_a_newer_version_is_read() -> None:
    _, text = RoomLine(0.0, "blue", ActivityLine("change", ("A",), "a")).text()
    newer = f'{text[:-1]},"a field of a newer version"]'
    assert Entry.read(7, newer) == Entry(7, 0.0, "blue", ActivityLine("change", ("A",), "a"))


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

        def eval(self, *given: object) -> object:
            answer = line.client.eval(*given)
            if self.heard:
                return answer
            self.heard = True
            raise Unavailable("Redis: no answer in time")

    from conference.registry.redis.journal import RedisJournal

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
