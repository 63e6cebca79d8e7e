"""What became of a request: which commands it led to, and what Telnyx answered to them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition

from conference.core.change import Change
from conference.core.command_ids import command_id
from conference.core.commands import (
    HOLD_AND_MUTE,
    Command,
    Do,
    Hold,
    HoldOrMute,
    Mute,
    OfCall,
    Queue,
    Remember,
    Unhold,
    Unmute,
    queue_of,
)
from conference.core.events import Outcome, Remote
from conference.core.outcomes.meanings import meaning
from conference.core.parts import NOTHING, Asked
from conference.core.room import Room


@dataclass(eq=False)  # two requests may well be alike
class Receipt:
    """The answers to one request.

    `commands` are those that it led to; they may wait behind others of their queues. `held` and
    `muted` are the calls for which it changed what is asked for.
    """

    room: str
    request: str
    commands: tuple[Command, ...] = ()
    held: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    queues: frozenset[Queue] = frozenset()
    over: bool = True
    older: tuple[Command, ...] = ()  # holds and mutes that were under way before
    under_way: frozenset[Hashable] = frozenset()  # when it was looked last
    outcomes: list[Outcome] = field(default_factory=list)

    def observe(self, change: Change) -> None:
        """Note what the change means for the request."""
        if isinstance(change.event, Remote) and change.event.id == self.request:
            self._fill(change)
        if isinstance(change.event, Outcome):
            self.outcomes.append(change.event)
        self.over = not self.queues & change.after.pending.keys()
        self._look(change.after)

    def _fill(self, change: Change) -> None:
        """What the request has changed."""
        before, after = change.before, change.after
        waited = {id(command) for queue in before.pending.values() for command in queue}
        queues = after.pending.values()
        self.commands = tuple(x for queue in queues for x in queue if id(x) not in waited)
        self.older = before.pending.get(HOLD_AND_MUTE, ())
        self.held = _differs(before, after, lambda asked: (asked.hold, asked.music))
        self.muted = _differs(before, after, lambda asked: asked.mute)
        later = {HOLD_AND_MUTE} & after.pending.keys() if self.held or self.muted else set()
        self.queues = frozenset({queue_of(command) for command in self.commands} | later)

    def _look(self, room: Room) -> None:
        """What of it is under way still."""
        queues = (room.pending.get(of, ()) for of in {*self.queues, HOLD_AND_MUTE})
        self.under_way = frozenset(_name(command) for queue in queues for command in queue)

    @property
    def answers(self) -> list[Outcome]:
        """The last answer of Telnyx to each command that is over, in the order in which they
        came."""
        ours = {_name(command) for command in self.commands}
        last = {
            _name(o.command): o
            for o in self.outcomes
            if _name(o.command) in ours or self._asked_for(o.command)
        }
        over = (o for name, o in last.items() if name not in self.under_way)
        return [o for o in over if meaning(o) == "done" or self._counts(o.command)]

    def _counts(self, command: Command) -> bool:
        """Whether it matters to the request that this was not done. What Telnyx cannot keep of a
        call is for a restart only; holds and mutes that the rules make have ways of their own;
        those who were refused together are told one by one."""
        if isinstance(command, HoldOrMute):
            return len(command.calls) == 1 and self._asked_for(command)
        return not isinstance(command, Remember)

    def _asked_for(self, command: Command) -> bool:
        """Whether it is a hold or mute that the request calls for, if only afterwards."""
        match command:
            case Hold() | Unhold():
                concerned = self.held
            case Mute() | Unmute():
                concerned = self.muted
            case _:
                return False
        return command not in self.older and not concerned.isdisjoint(command.calls)


def _differs(before: Room, after: Room, of: Callable[[Asked], object]) -> frozenset[str]:
    """The calls for whom this of what is asked for has changed."""
    everyone = before.holding.asked.keys() | after.holding.asked.keys()
    return frozenset(
        call
        for call in everyone
        if of(before.holding.asked.get(call, NOTHING)) != of(after.holding.asked.get(call, NOTHING))
    )


def _name(command: Command) -> Hashable:
    """The same for each try of a command."""
    if isinstance(command, HoldOrMute):
        return (type(command), command.calls)
    return command_id(command) if isinstance(command, OfCall | Do) else queue_of(command)


class Receipts:
    """An observer: collects Telnyx's answers for the requests that somebody waits for."""

    def __init__(self) -> None:
        self._open: list[Receipt] = []
        self._changed = Condition()

    @contextmanager
    def open(self, room: str, request: str) -> Iterator[Receipt]:
        """Open a receipt before the request is applied, so that no answer is missed."""
        receipt = Receipt(room, request)
        with self._changed:
            self._open.append(receipt)
        try:
            yield receipt
        finally:
            with self._changed:
                self._open.remove(receipt)

    def observe(self, change: Change) -> None:
        """Note the request's own change, and every answer of Telnyx in its room."""
        with self._changed:
            for receipt in self._open:
                if receipt.room == change.after.name:
                    receipt.observe(change)
            self._changed.notify_all()

    def wait(self, receipt: Receipt, seconds: float) -> None:
        """Wait until nothing of the request is under way any more, so many seconds at most."""
        with self._changed:
            self._changed.wait_for(lambda: receipt.over, timeout=seconds)
