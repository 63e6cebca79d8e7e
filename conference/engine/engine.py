"""The one way in: applies every event to its room, and gives the change to the observers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import Any

from conference.clock import Clock
from conference.core.change import Change
from conference.core.commands import SNAPSHOT
from conference.core.decide import decide
from conference.core.doors import Doors
from conference.core.events import (
    FLOOR,
    DeadlinePassed,
    Event,
    Ignored,
    ModeratorRequest,
    Refused,
    SnapshotWanted,
    Webhook,
)
from conference.core.requests.dialling import Limits
from conference.core.requests.moderation import check_move_to
from conference.core.requests.under_way import check_not_here
from conference.core.room import Room
from conference.core.routing import route
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.engine import first_look
from conference.engine.consequences import Consequences
from conference.engine.dial_limits import DialLimits
from conference.engine.dispatch import Api, Dispatcher, Overloaded
from conference.engine.first_look import FirstLook
from conference.engine.outbox import Observer, Outbox
from conference.engine.request_tracking import Key, Receipt, Receipts
from conference.engine.reservations import PastDials, Reservations
from conference.engine.watch import Watch, Watcher
from conference.registry import Commit, Registry
from conference.registry.unavailable import Unavailable

NEVER_REFUSED = ("call.hangup", "participant-leave", "conference-end")
"""Events that are applied also under overload: they lighten the load."""


class Engine:
    """Applies events under the room's lock; sends, logs and reports after it is released.

    `observers` get each change in the room's order, after request tracking and timers, and before
    the dispatcher. `watchers` are called once a minute. `backlog` gets the number of unanswered
    commands at each change of it. `reservations` count the outgoing calls: in memory by default.
    `report` returns JSON about this process for the others. `resumed` gets each room that this
    process takes over, with the time.
    """

    def __init__(
        self,
        registry: Registry,
        api: Api,
        doors: Doors,
        clock: Clock | None = None,
        limits: Limits | None = None,
        observers: Iterable[Observer] = (),
        watchers: Iterable[Watcher] = (),
        backlog: Callable[[int], None] = lambda commands: None,
        reservations: Reservations | None = None,
        report: Callable[[], Mapping[str, Any]] = dict,
        resumed: Callable[[Room, float], None] = lambda room, at: None,
    ) -> None:
        self.registry = registry
        self.clock = clock or Clock()
        self.draining = False
        self.doors = doors
        self.report = report
        self._resumed = resumed
        self._dial_limits = DialLimits(limits or Limits(), self.clock, reservations)
        self._first_look = FirstLook()
        self._receipts = Receipts()
        self._dispatcher = Dispatcher(api, self.clock, registry.at_home, self.apply, backlog)
        at_once = partial(self._moderate, wait=0, patience=0)  # of keys: they came by webhooks
        self._consequences = Consequences(
            registry, self.clock, self._first_look, self.apply, at_once
        )
        self._watch = Watch(self.clock, self._pass_deadline, (registry.sweep, *watchers))
        at_home = (self._watch.observe, *observers, self._dispatcher.observe)
        self._outbox = Outbox(at_home, everywhere=(self._receipts.observe,))

    def prepare(self) -> None:
        """Warm up: load the SDK before the first list is read."""
        self._dispatcher.prepare()

    def start(
        self, prepared: Callable[[], None] = lambda: None, past_dials: PastDials | None = None
    ) -> None:
        """Begin to serve: start the timers, and look for calls from before a restart.

        `prepared` is called in a thread, once the SDK is loaded. `past_dials` keeps the times of
        outgoing calls over a restart.
        """
        if past_dials:
            self._dial_limits.keep_in(past_dials)
        self._dispatcher.prepare_in_background(prepared)
        self._watch.start()
        self.registry.begin(self)

    def handle(self, event: Webhook | StatusCallback) -> Change | Ignored | None:
        """Apply an event from Telnyx, once. Return the change; None if it was applied before.

        Return Ignored, with the reason, if it is for no room.
        Raise Overloaded if Telnyx must deliver the event again.
        """
        event, by_call, by_conference, repeated = self.registry.look_up(event)
        if repeated:
            return None
        room = route(event, by_call, by_conference, self.doors)
        if isinstance(room, Ignored):
            return room
        if event.type not in NEVER_REFUSED:
            self._check_load(room)
        # A floor change has the same effect twice, and is most of the traffic.
        return self.apply(room, event, "" if event.type == FLOOR else event.id)

    def answer_fetch(self, name: str, event: Fetch | PinPosted) -> Room:
        """Apply TeXML's request for instructions. Return the room, with this caller in it."""
        change = self.apply(name, event)
        return change.after if change else self.registry.room(name)

    def moderate(
        self, name: str, event: ModeratorRequest, wait: float = 0, key: Key | None = None
    ) -> Receipt:
        """Apply a moderator's request, and wait up to `wait` seconds for Telnyx's answers.

        With a key, the request is applied once, however often it is made.
        Raise Refused if the request cannot be done, or Overloaded. Then nothing is changed.
        """
        try:
            return self._moderate(name, event, key, wait, first_look.PATIENCE)
        except Refused:  # perhaps since the same request was applied meanwhile
            if receipt := self.repeated(name, event.id, wait, key):
                return receipt
            raise

    def repeated(self, name: str, request: str, wait: float, key: Key | None) -> Receipt | None:
        """Wait for the rest of a request that was applied before; None if it was not.

        Raise Refused if another request had its key.
        """
        before = self.registry.digest_of(key.id) if key else None
        if key is None or before is None:
            return None
        if before != key.digest:
            raise Refused("key-reused", "this key was given to another request: take a new one")
        with self._receipts.open(name, request, partial(self.registry.room, name)) as receipt:
            if wait:
                self._receipts.wait(receipt, wait, partial(self._read, name))
        return receipt

    def _moderate(
        self, name: str, event: ModeratorRequest, key: Key | None, wait: float, patience: float
    ) -> Receipt:
        self._check_load(name)
        if event.verb == "dial":
            room = self.registry.room(name)
            self._dial_limits.check_number(event, room)
            check_not_here(room, event)  # before a limit proposes to try again later
            self._await_first_look(patience)
        with self._receipts.open(name, event.id) as receipt:
            with self._allowed(name, event):
                once = key or Key("", "")
                change = self.apply(name, event, once.id, once.digest)
                if change is None:
                    raise Refused("key-reused", "this key was given to a request before")
            if wait:
                self._receipts.wait(receipt, wait, partial(self._read, name))
        return receipt

    def _read(self, name: str) -> None:
        """Give the observers what the room's home, if it is another process, has done meanwhile."""
        if self.registry.at_home(name) is None:
            with suppress(Unavailable):
                self.registry.room(name)
            self._outbox.deliver(name)

    def apply(self, name: str, event: Event, event_id: str = "", digest: str = "") -> Change | None:
        """Apply the event to the room. Return the change, once its observers have it.

        Return None if an event with this id was applied before. A request's `digest` is kept.
        """
        commit = self.registry.commit(
            name, event_id, partial(decide, event=event), self._outbox.note, digest
        )
        self._outbox.deliver(name)
        if commit is None:
            return None
        if commit.ours:
            self._consequences.finish(name, commit)
        return commit.change

    def _check_load(self, room: str) -> None:
        """Raise Overloaded if too many commands wait, here or where those of the room are sent."""
        if self._dispatcher.overloaded or self.registry.overloaded(room):
            raise Overloaded

    def note(self, change: Change, ours: bool) -> None:
        """Queue a change that another process has made, as the registry's contract says."""
        self._outbox.note(change, ours)

    def follow(self, name: str, commits: Iterable[Commit]) -> None:
        """Do for changes of other processes what `apply` does after each of its own."""
        self._outbox.deliver(name)
        for commit in commits:
            self._consequences.finish(name, commit)

    def resume(self, room: Room) -> None:
        """Go on with the room where its former home has ended."""
        self._resumed(room, self.clock())
        self._watch.resume(room)
        self._dispatcher.resume(room)
        self.apply(room.name, SnapshotWanted(self.clock()))

    def begin_again(self) -> None:
        """Look for all calls at Telnyx: no room is known. Count them before the line dials."""
        if self._dial_limits.counts_calls:
            self._first_look.begin(self.doors.default)
        self.compare()

    def compare(self) -> None:
        """Look for calls at Telnyx that no room knows."""
        self.apply(self.doors.default, SnapshotWanted(self.clock()))

    def room(self, name: str) -> Room | None:
        """Return the room of this name as `rooms` does; None if it does not."""
        known = self.registry.known(name)
        return self.registry.room(name) if name in self._lasting else known

    def rooms(self) -> list[Room]:
        """Return every known room, and always those of the rooms file or the default room."""
        known = self.registry.rooms()
        missing = set(self._lasting).difference(room.name for room in known)
        return [*(self.registry.room(name) for name in self._lasting if name in missing), *known]

    @property
    def _lasting(self) -> tuple[str, ...]:
        """The rooms of the rooms file; without one, the default room."""
        return self.doors.rooms or (self.doors.default,)

    @property
    def overloaded(self) -> bool:
        """Are so many commands unanswered that webhooks are refused?"""
        return self._dispatcher.overloaded

    def idle(self, seconds: float) -> bool:
        """Wait until every sent command is answered. Return whether that was in time."""
        return self._dispatcher.idle(seconds)

    def retire(self) -> None:
        """Stop taking new work: `/healthz` answers 503, and new rooms begin in another process.

        A signal may call it: it waits for no lock.
        """
        self.draining = True
        self.registry.retire()

    def drain(self, seconds: float) -> bool:
        """Retire, and wait until no command is pending. Return whether that was in time."""
        self.retire()
        return self._dispatcher.wait_until(self._nothing_pending, seconds)

    def stop(self) -> None:
        """Stop the timers, and send no further command."""
        self._watch.stop()
        self._dispatcher.stop()
        self.registry.end()

    def _allowed(self, name: str, event: ModeratorRequest) -> AbstractContextManager[None]:
        """Return the context in which to apply the request. Check what its room cannot: Refused."""
        if event.verb == "move":
            check_move_to(self.registry.room(event.values["room"]))
        if event.verb == "dial":
            return self._dial_limits.reserve(event, self.registry.rooms)
        return nullcontext()

    def _await_first_look(self, patience: float) -> None:
        """Wait until the calls from before the start are counted. Refused if that takes long."""
        for room in self._first_look.missing:
            self.apply(room, SnapshotWanted(self.clock()))  # unless one is under way
        if not self._first_look.wait(patience):
            what = "the calls from before the start are not counted yet"
            todo = "try again soon; if this lasts, the log gives the reason"
            raise Refused("not-ready", f"{what}, for Telnyx has not listed them: {todo}")

    def _pass_deadline(self, name: str, event: DeadlinePassed) -> None:
        if self.registry.at_home(name):
            self.apply(name, event)

    def _nothing_pending(self) -> bool:
        return not any(room.pending.keys() - {SNAPSHOT} for room in self.registry.rooms_at_home())
