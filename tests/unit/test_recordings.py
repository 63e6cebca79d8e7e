"""Each folder in tests/webhooks, or of `pytest --recorded`: the line decides as it did then."""

from pathlib import Path

from conference.recording.reading import read
from conference.recording.replay import replay
from conference.recording.story import lines


def test_the_line_decides_as_it_did(recording: Path) -> None:
    found = read(recording)
    again = replay(found)
    assert len(again.steps) + len(again.ignored) >= len(found.decisions or found.webhooks)
    assert again.difference is None, "\n".join(lines(again))
