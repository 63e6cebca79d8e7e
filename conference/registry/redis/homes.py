"""Keeps this process alive for the others, follows its rooms, and takes over those of dead ones.

Pub/sub only wakes: whatever it misses, the next turn finds.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

from redis import Redis

from conference.core.change import Change
from conference.registry.contract import Home
from conference.registry.redis.connection import reason_against, unavailable
from conference.registry.redis.keys import Keys
from conference.registry.redis.process import Process, end_killed
from conference.registry.unavailable import Unavailable

if TYPE_CHECKING:
    from conference.registry.redis.rooms import RedisRegistry

log = logging.getLogger(__name__)

TURN = 1.0  # seconds between two renewals
LISTENS = 0.25  # seconds; so long its end waits for the thread
LOOK_EVERY = 5  # turns, after which all rooms of this home are read
EVERYBODY = "everybody"  # the channel that wakes all processes

AWAY = "%s: requests get 503 until that changes, and Telnyx delivers its webhooks again"
BACK = "Redis can be used again: the line goes on"


def announce_end(client: Redis, keys: Keys, pid: int) -> None:
    """Let others take over at once the rooms of a process of this machine that was killed."""
    if end_killed(client, keys, pid):
        wake_all(client, keys)


def wake_all(client: Redis, keys: Keys) -> None:
    """Let all processes look at once for the rooms of ended ones."""
    with unavailable():
        client.publish(_channel(keys, EVERYBODY), "")


def _channel(keys: Keys, home: str) -> str:
    return keys.of_all(f"wake:{home}")


class Homes:
    """Three threads: one renews, one listens, one follows the rooms and takes over others."""

    def __init__(self, client: Redis, keys: Keys, process: Process, rooms: RedisRegistry) -> None:
        self._client = client
        self._keys = keys
        self._process = process
        self._rooms = rooms
        self._home: Home | None = None
        self.trouble = ""  # why Redis cannot be used; empty if it can, as far as is known
        self.state: Callable[[], str] = lambda: ""  # of this process, for the others
        self._epoch = ""  # of Redis's data: it changes when they are lost
        self._turns = 0
        self._retired = False
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._waiting: set[str] = set()  # rooms that a task will follow
        self._turn_now, self._ended = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, home: Home) -> None:
        """Serve from now on, also if Redis comes later."""
        self._home = home
        self._turn()
        for name, run in (
            ("renewals", self._renew),
            ("wakes", self._listen),
            ("followed rooms", self._work),
        ):
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def retire(self) -> None:
        """Take no further room: another process does, if there is one.

        A signal may call it: it waits for no lock.
        """
        self._retired = True
        self._tasks.put(self._turn_now.set)

    def end(self) -> None:
        """Leave the rooms to others at once."""
        self._retired = True
        self._ended.set()
        self._turn_now.set()
        self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        try:
            self._process.end()
            wake_all(self._client, self._keys)
        except Unavailable as error:
            log.warning("%s: the rooms of this process are taken over a few seconds later", error)

    def check(self) -> None:
        """Raise Unavailable while Redis is known to be away, so that nobody waits for it."""
        if self.trouble:
            raise Unavailable(self.trouble)

    def channel(self, home: str) -> str:
        """Return the channel that wakes this home."""
        return _channel(self._keys, home)

    def note(self, change: Change, ours: bool) -> None:
        """Queue a change of another process for the observers."""
        if self._home:
            self._home.note(change, ours)

    def wake(self, name: str) -> None:
        """Follow this room soon."""
        if name not in self._waiting:
            self._waiting.add(name)
            self._tasks.put(partial(self._follow, name))

    def _renew(self) -> None:
        while not self._ended.is_set():
            self._turn_now.wait(TURN)
            self._turn_now.clear()
            if not self._ended.is_set():
                self._turn()

    def _turn(self) -> None:
        try:
            was_alive = self._process.is_alive
            if not was_alive:
                self._examine()
            self._process.renew(self.state())
            if self.trouble:
                self.trouble = ""
                log.warning(BACK)
            self._check_epoch()
            others = self._process.others()
        except Unavailable as error:
            if not self.trouble:
                log.warning(AWAY, error)
            self.trouble = str(error)
            return
        if self._retired:
            alive = (id for id, state in others.items() if state is not None)
            self._process.heir = next(alive, self._process.id)
        else:
            for id in (id for id, state in others.items() if state is None):
                self._tasks.put(partial(self._take_over, id))
        self._turns += 1
        if not was_alive or self._turns % LOOK_EVERY == 0:
            self._tasks.put(partial(self._look, go_on=not was_alive))
        self._tasks.put(self._rooms.deal_with)

    def _examine(self) -> None:
        """Raise Unavailable if this Redis must not be used: it may have come after the start."""
        if reason := reason_against(self._client):
            raise Unavailable(reason)

    def _check_epoch(self) -> None:
        """Begin again if Redis is new, or has lost its data."""
        key = self._keys.of_all("epoch")
        with unavailable():
            found = str(self._client.get(key) or "")
            if found and found == self._epoch:
                return
            made = secrets.token_hex(8)
            is_first = not found and bool(self._client.set(key, made, nx=True))
            self._epoch = made if is_first else str(self._client.get(key) or "")
        self._rooms.forget_all()
        if self._home:
            self._tasks.put(self._home.begin_again if is_first else self._home.compare)

    def _take_over(self, id: str) -> None:
        """Take the rooms of a dead process."""
        if taken := self._rooms.take_over(id):
            log.warning("another process has ended: its rooms (%d) go on here", len(taken))
        for name in taken:
            self.wake(name)
        self._process.bury(id)

    def _look(self, go_on: bool) -> None:
        """Follow all rooms of this home. `go_on`: it may have missed something of them."""
        for record in self._rooms.records_at_home():
            record.jumped = record.jumped or go_on
            self.wake(record.room.name)

    def _follow(self, name: str) -> None:
        self._waiting.discard(name)
        commits, anew = self._rooms.take_unfollowed(name)
        if self._home:
            self._home.follow(name, commits)
            if anew:
                self._home.resume(anew)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except Unavailable:
                continue  # the next turn finds what is left
            except Exception:
                log.exception("a room could not be followed")

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                with unavailable():
                    self._hear()
            except Unavailable:
                self._ended.wait(TURN)

    def _hear(self) -> None:
        everybody = self.channel(EVERYBODY)
        with self._client.pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(self.channel(self._process.id), everybody)
            while not self._ended.is_set():
                message = heard.get_message(timeout=LISTENS)
                if message and message["channel"] == everybody:
                    self._turn_now.set()
                elif message:
                    self.wake(str(message["data"]))
