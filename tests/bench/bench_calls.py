"""A whole call: its CPU, and a burst of callers, against tutorials in Python and Node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeVar

from bench_rows import Row, Size, against, ms, p99, rounds
from bench_servers import (
    LINE,
    PYTHON,
    SERVED_BY,
    TUTORIALS,
    Skipped,
    Start,
    at_rest,
    line,
    play,
    telnyx_api,
)
from rigs.servers import Server

_T = TypeVar("_T")

AT_ONCE = 8
LATENCY = 0.05  # seconds for each command of a whole call
BURST_LATENCY = 0.15
CALLERS = 50


class Cost(NamedTuple):
    """Of one call in a round."""

    cpu: float
    webhooks: float
    commands: float
    failures: float

    @property
    def cpu_of_event(self) -> float:
        """The line greets, too: a call has more webhooks and commands than with a tutorial."""
        return self.cpu / (self.webhooks + self.commands)


def whole_call(size: Size, folder: Path) -> Iterator[Row]:
    """Callers enter a conference with two others in it, 8 at a time, and hang up 0.2 s later.

    The line verifies, greets and lets in; the tutorials answer and let in. The webhooks follow
    from the commands, each of which takes Telnyx 50 ms. CPU is that of the server's processes,
    after a round that warms them up.
    """
    with telnyx_api(LATENCY) as telnyx, ExitStack() as stack:
        servers, skipped = _started(stack, folder, telnyx, {LINE: line, **TUTORIALS})
        for server in servers.values():
            play(telnyx, "calls", server, count=2, at_once=1, stay=True)
            play(telnyx, "calls", server, count=size.calls, at_once=AT_ONCE)
        measure = partial(_cost, telnyx, count=size.calls, at_once=AT_ONCE)
        yield from _costs(_turns(size.rounds, servers, measure))
    yield from skipped


def lone_call(size: Size, folder: Path) -> Iterator[Row]:
    """One caller after the other, each alone: the line also plays music, by a fourth command."""
    starts = {LINE: line, PYTHON: TUTORIALS[PYTHON]}
    with telnyx_api() as telnyx, ExitStack() as stack:
        servers, _ = _started(stack, folder, telnyx, starts)
        for server in servers.values():
            play(telnyx, "calls", server, count=size.lone_calls, at_once=1)
        measure = partial(_cost, telnyx, count=size.lone_calls, at_once=1)
        yield from _costs(_turns(size.rounds, servers, measure))


def _started(
    stack: ExitStack, folder: Path, telnyx: str, starts: Mapping[str, Start]
) -> tuple[dict[str, Server], list[Row]]:
    """The servers, and a row for each that cannot run here."""
    servers, skipped = {}, []
    for name, start in starts.items():
        try:
            servers[name] = stack.enter_context(start(folder, telnyx))
        except Skipped as reason:
            skipped.append(Row(f"against the {name}", None, skipped=str(reason)))
    return servers, skipped


def _turns(
    times: int, servers: Mapping[str, Server], measure: Callable[[Server], _T]
) -> dict[str, list[_T]]:
    """Each server measured in each round."""
    found: dict[str, list[_T]] = {name: [] for name in servers}
    for _ in range(times):
        for name, server in servers.items():
            found[name].append(measure(server))
    return found


def _cost(telnyx: str, server: Server, count: int, at_once: int) -> Cost:
    before = at_rest(server)
    played = play(telnyx, "calls", server, count=count, at_once=at_once)
    spent = at_rest(server) - before
    failures = played["unanswered"] + played["refused"] + played["entries"].count(None)
    sums = (spent, played["webhooks"], played["commands"], failures)
    return Cost(*(each / count for each in sums))


def _costs(found: Mapping[str, list[Cost]]) -> Iterator[Row]:
    ours = found[LINE]
    for name, floors in found.items():
        if name != LINE:
            pair = [cost.cpu for cost in ours], [cost.cpu for cost in floors]
            what = f"CPU of a call, against the {name}"
            yield against(what, *pair, "ms", scale=1000, note=SERVED_BY[name])
            pair = [cost.cpu_of_event for cost in ours], [cost.cpu_of_event for cost in floors]
            what = f"CPU of a webhook or command, against the {name}"
            yield against(what, *pair, "ms", scale=1000)
    for name, costs in found.items():
        yield Row("webhooks a call", median(cost.webhooks for cost in costs), of=name)
        yield Row("commands a call", median(cost.commands for cost in costs), of=name)
        if failures := sum(cost.failures for cost in costs):
            yield Row("failures a call", failures / len(costs), of=name)


def burst(size: Size, folder: Path) -> Iterator[Row]:
    """50 callers ring at one instant on 50 connections; later all are answered at one instant.

    The room is empty before. Telnyx takes 150 ms for each command. The first burst warms up.
    """
    with telnyx_api(BURST_LATENCY) as telnyx, ExitStack() as stack:
        servers, skipped = _started(stack, folder, telnyx, {LINE: line, **TUTORIALS})

        def measure(server: Server) -> dict[str, Any]:
            at_rest(server)
            found: dict[str, Any] = play(telnyx, "burst", server, count=CALLERS)
            return found

        _turns(1, servers, measure)
        for name, bursts in _turns(size.bursts, servers, measure).items():
            yield from _acks(name, bursts)
    yield from skipped


def _acks(name: str, bursts: list[dict[str, Any]]) -> Iterator[Row]:
    for kind in ("call.initiated", "call.answered"):
        acks = [burst[kind] for burst in bursts]
        seconds = [[took for took, _ in each if took is not None] for each in acks]
        of = f"{CALLERS} {kind}"
        yield ms(f"ack p50 of the {name}", [median(each) for each in seconds], of=of)
        yield ms(f"ack p99 of the {name}", [p99(each) for each in seconds], of=of)
        statuses = [[status for _, status in each] for each in acks]
        unanswered = [each.count(None) for each in statuses]
        yield rounds(f"never answered by the {name}", unanswered, of=of)
        refused = [sum(status not in (None, 200) for status in each) for each in statuses]
        yield rounds(f"answered with an error by the {name}", refused, of=of)
    left = [CALLERS - burst["inside"] for burst in bursts]
    yield rounds(f"callers that the {name} never let in", left)
