"""Makes what the line decides now the decisions of a recording, once a fault is mended."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from conference.recording.entries import result
from conference.recording.folder import PRIVATE
from conference.recording.reading import Unreadable
from conference.recording.replay import Replay


def accept(again: Replay) -> list[str]:
    """Write the decisions of now into the folder; return the names of the files that change.

    Unreadable if an event is refused now, or a file cannot be written.
    """
    decided = {step.file for step in again.steps}
    for each in again.recording.decisions:
        if each.file not in decided:
            raise Unreadable(f"{again.recording.folder / each.file}: its event is refused now")
    changed = []
    for step, then in zip(again.steps, again.recording.decisions, strict=False):
        now = {**result(step.change), "version": step.change.after.version}
        if now != {**then.result, "version": then.version}:
            _rewrite(again.recording.folder / step.file, now)
            changed.append(step.file)
    return changed


def _rewrite(path: Path, fields: dict[str, Any]) -> None:
    """Change fields of an entry: its file is there as it was or as it is to be."""
    new = path.with_name(f".{path.stem}.new")
    try:
        entry = {**json.loads(path.read_bytes()), **fields}
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with open(os.open(new, flags, PRIVATE), "w", encoding="ascii") as file:
            file.write(json.dumps(entry, separators=(",", ":")) + "\n")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Unreadable(f"{path}: {error.strerror}") from error
