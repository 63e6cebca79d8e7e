"""The processes under test: the line, its floors, and the benchmark's Telnyx."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from rigs.servers import GUNICORN, ROOT, Server, environ, run

from conference.settings import read

THREADS = read({}).threads  # the line's default
HERE = Path(__file__).parent
IDLE = 0.01  # CPU seconds in a third of a second
EXPRESS = "express@5"
LINE, BARE, PYTHON, NODE = "line", "bare view", "Python tutorial", "Node tutorial"
SERVED_BY = {
    LINE: "by the Procfile",
    BARE: f"verifies and parses: gunicorn gthread, {THREADS} threads",
    PYTHON: f"gunicorn gthread, {THREADS} threads",
    NODE: EXPRESS,
}


class Skipped(Exception):
    """A server cannot run on this machine. The text is the reason."""


@contextmanager
def started(command: list[str], folder: Path, **settings: str) -> Iterator[Server]:
    """A server, up. It is killed in the end: a graceful one waits for kept connections."""
    with run(command, folder, **settings) as server:
        try:
            server.up()
            yield server
        finally:
            server.kill()


@contextmanager
def line(folder: Path, telnyx: str, limit: int | None = None, **settings: str) -> Iterator[Server]:
    """The product by the Procfile, up. `limit`: of open files, by `ulimit -n`."""
    limited = ["sh", "-c", 'ulimit -n "$0" && exec "$@"', str(limit)] if limit else []
    about = {"TELNYX_BASE_URL": telnyx, "RECONCILE_SECONDS": "0"}
    with started([*limited, *GUNICORN], folder, **about | settings) as server:
        yield server


@contextmanager
def plain(app: str, folder: Path, telnyx: str) -> Iterator[Server]:
    """An app of bench_apps, under gunicorn as it is: none of our hooks, and not our worker."""
    command = [sys.executable, "-m", "gunicorn", "--worker-class=gthread", f"--threads={THREADS}"]
    command += ["--no-control-socket", f"tests.bench.bench_apps:{app}()"]
    with started(command, folder, TELNYX_BASE_URL=telnyx) as server:
        yield server


@contextmanager
def express(folder: Path, telnyx: str) -> Iterator[Server]:
    """Skipped where Node or Express is missing."""
    modules = str(_installed() / "node_modules")
    command = ["node", str(HERE / "bench_express.js")]
    about = {"TELNYX_BASE_URL": telnyx, "NODE_PATH": modules, "NODE_ENV": "production"}
    with started(command, folder, **about) as server:
        yield server


def _installed() -> Path:
    """The folder with Express. It is kept for the next run."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise Skipped("node and npm are not installed")
    folder = Path(tempfile.gettempdir()) / f"conference-line-bench-{os.getuid()}" / EXPRESS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "node_modules" / "express").is_dir():
        return folder
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), EXPRESS]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (subprocess.SubprocessError, OSError) as error:
        raise Skipped(f"npm cannot install {EXPRESS}") from error
    return folder


Start = Callable[[Path, str], AbstractContextManager[Server]]

TUTORIALS: dict[str, Start] = {
    PYTHON: lambda folder, telnyx: plain("tutorial", folder, telnyx),
    NODE: express,
}


@contextmanager
def telnyx_api(latency: float = 0.0) -> Iterator[str]:
    """The benchmark's Telnyx: the address to give as TELNYX_BASE_URL."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.bench.bench_api"],
                cwd=ROOT,
                env=environ(folder),
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(process.kill)
        assert process.stdout
        address = f"http://127.0.0.1:{int(process.stdout.readline())}"
        set_answers(address, latency)
        yield address


def set_answers(telnyx: str, latency: float = 0.0, status: int = 200) -> None:
    """How it answers commands from now on."""
    with urlopen(f"{telnyx}/bench/answers/{status}/{latency}", timeout=5):
        pass


def play(telnyx: str, scenario: str, server: Server, **arguments: Any) -> Any:
    """Play a scenario of bench_scenarios against a server; its result."""
    body = json.dumps({"url": server.url, **arguments}).encode()
    with urlopen(Request(f"{telnyx}/bench/{scenario}", body), timeout=120) as answer:
        return json.load(answer)


def cpu(pid: int) -> float:
    """CPU seconds up to now of a process and its children (Linux)."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return time.clock_gettime(~pid << 3 | 2) + sum(map(cpu, map(int, children)))
    except OSError:  # it has ended meanwhile
        return 0.0


def at_rest(server: Server, within: float = 15.0) -> float:
    """Wait until a server has nothing to do; its CPU seconds up to then."""
    deadline = time.monotonic() + within
    before, now = -1.0, cpu(server.process.pid)
    while now - before > IDLE and time.monotonic() < deadline:
        time.sleep(0.3)
        before, now = now, cpu(server.process.pid)
    return now
