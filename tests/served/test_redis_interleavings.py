"""Three processes on one Redis, in an order by chance: each saved change is dealt with."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from rigs.redis_lines import KEYS, Crowd, Machine
from rigs.redis_servers import RedisServer, redis_server
from rigs.registry import entering

from conference.core.change import Change
from conference.registry import Commit
from conference.registry.redis import room_scripts
from conference.registry.unavailable import Unavailable

ROOMS = ("blue", "red")
STEPS = {
    "change": 40,
    "change, and miss the answer": 6,
    "finish": 20,  # what follows from an earlier change
    "look": 8,
    "turn": 12,
    "tasks": 10,
    "pause": 4,
    "die": 3,
}
"""What a process does, and how often."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


class Play:
    """`given`: what a process must deal with, and has not. `finished`: by room and commit."""

    def __init__(self, crowd: Crowd, chance: random.Random) -> None:
        self.crowd = crowd
        self.chance = chance
        self.given: list[tuple[Machine, str, Commit]] = []
        self.finished: set[tuple[str, str]] = set()
        self.observed: Counter[tuple[int, str]] = Counter()
        self.calls = 0

    def step(self) -> None:
        machine = self.chance.choice(self.crowd.alive)
        (what,) = self.chance.choices([*STEPS], [*STEPS.values()])
        match what:
            case "change" | "change, and miss the answer":
                self.change(machine, answered=what == "change")
            case "finish" if self.given:
                self.finish(*self.given.pop(self.chance.randrange(len(self.given))))
            case "die":
                self.crowd.replace(machine)
            case "look" | "turn" | "tasks" | "pause":
                getattr(machine, what)()
        self.collect()

    def change(self, machine: Machine, *, answered: bool) -> None:
        room, self.calls = self.chance.choice(ROOMS), self.calls + 1
        run = machine.client.evalsha

        def evalsha(*arguments: Any) -> Any:
            answer = run(*arguments)
            if arguments[0] == room_scripts.COMMIT.digest and answer[0] == "saved":
                raise redis.TimeoutError("Timeout reading from socket")
            return answer

        if not answered:
            machine.client.evalsha = evalsha
        try:
            commit = machine.commit(room, entering(f"call-{self.calls}"), f"event-{self.calls}")
        except Unavailable:
            commit = None
        finally:
            machine.client.evalsha = run
        if commit and commit.ours:
            self.given.append((machine, room, commit))

    def finish(self, machine: Machine, room: str, commit: Commit) -> None:
        if machine in self.crowd.alive:
            self.finished.add((room, commit.id))
            machine.registry.done(room, commit)

    def collect(self) -> None:
        """Take what the homes were given meanwhile."""
        for machine in self.crowd.alive:
            self.given += [(machine, *each) for each in machine.home.followed]
            machine.home.followed.clear()
            self._count(machine, machine.home.noted)
            self._count(machine, machine.noted)

    def _count(self, machine: Machine, noted: list[tuple[Change, bool]]) -> None:
        for change, ours in noted:
            for call in change.touched if ours else ():
                self.observed[id(machine), call] += 1
        noted.clear()

    def settle(self) -> None:
        """Let the processes finish all."""
        for _ in range(4):
            for machine in self.crowd.alive:
                machine.turn()
                machine.look()
        self.collect()
        for each in self.given:
            self.finish(*each)


def saved(server: RedisServer) -> set[tuple[str, str]]:
    """The commits in the journals of the rooms."""
    with server.client() as client:
        journals = {room: client.xrange(KEYS.of_room(room, "journal")) for room in ROOMS}
    entries = [(room, entry) for room, journal in journals.items() for _, entry in journal]
    return {(room, entry["token"]) for room, entry in entries if json.loads(entry["change"])}


@pytest.mark.parametrize("seed", range(20))
def test_each_saved_change_is_dealt_with_by_a_living_process(
    server: RedisServer, seed: int, tmp_path: Path
) -> None:
    with server.client() as client:
        client.flushall()
    with Crowd(server, 3) as crowd:
        play = Play(crowd, random.Random(seed))
        for _ in range(120):
            play.step()
        play.settle()
        assert saved(server) <= play.finished
        in_rooms = [len(crowd.alive[0].registry.room(room).participants) for room in ROOMS]
        assert sum(in_rooms) == play.calls, "no change is lost"
        for room in ROOMS:
            homes = [each for each in crowd.alive if each.registry.at_home(room)]
            assert len(homes) == 1, "each room has one home"
        assert set(play.observed.values()) == {1}, "no process observes a change twice"
