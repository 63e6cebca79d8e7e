"""A command on a terminal of its own: what it prints is read, and answers are typed.

with Terminal(["flask", "setup"], folder, env) as terminal:
    assert terminal.ends({"API key (not shown):": "KEY123"}) == 0
    print(terminal.shown)
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


class Terminal:
    """A process with this terminal as stdin, stdout and stderr. shown: all that it has printed."""

    def __init__(
        self, command: Sequence[str], folder: Path, env: Mapping[str, str], within: float = 60
    ) -> None:
        self._ours, theirs = pty.openpty()
        self._within = within
        self.shown = ""
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def ends(self, answers: Mapping[str, str] = NOTHING) -> int:
        """Wait until it ends. Return its status.

        answers: what is typed after each text that ends a question, as often as it is printed.
        """
        deadline = time.monotonic() + self._within
        answered = 0  # characters of `shown`, up to the end of the last question
        while self._more(deadline):
            for question, answer in answers.items():
                if question in self.shown[answered:]:
                    answered = len(self.shown)
                    os.write(self._ours, f"{answer}\n".encode())
        assert time.monotonic() < deadline, f"it goes on:\n{self.shown}"
        return self.process.wait(self._within)

    def prints(self, text: str) -> None:
        """Wait until it has printed this text."""
        deadline = time.monotonic() + self._within
        while text not in self.shown:
            assert self._more(deadline), f"it does not print {text!r}:\n{self.shown}"

    def _more(self, deadline: float) -> bool:
        """Read what it prints next. Return False if it has ended, or at the deadline."""
        ready, _, _ = select.select([self._ours], [], [], max(0, deadline - time.monotonic()))
        try:
            text = os.read(self._ours, 65536) if ready else b""
        except OSError:  # Linux: the other end is closed
            text = b""
        self.shown += text.decode(errors="replace").replace("\r\n", "\n")
        return bool(text)
