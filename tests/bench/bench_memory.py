"""Start-up, and memory."""

from __future__ import annotations

import gc
import os
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from bench_core import Instant, come
from bench_rows import Row, Size, rounds
from rigs.servers import GUNICORN, run


def start_up(size: Size, folder: Path) -> Iterator[Row]:
    """From exec to the first 200 of /healthz, and what the worker then has in memory."""
    took, worker, master = [], [], []
    for _ in range(size.rounds):
        began = time.perf_counter()
        with run(GUNICORN, folder) as server:
            server.up()
            took.append(time.perf_counter() - began)
            worker.append(_rss(server.workers[0]))
            master.append(_rss(server.process.pid))
    yield rounds("exec to the first 200 of /healthz", took, "s")
    yield rounds("RSS after start: worker", worker, "MB")
    yield rounds("RSS after start: gunicorn's master", master, "MB")


def _rss(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def each_participant(size: Size, folder: Path) -> Iterator[Row]:
    """In ten rooms, come in by their events; ids of events already counted are left out."""
    engine, rooms = Instant(), [f"big-{n}" for n in range(10)]
    for name in rooms:
        come(engine, name, 0)
    gc.collect()
    tracemalloc.start()
    for n in range(1, size.participants // 10 + 1):
        for name in rooms:
            come(engine, name, n)
    engine.registry._seen.clear()
    gc.collect()
    found, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    engine.stop()
    inside = sum(len(room.joined) for room in engine.registry.rooms())
    note = f"each of {inside:,} in ten rooms"
    yield Row("memory of a participant", found / size.participants, "bytes", note=note)
