"""The health check and a caller while a thousand strangers hold connections to the line."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench_crowd import KINDS
from bench_rows import Row, Size
from bench_servers import HERE, at_rest, line, play, telnyx_api
from rigs.servers import Server

COUNTS = {kind: 1000 if kind == "burst" else 1100 for kind in KINDS}
AT_THE_END = {kind: 60 for kind in KINDS if kind != "burst"}  # 300 when SIGTERM arrives
PROBES = 20
PROBE_WITHIN = 10.0  # seconds
PROBING = 10.0  # seconds, after which no further probe begins
BOOTED = "Booting worker with pid"
SIDE_BY_SIDE = 2  # lines, since most of the time passes with waiting


class Siege(NamedTuple):
    """What strangers of a kind did to the line. None: no answer, or not let in."""

    strangers: int
    slowest: float | None  # seconds of /healthz
    entry: float | None  # seconds from dialling until in the conference
    boots: int


def strangers(size: Size, folder: Path) -> Iterator[Row]:
    """Each kind at each `ulimit -n` of the line, then SIGTERM with 300 of all kinds."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as lanes:
        ended = lanes.submit(_seconds_to_end, folder)
        sieges = {
            (kind, limit): lanes.submit(_siege, folder, kind, limit)
            for kind in COUNTS
            for limit in size.limits
        }
        for (kind, limit), siege in sieges.items():
            yield from _rows(f"{kind}, ulimit -n {limit}", siege.result())
        took = ended.result()
    note = "" if took is not None else "not ended in 40 s"
    yield Row(f"SIGTERM to the end with {sum(AT_THE_END.values())} of them", took, "s", note=note)


def _rows(what: str, siege: Siege) -> Iterator[Row]:
    there = f"{siege.strangers} strangers"
    note = there if siege.slowest is not None else f"no answer in {PROBE_WITHIN:g} s"
    yield Row("slowest /healthz", siege.slowest, "s", of=what, note=note)
    note = "" if siege.entry is not None else "not let in within 10 s"
    yield Row("a caller until let in", siege.entry, "s", of=what, note=note)
    yield Row("boots of the worker", siege.boots, of=what)


def _siege(folder: Path, kind: str, limit: int) -> Siege:
    with (
        telnyx_api() as telnyx,
        line(folder, telnyx, limit) as server,
        ThreadPoolExecutor(1) as phone,
    ):
        play(telnyx, "calls", server, count=1, at_once=1)  # warms up
        at_rest(server)
        with crowd(server, {kind: COUNTS[kind]}) as there:
            caller = phone.submit(play, telnyx, "calls", server, count=1, at_once=1)
            slowest = _slowest_health(server)
            entry = caller.result()["entries"][0]
        found = Siege(there, slowest, entry, server.log.count(BOOTED))
        server.kill()
    return found


def _slowest_health(server: Server) -> float | None:
    """Seconds. None if a probe was not answered."""
    slowest, enough = 0.0, time.monotonic() + PROBING
    for _ in range(PROBES):
        began = time.monotonic()
        if began > enough:
            break
        if server.ask("GET", "/healthz", timeout=PROBE_WITHIN) is None:
            return None
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.1)
    return slowest


def _seconds_to_end(folder: Path) -> float | None:
    """From SIGTERM until the server's end, with the strangers there."""
    with telnyx_api() as telnyx, line(folder, telnyx) as server:
        at_rest(server)
        with crowd(server, AT_THE_END):
            began = time.monotonic()
            try:
                server.end(signal.SIGTERM, within=40.0)
            except subprocess.TimeoutExpired:
                return None
            return time.monotonic() - began


@contextmanager
def crowd(server: Server, counts: dict[str, int]) -> Iterator[int]:
    """The strangers of bench_crowd, at the server's door; how many there are."""
    what = [f"{kind}={count}" for kind, count in counts.items()]
    command = [sys.executable, str(HERE / "bench_crowd.py"), str(server.port), *what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()
