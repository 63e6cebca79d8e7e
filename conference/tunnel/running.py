"""Runs the program of a tunnel: waits for its address, notices its end, and stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from conference.settings.kinds import KINDS
from conference.tunnel.programs import Program
from conference.tunnel.trouble import Trouble

PATIENCE = 30.0  # seconds for an address; cloudflared needs about 10
LAST_WORDS = 3.0  # seconds to end after SIGTERM
LONGEST_LINE = 100_000  # characters
WATCHED = '"$@" & program=$!; exec >/dev/null 2>&1; read -r end; kill "$program"; wait'
"""A shell's script: run a program until stdin ends. A pipe of ours ends with us, even if killed."""


class Running:
    """A started program. A thread reads its output as long as it runs."""

    def __init__(self, program: Program, process: subprocess.Popen[str]) -> None:
        self._program, self._process = program, process
        self._changed = threading.Condition()
        self._address, self._ready = "", False
        self._trouble, self._final = "", False
        self._ended, self._wanted = False, True
        self._on_end: Callable[[], None] = lambda: None
        self._reader = threading.Thread(target=self._read, name="tunnel", daemon=True)
        self._reader.start()

    def address(self, within: float = PATIENCE) -> str:
        """Wait for the address of the tunnel. Trouble if there is none within so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._up or self._ended or self._final, within)
            if self._up and not self._ended:
                return self._address
            name, why = self._program.name, self._trouble
            how = f"{name} ended" if self._ended else f"{name} has no address after {within:g} s"
        if self._final:
            raise Trouble(why)
        hint = f": {why}" if why else f". Run it yourself to see why: {name}"
        raise Trouble(f"{how}{hint}")

    def when_it_ends(self, act: Callable[[], None]) -> None:
        """Call `act`, on another thread, if the program ends by itself; at once if it has."""
        with self._changed:
            self._on_end = act
            ended = self._ended
        if ended:
            act()

    def stop(self) -> None:
        """End the program, in a bounded time."""
        with self._changed:
            self._wanted = False
        self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(LAST_WORDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # the shell and the program
            self._process.wait()
        self._reader.join(LAST_WORDS)

    @property
    def _up(self) -> bool:
        return bool(self._address) and self._ready

    def _read(self) -> None:
        output: IO[str] = self._process.stdout  # type: ignore[assignment]
        while line := output.readline(LONGEST_LINE):
            heard = self._program.heard(line)
            with self._changed:
                self._address = self._address or heard.address
                self._ready = self._ready or heard.ready
                self._trouble = heard.trouble or self._trouble
                self._final = self._final or heard.final
                self._changed.notify_all()
        output.close()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
            act = self._on_end if self._wanted else None
        if act:
            act()


def _environment() -> dict[str, str]:
    """Return the environment without the settings, however a name of Telnyx's is spelt."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in KINDS and not name.startswith("TELNYX")
    }


@contextmanager
def started(program: Program, local: str) -> Iterator[Running]:
    """Run the program until the block ends, or this process does.

    Ctrl-C of the terminal does not reach it, so that it does not end before us. It gets no setting
    of the line: keys and tokens are among them.
    """
    process = subprocess.Popen(  # noqa: S603 (the command is a row of our table)
        ["/bin/sh", "-c", WATCHED, "sh", *program.command(local)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=_environment(),
        start_new_session=True,
    )
    running = Running(program, process)
    try:
        yield running
    finally:
        running.stop()
