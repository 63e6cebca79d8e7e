"""A pipe that nobody reads, such as the stderr of a server whose log collector hangs."""

from __future__ import annotations

import fcntl
import io
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Pipe:
    """The ends of the pipe. Only `read` reads it."""

    reader: int
    writer: io.TextIOWrapper

    def fill(self) -> str:
        """Leave no space. Return what was written."""
        filler = "-" * (select.PIPE_BUF - 1) + "\n"
        poll = select.poll()
        poll.register(self.writer, select.POLLOUT)
        written = 0
        while poll.poll(0):
            written += os.write(self.writer.fileno(), filler.encode())
        return filler * (written // len(filler))

    def read(self) -> str:
        """Take all that is in the pipe."""
        parts = []
        with suppress(BlockingIOError):
            while part := os.read(self.reader, 1 << 20):
                parts.append(part)
        return b"".join(parts).decode()


@contextmanager
def unread_pipe(pages: int = 16) -> Iterator[Pipe]:
    """Make a pipe for `pages` times PIPE_BUF bytes (Linux)."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, pages * select.PIPE_BUF)
    with open(reader, "rb", buffering=0), open(writer, "w", encoding="utf-8") as stream:
        yield Pipe(reader, stream)
