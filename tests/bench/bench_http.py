"""Webhooks a second against a bare view, in memory and on Redis, by one process and by two."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench_client import share, signed
from bench_redis import line_on, redis_server, rooms_file
from bench_rows import Row, Size, against, p99
from bench_servers import BARE, SERVED_BY, Skipped, at_rest, line, plain, play, telnyx_api
from rigs.servers import Server

MEMORY, REDIS = "in memory", "on Redis"
ROOMS = 16  # of two callers each, for two processes
CLIENTS = 16  # connections that the two processes share
KINDS = (
    *("conference.floor.changed", "conference.floor.changed", "call.cost"),
    *("conference.floor.changed", "conference.floor.changed", "call.speak.started"),
)

Speakers = Sequence[tuple[str, str]]
"""Calls and their conferences, so that two that follow each other never repeat a speaker."""


class Load(NamedTuple):
    """What one round of one server came to."""

    rate: float
    p50: float
    p99: float


class Spent(NamedTuple):
    """CPU seconds a webhook."""

    processes: float
    redis: float


def webhook_path(size: Size, folder: Path) -> Iterator[Row]:
    """Two of three are floor-changed, as in production; the others have no effect at all.

    All of one room, over four connections.
    """
    with telnyx_api() as telnyx, ExitStack() as stack:
        servers = {MEMORY: stack.enter_context(line(folder, telnyx))}
        skipped = ""
        try:
            redis = stack.enter_context(redis_server())
            servers[REDIS] = stack.enter_context(line_on(redis, folder, telnyx))
        except Skipped as reason:
            skipped = str(reason)
        speakers = {name: two_inside(telnyx, server) for name, server in servers.items()}
        servers[BARE] = stack.enter_context(plain("bare", folder, telnyx))
        speakers[BARE] = speakers[MEMORY]
        found: dict[str, list[Load]] = {name: [] for name in servers}
        for name, server in servers.items():
            round_of(server, size.webhooks // 2, speakers[name])
            at_rest(server)
        for _ in range(size.rounds):
            for name, server in servers.items():
                found[name].append(round_of(server, size.webhooks, speakers[name]))
    for where in (MEMORY, REDIS):
        yield from _against_bare(where, found.get(where), found[BARE], skipped)


def _against_bare(
    where: str, ours: list[Load] | None, bare: list[Load], skipped: str
) -> Iterator[Row]:
    named = f"webhooks/s {where}, against the {BARE}"
    if ours is None:
        yield Row(named, None, skipped=skipped)
        return
    rates = [load.rate for load in ours], [load.rate for load in bare]
    yield against(named, *rates, "/s", note=f"bare: {SERVED_BY[BARE]}")
    for what in ("p50", "p99"):
        times = [getattr(load, what) for load in ours], [getattr(load, what) for load in bare]
        yield against(f"{what} {where}, against the {BARE}", *times, "ms", scale=1000)


class Shared(NamedTuple):
    """One process and two on Redis, by their number: the loads and costs of each round."""

    loads: dict[int, list[Load]]
    spent: dict[int, list[Spent]]


def two_processes(size: Size, folder: Path) -> Iterator[Row]:
    """The same webhooks about 16 rooms, over 16 connections, each room known to both processes.

    The client and Redis share the machine with them: on two cores not even 2 could be reached.
    """
    try:
        loads, spent = one_and_two(size, folder)
    except Skipped as reason:
        yield Row("webhooks/s of two processes, against one", None, skipped=str(reason))
        return
    rates = {n: [load.rate for load in each] for n, each in loads.items()}
    yield against("webhooks/s of two processes, against one", rates[2], rates[1], "/s")
    times = {n: [load.p99 for load in each] for n, each in loads.items()}
    yield against("p99 of two processes, against one", times[2], times[1], "ms", scale=1000)
    for what in Spent._fields:
        costs = {n: [getattr(cost, what) for cost in each] for n, each in spent.items()}
        named = f"CPU of {what} a webhook, two processes against one"
        yield against(named, costs[2], costs[1], "ms", scale=1000)


def one_and_two(size: Size, folder: Path) -> Shared:
    """Measure both in turns, after a warm-up. Skipped where they cannot run."""
    file, numbers = rooms_file(folder, ROOMS)
    with telnyx_api() as telnyx, ExitStack() as stack:
        redises = {n: stack.enter_context(redis_server()) for n in (1, 2)}
        servers = {
            n: stack.enter_context(line_on(redis, folder, telnyx, n, ROOMS_FILE=file))
            for n, redis in redises.items()
        }
        inside = {n: in_rooms(telnyx, server, numbers) for n, server in servers.items()}
        found = Shared({n: [] for n in servers}, {n: [] for n in servers})
        for n, server in servers.items():
            round_of(server, size.webhooks // 2, inside[n], CLIENTS)
        for _ in range(size.rounds):
            for n, server in servers.items():
                before = at_rest(server), redises[n].cpu
                found.loads[n].append(round_of(server, size.webhooks, inside[n], CLIENTS))
                after = at_rest(server), redises[n].cpu
                each = ((b - a) / size.webhooks for a, b in zip(before, after, strict=True))
                found.spent[n].append(Spent(*each))
    return found


def two_inside(telnyx: str, server: Server) -> Speakers:
    return _speakers(play(telnyx, "calls", server, count=2, at_once=1, stay=True))


def in_rooms(telnyx: str, server: Server, numbers: Sequence[str]) -> Speakers:
    """Two callers in the room of each number. First one of each room, then the other ones."""
    about = {"count": 2 * len(numbers), "at_once": len(numbers), "stay": True, "numbers": numbers}
    return _speakers(play(telnyx, "calls", server, **about))


def _speakers(played: dict[str, Any]) -> Speakers:
    assert None not in played["entries"], "a caller was not let in"
    return [*zip(played["calls"], played["conferences"], strict=True)]


def round_of(server: Server, count: int, speakers: Speakers, clients: int = 4) -> Load:
    """Another speaker with each floor-changed, so that each changes the room."""
    chosen = zip(islice(cycle(KINDS), count), cycle(speakers), strict=False)
    requests = [signed(k, call_control_id=c, conference_id=id) for k, (c, id) in chosen]
    began = time.perf_counter()
    took = share(server.port, requests, clients)
    return Load(count / (time.perf_counter() - began), median(took), p99(took))
