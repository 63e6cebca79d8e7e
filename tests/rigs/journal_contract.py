"""The contract of every journal of lines of activity, as tests. A file of tests has
the fixture `journal`."""

from __future__ import annotations

import time
from collections.abc import Callable

from conference.reporting.activity_line import ActivityLine
from conference.reporting.journal import Journal, RoomLine

MOST = 10

Found = tuple[list[str], int, bool]


def lines(count: int, room: Callable[[int], str] = lambda n: "blue") -> list[RoomLine]:
    texts = (ActivityLine("change", (), f"line {n}") for n in range(count))
    return [RoomLine(0.0, room(n), line) for n, line in enumerate(texts)]


def after(journal: Journal, n: int, most: int, room: str = "") -> Found:
    found, last, gap = journal.after(n, most, room)
    return [entry.line.text for entry in found], last, gap


class JournalContract:
    """The journal keeps MOST lines."""

    def test_numbers_begin_with_the_present_time_in_milliseconds(self, journal: Journal) -> None:
        begin = journal.newest()
        assert abs(begin - time.time() * 1000) < 60_000
        assert after(journal, 0, 9) == ([], begin, False)
        journal.append(lines(2))
        assert journal.newest() == begin + 2
        assert [entry.n for entry in journal.after(0, 9)[0]] == [begin + 1, begin + 2]

    def test_so_many_are_kept_and_a_reader_knows_of_lost_ones(self, journal: Journal) -> None:
        begin = journal.newest()
        journal.append(lines(25))
        assert after(journal, begin, 100) == (
            [f"line {n}" for n in range(15, 25)],
            begin + 25,
            True,
        )
        three = ["line 15", "line 16", "line 17"]
        assert after(journal, begin + 15, 3) == (three, begin + 18, False)
        assert after(journal, begin + 14, 1)[2] is True, "one before the oldest is lost"
        assert after(journal, 0, 1)[2] is False, "nothing is lost for a reader without a number"
        future = after(journal, begin + 99, 9)
        assert future == ([], begin + 25, True), "a number from before a restart"

    def test_the_lines_of_a_room_come_in_pages_that_pass_over_other_rooms(
        self, journal: Journal
    ) -> None:
        begin = journal.newest()
        journal.append(lines(6, lambda n: "red" if n % 3 else "blue"))
        assert after(journal, begin, 1, "blue") == (["line 0"], begin + 1, False)
        assert after(journal, begin + 1, 2, "blue") == (["line 3"], begin + 6, False)
        assert after(journal, begin + 6, 2, "blue") == ([], begin + 6, False)

    def test_a_line_is_read_as_it_was_written(self, journal: Journal) -> None:
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

    def test_a_line_without_details_is_read_as_it_was_written(self, journal: Journal) -> None:
        line = ActivityLine("request", (), "")
        journal.append([RoomLine(0.0, "blue", line)])
        assert journal.after(0, 9)[0][0].line == line
