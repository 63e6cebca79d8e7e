"""Keeps this process alive for the others, finds what it missed, and takes over dead ones' rooms.

Pub/sub only wakes: whatever it misses, the next look finds.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import NamedTuple

from redis import Redis

from conference.registry.contract import Home
from conference.registry.redis.connection import reason_against, unavailable
from conference.registry.redis.keys import Keys
from conference.registry.redis.known import Known
from conference.registry.redis.news import News
from conference.registry.redis.process import Process, end_killed
from conference.registry.redis.room_scripts import DEAL_WITH, TAKE_OVER
from conference.registry.redis.tasks import Tasks
from conference.registry.unavailable import Unavailable, Unreadable

log = logging.getLogger(__name__)

TURN = 1.0  # seconds between two renewals
LISTENS = 0.25  # seconds; so long the end waits for the thread, if its own wake is lost
LOOK_EVERY = 3  # turns
PATIENCE = 5  # turns after an outage of Redis, in which the others may renew their keys, too
AT_ONCE = 500  # rooms that are read in one step
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


class Head(NamedTuple):
    """What a look reads of a room. `token`, `home`: empty if there is no such room."""

    name: str
    token: str
    home: str


class Homes:
    """Three threads: one renews, one listens, one does the tasks."""

    def __init__(
        self, client: Redis, keys: Keys, process: Process, known: Known, news: News, tasks: Tasks
    ) -> None:
        self._client = client
        self._keys = keys
        self.process = process
        self._known = known
        self._news = news
        self._tasks = tasks
        self._home: Home | None = None
        self._all = keys.of_all("rooms")  # the names of all rooms
        self._epoch = ""  # of Redis's data: it changes when they are lost
        self._turns = 0
        self._patient_until = 0  # this turn
        self._retired = False
        self._turn_now: SimpleQueue[None] = SimpleQueue()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, home: Home) -> None:
        """Serve from now on, also if Redis comes later."""
        self.join(home)
        for name, run in (
            ("renewals", self._renew),
            ("tasks of rooms", self._tasks.run),
            ("wakes", self._listen),  # the last one: `end` wakes it
        ):
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def join(self, home: Home) -> None:
        """Be one of the processes, for a first turn."""
        self._home = self._news.home = home
        self.turn()

    def retire(self) -> None:
        """Take no further room: another process does, if there is one.

        A signal may call it: it waits for no lock.
        """
        self._retired = True
        self._choose_heir()
        self._turn_now.put(None)

    def end(self) -> None:
        """Leave the rooms to others at once."""
        self._retired = True
        self._ended.set()
        self._turn_now.put(None)
        self._tasks.end()
        for thread in self._threads[:-1]:
            thread.join()
        try:
            self.process.end()
            wake_all(self._client, self._keys)
        except Unavailable as error:
            log.warning("%s: the rooms of this process are taken over a few seconds later", error)
        for thread in self._threads[-1:]:
            thread.join()

    def channel(self, home: str) -> str:
        """Return the channel that wakes this home."""
        return _channel(self._keys, home)

    def _renew(self) -> None:
        while not self._ended.is_set():
            with suppress(Empty):
                self._turn_now.get(timeout=TURN)
            if not self._ended.is_set():
                self.turn()

    def turn(self) -> None:
        """Renew this process, and see to the others and to what was missed."""
        me, home = self.process, self._home
        life = me.life
        try:
            if not me.is_alive:
                self._examine()
            me.renew({"overloaded": home.overloaded, **home.report()} if home else {})
            begin = self._begin_anew()
            me.read_others()
        except Unavailable as error:
            if not me.trouble:
                log.warning(AWAY, error)
            me.trouble = str(error)
            self._patient_until = self._turns + PATIENCE
            return
        if me.trouble:
            me.trouble = ""
            log.warning(BACK)
        self._turns += 1
        self._choose_heir()
        some_died = None in me.reports.values()
        if me.life != life or some_died or self._turns % LOOK_EVERY == 0:
            self._tasks.add("look", self.look)
        if begin:
            self._tasks.add("look", self.look)
            self._tasks.add("begin", begin)
        self._tasks.add("deal", self.deal_with)
        self._tasks.repeat_failed()

    def _choose_heir(self) -> None:
        alive = (id for id, report in self.process.reports.items() if report is not None)
        self.process.heir = next(alive, self.process.id) if self._retired else self.process.id

    def _examine(self) -> None:
        """Raise Unavailable if this Redis must not be used: it may have come after the start."""
        if reason := reason_against(self._client):
            raise Unavailable(reason)

    def _begin_anew(self) -> Callable[[], None] | None:
        """Return how to begin if Redis is new here, or has lost its data."""
        key = self._keys.of_all("epoch")
        with unavailable():
            found = str(self._client.get(key) or "")
            if found and found == self._epoch:
                return None
            made = secrets.token_hex(8)
            is_first = not found and bool(self._client.set(key, made, nx=True))
            self._epoch = made if is_first else str(self._client.get(key) or "")
        if self._home is None:
            return None
        return self._home.begin_again if is_first else self._home.compare

    def look(self) -> None:
        """Follow the rooms whose home is this process and that have changed. Take over those of
        dead processes."""
        with unavailable():
            names = set(map(str, self._client.smembers(self._all)))
        mine = {each.room.name for each in self._known.all() if each.home == self.process.id}
        dead = {self.process.id: False, "": True}  # without a home: its home could not read it
        taken = 0
        for head in self.heads(sorted(names | mine)):
            if head.token and head.name not in names:  # a sweep has removed it too late
                with unavailable():
                    self._client.sadd(self._all, head.name)
            if self.process.id == head.home or head.name in mine:
                self._follow(head)
            elif head.token and self._may_take_over:
                if head.home not in dead:
                    dead[head.home] = self.process.is_dead(head.home)
                taken += dead[head.home] and self._take_over(head)
        if taken:
            log.warning("another process has ended: its rooms (%d) go on here", taken)
        if self._may_take_over:
            for id, report in self.process.reports.items():
                if report is None:
                    self.process.bury(id)

    @property
    def _may_take_over(self) -> bool:
        return not self._retired and self._turns > self._patient_until

    def heads(self, names: Sequence[str]) -> Iterator[Head]:
        """Read the heads of these rooms, many in one step."""
        for begin in range(0, len(names), AT_ONCE):
            some = names[begin : begin + AT_ONCE]
            with unavailable(), self._client.pipeline(transaction=False) as pipeline:
                for name in some:
                    pipeline.hmget(self._keys.of_room(name, "room"), ".token", ".home")
                found = pipeline.execute()
            for name, (token, home) in zip(some, found, strict=True):
                yield Head(name, str(token or ""), str(home or ""))

    def _follow(self, head: Head) -> None:
        record = self._known.get(head.name)
        is_newest = record and record.token == head.token and self._news.is_ours(record)
        if record is None or not is_newest or record.unfollowed or record.jumped:
            self._news.wake(head.name)

    def _take_over(self, head: Head) -> bool:
        """Become the room's home, unless another process was faster, or must do it."""
        keys = [self._keys.of_room(head.name, "room")]
        with suppress(Unreadable), self._known.locked(head.name) as record:
            self._news.catch_up(record)
            if TAKE_OVER(self._client, keys, head.home, self.process.id):
                self._news.catch_up(record)
                return True
        return False

    def deal_with(self) -> None:
        """Write up to which change this process has dealt with each of its rooms."""
        for record in filter(self._news.is_ours, self._known.all()):
            if not record.lock.acquire(blocking=False):
                continue  # a change is being saved, and with it the number
            done, token = record.dealt_with, record.token
            record.lock.release()
            if done > record.noted_done:
                keys = [self._keys.of_room(record.room.name, "room")]
                if DEAL_WITH(self._client, keys, token, self.process.id, done):
                    record.noted_done = done

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
            heard.subscribe(self.channel(self.process.id), everybody)
            self._tasks.add("look", self.look)  # for what was published meanwhile
            while not self._ended.is_set():
                message = heard.get_message(timeout=LISTENS)
                if message and message["channel"] == everybody:
                    self._turn_now.put(None)
                elif message:
                    self._news.wake(str(message["data"]))
