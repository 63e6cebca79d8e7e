"""Two processes with a crowd of callers, while Redis fails, or one of them."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from rigs.crowd import Stage, stage
from rigs.played import SILENT, played
from rigs.recorded import make
from rigs.redis_servers import RedisServer, redis_server
from rigs.waiting import until
from soak import soak

SPEED = 2.0
TAKEN_OVER = "another process has ended: its rooms"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@pytest.fixture(scope="module")
def on(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("line")
    with stage(folder, SPEED, redis_url=redis.url) as on:
        yield on


def readiness(on: Stage) -> tuple[int, list[str]]:
    """Return the status of /readyz, and the reasons."""
    try:
        with urlopen(f"{on.server.url}/readyz", timeout=5) as answer:
            return answer.status, []
    except HTTPError as refused:
        return refused.code, json.load(refused)["reasons"]


def test_either_process_may_be_killed_in_chaos(tmp_path: Path) -> None:
    found = soak(tmp_path, calls=24, rooms=3, seed=1, speed=1, processes=2, kill_every=4)
    assert found == []


@pytest.mark.parametrize("empty", [False, True], ids=["with its data", "without its data"])
def test_redis_is_restarted(on: Stage, redis: RedisServer, empty: bool) -> None:
    """For two seconds nothing can be saved. Telnyx delivers again, and the line goes on."""
    answers = []

    def see() -> None:
        reason = "Redis cannot be reached: connection refused"
        until(lambda: readiness(on) == (503, [reason]), "it is not ready")
        answers.append(on.server.ask("GET", "/healthz"))

    down = len(on.telnyx.webhooks)
    steps = (4.0, redis.kill), (5.0, see), (8.0, lambda: redis.start(empty=empty))
    with played(on, *steps, seed=2 + empty):
        assert answers == [200]
        assert {each.status for each in on.telnyx.webhooks[down:]} == {200, 503}
        until(lambda: readiness(on) == (200, []), "it is ready")


def test_redis_does_not_answer_for_six_seconds(on: Stage, redis: RedisServer) -> None:
    """Nobody waits for it, once that is known. These are real seconds, and so is the silence."""
    answers = []

    def see() -> None:
        until(lambda: readiness(on) == (503, ["Redis does not answer in time"]), "it is not ready")
        answers.append(on.server.ask("GET", "/healthz", timeout=0.5))
        answers.append(on.server.deliver(make("call.initiated"), timeout=0.5))

    steps = (3.0, redis.pause), (10.0, see), (15.0, redis.resume)
    with played(on, *steps, seed=4, silent=SILENT * SPEED):
        assert answers == [200, 503]
        until(lambda: readiness(on) == (200, []), "it is ready")


def test_a_process_that_was_stopped_does_nothing_twice(on: Stage) -> None:
    """The other one has its rooms meanwhile. These are real seconds, and so is the silence."""
    stopped = on.server.workers[0]
    steps = (
        (3.0, lambda: os.kill(stopped, signal.SIGSTOP)),
        (15.0, lambda: os.kill(stopped, signal.SIGCONT)),
    )
    before = on.server.log.count(TAKEN_OVER)
    with played(on, *steps, seed=5, silent=SILENT * SPEED):
        assert on.server.log.count(TAKEN_OVER) > before
        assert stopped in on.server.workers
