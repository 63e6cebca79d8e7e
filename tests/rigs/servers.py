"""Real servers as child processes: the Procfile's gunicorn and `flask run`.

    with run(GUNICORN, folder) as server:
        server.up()
        assert server.deliver(make("call.cost")) == 200
        assert server.end() == 0
        print(server.log)

Nothing of the developer's environment or `.env` reaches them. Each has a TELNYX_CONNECTION_ID of
its own unless it is given one. Their locks are in the user's private folder: another run of the
tests has other ones, since its address of Telnyx differs.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rigs.recorded import PUBLIC_KEY, TEST_KEY
from rigs.waiting import until

from conference.signature import sign

ROOT = Path(__file__).parents[2]
NOWHERE = f"http://127.0.0.1:9/{os.getpid()}/v2"  # nobody answers: a test must not reach Telnyx
API_KEY = "KEY_simulated"

A_NUMBER = re.compile(r"312(%20|[^\d\n]){0,3}555(%20|[^\d\n]){0,3}01\d\d")
"""A number such as +13125550142 in a log, in any notation. Search for all ten digits: a shorter
run of digits may also be part of a time, a port or a process id."""

AT_THE_END = 1.0  # seconds; one that still sends to a Telnyx that does not answer takes ten

_numbers = itertools.count(1)


def _procfile() -> list[str]:
    """The command of the Procfile, run by this Python."""
    process, command = (ROOT / "Procfile").read_text().strip().split(": ", 1)
    program, *arguments = shlex.split(command)
    assert (process, program) == ("web", "gunicorn")
    return [sys.executable, "-m", program, *arguments]


GUNICORN = _procfile()
WITH_SOCKET = [
    *("bash", "-c"),
    'exec 3<&"$1"; shift; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"',
    "systemd",
]
"""Runs a command as systemd does with a socket: its number follows, then the command."""

FLASK_RUN = [sys.executable, "-m", "flask", "run"]


def environ(folder: Path, **settings: str) -> dict[str, str]:
    """An environment of `settings` and what Python needs to find the code from `folder`."""
    (folder / ".env").touch()  # where there is one, none is looked for in the folders above
    found = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    return {**found, "FLASK_APP": "app", **settings}


def ends(
    command: Sequence[str], folder: Path, within: float = 30.0, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run what should end by itself. stdout and stderr come together, in `stdout`."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environ(folder, **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=within,
        check=False,
    )


@dataclass(frozen=True)
class Server:
    """A server process. What it writes is in `log`, whether it still runs or not."""

    process: subprocess.Popen[bytes]
    port: int
    file: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.file.read_text(encoding="utf-8")

    @property
    def workers(self) -> list[int]:
        """The process ids of its children (Linux)."""
        pid = self.process.pid
        try:
            return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
        except OSError:
            return []

    def up(self, within: float = 30.0) -> None:
        """Wait until it serves. Fails, with the log, once it has ended instead."""

        def healthy() -> bool:
            assert self.process.poll() is None, f"it ended instead of serving:\n{self.log}"
            return self.ask("GET", "/healthz") == 200

        until(healthy, "it serves", within)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 2.0,
    ) -> int | None:
        """The status that is answered; None where there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            with connection.getresponse() as response:
                response.read()
                return response.status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def deliver(self, body: dict[str, Any], timeout: float = 2.0) -> int | None:
        """Post a webhook as Telnyx does, signed: the status, None where there is no answer."""
        raw = json.dumps(body, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "telnyx-webhooks"}
        headers |= sign(raw, key=TEST_KEY, now=time.time())
        return self.ask("POST", "/webhook", raw, headers, timeout)

    def ended(self, within: float = 30.0) -> int:
        """Wait for its end: the exit status, or minus the signal that killed it."""
        return self.process.wait(within)

    def end(self, number: signal.Signals = signal.SIGTERM, within: float = 30.0) -> int:
        """Ask it to end, and wait."""
        self.process.send_signal(number)
        return self.ended(within)

    def kill(self) -> None:
        """Kill it, and its children with it, without a chance to tidy up."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # all of them have ended
        self.process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run(
    command: Sequence[str],
    folder: Path,
    *arguments: str,
    port: int = 0,
    output: IO[str] | None = None,
    listener: socket.socket | None = None,
    **settings: str,
) -> Iterator[Server]:
    """Start a server on 127.0.0.1, with good settings unless others are given; on a free port,
    unless it is to follow one on another.

    With `output`, stdout and stderr go there and `log` stays empty. With a `listener`, it gets this
    socket as systemd passes one on, and opens none.
    It is ended with the block, if it has not been before: a test that waits for the end ends it.
    """
    if listener:
        port, command = listener.getsockname()[1], [*WITH_SOCKET, str(listener.fileno()), *command]
    port, number = port or free_port(), next(_numbers)
    given = {
        "TELNYX_API_KEY": API_KEY,
        "TELNYX_PUBLIC_KEY": PUBLIC_KEY,
        "TELNYX_BASE_URL": NOWHERE,
        "TELNYX_CONNECTION_ID": f"test-{number}",
        "PORT": str(port),
        "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}",  # PORT alone opens it to the network
        "FLASK_RUN_PORT": str(port),
    }
    file = folder / f"server-{number}.log"
    with file.open("wb") as log:
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=folder,
            env=environ(folder, **given | settings),
            stdin=subprocess.DEVNULL,
            stdout=output or log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()] if listener else [],
            start_new_session=True,  # a group of its own, so that `kill` reaches its children
        )
    server = Server(process, port, file)
    try:
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(AT_THE_END)
            except subprocess.TimeoutExpired:
                pass
        server.kill()
