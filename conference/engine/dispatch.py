"""Sends the commands of changes, and applies their outcomes as events."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import Protocol

from conference.clock import Clock
from conference.core.change import Change
from conference.core.commands import SNAPSHOT, Command, Queue, queue_of
from conference.core.events import Event, InternalFault, Outcome
from conference.core.outcomes.retries import overdue
from conference.core.room import Room, in_flight
from conference.registry.unavailable import Unavailable, Unreadable

log = logging.getLogger(__name__)

SENDERS = 32  # threads for commands
READERS = 16  # threads for snapshots of Telnyx's lists: a slow one must not delay other rooms
AGAIN = 0.5  # seconds until an outcome is applied again that could not be saved
BACKLOG = 2000  # unanswered commands beyond which webhooks are refused; snapshots apart


class Overloaded(Exception):
    """Too many commands wait to be sent."""


class Api(Protocol):
    """Sends commands to Telnyx."""

    def prepare(self) -> None:
        """Warm up: load the SDK before the first list is read."""

    def send(self, command: Command) -> Outcome:
        """Send the command and return its outcome."""


class Dispatcher:
    """An observer: a thread sends each command of a change and waits for the answer.

    `room` returns a room by name; None if another process sends its commands. `apply` applies an
    outcome to a room. `backlog` gets the number of unanswered commands each time that it changes.
    """

    def __init__(
        self,
        api: Api,
        clock: Clock,
        room: Callable[[str], Room | None],
        apply: Callable[[str, Event], object],
        backlog: Callable[[int], None] = lambda commands: None,
    ) -> None:
        self._api = api
        self._clock = clock
        self._room = room
        self._apply = apply
        self._backlog = backlog
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="command")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="snapshot")
        self._unsent = {kind: 0 for kind in ("commands", "snapshots")}  # or unanswered
        self._sending: dict[tuple[str, Queue], Command] = {}  # by room and queue
        self._changed = Condition()
        self._stopped = False

    @property
    def overloaded(self) -> bool:
        """Are so many commands unanswered that webhooks must be refused? Snapshots delay nobody."""
        return self._unsent["commands"] >= BACKLOG

    def prepare_in_background(self, then: Callable[[], None]) -> None:
        """Load the SDK in a thread, since it takes seconds. Then call `then`."""
        self._readers.submit(self.prepare).add_done_callback(lambda _: then())

    def prepare(self) -> None:
        """Load the SDK before the first list is read."""
        try:
            self._api.prepare()
        except Exception:
            log.exception("Telnyx's lists cannot be read: its SDK cannot be loaded")

    def observe(self, change: Change) -> None:
        """Send the commands of the change; none once stopped: the next server makes them again."""
        with self._changed:
            if not self._stopped:
                self._submit(change.after.name, change.commands)

    def resume(self, room: Room) -> None:
        """Send again all that the former home of the room had in flight. The `command_id` keeps
        Telnyx from doing it twice."""
        with self._changed:
            if not self._stopped:
                self._submit(room.name, tuple(in_flight(room).values()))

    def _submit(self, name: str, commands: Collection[Command]) -> None:
        for command in commands:
            self._count(command, 1)
            pool = self._readers if queue_of(command) == SNAPSHOT else self._senders
            pool.submit(self._send, name, command)
        self._changed.notify_all()

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Check the condition now and after each command. Return whether it was true in time."""
        with self._changed:
            return self._changed.wait_for(condition, timeout=seconds)

    def idle(self, seconds: float) -> bool:
        """Wait until every command is answered. Return whether that was in time."""
        return self.wait_until(lambda: not any(self._unsent.values()), seconds)

    def stop(self) -> None:
        """Wait for the commands in flight, and drop the others. Lists that are read are dropped:
        the next server reads them again."""
        with self._changed:
            self._stopped = True
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._senders.shutdown(wait=True, cancel_futures=True)

    def _send(self, name: str, command: Command) -> None:
        try:
            room = self._room(name)
            if room and room.head(queue_of(command)) == command:
                outcome = overdue(command, self._clock()) or self._outcome(name, command)
                if outcome and not (self._stopped and queue_of(command) == SNAPSHOT):
                    self._apply_patiently(name, outcome)
        except Exception:
            log.exception("room %s: the outcome of %s could not be applied", name, command.name)
            self._apply_patiently(name, InternalFault(self._clock(), command))
        finally:
            with self._changed:
                self._count(command, -1)
                self._changed.notify_all()

    def _count(self, command: Command, more: int) -> None:
        self._unsent["snapshots" if queue_of(command) == SNAPSHOT else "commands"] += more
        self._backlog(self._unsent["commands"])

    def _apply_patiently(self, name: str, event: Event) -> None:
        """Apply the event, as soon as the registry can be reached."""
        while True:
            try:
                self._apply(name, event)
                return
            except Unreadable:
                return  # the process that can read the room sends the command again
            except Unavailable:
                with self._changed:
                    if self._changed.wait_for(lambda: self._stopped, timeout=AGAIN):
                        return

    def _outcome(self, name: str, command: Command) -> Outcome | None:
        """Send the command. Return None if it is being sent already: its outcome follows."""
        place = name, queue_of(command)
        with self._changed:
            if self._sending.get(place) == command:
                return None
            self._sending[place] = command
        try:
            return self._api.send(command)
        except Exception:
            log.exception("room %s: %s could not be sent", name, command.name)
            return Outcome(command, self._clock(), status=0, detail="internal error")
        finally:
            with self._changed:
                if self._sending.get(place) is command:
                    del self._sending[place]
