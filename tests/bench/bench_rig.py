"""What the benchmark's sections share: servers, a client that costs little, figures and rows."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple
from urllib.request import urlopen

from rigs.recorded import TEST_KEY, make
from rigs.servers import GUNICORN, ROOT, Server, environ, run

from conference.signature import sign

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Row(NamedTuple):
    """A line of the output. `good`: whether the aim is reached; None where there is none."""

    what: str
    figure: str
    aim: str = ""
    good: bool | None = None

    def __str__(self) -> str:
        judged = {True: "reached", False: "MISSED", None: ""}[self.good]
        return f"  {self.what:<45} {self.figure:>28}  {self.aim:<12} {judged}".rstrip()


class Size(NamedTuple):
    """How much is measured."""

    rounds: int
    webhooks: int  # in a round of the webhook path, for each of the two
    seconds: float  # of a round at a fixed rate
    calls: int  # whole calls
    repeats: int  # of each event of the core
    participants: int


FULL = Size(rounds=5, webhooks=4000, seconds=4.0, calls=60, repeats=300, participants=5000)
QUICK = Size(rounds=2, webhooks=1000, seconds=1.6, calls=14, repeats=100, participants=1000)


def p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def spread(values: Sequence[float], form: str = "{:.2f}") -> str:
    return f"{form.format(min(values))} to {form.format(max(values))}"


# Servers


@contextmanager
def gunicorn(app: str, folder: Path, **settings: str) -> Iterator[Server]:
    """The Procfile's gunicorn, with another app if one is named, up."""
    command = [*GUNICORN[:-1], app]
    with run(command, folder, **{"RECONCILE_SECONDS": "0", **settings}) as server:
        server.up()
        yield server


@contextmanager
def api() -> Iterator[str]:
    """The benchmark's Telnyx: the address to give as TELNYX_BASE_URL."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp())
        stack.callback(shutil.rmtree, folder)
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
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"


def ask(address: str) -> Any:
    with urlopen(address, timeout=5) as answer:
        return json.load(answer)


# Webhooks


def signed(event_type: str, **payload: Any) -> bytes:
    """A whole request, signed now: it can be sent for five minutes."""
    body = json.dumps(make(event_type, **payload), separators=(",", ":")).encode()
    headers = {
        "Host": "127.0.0.1",
        "User-Agent": "telnyx-webhooks",
        "Accept": "*/*",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **sign(body, key=TEST_KEY, now=time.time()),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /webhook HTTP/1.1\r\n{head}\r\n".encode() + body


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, request: bytes) -> float:
        """Seconds until the answer was there, which must be 200."""
        began = time.perf_counter()
        self.socket.sendall(request)
        answer = self.socket.recv(65536)
        while not _whole(answer):
            more = self.socket.recv(65536)
            assert more, f"the connection was closed: {answer!r}"
            answer += more
        took = time.perf_counter() - began
        assert answer.startswith(b"HTTP/1.1 200"), answer
        return took


def _whole(answer: bytes) -> bool:
    end, length = answer.find(b"\r\n\r\n"), LENGTH.search(answer)
    return end >= 0 and len(answer) >= end + 4 + (int(length[1]) if length else 0)


def share(port: int, requests: Sequence[bytes], clients: int = 4, rate: float = 0.0) -> list[float]:
    """Post them all over kept connections, as fast as can be or `rate` a second; the times."""
    began = time.perf_counter() + 0.05
    took: list[float] = []

    def work(first: int) -> None:
        client = Client(port)
        for n in range(first, len(requests), clients):
            if rate and (ahead := began + n / rate - time.perf_counter()) > 0:
                time.sleep(ahead)
            took.append(client.post(requests[n]))
        client.socket.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(took) == len(requests), "a client broke off"
    return took


# Measuring


def in_turns(rounds: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Each measured in each round, so that what else the machine does concerns all of them."""
    found = [[measure() for measure in measures] for _ in range(rounds)]
    return [list(column) for column in zip(*found, strict=True)]
