"""What became of a request: which commands it led to, and what Telnyx answered to them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Condition

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
from conference.core.events import Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.room import Asked, Room


@dataclass(eq=False)  # two requests may well be alike
class Receipt:
    """Of one request. `commands` are those that it has led to, which may have to wait their turn
    behind others of their keys; `held` and `muted` those for whom it changed what is asked for."""

    room: str
    commands: tuple[Command, ...] = ()
    held: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    keys: frozenset[Queue] = frozenset()
    older: tuple[Command, ...] = ()  # holds and mutes that were under way before
    under_way: frozenset[Hashable] = frozenset()  # when it was looked last
    outcomes: list[Outcome] = field(default_factory=list)

    def fill(self, before: Room, after: Room) -> None:
        """What the request has changed."""
        waited = {id(command) for queue in before.pending.values() for command in queue}
        queues = after.pending.values()
        self.commands = tuple(x for queue in queues for x in queue if id(x) not in waited)
        self.older = before.pending.get(HOLD_AND_MUTE, ())
        self.held = _differs(before, after, lambda asked: (asked.hold, asked.music))
        self.muted = _differs(before, after, lambda asked: asked.mute)
        later = {HOLD_AND_MUTE} & after.pending.keys() if self.held or self.muted else set()
        self.keys = frozenset({queue_of(command) for command in self.commands} | later)

    def look(self, room: Room) -> None:
        """What of it is under way still."""
        queues = (room.pending.get(of, ()) for of in {*self.keys, HOLD_AND_MUTE})
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
    everyone = before.asked.keys() | after.asked.keys()
    nothing = Asked()
    return frozenset(
        call
        for call in everyone
        if of(before.asked.get(call, nothing)) != of(after.asked.get(call, nothing))
    )


def _name(command: Command) -> Hashable:
    """The same for each try of a command."""
    if isinstance(command, HoldOrMute):
        return (type(command), command.calls)
    return command_id(command) if isinstance(command, OfCall | Do) else queue_of(command)


class Receipts:
    """Those that somebody still waits for."""

    def __init__(self) -> None:
        self._open: list[Receipt] = []
        self._changed = Condition()

    def open(self, room: str) -> Receipt:
        """To be opened before the request counts, so that no answer is missed."""
        receipt = Receipt(room)
        with self._changed:
            self._open.append(receipt)
        return receipt

    def note(self, room: str, outcome: Outcome) -> None:
        """Telnyx has answered; to be noted before the room knows, so that no answer is missed."""
        with self._changed:
            for receipt in self._open:
                if receipt.room == room:
                    receipt.outcomes.append(outcome)

    def look_again(self) -> None:
        """A room has changed."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, receipt: Receipt, room: Callable[[], Room], seconds: float) -> None:
        """Wait until none of it is under way any more, for so long at most."""
        with self._changed:
            self._changed.wait_for(
                lambda: not receipt.keys & room().pending.keys(), timeout=seconds
            )
            receipt.look(room())

    def close(self, receipt: Receipt) -> None:
        with self._changed:
            self._open.remove(receipt)
