"""The webhook path against a bare Flask view, and how fast webhooks are acknowledged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench_rig import Client, Row, Size, api, ask, gunicorn, ms, p99, share, signed, spread
from rigs.recorded import TEST_KEY
from rigs.servers import Server
from rigs.waiting import until

from conference.simulator import SimulatedTelnyx

RATE = 50.0  # webhooks a second


class Load(NamedTuple):
    """What one round of one server came to."""

    rate: float
    p50: float
    p99: float


def webhook_path(size: Size, folder: Path) -> Iterator[Row]:
    """Two of three are floor-changed, as in production; the others lead to nothing at all."""
    with (
        SimulatedTelnyx("http://127.0.0.1:9/webhook", TEST_KEY, speed=20) as telnyx,
        gunicorn("app:app", folder, TELNYX_BASE_URL=telnyx.base_url) as line,
        gunicorn("tests.bench.bench_apps:bare()", folder) as bare,
    ):
        conference, *calls = two_inside(telnyx, line)
        found: dict[str, list[Load]] = {"a": [], "b": []}
        for server in (line, bare):
            round_of(server, size.webhooks // 4, conference, calls)
        for _ in range(size.rounds):
            found["a"].append(round_of(line, size.webhooks, conference, calls))
            found["b"].append(round_of(bare, size.webhooks, conference, calls))
    for name, what in (("a", "the app"), ("b", "bare view: verifies and parses")):
        rate, half, most = (median(column) for column in zip(*found[name], strict=True))
        yield Row(f"({name}) {what}", f"{rate:.0f} webhooks/s")
        yield Row(f"({name}) p50, p99", f"{half * 1000:.2f}, {ms(most)}")
    ratios = [a.rate / b.rate for a, b in zip(found["a"], found["b"], strict=True)]
    good = median(ratios) >= 0.8
    yield Row("ratio a/b, median of the rounds", f"{median(ratios):.2f}", "0.80 or more", good)
    yield Row(f"ratio a/b in the {size.rounds} rounds", spread(ratios))


def two_inside(telnyx: SimulatedTelnyx, line: Server) -> list[str]:
    """Two callers in the room: the conference's id and theirs."""
    telnyx.webhook_url = f"{line.url}/webhook"
    legs = [telnyx.phone(f"+1312555020{n}").dial() for n in range(2)]
    until(lambda: all(leg.conference and not leg.on_hold for leg in legs))
    assert telnyx.idle(10)
    return [legs[0].conference or "", *(leg.call_control_id for leg in legs)]


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
    """New calls, each of which is answered at once: 50 commands a second are given out."""
    with api() as address, gunicorn("app:app", folder, TELNYX_BASE_URL=address) as line:
        found: dict[float, list[float]] = {0.0: [], 0.3: []}
        new_calls(line, address, 0.0, 1.0)
        for _ in range(size.rounds):
            for latency, p99s in found.items():
                p99s.append(p99(new_calls(line, address, latency, size.seconds)))
    limit = 1.25 * median(found[0.0]) + 0.003
    for latency, p99s in found.items():
        what = f"ack p99 at 50/s, Telnyx answers in {latency * 1000:.0f} ms"
        judged = (f"<= {ms(limit)}", median(p99s) <= limit) if latency else ()
        yield Row(what, ms(median(p99s)), *judged)
        each = spread([seconds * 1000 for seconds in p99s])
        yield Row(f"  in the {size.rounds} rounds", f"{each} ms")


def new_calls(line: Server, address: str, latency: float, seconds: float) -> list[float]:
    """The acknowledgements' times. All calls are hung up again before this returns."""
    ask(f"{address}/latency/{latency}")
    names = [f"v3:{time.monotonic_ns()}-{n}" for n in range(int(seconds * RATE))]
    ring = {"direction": "incoming", "from": "+13125550142", "client_state": None}
    requests = [signed("call.initiated", call_control_id=name, **ring) for name in names]
    took = share(line.port, requests, rate=RATE)
    time.sleep(latency + 0.2)
    client = Client(line.port)
    for name in names:
        client.post(signed("call.hangup", call_control_id=name))
    client.socket.close()
    return took
