"""Processes that share a Redis, one step at a time: no thread runs, and each has its own clock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import redis
from rigs.redis_servers import RedisServer
from rigs.registry import QuietHome

from conference.core.change import Change
from conference.core.room import Room
from conference.registry import Commit
from conference.registry.redis import room_scripts
from conference.registry.redis.connection import connect
from conference.registry.redis.keys import Keys
from conference.registry.redis.process import LASTS
from conference.registry.redis.rooms import RedisRegistry
from conference.registry.redis.script import Script

KEYS = Keys("a-line")


@dataclass(eq=False)
class Machine:
    """A process with a registry. `now`: its clock's time."""

    server: RedisServer
    client: redis.Redis
    registry: RedisRegistry
    home: QuietHome
    now: float = 0.0
    noted: list[tuple[Change, bool]] = field(default_factory=list)

    def turn(self, seconds: float = 1.0) -> None:
        """Let time go on, and do what a process does each second."""
        self.now += seconds
        self.registry.homes.turn()
        self.registry.tasks.do_waiting()

    def look(self) -> None:
        """Do what a process does every few seconds."""
        self.registry.homes.look()
        self.registry.tasks.do_waiting()

    def tasks(self) -> None:
        """Do the tasks that wait, as after a wake."""
        self.registry.tasks.do_waiting()

    def pause(self) -> None:
        """Be paused until the key of this process is gone from Redis."""
        self.now += LASTS
        self._lose_key()

    def die(self) -> None:
        """End with nothing done, as by a kill."""
        self.pause()

    def _lose_key(self) -> None:
        with self.server.client() as client:
            client.delete(KEYS.of_all(f"process:{self.registry.homes.process.id}"))

    def commit(
        self, name: str, decide: Callable[[Room], Change], event_id: str = ""
    ) -> Commit | None:
        """Change the room, and do nothing of what follows."""

        def note(change: Change, ours: bool) -> None:
            self.noted.append((change, ours))

        return self.registry.commit(name, event_id, decide, note)

    @property
    def followed(self) -> list[str]:
        """The ids of the commits that the home was given to deal with, in order."""
        return [commit.id for _, commit in self.home.followed]


class Crowd:
    """Processes of one line. `alive`: those that have not died."""

    def __init__(self, server: RedisServer, number: int) -> None:
        self._server = server
        self._number = number
        self._stack = ExitStack()
        self.alive: list[Machine] = []

    def __enter__(self) -> Crowd:
        with self._server.client() as client:
            for script in vars(room_scripts).values():
                if isinstance(script, Script):
                    client.script_load(script.text)
        for _ in range(self._number):
            self.alive.append(self._start())
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def replace(self, machine: Machine) -> None:
        """Let the process die, and start another one."""
        machine.die()
        self.alive.remove(machine)
        self.alive.append(self._start())

    def _start(self) -> Machine:
        def clock() -> float:
            return machine.now

        client = self._stack.enter_context(closing(connect(self._server.url)))
        registry = RedisRegistry(client, KEYS, Room, clock)
        machine = Machine(self._server, client, registry, QuietHome())
        registry.homes.join(machine.home)
        machine.tasks()
        return machine
