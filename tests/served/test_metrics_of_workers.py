"""The figures of several processes of a machine: real gunicorn, and processes that share a folder.

Needs requirements-scaling.txt.
"""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from rigs.figures import Figures, figures
from rigs.people import TOKEN
from rigs.recorded import make
from rigs.restarts import stage
from rigs.servers import FLASK_RUN, GUNICORN, Server, environ, run
from rigs.waiting import until

from conference.reporting.metrics import FOLDER
from conference.serving.metrics_folder import PREFIX, forget_worker

pytest.importorskip("prometheus_client")

WEBHOOKS = ("conference_webhooks_total", "applied", "call.initiated")
COMMANDS = "conference_commands_total"
ROOMS, CALLS = ("conference_rooms",), ("conference_participants",)


def read(server: Server) -> Figures:
    asked = Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(asked, timeout=5) as response:
        return figures(response.read().decode())


def folders(folder: Path) -> list[Path]:
    return [*folder.glob(f"{PREFIX}*")]


def is_locked(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def test_a_story_of_two_callers(tmp_path: Path) -> None:
    with stage(tmp_path) as staged:
        phones = [staged.telnyx.phone(f"+1312555011{n}") for n in range(2)]
        for phone in phones:
            phone.dial()
        until(lambda: len(staged.joined("demo-conference")) == 2, "both are inside")
        until(lambda: read(staged.server)["conference_backlog",] == 0, "nothing waits")
        found = read(staged.server)
        assert (found[ROOMS], found[CALLS]) == (1, 2)
        assert found[WEBHOOKS] == 2
        for command, number in (("answer", 2), ("speak", 2), ("create", 1), ("join", 1)):
            assert found["conference_commands_total", command, "done"] == number
        done = sum(n for key, n in found.items() if key[0] == COMMANDS and key[2] == "done")
        read_lists = found.get((COMMANDS, "snapshot", "done"), 0)
        assert found["conference_command_seconds_count",] == done - read_lists
        for phone in phones:
            phone.hang_up()
        until(lambda: read(staged.server)[CALLS] == 0, "both have left")
        assert read(staged.server)[ROOMS] == 0


def test_a_server_counts_from_its_start_to_its_end_over_a_reload(tmp_path: Path) -> None:
    with stage(tmp_path) as staged:
        server = staged.server
        (folder,) = folders(tmp_path)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert is_locked(folder), "or systemd-tmpfiles would remove old files"
        for n in range(2):
            staged.telnyx.phone(f"+1312555011{n}").dial()
        until(lambda: len(staged.joined("demo-conference")) == 2, "both are inside")
        assert staged.telnyx.idle(10)
        found = read(server)
        assert (found[WEBHOOKS], found[ROOMS], found[CALLS]) == (2, 1, 2)
        webhooks = sum(n for key, n in found.items() if key[0] == WEBHOOKS[0])
        assert found["conference_ack_seconds_count",] == webhooks >= 6
        (before,) = server.workers

        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.workers and before not in server.workers, "another worker", 60)
        server.up()
        staged.telnyx.phone("+13125550112").dial()
        until(lambda: len(staged.joined("demo-conference")) == 3, "a third is inside")
        assert read(server)[WEBHOOKS] == 3, "the counters of the worker that has ended stay"
        until(lambda: [read(server)[each] for each in (ROOMS, CALLS)] == [1, 3], "no old gauge")
        assert server.end() == 0
    assert folders(tmp_path) == []


def test_a_killed_worker_leaves_its_counters_alone(tmp_path: Path) -> None:
    with run(GUNICORN, tmp_path, CONTROL_TOKEN=TOKEN) as server:
        server.up()
        assert server.deliver(make("call.initiated")) == 200
        (worker,) = server.workers
        subprocess.run(["kill", "-9", str(worker)], check=True)
        until(lambda: server.workers and worker not in server.workers, "another worker", 60)
        server.up()
        assert read(server)[WEBHOOKS] == 1
        until(lambda: [read(server)[each] for each in (ROOMS, CALLS)] == [0, 0], "no old gauge")


def test_without_a_token_there_is_no_folder(tmp_path: Path) -> None:
    with run(GUNICORN, tmp_path) as server:
        server.up()
        assert folders(tmp_path) == []
        assert server.ask("GET", "/metrics") == 403


def test_flask_run_counts_in_memory(tmp_path: Path) -> None:
    with run(FLASK_RUN, tmp_path, METRICS_TOKEN=TOKEN) as server:
        server.up()
        assert server.deliver(make("call.initiated")) == 200
        found = read(server)
        assert (found[WEBHOOKS], found[CALLS]) == (1, 1)
        assert folders(tmp_path) == []


COUNT = """
import os, sys
from dataclasses import replace
from rigs.core import EMPTY, inside
from conference.clock import Clock
from conference.core.change import Change
from conference.core.events import DeadlinePassed
from conference.reporting.metrics import Metrics

metrics = Metrics(Clock())
room = replace(inside(inside(), "B"), name=sys.argv[1])
metrics.observe(Change(replace(EMPTY, name=room.name), room, DeadlinePassed(1.0)))
for _ in range(int(sys.argv[2])):
    metrics.answered("call.initiated", "applied", 0.25)
metrics.backlog(int(sys.argv[2]))
print(os.getpid(), flush=True)
input()
"""
SHOW = """
from conference.clock import Clock
from conference.reporting.metrics import Metrics

print(Metrics(Clock()).text()[0].decode())
"""


def test_processes_that_share_a_folder_are_summed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    env = environ(tmp_path, **{FOLDER: str(shared)})
    env["PYTHONPATH"] += f":{env['PYTHONPATH']}/tests"

    def begin(room: str, number: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", COUNT, room, str(number)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True)

    def shown() -> Figures:
        command = [sys.executable, "-c", SHOW]
        return figures(subprocess.run(command, env=env, check=True, stdout=-1, text=True).stdout)

    with begin("blue", 2) as one, begin("green", 3) as other:
        assert one.stdout and other.stdout
        pids = [int(each.stdout.readline()) for each in (one, other) if each.stdout]
        found = shown()
        assert (found[WEBHOOKS], found[ROOMS], found[CALLS]) == (5, 2, 4)
        assert found["conference_backlog",] == 5
        assert found["conference_ack_seconds_count",] == 5
        assert found["conference_ack_seconds_sum",] == 1.25

        one.communicate("\n")
        monkeypatch.setenv(FOLDER, str(shared))
        forget_worker(pids[0])
        found = shown()
        assert (found[WEBHOOKS], found[ROOMS], found[CALLS]) == (5, 1, 2)
        assert found["conference_backlog",] == 3
        other.communicate("\n")
