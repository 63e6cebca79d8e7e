"""Many processes, simulated: calls share processes, senders and Redis, and wait for each other.

A webhook reaches any process. It holds the loop of the process for its CPU time, for its trips to
Redis, and while it waits for Redis, which serves one request at a time. If the process is not the
home of the room, the home follows: it reads the change and gives it to its observers. The home also
sends the commands of the room, each by a thread that waits for Telnyx.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from conference.engine.dispatch import SENDERS

TELNYX = 0.15  # seconds in which Telnyx responds to a command
NETWORK = 0.0002  # seconds of a trip to a Redis on another machine and back
GAP = 0.02  # seconds between two webhooks of a call, which is played fast
WARM_UP = 2.0  # seconds: more than a call lasts


class Cost(NamedTuple):
    """Of one event. cpu: seconds of a process. redis: seconds of Redis. trips: to Redis."""

    cpu: float
    redis: float = 0.0
    trips: float = 0.0


class Costs(NamedTuple):
    """Measured: of another speaker, and of any other event of a call. Webhooks and commands: how
    many a call has besides the other speakers. An event is a webhook, or the outcome of a command.
    `follow`: what a webhook costs in addition if the process is not the home of its room.
    """

    speaker: Cost
    event: Cost
    webhooks: int
    commands: int
    follow: Cost = Cost(0.0)

    @property
    def speakers(self) -> int:
        """So many a call that they are two thirds of all webhooks, as in production."""
        return 2 * self.webhooks

    @property
    def cpu_of_call(self) -> float:
        """Seconds of all processes."""
        events = self.webhooks + self.commands
        return self.speakers * self.speaker.cpu + events * self.event.cpu


class Deployment(NamedTuple):
    """`primaries` of Redis: 0 keeps the rooms in memory. `apart`: Redis is on another machine."""

    name: str
    processes: int = 1
    primaries: int = 0
    apart: bool = False


class Place:
    """Serves so many at once, in the order of their arrival."""

    def __init__(self, seats: int = 1) -> None:
        self.seats = self.free = seats
        self.waiting: deque[Task] = deque()
        self.used = 0.0  # seconds, of all seats


Task = Iterator["float | Place"]
"""Yields the seconds until its next step, or a place that it wants to enter."""


class World:
    """Time, and the tasks that wait for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._steps: list[tuple[float, int, Task]] = []
        self._order = itertools.count()

    def begin(self, task: Task, after: float = 0.0) -> None:
        heapq.heappush(self._steps, (self.now + after, next(self._order), task))

    def run(self, lasts: float) -> None:
        while self._steps and self._steps[0][0] <= lasts:
            self.now, _, task = heapq.heappop(self._steps)
            for wanted in task:
                if not isinstance(wanted, Place):
                    self.begin(task, wanted)
                elif wanted.free:
                    wanted.free -= 1
                    continue
                else:
                    wanted.waiting.append(task)
                break

    def use(self, place: Place, seconds: float) -> Task:
        """Be in the place for so long, once there is a seat."""
        yield place
        yield seconds
        self.leave(place, seconds)

    def leave(self, place: Place, used: float) -> None:
        place.used += used
        if place.waiting:
            self.begin(place.waiting.popleft())
        else:
            place.free += 1


class Simulation:
    """A deployment under load. `acks`: seconds of webhooks; `sent`: of commands until answered."""

    def __init__(self, deployment: Deployment, costs: Costs, seed: int = 17) -> None:
        self.world, self.costs, self.chance = World(), costs, random.Random(seed)
        self.network = NETWORK if deployment.apart else 0.0
        self.processes = [Place() for _ in range(deployment.processes)]
        self.senders = [Place(SENDERS) for _ in range(deployment.processes)]
        self.primaries = [Place() for _ in range(deployment.primaries)]
        self.acks: list[float] = []
        self.sent: list[float] = []

    def run(self, rate: float, lasts: float) -> dict[str, float]:
        """Let so many calls a second begin, at random times, and count after a warm-up.

        Return how much of each kind of place was used, from 0 to 1.
        """
        kinds = {"processes": self.processes, "senders": self.senders, "Redis": self.primaries}
        self.world.begin(self._arrivals(rate))
        self.world.run(WARM_UP)
        self.acks.clear()
        self.sent.clear()
        before = {kind: sum(each.used for each in places) for kind, places in kinds.items()}
        self.world.run(WARM_UP + lasts)
        return {
            kind: (sum(each.used for each in places) - before[kind])
            / (lasts * sum(each.seats for each in places))
            for kind, places in kinds.items()
            if places
        }

    def _arrivals(self, rate: float) -> Task:
        while True:
            yield self.chance.expovariate(rate)
            self.world.begin(self._call())

    def _call(self) -> Task:
        """Commands and webhooks in turn until the caller is in; then speakers; then the end."""
        costs, home = self.costs, self.chance.randrange(len(self.processes))
        primary = self.chance.choice(self.primaries) if self.primaries else None
        for _ in range(costs.commands):
            yield from self._webhook(costs.event, home, primary)
            yield from self._command(home, primary)
            yield GAP
        for _ in range(costs.speakers):
            yield from self._webhook(costs.speaker, home, primary)
            yield self.chance.expovariate(1 / GAP)
        for _ in range(costs.webhooks - costs.commands):
            yield from self._webhook(costs.event, home, primary)
            yield GAP

    def _webhook(self, cost: Cost, home: int, primary: Place | None) -> Task:
        arrived, taken = self.world.now, self.chance.randrange(len(self.processes))
        yield from self._event(self.processes[taken], cost, primary)
        self.acks.append(self.world.now - arrived)
        if taken != home and self.costs.follow.cpu:
            self.world.begin(self._event(self.processes[home], self.costs.follow, primary))

    def _command(self, home: int, primary: Place | None) -> Task:
        began = self.world.now
        yield from self.world.use(self.senders[home], TELNYX)
        yield from self._event(self.processes[home], self.costs.event, primary)
        self.sent.append(self.world.now - began)

    def _event(self, process: Place, cost: Cost, primary: Place | None) -> Task:
        yield process
        began = self.world.now
        yield cost.cpu + cost.trips * self.network
        if primary:
            yield from self.world.use(primary, cost.redis)
        self.world.leave(process, self.world.now - began)
