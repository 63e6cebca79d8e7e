"""Reads a recording: every file is checked before anything is done with one of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from conference.core.codec import decode_event, decode_room
from conference.core.commands import PassThrough
from conference.core.doors import Doors
from conference.core.events import Event, Malformed, Outcome, Webhook, parse
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.telnyx_time import unix
from conference.recording.entries import read_settings
from conference.recording.folder import MOST_BYTES, MOST_FILES
from conference.recording.keys import Digits

LARGEST = 16_000_000  # bytes of a file: a room of 800 before an event
LARGEST_NUMBER = 1e11  # also of a time: it is in the year 5138
VERSIONS = {"version", "goes_back_to", "gone"}  # fields of a room with versions, in milliseconds
WRONG = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading an entry raises if a part of it is missing, or of a wrong type."""
KINDS = ("settings", "webhook", "decision", "end", "stopped")
DEFAULT_ROOM = "demo-conference"

_OF_A_PROCESS = re.compile(r"[0-9T]{15}\.[0-9]{6}-([0-9a-f]{6})-.*")


class Unreadable(Exception):
    """A folder or a file of it cannot be read. The text names it, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Line:
    """The settings of the line that was recorded."""

    doors: Doors = field(default_factory=lambda: Doors(DEFAULT_ROOM))
    front: str = ""
    factor: float = 1.0
    room: RoomSettings = field(default_factory=RoomSettings)
    rooms: Mapping[str, RoomSettings] = field(default_factory=dict)

    def new_room(self, name: str) -> Room:
        """Return a room in which nothing has happened."""
        return Room(name, self.of(name), watches_unknown_calls=name == self.front)

    def of(self, name: str) -> RoomSettings:
        """Return the settings of the room of this name."""
        return self.rooms.get(name, self.room)


@dataclass(frozen=True, slots=True)
class Decision:
    """An event that `decide` got, and what came of it.

    `process`: that has recorded it. `before`: a room that begins anew here, for this process.
    """

    file: str
    process: str
    line: Line
    room: str
    event: Event
    result: Mapping[str, Any]
    version: int
    before: Room | None = None
    keys: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A request of Telnyx as it came, but for private values. `at`: the line's time."""

    file: str
    path: str
    at: float
    body: bytes
    type: str
    event: Webhook | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A folder. `missing`: in words, why it is not whole; empty if it is."""

    folder: Path
    line: Line
    decisions: tuple[Decision, ...]
    webhooks: tuple[Posted, ...]
    missing: tuple[str, ...] = ()


def read(folder: Path) -> Recording:
    """Return the recording in this folder. Unreadable if any of its files is."""
    files = _Files(folder)
    for name, entry in files.entries():
        try:
            files.take(name, entry)
        except WRONG as error:
            raise Unreadable(f"{folder / name}: {_reason(error)}") from error
    return files.recording()


def _reason(error: Exception) -> str:
    if isinstance(error, TypeError | AttributeError):
        return f"a part of it has a wrong type: {error}"
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)


class _Files:
    """The files of a folder so far. Lines are those of processes, by the tags in their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[str, Line] = {}
        self._taken: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._decisions: list[Decision] = []
        self._webhooks: list[Posted] = []
        self._missing: list[str] = []

    def entries(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the name and content of each file, in the order of their names."""
        for name in _names(self._folder):
            try:
                with open(self._folder / name, "rb") as file:
                    found = json.loads(file.read(LARGEST + 1)[:LARGEST].decode())
            except (OSError, ValueError, RecursionError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is no JSON in UTF-8"
                raise Unreadable(f"{self._folder / name}: {reason}") from error
            if not isinstance(found, dict):
                raise Unreadable(f"{self._folder / name}: it is no JSON object")
            yield name, found

    def take(self, name: str, entry: Mapping[str, Any]) -> None:
        """Check an entry, and keep it. ValueError or alike with what is wrong."""
        tag = found[1] if (found := _OF_A_PROCESS.fullmatch(name)) else ""
        kind = entry.get("kind", "webhook")
        if kind not in KINDS:
            raise ValueError(f"its kind is none of {', '.join(KINDS)}")
        _check_numbers({**entry, "body": None})
        if kind == "settings":
            self._lines[tag] = _line(entry)
        elif kind == "decision":
            self._decisions.append(_decision(name, tag, entry, self._lines.get(tag)))
        elif kind == "webhook":
            self._webhooks.append(_posted(name, entry))
        elif kind == "stopped":
            self._missing.append(f"the recording stopped: {entry['why']}")
        if kind == "end":
            self._ended[tag] = int(entry["entries"])
        else:
            self._taken[tag] = self._taken.get(tag, 0) + 1

    def recording(self) -> Recording:
        digits = Digits()
        for each in self._decisions:
            digits.learn(each.event, each.keys, each.line.of(each.room))
        for tag in self._lines:
            if tag not in self._ended:
                self._missing.append("its end is missing: the server was killed, or runs")
            elif self._ended[tag] != self._taken[tag]:
                n = self._ended[tag] - self._taken[tag]
                self._missing.append(f"{n} of its files are missing" if n > 0 else "it has more")
        lines = [*self._lines.values(), Line()]
        decisions = (replace(each, event=digits.assign(each.event)) for each in self._decisions)
        webhooks = tuple(self._webhooks)
        return Recording(self._folder, lines[0], tuple(decisions), webhooks, tuple(self._missing))


def _check_numbers(tree: Any) -> None:
    """ValueError if a number other than a version is too large for a time, infinite or none."""
    if isinstance(tree, dict):
        tree = [each for name, each in tree.items() if name not in VERSIONS]
    if isinstance(tree, list):
        for each in tree:
            _check_numbers(each)
    elif isinstance(tree, int | float) and not abs(tree) < LARGEST_NUMBER:
        raise ValueError("a number in it is out of range")


def _names(folder: Path) -> list[str]:
    """Return the names of the files, in order. Unreadable if there are none or too many."""
    try:
        with os.scandir(folder) as found:
            files = [each for each in found if each.name.endswith(".json") and each.is_file()]
            names = sorted(each.name for each in files if not each.name.startswith("."))
            size = sum(each.stat().st_size for each in files)
            largest = max(files, key=lambda each: each.stat().st_size, default=None)
    except OSError as error:
        raise Unreadable(f"{folder}: {error.strerror}") from error
    if not names:
        raise Unreadable(f"{folder} has no recording: no file in it ends in .json")
    if len(names) > MOST_FILES + 1000 or size > MOST_BYTES + LARGEST:
        raise Unreadable(f"{folder} is too large: {len(names)} files, {size:,} bytes")
    if largest and largest.stat().st_size > LARGEST:
        raise Unreadable(f"{largest.path}: it has more than {LARGEST:,} bytes")
    return names


def _line(entry: Mapping[str, Any]) -> Line:
    doors = entry["doors"]
    return Line(
        doors=Doors(
            str(doors["default"]),
            _texts(doors["by_number"]),
            _texts(doors["by_title"]),
            tuple(map(str, doors["rooms"])),
        ),
        front=str(entry["front"]),
        factor=float(entry["factor"]),
        room=read_settings(entry["room"]),
        rooms={str(name): read_settings(room) for name, room in entry["rooms"].items()},
    )


def _texts(found: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in dict(found).items()}


def _decision(name: str, tag: str, entry: Mapping[str, Any], line: Line | None) -> Decision:
    if line is None:
        raise ValueError("the settings of its process are missing")
    room, before = str(entry["room"]), None
    if "before" in entry and entry["before"] is None:
        before = line.new_room(room)
    elif "before" in entry:
        known = decode_room(json.dumps(entry["before"]))
        before = replace(known, settings=line.of(room))
    event = decode_event(json.dumps(entry["event"]))
    if isinstance(event, Outcome) and isinstance(event.command, PassThrough):
        _check_calls(event.command.body)
    result = {part: entry[part] for part in ("commands", "handovers", "requests")}
    if not all(isinstance(part, list) for part in result.values()):
        raise ValueError("its commands, handovers and requests must be lists")
    return Decision(
        file=name,
        process=tag,
        line=line,
        room=room,
        event=event,
        result=result,
        version=int(entry["version"]),
        before=before,
        keys=_keys(entry.get("keys")),
    )


def _check_calls(body: Mapping[str, Any]) -> None:
    calls = body.get("call_control_ids", [])
    if not isinstance(calls, list) or not all(isinstance(call, str) for call in calls):
        raise ValueError("its call_control_ids must be texts")


def _keys(led: Any) -> Mapping[str, Any] | None:
    """Check what a key led to. ValueError if it is malformed."""
    if led is None:
        return None
    times = led.get("keys", [])
    if type(led.get("counts")) is not bool or not all(len(each) == 2 for each in times):
        raise ValueError("its keys must have counts, and the times of keys")
    return {**led, "keys": [(float(at), str(occurred_at)) for at, occurred_at in times]}


def _posted(name: str, entry: Mapping[str, Any]) -> Posted:
    """Read a webhook, also one of a few fields that was written by hand."""
    if "form" in entry:
        body = urlencode(_texts(entry["form"])).encode()
        return Posted(name, str(entry["path"]), float(entry["at"]), body, "form")
    if "unreadable" in entry:
        return Posted(name, str(entry["path"]), float(entry["at"]), b"", "unreadable")
    body = json.dumps(entry["body"], separators=(",", ":")).encode()
    try:
        event = parse(body, 0.0)
    except Malformed as error:
        raise ValueError(str(error)) from error
    if not isinstance(event, Webhook):
        return Posted(name, "/webhook", float(entry.get("at", 0)), body, event.reason)
    occurred = unix(f"{event.occurred_at}Z") or 0.0
    at = float(entry.get("at", occurred))
    return Posted(name, "/webhook", at, body, event.type, replace(event, at=at))
