"""Webhooks while twenty moderators have the console open: how much later, and at which CPU."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bench_client import share, signed
from bench_rows import Row, Size, against, p99, rounds
from bench_servers import HERE, at_rest, cpu, line, play, telnyx_api
from rigs.servers import ROOT, Server, environ

CONSOLES = 20
PEOPLE = (50, 500)
ENTER_AT_ONCE = 20
RATE = 50.0  # changes of the floor in a second
TOKEN = "the-token-of-the-benchmark"


class Load(NamedTuple):
    """One round. cpu: percent of a core that the server needed."""

    p99: float
    cpu: float


def consoles(size: Size, folder: Path) -> Iterator[Row]:
    """Another speaker 50 times a second, in a room of each size, with and without the consoles."""
    for people in PEOPLE:
        with (
            telnyx_api() as telnyx,
            line(folder, telnyx, MAX_PARTICIPANTS="800", CONTROL_TOKEN=TOKEN) as server,
        ):
            about = {"count": people, "at_once": ENTER_AT_ONCE, "stay": True}
            inside = play(telnyx, "calls", server, **about)
            assert None not in inside["entries"], "all are let in"
            yield from _beside(size, folder, server, inside)


def _beside(size: Size, folder: Path, server: Server, inside: dict[str, Any]) -> Iterator[Row]:
    people = f"{len(inside['calls'])} people"
    seconds = 2 * size.seconds
    _floor(server, inside, seconds)  # warms up
    without, beside, answers, received = [], [], [], []
    for _ in range(size.rounds):
        without.append(_floor(server, inside, seconds))
        with _open(folder, server) as found:
            beside.append(_floor(server, inside, seconds))
        answers.append(found["answers"] / found["seconds"])
        received.append(found["received"] / found["answers"])
    pairs = [load.p99 for load in beside], [load.p99 for load in without]
    what = "ack p99 beside the consoles, against none"
    yield against(what, *pairs, "ms", scale=1000, of=people)
    yield rounds("CPU of the line, of a core", [load.cpu for load in without], "%", of=people)
    added = [a.cpu - b.cpu for a, b in zip(beside, without, strict=True)]
    yield rounds("CPU that the consoles add", added, "%", of=people)
    yield rounds("answers to the consoles", answers, "/s", of=people)
    yield rounds("bytes of an answer", received, of=people)


def _floor(server: Server, inside: dict[str, Any], seconds: float) -> Load:
    """Another speaker with each webhook, so that each changes two rows of the room."""
    about = {"conference_id": inside["conferences"][0]}
    calls = islice(cycle(inside["calls"]), int(seconds * RATE))
    kind = "conference.floor.changed"
    requests = [signed(kind, call_control_id=call, **about) for call in calls]
    began, before = time.monotonic(), cpu(server.process.pid)
    took = share(server.port, requests, rate=RATE)
    spent = cpu(server.process.pid) - before
    return Load(p99(took), 100 * spent / (time.monotonic() - began))


@contextmanager
def _open(folder: Path, server: Server) -> Iterator[dict[str, float]]:
    """Open the consoles. When they are closed, the result has `answers, received, seconds`."""
    command = [sys.executable, str(HERE / "bench_pollers.py"), str(server.port), str(CONSOLES)]
    found: dict[str, float] = {}
    with subprocess.Popen(
        [*command, _signed_in(server)],
        cwd=ROOT,
        env=environ(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline(), "a console was refused"
        began = time.monotonic()
        yield found
        seconds = time.monotonic() - began
        written, _ = process.communicate(timeout=10)
        found |= {**json.loads(written), "seconds": seconds}
    at_rest(server)


def _signed_in(server: Server) -> str:
    """Sign in as a moderator does. Return the header of the cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": server.url}
    connection.request("POST", "/console/sign-in", urlencode({"token": TOKEN}), form)
    with connection.getresponse() as response:
        cookie = response.headers["Set-Cookie"]
    connection.close()
    assert cookie, f"signing in was answered {response.status}"
    return cookie.partition(";")[0]
