"""Decides again what was decided, and finds the first difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conference.core.change import Change
from conference.core.decide import decide
from conference.core.doors import Doors
from conference.core.events import FLOOR, Ignored, Refused
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.routing import route
from conference.recording.entries import is_new, result, state
from conference.recording.reading import Decision, Posted, Recording
from conference.registry import MemoryRegistry

LATELY = 200  # changes, of all rooms


@dataclass(frozen=True, slots=True)
class Step:
    """A change as it is decided now. `gap`: changes before it are missing in the recording."""

    file: str
    change: Change
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """The first decision that is not as it was. `then`, `now`: the parts that differ."""

    file: str
    room: str
    what: str
    then: Any = None
    now: Any = None

    def __str__(self) -> str:
        return f"{self.file}: in room {self.room}, {self.what}"


@dataclass
class Replay:
    """A recording, decided again.

    `rooms`: at the end, by name. `chains`: a room as each process has seen it last. The files of a
    former home may stand between the first ones of the new home.
    """

    recording: Recording
    steps: list[Step] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)  # files, each with the reason
    rooms: dict[str, Room] = field(default_factory=dict)
    chains: dict[tuple[str, str], Room] = field(default_factory=dict)
    difference: Difference | None = None

    @property
    def states(self) -> Mapping[str, Any]:
        """The rooms at the end as JSON, without their settings and the digits of keys."""
        return {name: state(room) for name, room in self.rooms.items()}


def replay(recording: Recording) -> Replay:
    """Decide again. A folder of webhooks alone is decided for the first time."""
    again = Replay(recording)
    if recording.decisions:
        for each in recording.decisions:
            _decide(again, each)
    else:
        _apply_webhooks(again)
    return again


def _decide(again: Replay, then: Decision) -> None:
    chain = then.room, then.process
    room = again.chains.get(chain) or then.line.new_room(then.room)
    gap = False
    if then.before is not None:
        gap = _is_gap(again, then.before)
        room = then.before
    try:
        change = decide(replace(room, settings=then.line.of(then.room)), then.event)
        found = _compare(then, change)
    except Exception as error:  # a bug, or a request that is refused now
        kind = error.kind if isinstance(error, Refused) else type(error).__name__
        _note(again, Difference(then.file, then.room, f"the event is refused now: {kind}"))
        return
    again.rooms[then.room] = again.chains[chain] = change.after
    again.steps.append(Step(then.file, change, gap))
    if found:
        _note(again, found)


def _is_gap(again: Replay, begins: Room) -> bool:
    """Whether a known room begins in a state that it was not in lately.

    A new home may deal once more with the last changes of a former one.
    """
    lately = [s.change.after for s in again.steps[-LATELY:] if s.change.after.name == begins.name]
    known = begins.name in again.rooms and not is_new(begins)
    return known and state(begins) not in map(state, lately)


def _note(again: Replay, found: Difference) -> None:
    again.difference = again.difference or found


def _compare(then: Decision, change: Change) -> Difference | None:
    now = result(change)
    for part, was in then.result.items():
        if was != now[part]:
            only_then = [each for each in was if each not in now[part]]
            only_now = [each for each in now[part] if each not in was]
            what = f"the {part} differ"
            return Difference(then.file, then.room, what, only_then or was, only_now or now[part])
    if then.version != change.after.version:
        versions = then.version, change.after.version
        return Difference(then.file, then.room, "another part of the room changes", *versions)
    return None


def _apply_webhooks(again: Replay) -> None:
    """Find the room of each webhook, as the engine does, and decide."""
    line = again.recording.line
    registry = MemoryRegistry(line.new_room)
    for each in again.recording.webhooks:
        found = _apply(registry, line.doors, each)
        if isinstance(found, Change):
            again.steps.append(Step(each.file, found))
        else:
            again.ignored.append((each.file, found))
    again.rooms = {room.name: room for room in registry.rooms()}


def _apply(registry: MemoryRegistry, doors: Doors, posted: Posted) -> Change | str:
    if posted.event is None:
        return posted.type
    event, by_call, by_conference, repeated = registry.look_up(posted.event)
    if repeated:
        return "it came before"
    room = route(event, by_call, by_conference, doors)
    if isinstance(room, Ignored):
        return room.reason

    def decided(before: Room) -> Change:
        return decide(before, event)

    commit = registry.commit(room, "" if event.type == FLOOR else event.id, decided)
    return commit.change if commit else "it came before"
