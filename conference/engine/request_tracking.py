"""Collects Telnyx's responses to the commands of a moderator's request, while a client waits.

A command carries the id of its request, and so does its outcome.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import NamedTuple

from conference.core import join_options
from conference.core.change import Change
from conference.core.command_ids import command_id
from conference.core.commands import (
    HOLD_AND_MUTE,
    Command,
    Find,
    Hangup,
    HoldOrMute,
    OfCall,
    PassThrough,
    Remember,
    queue_of,
)
from conference.core.events import ModeratorRequest, Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.room import Room

READ_EVERY = 0.1  # seconds between two reads of a room while a client waits


class Key(NamedTuple):
    """The key that a client gave its request. A repetition has the same id and digest.

    id: the key, unlike those of clients with other rights. digest: of the request's content.
    """

    id: str
    digest: str


@dataclass(eq=False)  # receipts of the same request are distinct
class Receipt:
    """The responses to one request.

    `commands`: those that it caused at once. `under_way`: its commands without a final response.
    `over`: none is under way, and none will follow. `repeated`: the request was made before; then
    `commands` are those that are still under way, and earlier responses are missing.
    """

    room: str
    request: str
    commands: tuple[Command, ...] = ()
    outcomes: list[Outcome] = field(default_factory=list)
    under_way: frozenset[Hashable] = frozenset()
    over: bool = True
    repeated: bool = False

    @property
    def answers(self) -> list[Outcome]:
        """The last outcome of each command that is over and matters, the oldest first."""
        last = {_same_for_each_try(o.command): o for o in self.outcomes}
        over = (o for name, o in last.items() if name not in self.under_way)
        return [o for o in over if meaning(o) == "done" or self._matters(o)]

    def observe(self, change: Change) -> None:
        """Note an outcome of the request, and its commands that are under way."""
        event = change.event
        if isinstance(event, Outcome) and self._is_mine(event.command):
            self.outcomes.append(event)
        mine = self._look_at(change.after)
        if isinstance(event, ModeratorRequest) and event.id == self.request:
            self.commands = mine

    def resume(self, room: Room) -> None:
        """Take up a request that was made before, at the room's present state."""
        self.repeated, self.commands = True, self._look_at(room)

    def _look_at(self, room: Room) -> tuple[Command, ...]:
        """Note and return the commands of the request that are under way."""
        mine = tuple(c for queue in room.pending.values() for c in queue if self._is_mine(c))
        self.under_way = frozenset(map(_same_for_each_try, mine))
        self.over = not mine and not self._follows(room)
        return mine

    def _is_mine(self, command: Command) -> bool:
        asked_for = isinstance(command, HoldOrMute) and self.request in command.asked_by
        return asked_for or command.request == self.request

    def _follows(self, room: Room) -> bool:
        """Will more commands be made for the request: a hold or mute by the rule, after the one in
        flight, or the options of a join that a create did not take?"""
        waiting = (p for p in room.participants.values() if p.options_of == self.request)
        if any(p.status == "waiting" and join_options.follow(p) for p in waiting):
            return True
        asked_by = (*room.holding.hold_asked_by.values(), *room.holding.mute_asked_by.values())
        return HOLD_AND_MUTE in room.pending and self.request in asked_by

    def _matters(self, outcome: Outcome) -> bool:
        """Does a failure of the command matter to the request?

        `remember` matters only after a restart. The rule repeats its own holds. After a joint
        refusal, one command for each call follows. After a create whose name is taken, `find` and
        `join` do. A join that Telnyx has had before is done, and so is the hangup of an ended call.
        """
        command = outcome.command
        if isinstance(command, Hangup) and meaning(outcome) == "gone":
            return False
        if isinstance(command, Find) or meaning(outcome) in ("name taken", "in already"):
            return False
        if isinstance(command, HoldOrMute):
            return len(command.calls) == 1 and self.request in command.asked_by
        return not isinstance(command, Remember)


def _same_for_each_try(command: Command) -> Hashable:
    if isinstance(command, HoldOrMute):
        return (command.name, command.calls)
    return command_id(command) if isinstance(command, OfCall | PassThrough) else queue_of(command)


class Receipts:
    """The observer that collects the responses to all requests whose clients wait."""

    def __init__(self) -> None:
        self._open: list[Receipt] = []
        self._changed = Condition()

    @contextmanager
    def open(
        self, room: str, request: str, resumed_at: Callable[[], Room] | None = None
    ) -> Iterator[Receipt]:
        """Open a receipt, before the request is applied: so no response is missed.

        `resumed_at` returns the room, for a request that was made before.
        """
        receipt = Receipt(room, request)
        with self._changed:
            self._open.append(receipt)
            if resumed_at:
                receipt.resume(resumed_at())
        try:
            yield receipt
        finally:
            with self._changed:
                self._open.remove(receipt)

    def observe(self, change: Change) -> None:
        """Show the change to the receipts of its room."""
        with self._changed:
            for receipt in self._open:
                if receipt.room == change.after.name:
                    receipt.observe(change)
            self._changed.notify_all()

    def wait(self, receipt: Receipt, seconds: float, read: Callable[[], None]) -> None:
        """Wait until the request is over, so many seconds at most.

        `read` is called again and again meanwhile: it observes what other processes have done.
        """
        ends = time.monotonic() + seconds
        while not self._over(receipt, READ_EVERY) and time.monotonic() < ends:
            read()

    def _over(self, receipt: Receipt, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: receipt.over, timeout=seconds)
