"""The journal of lines of activity in memory, and the text of a line."""

from __future__ import annotations

import pytest
from rigs.journal_contract import MOST, JournalContract

from conference.reporting.activity_line import ActivityLine
from conference.reporting.journal import Entry, Journal, MemoryJournal, RoomLine


@pytest.fixture
def journal() -> Journal:
    return MemoryJournal(MOST)


class TestMemoryJournal(JournalContract):
    """With the fixture of this file."""


def test_the_line_of_a_newer_version_is_read() -> None:
    _, text = RoomLine(0.0, "blue", ActivityLine("change", ("A",), "a")).text()
    newer = f'{text[:-1]},"a field of a newer version"]'
    assert Entry.read(7, newer) == Entry(7, 0.0, "blue", ActivityLine("change", ("A",), "a"))
