"""The effect of an event on a room: the result of `decide`, and all that observers get."""

from __future__ import annotations

from dataclasses import dataclass

from conference.core.commands import Command
from conference.core.draft import KeyRequest
from conference.core.events import Event, HandedOver
from conference.core.room import Room


@dataclass(frozen=True, slots=True)
class Change:
    """The room before and after an event.

    `commands`: to be sent now; each is also the head of its queue in `after.pending`.
    `touched`: the calls whose participant was added, changed or removed, each once, in the order
    of the changes. `rows`: the calls whose row in the public view may differ, sorted.
    `handovers`: by the name of another room, the event for it: a call goes there.
    `requests`: of keys; the engine applies each one, and answers with a `RequestAnswered`.
    An event that changes nothing has `after is before`.
    """

    before: Room
    after: Room
    event: Event
    commands: tuple[Command, ...] = ()
    touched: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    handovers: tuple[tuple[str, HandedOver], ...] = ()
    requests: tuple[KeyRequest, ...] = ()
