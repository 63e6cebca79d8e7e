"""The one way in for whatever happens to a room; what follows from it goes out through here."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import Protocol

from conference.alarm import Alarm
from conference.clock import Clock
from conference.core.commands import LOOK, Command, key
from conference.core.decide import decide
from conference.core.events import (
    Broke,
    DeadlinePassed,
    Event,
    Ignored,
    LookWanted,
    Outcome,
    Webhook,
)
from conference.core.meanings import meaning
from conference.core.routing import rooms_to_look_at, route
from conference.happenings import FLOOR, happened
from conference.health import Vitals, complaints
from conference.journal import Journal
from conference.refusals import Refusals
from conference.registry import MemoryRegistry

log = logging.getLogger(__name__)

SENDERS = 32  # commands under way at once
LOOKERS = 16  # looks at Telnyx's lists under way at once: a slow one delays no other room
BACKLOG = 2000  # commands given out and not answered, past which webhooks are refused
HANGUP = "call.hangup"
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
        self._given_out = 0
        self._answered = Condition()

    def prepare(self) -> None:
        """Do now what would make the first command slow."""
        self._api.prepare()

    def start(self) -> None:
        """Serving begins: find the calls again that were there before, and keep watch."""
        self._alarm.set(WATCH, self.clock() + WATCH_EVERY)
        self._happen(self._default_room, LookWanted(self.clock()))

    def handle(self, event: Webhook) -> Ignored | None:
        """Let a webhook count, once. Overloaded when it must be delivered again."""
        registry = self.registry
        by_call, by_conference = registry.room_of_call, registry.room_of_conference
        room = route(event, by_call, by_conference, self._default_room)
        if isinstance(room, Ignored):
            return room
        if self._given_out >= BACKLOG and event.type != HANGUP:  # a hangup lightens the load
            raise Overloaded
        # A floor change says the same when it comes twice, and is most of the traffic.
        self._happen(room, event, "" if event.type == FLOOR else event.id)
        return None

    def idle(self, seconds: float) -> bool:
        """Wait until every command that was given out is answered; whether that came about."""
        with self._answered:
            return self._answered.wait_for(lambda: self._given_out == 0, timeout=seconds)

    def drain(self, seconds: float) -> bool:
        """Take leave: say so to whoever asks, and wait until no room has a command pending."""
        self.draining = True
        with self._answered:
            return self._answered.wait_for(self._nothing_pending, timeout=seconds)

    def stop(self) -> None:
        self._alarm.stop()
        for pool in (self._senders, self._lookers):
            pool.shutdown(wait=True, cancel_futures=True)

    def _nothing_pending(self) -> bool:
        return not any(room.pending.keys() - {LOOK} for room in self.registry.rooms())

    def _happen(self, name: str, event: Event, event_id: str = "") -> None:
        with self.registry.open(name) as entry:
            if event_id and entry.seen(event_id):
                return
            before = entry.room
            after, commands = decide(before, event)
            entry.save(after, event_id)
            if after is not before or isinstance(event, DeadlinePassed):
                self._alarm.set(name, after.next_deadline)
            self._give_out(name, commands)
            for line in happened(before, after, event, commands):
                self.journal.keep(event.at, name, line)
                if line.kind == "change":
                    log.info(line.text)
        for other in rooms_to_look_at(event, self.registry.room_of_call):
            self._happen(other, LookWanted(event.at))

    def _give_out(self, name: str, commands: tuple[Command, ...]) -> None:
        with self._answered:
            self._given_out += len(commands)
            self._answered.notify_all()
        for command in commands:
            pool = self._lookers if key(command) == LOOK else self._senders
            pool.submit(self._send, name, command)

    def _send(self, name: str, command: Command) -> None:
        try:
            if self.registry.room(name).head(key(command)) == command:
                outcome = self._outcome(name, command)
                self._report(name, outcome)
                self._happen(name, outcome)
        except Exception:
            log.exception("room %s: the outcome of %s broke", name, type(command).__name__)
            self._happen(name, Broke(self.clock(), command))
        finally:
            with self._answered:
                self._given_out -= 1
                self._answered.notify_all()

    def _outcome(self, name: str, command: Command) -> Outcome:
        try:
            return self._api.send(command)
        except Exception:
            log.exception("room %s: %s broke", name, type(command).__name__)
            return Outcome(command, self.clock(), status=0, detail="it broke on our side")

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

    def _report(self, room: str, outcome: Outcome) -> None:
        """Say what Telnyx refused: loudly what only its operator can mend, and not all the time."""
        means = meaning(outcome)
        what = type(outcome.command).__name__.lower()
        said = " ".join(part for part in (outcome.code, outcome.detail) if part)
        if means == "key refused":
            key = "copy it whole, or create another"
            line = f"Telnyx refuses TELNYX_API_KEY ({outcome.status}): {key}"
            self._refusals.say(means, line)
        elif means == "unknown":
            line = f"no answer from Telnyx to {what}, which is tried again ({outcome.detail})"
            self._refusals.say(means, line)
        elif means in ("busy", "limited", "refused"):
            line = f"Telnyx refuses {what} ({outcome.status}): {said}"
            self._refusals.say(f"{means} {what} {outcome.code}", f"room {room}: {line}")
        else:
            return
        self.vitals.error_at, self.vitals.error = outcome.at, line
