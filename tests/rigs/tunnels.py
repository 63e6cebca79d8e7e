"""Stand-ins for ngrok and cloudflared on a PATH of their own, as real processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rigs.certificates import self_signed

SCRIPT = Path(__file__).with_name("tunnel_stand_in.py")


@dataclass(frozen=True)
class StandIns:
    """The only programs on `path`. What they present as certificate is in `certificate`."""

    folder: Path

    @property
    def path(self) -> str:
        return str(self.folder / "bin")

    @property
    def certificate(self) -> str:
        return str(self.folder / "stand-in.pem")

    def install(self, name: str) -> None:
        program = self.folder / "bin" / name
        python = f'"{sys.executable}" "{SCRIPT}" {name} "{self.folder}"'
        program.write_text(f'#!/bin/sh\nexec {python} "$@"\n')
        program.chmod(0o700)

    @property
    def started(self) -> list[int]:
        """The process ids of all that were started, the oldest first."""
        file = self.folder / "started"
        return [int(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def running(self) -> list[int]:
        return [process for process in self.started if _runs(process)]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def stand_ins(folder: Path, *names: str) -> Iterator[StandIns]:
    """Install stand-ins of these names. Those that are left over end with the block."""
    made = StandIns(folder / "stand-ins")
    (made.folder / "bin").mkdir(parents=True)
    Path(made.certificate).write_text(self_signed("localhost"))
    for name in names:
        made.install(name)
    try:
        yield made
    finally:
        for process in made.running:
            os.kill(process, signal.SIGKILL)
