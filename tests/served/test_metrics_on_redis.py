"""The figures of two workers that share their rooms, and their readiness while Redis is down.

Needs requirements-scaling.txt and redis-server.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from rigs.figures import Figures, figures
from rigs.people import TOKEN
from rigs.recorded import make
from rigs.redis_servers import RedisServer, redis_server
from rigs.servers import GUNICORN, Server, run
from rigs.waiting import until

from conference.serving.metrics_folder import PREFIX

pytest.importorskip("prometheus_client")
multiprocess = pytest.importorskip("prometheus_client.multiprocess")

WEBHOOKS = "conference_webhooks_total"
ROOMS, CALLS = ("conference_rooms",), ("conference_participants",)
MANY = 40


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def server(tmp_path: Path, store: RedisServer) -> Iterator[Server]:
    """A server whose two workers both serve."""
    given = {"REDIS_URL": store.url, "WEB_CONCURRENCY": "2", "METRICS_TOKEN": TOKEN}
    with run(GUNICORN, tmp_path, **given) as server:
        server.up()
        until(lambda: len(counted_by(tmp_path)) == 2, "both count", 30)
        yield server


def counted_by(folder: Path, kind: str = "counter") -> list[Path]:
    """The files of the workers' counters, or of another kind: <kind>_<process id>.db."""
    return sorted(folder.glob(f"{PREFIX}*/{kind}_*.db"))


def read(server: Server) -> Figures:
    asked = Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(asked, timeout=5) as response:
        return figures(response.read().decode())


def webhooks(server: Server) -> float:
    return sum(n for key, n in read(server).items() if key[0] == WEBHOOKS)


def sum_of(file: Path, name: str) -> float:
    """The sum of a metric in a worker's file."""
    found = multiprocess.MultiProcessCollector.merge([str(file)])
    return sum(each.value for metric in found for each in metric.samples if each.name == name)


def by_worker(folder: Path) -> list[float]:
    """How many webhooks each worker has counted."""
    return [sum_of(file, WEBHOOKS) for file in counted_by(folder)]


def home(folder: Path) -> int:
    """The process that counts the room."""
    files = counted_by(folder, "gauge_livesum")
    (found,) = (file for file in files if sum_of(file, ROOMS[0]))
    return int(found.stem.rpartition("_")[2])


def readiness(server: Server) -> tuple[int, dict[str, object]]:
    try:
        with urlopen(f"{server.url}/readyz", timeout=5) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def calls(server: Server) -> tuple[float, float]:
    found = read(server)
    return found[ROOMS], found[CALLS]


def test_both_workers_are_in_the_sums_and_a_killed_one_is_replaced(
    server: Server, tmp_path: Path
) -> None:
    for n in range(MANY):
        assert server.deliver(make("call.initiated", call_control_id=f"A{n}")) == 200
    until(lambda: all(by_worker(tmp_path)), "both have counted")
    assert webhooks(server) == MANY == sum(by_worker(tmp_path))
    until(lambda: calls(server) == (1, MANY), "the home counts the room, alone")

    os.kill(home(tmp_path), signal.SIGKILL)
    until(lambda: len(counted_by(tmp_path)) == 3, "another worker", 30)
    until(lambda: calls(server) == (1, MANY), "its new home counts it", 30)
    assert webhooks(server) == MANY


def test_without_redis_it_lives_and_is_not_ready(server: Server, store: RedisServer) -> None:
    assert readiness(server) == (200, {"status": "ready"})
    store.kill()
    reasons = ["Redis cannot be reached: connection refused"]
    away = (503, {"status": "not ready", "reasons": reasons})
    until(lambda: readiness(server) == away, "a worker is not ready, and says why")
    assert server.ask("GET", "/healthz") == 200
    assert server.deliver(make("call.initiated"), timeout=5) == 503
    assert read(server)["conference_webhooks_total", "unavailable", "call.initiated"] == 1
    store.start()
    until(lambda: readiness(server) == (200, {"status": "ready"}), "a worker is ready again")
    event = make("call.initiated")
    until(lambda: server.deliver(event, timeout=5) == 200, "either worker takes webhooks again")
