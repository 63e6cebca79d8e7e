"""Sends the commands of changes, and feeds their outcomes back in as events."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import Protocol

from conference.clock import Clock
from conference.core.change import Change
from conference.core.commands import SNAPSHOT, Command, queue_of
from conference.core.events import Event, InternalFault, Outcome
from conference.core.outcomes.retries import overdue
from conference.core.room import Room

log = logging.getLogger(__name__)

SENDERS = 32  # commands under way at once
LOOKERS = 16  # looks at Telnyx's lists under way at once: a slow one delays no other room
BACKLOG = 2000  # commands given out and not answered, past which webhooks are refused


class Api(Protocol):
    """The way to Telnyx."""

    def prepare(self) -> None:
        """Warm up: load the SDK before the first command."""

    def send(self, command: Command) -> Outcome:
        """Carry out the command and report its outcome."""


class Dispatcher:
    """An observer: each command of a change goes to a thread, which sends it and waits.

    `room` returns a room by name. `happened` applies an event to a room: a command's outcome.
    """

    def __init__(
        self,
        api: Api,
        clock: Clock,
        room: Callable[[str], Room],
        happened: Callable[[str, Event], object],
    ) -> None:
        self._api = api
        self._clock = clock
        self._room = room
        self._happened = happened
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="command")
        self._lookers = ThreadPoolExecutor(LOOKERS, thread_name_prefix="snapshot")
        self._given_out = 0
        self._answered = Condition()

    @property
    def overloaded(self) -> bool:
        """Do so many commands wait for Telnyx that no more should be made?"""
        return self._given_out >= BACKLOG

    def prepare(self) -> None:
        """Load the SDK in a thread: it takes seconds, and webhooks are taken meanwhile."""
        self._senders.submit(self.prepare_now)

    def prepare_now(self) -> None:
        """Load the SDK before the first command."""
        try:
            self._api.prepare()
        except Exception:
            log.exception("no call can be served: what speaks with Telnyx is broken")

    def observe(self, change: Change) -> None:
        """Send the commands of the change."""
        with self._answered:
            self._given_out += len(change.commands)
            self._answered.notify_all()
        for command in change.commands:
            pool = self._lookers if queue_of(command) == SNAPSHOT else self._senders
            pool.submit(self._send, change.after.name, command)

    def wait_until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait until `is_so`, asked again after each command; was it so in time?"""
        with self._answered:
            return self._answered.wait_for(is_so, timeout=seconds)

    def idle(self, seconds: float) -> bool:
        """Wait until every command that was given out is answered; was it so in time?"""
        return self.wait_until(lambda: self._given_out == 0, seconds)

    def stop(self) -> None:
        """Wait for the commands under way, and drop the others."""
        for pool in (self._senders, self._lookers):
            pool.shutdown(wait=True, cancel_futures=True)

    def _send(self, name: str, command: Command) -> None:
        try:
            if self._room(name).head(queue_of(command)) == command:
                self._happened(
                    name, overdue(command, self._clock()) or self._outcome(name, command)
                )
        except Exception:
            log.exception("room %s: the outcome of %s broke", name, command.name)
            self._happened(name, InternalFault(self._clock(), command))
        finally:
            with self._answered:
                self._given_out -= 1
                self._answered.notify_all()

    def _outcome(self, name: str, command: Command) -> Outcome:
        try:
            return self._api.send(command)
        except Exception:
            log.exception("room %s: %s broke", name, command.name)
            return Outcome(command, self._clock(), status=0, detail="it broke on our side")
