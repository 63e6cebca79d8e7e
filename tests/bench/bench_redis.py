"""A Redis of the benchmark's own, and the line on it. Rows that need them may be skipped."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench_servers import Skipped, cpu, line
from rigs.servers import Server, free_port
from rigs.waiting import until

PROGRAM = "redis-server"
IN_MEMORY = ("--save", "", "--appendonly", "no", "--bind", "127.0.0.1")


class Redis(NamedTuple):
    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def cpu(self) -> float:
        """CPU seconds up to now."""
        return cpu(self.process.pid)

    def info(self, section: str, name: str) -> int:
        """A number of Redis's INFO; 0 where the section has no such line."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(f"INFO {section}\r\n".encode())
            with connection.makefile("rb") as answer:
                size = int(answer.readline()[1:])  # $<size>
                lines = answer.read(size).decode().splitlines()
        found = dict(line.split(":", 1) for line in lines if ":" in line)
        return int(found.get(name, "0").partition(",")[0].removeprefix("keys="))

    def up(self) -> bool:
        assert self.process.poll() is None, f"{PROGRAM} ended instead of serving"
        try:
            return self.info("server", "uptime_in_seconds") >= 0
        except OSError:
            return False


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A Redis, up, which writes nothing to the disk. Skipped where it cannot run."""
    if not shutil.which(PROGRAM):
        raise Skipped(f"needs {PROGRAM}")
    if not importlib.util.find_spec("redis"):
        raise Skipped("needs the package redis")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "--port", str(port), *IN_MEMORY, "--dir", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                redis = Redis(process, port)
                until(redis.up, f"{PROGRAM} serves", 10)
                yield redis
            finally:
                process.kill()


@contextmanager
def line_on(
    redis: Redis, folder: Path, telnyx: str, processes: int = 1, **settings: str
) -> Iterator[Server]:
    """The product with so many processes, up. Skipped if it does not keep its rooms in Redis."""
    shared = {"REDIS_URL": redis.url, "WEB_CONCURRENCY": str(processes)}
    with line(folder, telnyx, **shared, **settings) as server:
        if not redis.info("keyspace", "db0"):
            raise Skipped("needs a line with a registry on Redis")
        until(lambda: len(server.workers) == processes, "all processes are there", 10)
        yield server


def rooms_file(folder: Path, rooms: int) -> tuple[str, list[str]]:
    """A file of so many rooms with a number each: its path for ROOMS_FILE, and the numbers."""
    numbers = [f"+1312556{n:04}" for n in range(rooms)]
    text = "".join(f'[rooms.room-{n}]\nnumbers = ["{to}"]\n' for n, to in enumerate(numbers))
    file = folder / "rooms.toml"
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return str(file), numbers
