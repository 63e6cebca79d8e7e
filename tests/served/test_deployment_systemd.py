"""The unit of docs/deployment.md: systemd accepts it, and the server runs as it says.

There is no systemd in the tests: they do what it does with a socket, a signal and a status.
"""

from __future__ import annotations

import json
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from rigs.deployment import SERVICE, SOCKET, changed, unit
from rigs.documents import PAGES, ROOT
from rigs.recorded import TEST_KEY, make
from rigs.servers import Server, run
from rigs.waiting import until

from conference.serving import graceful_timeout, keepalive
from conference.serving.worker import OTHER_DESCRIPTORS
from conference.settings import Settings
from conference.signature import sign

FOLDER = "/opt/conference-line"
MOST_CLIENTS = 1000  # gunicorn's worker_connections
MOST_EXPOSED = 15  # tenths; systemd-analyze gives 96 to a unit without any protection
SENDERS = 4
OF = unit(SERVICE)
(START,) = OF["ExecStart"]
COMMAND = [sys.executable, "-m", *shlex.split(START.removeprefix(f"{FOLDER}/.venv/bin/"))]
"""What systemd starts, by this Python."""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """The socket that systemd keeps while no server runs."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=4096)) as listener:
        yield listener


# What the unit says


def test_it_starts_what_the_procfile_starts() -> None:
    procfile = (ROOT / "Procfile").read_text().strip()
    assert procfile == f"web: {START.removeprefix(f'{FOLDER}/.venv/bin/')}"
    assert OF["WorkingDirectory"] == [FOLDER]


def test_the_socket_is_where_the_proxies_send_requests() -> None:
    (address,) = unit(SOCKET)["ListenStream"]
    assert address == f"127.0.0.1:{Settings().port}"
    for sends in (f"server {address};", f"reverse_proxy {address}", f"--publish {address}:"):
        assert sends in PAGES["deployment"]


def test_the_server_has_the_time_and_the_files_that_it_needs() -> None:
    assert int(OF["TimeoutStopSec"][0]) > graceful_timeout
    assert int(OF["LimitNOFILE"][0]) >= MOST_CLIENTS + OTHER_DESCRIPTORS
    assert keepalive > 120, "Caddy keeps connections for 2 min, nginx for 1 min"


def test_its_user_is_the_one_that_the_page_makes_and_its_home_can_be_written() -> None:
    (made,) = re.findall(r"^sudo useradd (.*)$", PAGES["deployment"], re.MULTILINE)
    *options, name = shlex.split(made)
    home = options[options.index("--home-dir") + 1]
    assert OF["User"] == [name]
    assert OF["StateDirectory"] == [home.removeprefix("/var/lib/")]
    assert OF["ProtectSystem"] == ["strict"]


def examined(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze on the units, with a gunicorn that is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    there = {f"{FOLDER}/.venv/bin/gunicorn": sys.executable}
    (folder / "conference-line.service").write_text(changed(SERVICE, there))
    (folder / "conference-line.socket").write_text(SOCKET)
    command = ["systemd-analyze", *arguments, "./conference-line.service"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_systemd_understands_each_line(tmp_path: Path) -> None:
    found = examined(tmp_path, "verify")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_systemd_finds_little_that_a_fault_could_reach(tmp_path: Path) -> None:
    found = examined(tmp_path, "security", "--offline=true", f"--threshold={MOST_EXPOSED}")
    assert found.returncode == 0, found.stdout


# What the server does with it


@pytest.fixture
def notified(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket on which systemd hears that the server is ready: NOTIFY_SOCKET names it."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(20)
        yield notified


def test_it_reports_that_it_is_ready_and_serves_at_the_sockets_address(
    tmp_path: Path, listener: socket.socket, notified: socket.socket
) -> None:
    assert OF["Type"] == ["notify"]
    given = {"NOTIFY_SOCKET": notified.getsockname(), "PORT": "1", "GUNICORN_CMD_ARGS": ""}
    with run(COMMAND, tmp_path, listener=listener, **given) as server:
        assert b"READY=1" in notified.recv(1000).splitlines()
        server.up()
        assert server.end(signal.Signals[OF["KillSignal"][0]]) == 0


def test_with_a_malformed_setting_it_ends_before_it_is_ready(
    tmp_path: Path, listener: socket.socket, notified: socket.socket
) -> None:
    given = {"NOTIFY_SOCKET": notified.getsockname(), "BEEP": "sometimes"}
    with run(COMMAND, tmp_path, listener=listener, **given) as server:
        assert server.ended() == 2
        notified.setblocking(False)
        with pytest.raises(BlockingIOError):
            notified.recv(1000)
        assert "BEEP: is 'sometimes'" in server.log


def test_a_reload_reads_the_env_file_of_the_working_folder(
    tmp_path: Path, listener: socket.socket
) -> None:
    reload, signal_name, pid = shlex.split(OF["ExecReload"][0])[:3]
    assert (reload, pid) == ("/bin/kill", "$MAINPID")
    with run(COMMAND, tmp_path, listener=listener) as server:
        server.up()
        (tmp_path / ".env").write_text("PUBLIC_URL=https://changed.example.com\n")
        server.process.send_signal(signal.Signals[f"SIG{signal_name[1:]}"])
        until(lambda: "webhook URL must be https://changed.example.com/webhook" in server.log)


# Without a gap, with one process


@contextmanager
def webhooks(port: int) -> Iterator[list[int | None]]:
    """Send webhooks until the block ends, one after another in each thread. Yield the statuses."""
    over, statuses = threading.Event(), list[int | None]()

    def send() -> None:
        while not over.is_set():
            statuses.append(delivered(port))

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        over.set()
        for thread in threads:
            thread.join()


def delivered(port: int) -> int | None:
    """The status of a new webhook; None if the connection is refused or closed."""
    body = make("call.cost")
    body["data"]["id"] = secrets.token_hex()
    raw = json.dumps(body).encode()
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        try:
            connection.request("POST", "/webhook", raw, sign(raw, key=TEST_KEY, now=time.time()))
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None


def test_a_restart_refuses_no_webhook(tmp_path: Path, listener: socket.socket) -> None:
    """What arrives meanwhile waits in systemd's socket."""
    with ExitStack() as servers:

        def start() -> Server:
            started = run(COMMAND, tmp_path, listener=listener, TELNYX_CONNECTION_ID="restarted")
            return servers.enter_context(started)

        old = start()
        with webhooks(old.port) as statuses:
            until(lambda: 200 in statuses)
            assert old.end() == 0
            start().up()
            more = len(statuses) + SENDERS
            until(lambda: len(statuses) > more, "the new server takes webhooks")
    assert set(statuses) == {200}


def test_a_reload_refuses_no_webhook(tmp_path: Path, listener: socket.socket) -> None:
    with (
        run(COMMAND, tmp_path, listener=listener) as server,
        webhooks(server.port) as statuses,
    ):
        until(lambda: 200 in statuses)
        (old,) = server.workers
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.workers and old not in server.workers, "the old worker has ended")
        server.up()
        more = len(statuses) + SENDERS
        until(lambda: len(statuses) > more, "the new worker takes webhooks")
    assert set(statuses) == {200}
