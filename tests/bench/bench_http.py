"""Webhooks a second against a bare view, and how fast webhooks are acknowledged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench_client import Client, share, signed
from bench_rows import Row, Size, ms, p99, rounds
from bench_servers import (
    BARE,
    LINE,
    SERVED_BY,
    at_rest,
    line,
    plain,
    play,
    set_latency,
    telnyx_api,
)
from rigs.servers import Server

RATE = 50.0  # webhooks a second


class Load(NamedTuple):
    """What one round of one server came to."""

    rate: float
    p50: float
    p99: float


def webhook_path(size: Size, folder: Path) -> Iterator[Row]:
    """Two of three are floor-changed, as in production; the others have no effect at all."""
    with (
        telnyx_api() as telnyx,
        line(folder, telnyx) as ours,
        plain("bare", folder, telnyx) as bare,
    ):
        inside = play(telnyx, "calls", ours, count=2, at_once=1, stay=True)
        about = inside["conference"], inside["calls"]
        found: dict[str, list[Load]] = {LINE: [], BARE: []}
        for server in (ours, bare):
            round_of(server, size.webhooks // 2, *about)
            at_rest(server)
        for _ in range(size.rounds):
            found[LINE].append(round_of(ours, size.webhooks, *about))
            found[BARE].append(round_of(bare, size.webhooks, *about))
    for name, loads in found.items():
        yield rounds(name, [load.rate for load in loads], "webhooks/s", note=SERVED_BY[name])
        yield ms(f"{name}: p50", [load.p50 for load in loads])
        yield ms(f"{name}: p99", [load.p99 for load in loads])
    pairs = [*zip(found[LINE], found[BARE], strict=True)]
    yield rounds("ratio of webhooks/s", [a.rate / b.rate for a, b in pairs], "", at_least=0.85)
    yield rounds("ratio of p99", [a.p99 / b.p99 for a, b in pairs], "")


def round_of(server: Server, count: int, conference: str, calls: list[str]) -> Load:
    """Another speaker with each floor-changed, so that each changes the room."""
    kinds = ["conference.floor.changed", "conference.floor.changed", "call.cost"]
    kinds += ["conference.floor.changed", "conference.floor.changed", "call.speak.started"]
    chosen = zip(islice(cycle(kinds), count), cycle(calls), strict=False)
    requests = [signed(k, call_control_id=c, conference_id=conference) for k, c in chosen]
    began = time.perf_counter()
    took = share(server.port, requests)
    return Load(count / (time.perf_counter() - began), median(took), p99(took))


def acknowledged(size: Size, folder: Path) -> Iterator[Row]:
    """New calls are answered at once: 50 commands a second. Slow answers must not matter."""
    with telnyx_api() as telnyx, line(folder, telnyx) as ours:
        found: dict[float, list[float]] = {0.0: [], 0.3: []}
        new_calls(ours, telnyx, 0.0, 2.0)
        at_rest(ours)
        for _ in range(size.rounds):
            for latency, p99s in found.items():
                p99s.append(p99(new_calls(ours, telnyx, latency, size.seconds)))
    limit = 1000 * (1.25 * median(found[0.0]) + 0.003)
    for latency, p99s in found.items():
        what = f"ack p99 at {RATE:.0f}/s, Telnyx at {latency * 1000:.0f} ms"
        yield ms(what, p99s, at_most=limit if latency else None)


def new_calls(server: Server, telnyx: str, latency: float, seconds: float) -> list[float]:
    """The acknowledgements' times. All calls are hung up again before this returns."""
    set_latency(telnyx, latency)
    names = [f"v3:{time.monotonic_ns()}-{n}" for n in range(int(seconds * RATE))]
    ring = {"direction": "incoming", "from": "+13125550142", "client_state": None}
    requests = [signed("call.initiated", call_control_id=name, **ring) for name in names]
    took = share(server.port, requests, rate=RATE)
    time.sleep(latency + 0.2)
    client = Client(server.port)
    for name in names:
        client.post(signed("call.hangup", call_control_id=name))
    client.socket.close()
    return took
