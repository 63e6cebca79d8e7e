"""How far one process goes, two, and ten machines: measured costs, and a simulation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle, islice
from math import sqrt
from pathlib import Path
from statistics import median

from bench_client import share, signed
from bench_http import one_and_two, two_inside
from bench_redis import Redis, line_on, redis_server
from bench_rows import Row, Size, ms, p99
from bench_servers import Skipped, at_rest, line, play, telnyx_api
from bench_simulation import TELNYX, Cost, Costs, Deployment, Simulation
from rigs.servers import Server

from conference.core.room_settings import RoomSettings
from conference.engine.dispatch import READERS
from conference.telnyx_api.lists import PAGE

ACK = 0.1  # seconds: the p99 that still counts as served; Telnyx delivers again after 2 s
SENT = TELNYX + 0.25  # seconds: the same for a command, until it is answered
MEETING = 1800  # seconds that a caller stays
OF_A_ROOM = 10  # callers
NARROW = 6  # halvings of the range in which the highest load is

DEPLOYMENTS = (
    Deployment("1 process in memory"),
    Deployment("1 process on Redis", primaries=1),
    Deployment("2 processes on Redis, one machine", processes=2, primaries=1),
    Deployment("2 machines of 2 processes, a Redis", processes=4, primaries=1, apart=True),
    Deployment("10 machines of 2 processes, a Redis", processes=20, primaries=1, apart=True),
    Deployment("10 machines of 2 processes, 3 primaries", processes=20, primaries=3, apart=True),
    Deployment("10 machines of 2 processes, 6 primaries", processes=20, primaries=6, apart=True),
)
SLOWER = 1.7  # by the aims: 0.85 of the bare view in memory, 0.5 on Redis
ASSUMED = Cost(cpu=SLOWER, redis=0.00005, trips=3)  # cpu: times that in memory


def how_far(size: Size, folder: Path) -> Iterator[Row]:
    """The costs of this machine's processor; then, by simulation, the load that is still served."""
    memory, redis, note = _measured(size, folder)
    for of, costs in (("in memory", memory), ("on Redis", redis)):
        more = note if of == "on Redis" else ""
        yield ms("CPU of another speaker", [costs.speaker.cpu], of=of, note=more)
        yield ms("CPU of another event of a call", [costs.event.cpu], of=of, note=more)
    for what, cost in (("another speaker", redis.speaker), ("another event", redis.event)):
        yield ms(f"CPU of Redis for {what}", [cost.redis], note=note)
        yield Row(f"trips to Redis for {what}", cost.trips, note=note)
    yield ms("CPU of the home to follow a webhook", [redis.follow.cpu], note=note)
    yield Row("events of a call, without the speakers", memory.webhooks + memory.commands)
    alone = 0.0
    for deployment in DEPLOYMENTS:
        costs = redis if deployment.primaries else memory
        rate, load = highest(deployment, costs, size.simulated)
        alone = alone or rate
        shown = ", ".join(f"{kind} {100 * used:.0f}%" for kind, used in load.items())
        live = f"{rate * MEETING:,.0f} callers at once; {rate * costs.commands:,.0f} commands/s"
        about = f"{live}; in use: {shown}"
        yield Row(deployment.name, rate, "calls/s", floor=alone, ratio=rate / alone, note=about)
    every = f"callers compared with Telnyx's lists every {RoomSettings().reconcile_seconds:.0f} s"
    for processes in sorted({deployment.processes for deployment in DEPLOYMENTS}):
        yield Row(every, compared(processes), of=f"processes: {processes}")


def compared(processes: int) -> float:
    """The most callers in rooms of ten that are compared with Telnyx's lists in time.

    Each comparison reads the list of all calls and two lists of its room. From
    seconds = rooms / readers * (pages + 2) * TELNYX.
    """
    each_page, of_room = TELNYX / PAGE, 2 * TELNYX
    in_time = RoomSettings().reconcile_seconds * READERS * processes * OF_A_ROOM
    return (sqrt(of_room**2 + 4 * each_page * in_time) - of_room) / (2 * each_page)


def highest(deployment: Deployment, costs: Costs, lasts: float) -> tuple[float, dict[str, float]]:
    """The most calls that may begin in a second, and how much of each kind of place they use."""
    low, high = 0.0, 1.1 * deployment.processes / costs.cpu_of_call
    found: dict[str, float] = {}
    for _ in range(NARROW):
        rate = (low + high) / 2
        simulation = Simulation(deployment, costs)
        load = simulation.run(rate, lasts)
        if p99(simulation.acks) <= ACK and p99(simulation.sent) <= SENT:
            low, found = rate, load
        else:
            high = rate
    return low, found


def _measured(size: Size, folder: Path) -> tuple[Costs, Costs, str]:
    """In memory, and on Redis; with a note where the latter is assumed."""
    with telnyx_api() as telnyx, line(folder, telnyx) as server:
        memory = _costs(size, telnyx, server)
    try:
        with ExitStack() as stack:
            telnyx = stack.enter_context(telnyx_api())
            redis = stack.enter_context(redis_server())
            server = stack.enter_context(line_on(redis, folder, telnyx))
            shared = _costs(size, telnyx, server, redis)
        return memory, shared._replace(follow=_follow(size, folder)), ""
    except Skipped as reason:
        return memory, _assumed(memory), f"assumed by the aims, since it {reason}"


def _follow(size: Size, folder: Path) -> Cost:
    """Of two processes each takes half of the webhooks of the rooms whose home is the other."""
    spent = {
        n: map(median, zip(*each, strict=True))
        for n, each in one_and_two(size, folder).spent.items()
    }
    added = (2 * max(two - one, 0.0) for one, two in zip(spent[1], spent[2], strict=True))
    return Cost(*added)


def _assumed(memory: Costs) -> Costs:
    speaker, event = (
        ASSUMED._replace(cpu=ASSUMED.cpu * cost.cpu) for cost in (memory.speaker, memory.event)
    )
    return memory._replace(speaker=speaker, event=event)


def _costs(size: Size, telnyx: str, server: Server, redis: Redis | None = None) -> Costs:
    """After a warm-up with the same events."""
    speakers = two_inside(telnyx, server)
    kind = "conference.floor.changed"
    for _ in range(2):
        began = _Spent(server, redis)
        chosen = islice(cycle(speakers), size.webhooks)
        share(server.port, [signed(kind, call_control_id=c, conference_id=id) for c, id in chosen])
        speaker = began.each(size.webhooks)
        began = _Spent(server, redis)
        played = play(telnyx, "calls", server, count=2 * size.calls, at_once=8)
        event = began.each(played["webhooks"] + played["commands"])
    of_call = (round(played[what] / (2 * size.calls)) for what in ("webhooks", "commands"))
    return Costs(speaker, event, *of_call)


class _Spent:
    """What a server and its Redis have spent since now."""

    def __init__(self, server: Server, redis: Redis | None) -> None:
        self.server, self.redis = server, redis
        self.before = self._now()

    def _now(self) -> tuple[float, float, int]:
        cpu = at_rest(self.server)
        if self.redis is None:
            return cpu, 0.0, 0
        return cpu, self.redis.cpu, self.redis.info("stats", "total_reads_processed")

    def each(self, events: int) -> Cost:
        after = self._now()
        return Cost(*((b - a) / events for a, b in zip(self.before, after, strict=True)))
