"""The one way in for whatever happens to a room; what follows from it goes out through here."""

from __future__ import annotations

import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from threading import Condition
from typing import Protocol

from conference.callbacks.delivery import Callbacks, stop_all
from conference.clock import Clock
from conference.core.commands import LOOK, Command, queue_of
from conference.core.decide import decide
from conference.core.events import (
    Broke,
    DeadlinePassed,
    Event,
    Ignored,
    LookWanted,
    Outcome,
    Remote,
    Webhook,
)
from conference.core.outcomes.overdue import overdue
from conference.core.requests.dialling import Limits
from conference.core.requests.moderation import may_move_to
from conference.core.room import Room
from conference.core.routing import handed_over, rooms_to_look_at, route
from conference.core.texml.facts import Fetch, StatusCallback
from conference.engine.dial_limits import Dialling
from conference.engine.request_tracking import Receipt, Receipts
from conference.engine.timers import Alarm
from conference.registry import MemoryRegistry
from conference.reporting.activity import FLOOR, happened
from conference.reporting.event_log import Journal
from conference.reporting.health import Vitals, complaints
from conference.reporting.rate_limited_log import Refusals

log = logging.getLogger(__name__)

SENDERS = 32  # commands under way at once
LOOKERS = 16  # looks at Telnyx's lists under way at once: a slow one delays no other room
BACKLOG = 2000  # commands given out and not answered, past which webhooks are refused
LIGHTEN = ("call.hangup", "participant-leave", "conference-end")  # the load, rather than add to it
WATCH = ""  # the alarm that is no room's
WATCH_EVERY = 60.0  # seconds


class Overloaded(Exception):
    """Too many commands wait to be sent. Telnyx delivers the webhook again."""


class Api(Protocol):
    """What commands go through."""

    def prepare(self) -> None:
        """Do now what would make the first command slow."""

    def send(self, command: Command) -> Outcome:
        """Carry out the command and say how that ended."""


