"""A line that is recorded, and its recording decided again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rigs.lines import TestLine

from conference.core.room import Room
from conference.demo.rehearsal import Line
from conference.recording.entries import state
from conference.recording.private import without_private
from conference.recording.reading import read
from conference.recording.recorder import Recorder
from conference.recording.replay import Replay, replay


def recorder(line: Line | TestLine) -> Recorder:
    found = line.services.recording
    assert isinstance(found, Recorder)
    return found


def states(line: Line | TestLine) -> dict[str, Any]:
    """Return the rooms of the line as a replay has them: with stand-ins."""
    rooms: list[Room] = line.services.engine.registry.rooms()
    stand_ins = recorder(line).stand_ins
    return {room.name: without_private(stand_ins, state(room)) for room in rooms}


def decided_again(line: Line | TestLine) -> Replay:
    """Decide again what an ended line has recorded: the same, with the same rooms at the end."""
    recording = read(recorder(line).path)
    assert recording.missing == ()
    again = replay(recording)
    assert again.difference is None, again.difference
    assert again.states == states(line)
    assert len(again.steps) == len(recording.decisions) > 0
    return again


def written(folder: Path) -> str:
    """Return all that is in the folder, with the names of the files."""
    return "\n".join(f"{path.name}: {path.read_text()}" for path in sorted(folder.iterdir()))
