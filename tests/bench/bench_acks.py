"""How fast webhooks that lead to commands are acknowledged, while Telnyx is well, slow or down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bench_client import Client, share, signed
from bench_redis import line_on, redis_server
from bench_rows import Row, Size, against, ms, p99
from bench_servers import Skipped, at_rest, line, set_answers, telnyx_api
from rigs.servers import Server

RATE = 50.0  # webhooks a second
WELL = "Telnyx at 0 ms"
TELNYX: dict[str, dict[str, Any]] = {
    WELL: {},
    "Telnyx at 300 ms": {"latency": 0.3},
    "Telnyx failing": {"status": 500},
}


def acknowledged(size: Size, folder: Path) -> Iterator[Row]:
    """New calls are answered at once: 50 commands a second. Slow answers must not matter."""
    with telnyx_api() as telnyx, line(folder, telnyx) as ours:
        yield from _acks(size, telnyx, ours)
    try:
        with (
            telnyx_api() as telnyx,
            redis_server() as redis,
            line_on(redis, folder, telnyx) as ours,
        ):
            yield from _acks(size, telnyx, ours, of="on Redis")
    except Skipped as reason:
        yield Row("ack p99", None, of="on Redis", skipped=str(reason))


def _acks(size: Size, telnyx: str, ours: Server, of: str = "") -> Iterator[Row]:
    found: dict[str, list[float]] = {how: [] for how in TELNYX}
    for how in TELNYX:  # warms up
        new_calls(ours, telnyx, how, 1.0)
    for _ in range(size.rounds):
        for how, p99s in found.items():
            p99s.append(p99(new_calls(ours, telnyx, how, size.seconds)))
    well = found.pop(WELL)
    yield ms(f"ack p99, {WELL}", well, of=of, note=f"{RATE:.0f} webhooks/s")
    for how, p99s in found.items():
        yield against(f"ack p99, {how}, against 0 ms", p99s, well, "ms", scale=1000, of=of)


def new_calls(server: Server, telnyx: str, how: str, seconds: float) -> list[float]:
    """The acknowledgements' times. All calls are hung up again before this returns."""
    set_answers(telnyx, **TELNYX[how])
    names = [f"v3:{time.monotonic_ns()}-{n}" for n in range(int(seconds * RATE))]
    ring = {"direction": "incoming", "from": "+13125550142", "client_state": None}
    requests = [signed("call.initiated", call_control_id=name, **ring) for name in names]
    took = share(server.port, requests, rate=RATE)
    time.sleep(TELNYX[how].get("latency", 0.0) + 0.2)
    client = Client(server.port)
    with closing(client.socket):
        for name in names:
            client.post(signed("call.hangup", call_control_id=name))
    at_rest(server)
    return took