class Engine:
    """Decides under a room's lock, sends outside of it, and feeds the outcomes back in."""

    def __init__(
        self,
        registry: MemoryRegistry,
        api: Api,
        default_room: str,
        clock: Clock | None = None,
        limits: Limits | None = None,
        callbacks: Collection[Callbacks] = (),
    ) -> None:
        self.registry = registry
        self.journal = Journal()
        self.draining = False
        self._api = api
        self._default_room = default_room
        self.clock = clock or Clock()
        self.vitals = Vitals(self.clock())
        self._alarm = Alarm(self._wake, self.clock)
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="command")
        self._lookers = ThreadPoolExecutor(LOOKERS, thread_name_prefix="look")
        self._refusals = Refusals()
        self._receipts = Receipts()
        self._dialling = Dialling(limits or Limits())
        self._callbacks = callbacks
        self._given_out = 0
        self._answered = Condition()

    def prepare(self) -> None:
        """Do now what would make the first command slow."""
        try:
            self._api.prepare()
        except Exception:
            log.exception("no call can be served: what speaks with Telnyx is broken")

    def start(self) -> None:
        """Serving begins: find the calls again that were there before, and keep watch."""
        self._senders.submit(self.prepare)  # it takes seconds, and webhooks are taken meanwhile
        self._alarm.set(WATCH, self.clock() + WATCH_EVERY)
        self._happen(self._default_room, LookWanted(self.clock()))

    def handle(self, event: Webhook | StatusCallback) -> Ignored | None:
        """Let it count, once. Overloaded when it must be delivered again."""
        registry = self.registry
        if isinstance(event, Webhook):
            event = registry.identify(event)
        by_call, by_conference = registry.room_of_call, registry.room_of_conference
        room = route(event, by_call, by_conference, self._default_room)
        if isinstance(room, Ignored):
            return room
        if self._given_out >= BACKLOG and event.type not in LIGHTEN:
            raise Overloaded
        # A floor change says the same when it comes twice, and is most of the traffic.
        self._happen(room, event, "" if event.type == FLOOR else event.id)
        return None

    def fetched(self, name: str, event: Fetch) -> Room:
        """The room, once it is kept that this caller is on the way into it."""
        return self._happen(name, event)[1]

    def ask(self, name: str, event: Remote, wait: float = 0) -> Receipt:
        """Let a request count, and wait so many seconds for Telnyx's answer.

        Refused, and nothing is changed, where it cannot be done. Overloaded as for webhooks.
        """
        if self._given_out >= BACKLOG:
            raise Overloaded
        receipt = self._receipts.open(name)
        try:
            with self._allowed(name, event):
                receipt.fill(*self._happen(name, event))
            if wait:
                self._receipts.wait(receipt, lambda: self.registry.room(name), wait)
        finally:
            self._receipts.close(receipt)
        return receipt

    def _allowed(self, name: str, event: Remote) -> AbstractContextManager[None]:
        """Within it the request may count. Refused for what its own room cannot know."""
        if event.verb == "move":
            may_move_to(self.registry.room(event.values["room"]))
        if event.verb == "dial":
            return self._dialling.one_more(event, self.registry.room(name), self.registry.rooms)
        return nullcontext()

    def rooms(self) -> list[Room]:
        """Every room that is known, and the default one in any case."""
        known = self.registry.rooms()
        if any(room.name == self._default_room for room in known):
            return known
        return [self.registry.room(self._default_room), *known]

    def idle(self, seconds: float) -> bool:
        """Wait until every command that was given out is answered; whether that came about."""
        with self._answered:
            return self._answered.wait_for(lambda: self._given_out == 0, timeout=seconds)

    def drain(self, seconds: float) -> bool:
        """Take leave: say so to whoever asks, and wait until no room has a command pending."""
        self.draining = True
        with self._answered:
            return self._answered.wait_for(self._nothing_pending, timeout=seconds)

    def stop(self, last_words: float = 0) -> None:
        """`last_words` are the seconds in which what has happened may still be told outside."""
        self._alarm.stop()
        for pool in (self._senders, self._lookers):
            pool.shutdown(wait=True, cancel_futures=True)
        stop_all(self._callbacks, last_words)

    def _nothing_pending(self) -> bool:
        return not any(room.pending.keys() - {LOOK} for room in self.registry.rooms())

    def _happen(self, name: str, event: Event, event_id: str = "") -> tuple[Room, Room]:
        """The room before and after."""
        with self.registry.open(name) as entry:
            if event_id and entry.seen(event_id):
                return entry.room, entry.room
            before = entry.room
            after, commands = decide(before, event)
            entry.save(after, event_id)
            if after is not before or isinstance(event, DeadlinePassed):
                self._alarm.set(name, after.next_deadline)
            self._give_out(name, commands)
            for each in self._callbacks:
                each.tell(before, after, event)
            for line in happened(before, after, event, commands):
                self.journal.keep(event.at, name, line)
                if line.kind == "change":
                    log.info(line.text)
        self._receipts.look_again()
        for other in rooms_to_look_at(event, self.registry.room_of_call):
            self._happen(other, LookWanted(event.at))
        if told := handed_over(before, after, event):
            self._happen(*told)
        return before, after

    def _give_out(self, name: str, commands: tuple[Command, ...]) -> None:
        with self._answered:
            self._given_out += len(commands)
            self._answered.notify_all()
        for command in commands:
            pool = self._lookers if queue_of(command) == LOOK else self._senders
            pool.submit(self._send, name, command)

    def _send(self, name: str, command: Command) -> None:
        try:
            if self.registry.room(name).head(queue_of(command)) == command:
                outcome = overdue(command, self.clock()) or self._outcome(name, command)
                self._receipts.note(name, outcome)
                self._happen(name, outcome)
        except Exception:
            log.exception("room %s: the outcome of %s broke", name, command.name)
            self._happen(name, Broke(self.clock(), command))
        finally:
            with self._answered:
                self._given_out -= 1
                self._answered.notify_all()

    def _outcome(self, name: str, command: Command) -> Outcome:
        try:
            outcome = self._api.send(command)
        except Exception:
            log.exception("room %s: %s broke", name, command.name)
            outcome = Outcome(command, self.clock(), status=0, detail="it broke on our side")
        if line := self._refusals.answered(name, outcome):
            self.vitals.error_at, self.vitals.error = outcome.at, line
        return outcome

    def _wake(self, name: str) -> None:
        try:
            if name == WATCH:
                self._watch()
            else:
                self._happen(name, DeadlinePassed(self.clock()))
        except Exception:
            log.exception("room %s: a deadline broke", name)

    def _watch(self) -> None:
        now = self.clock()
        self._alarm.set(WATCH, now + WATCH_EVERY)
        self.registry.sweep(now)
        for complaint in complaints(self.registry.rooms(), self.vitals, now):
            log.warning(complaint)
