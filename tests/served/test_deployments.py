"""A line with Redis is deployed again, or killed: its rooms go on, with all that Telnyx forgets."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from rigs.crowd import Stage, stage
from rigs.people import ANN, BOB, CLEO
from rigs.played import played
from rigs.recorded import TEST_KEY, make
from rigs.redis_servers import RedisServer, redis_server
from rigs.shared_line import ROOM, Process, shared_line
from rigs.waiting import until

from conference.core.client_state import ClientState, encode
from conference.signature import sign

DAN = "+13125550114"
REMOVED = "You were removed from this meeting. Goodbye."
SPEED = 1.0  # else the clock of a process that starts later would not be that of the others


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as redis:
        yield redis


def test_a_deployment_without_a_gap_refuses_no_webhook(tmp_path: Path, redis: RedisServer) -> None:
    """The new server starts beside the old one, Telnyx is sent there, and the old one ends."""
    with shared_line(tmp_path, redis.url, SPEED) as line:
        processes = [line.start()]
        line.deliver_to(processes[0])
        on = Stage(line.telnyx, processes[0].server)
        ends = []

        def next_one() -> None:
            processes.append(line.start())
            line.deliver_to(processes[-1])

        def end() -> None:
            began = time.monotonic()
            assert processes[-2].server.end() == 0
            ends.append(time.monotonic() - began)
            on.server = processes[-1].server

        with played(on, (2.0, next_one), (5.0, end), lasts=8):
            assert {each.status for each in line.telnyx.webhooks} == {200}
            assert ends[0] < 15, "10 s for commands, and 5 s for callbacks"
            assert set(line.homes().values()) == {processes[-1].id}


def test_a_machine_dies(tmp_path: Path, redis: RedisServer) -> None:
    """Nobody announces its end."""
    with shared_line(tmp_path, redis.url, SPEED) as line:
        dies, lives = line.start(), line.start()
        line.deliver_to(dies)

        def die() -> None:
            dies.server.kill()
            line.deliver_to(lives)

        with played(Stage(line.telnyx, lives.server), (4.0, die), lasts=8):
            assert set(line.homes().values()) == {lives.id}


def test_a_reload_under_load_refuses_no_webhook(tmp_path: Path, redis: RedisServer) -> None:
    with stage(tmp_path, SPEED, redis_url=redis.url) as on:
        old = set(on.server.workers)
        reload = (3.0, lambda: on.server.process.send_signal(signal.SIGHUP))
        with played(on, reload, lasts=8):
            assert {each.status for each in on.telnyx.webhooks} == {200}
            until(lambda: not old & set(on.server.workers), "the old processes have ended")


def test_a_draining_process_takes_no_new_room(tmp_path: Path, redis: RedisServer) -> None:
    """A webhook that had arrived by half is answered. Its room begins at the other process."""
    with shared_line(tmp_path, redis.url, SPEED) as line:
        draining, other = line.start(), line.start()
        line.deliver_to(draining)
        line.dials(ANN)
        assert line.homes()[ROOM] == draining.id
        state = encode(ClientState("blue", direction="outgoing", number=BOB))
        answered = make("call.answered", call_control_id="v3:bob", client_state=state)
        with half_sent(draining, answered) as rest, half_sent(draining, answered):
            draining.server.process.send_signal(signal.SIGTERM)
            until(lambda: draining.server.ask("GET", "/healthz") is None, "it takes no clients")
            assert rest() == 200
            assert line.homes() == {ROOM: draining.id, "blue": other.id}
        assert draining.server.ended() == 0
        assert line.homes() == {ROOM: other.id, "blue": other.id}


@contextmanager
def half_sent(process: Process, webhook: dict[str, Any]) -> Iterator[Callable[[], int]]:
    """Send the head of a webhook. Yield a function that sends its body, and returns the status."""
    body = json.dumps(webhook).encode()
    connection = HTTPConnection("127.0.0.1", process.server.port, timeout=10)
    connection.putrequest("POST", "/webhook")
    for name, value in sign(body, key=TEST_KEY, now=time.time()).items():
        connection.putheader(name, value)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[:1])

    def rest() -> int:
        connection.send(body[1:])
        return connection.getresponse().status

    with closing(connection):
        yield rest


def test_what_telnyx_forgets_outlasts_a_kill_of_the_only_process(
    tmp_path: Path, redis: RedisServer
) -> None:
    with shared_line(tmp_path, redis.url, speed=4) as line:
        killed = line.start()
        line.deliver_to(killed)
        for number in (ANN, BOB, CLEO):
            line.dials(number)
        until(lambda: [p["status"] for p in killed.people().values()] == ["joined"] * 3)
        killed.ask("/actions/kick?wait=1", {"participants": [CLEO], "ban": True})
        killed.ask("/actions/rename", {"participants": [BOB], "label": "Bob"})
        killed.ask("/actions/mode?wait=1", {"mode": "questions"})
        killed.ask("/actions/raise-hand?wait=1", {"participants": [BOB]})
        killed.ask("/actions/lock", {})
        until(lambda: CLEO not in killed.people(), "Cleo is out")
        kept = ("locked", "mode", "hands", "conference_id", "opened_at")
        before, people = killed.ask(), killed.people()
        assert [before["locked"], before["mode"], len(before["hands"])] == [True, "questions", 1]

        killed.server.kill()
        process = line.start(killed.server.port)
        assert {name: process.ask()[name] for name in kept} == {name: before[name] for name in kept}
        assert {n: process.people()[n]["label"] for n in people} == {ANN: "", BOB: "Bob"}
        until(lambda: line.homes()[ROOM] == process.id, "the room is at home there")
        process.ask("/actions/unlock", {})
        line.dials(DAN)
        banned = line.telnyx.phone(CLEO).dial()
        until(lambda: banned.state == "ended", "Cleo stays out")
        assert [heard.detail for heard in banned.timeline if heard.what == "speech"] == [REMOVED]
        members = {number: each["member"] for number, each in process.people().items()}
        assert members == {ANN: 1, BOB: 2, DAN: 4}
        assert {each.status for each in line.telnyx.webhooks} <= {200, None}
        assert "Traceback" not in process.server.log
