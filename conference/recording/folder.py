"""The folder of a recording: who may read it, the names of its files, and how much it holds."""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from datetime import UTC, datetime
from pathlib import Path

MOST_FILES = 100_000
MOST_BYTES = 500_000_000
RECOUNTED = 1000  # files after which those of other processes are counted, too
OTHERS = stat.S_IRWXG | stat.S_IRWXO
PRIVATE, PRIVATE_FOLDER = 0o600, 0o700

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.-]+")


class Full(OSError):
    """The folder has as much as it may have."""


class Folder:
    """A folder that this user alone can read, open for new files of this process.

    Several processes may write at once. A name begins with the time, so names sort in order:
    those of one process always, those of a room also if another process goes on with it.
    OSError if the folder cannot be made, or others can read it.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        found = os.fstat(self._descriptor)
        if found.st_uid != os.geteuid() or found.st_mode & OTHERS:
            os.close(self._descriptor)
            raise PermissionError(f"{path} must belong to this user alone: chmod 700 {path}")
        self.tag = secrets.token_hex(3)
        self.written = 0
        self._last = 0
        self._count()

    def write(self, what: str, content: bytes, at: int) -> None:
        """Write a file that is there whole or not at all. OSError if that fails; Full at the end.

        `what`: goes into its name. `at`: real time in nanoseconds.
        """
        if self._files >= MOST_FILES or self._bytes + len(content) > MOST_BYTES:
            raise Full(f"it has {self._files} files of {self._bytes:,} bytes in all")
        name, new = self._name(what, at), f".{self.tag}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        try:
            with open(os.open(new, flags, PRIVATE, dir_fd=self._descriptor), "wb") as file:
                file.write(content)
            os.rename(new, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except OSError:
            self._remove(new)
            raise
        self.written += 1
        self._files += 1
        self._bytes += len(content)
        if self.written % RECOUNTED == 0:
            self._count()

    def close(self) -> None:
        os.close(self._descriptor)

    def _name(self, what: str, at: int) -> str:
        """Return a name after all former ones: the time in microseconds, the process, the kind."""
        self._last = max(self._last + 1, at // 1000)
        seconds, micro = divmod(self._last, 1_000_000)
        day = datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%S")
        return f"{day}.{micro:06}-{self.tag}-{_NOT_IN_NAMES.sub('-', what)[:60]}.json"

    def _count(self) -> None:
        with os.scandir(self._descriptor) as found:
            sizes = [each.stat().st_size for each in found if each.is_file(follow_symlinks=False)]
        self._files, self._bytes = len(sizes), sum(sizes)

    def _remove(self, name: str) -> None:
        try:
            os.unlink(name, dir_fd=self._descriptor)
        except OSError:
            return


def now() -> int:
    """Return the real time in nanoseconds, for `write`."""
    return time.time_ns()
