"""Writes settings into the `.env` file, for its owner alone, and copies what is replaced."""

from __future__ import annotations

import itertools
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from conference.settings import env_file, env_text

OURS_ALONE = 0o600
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
MINE = "It must be a regular file of the user who runs this."


class Unwritable(Exception):
    """The file cannot be written. The text says why."""


class EnvFile:
    """The `.env` file that the settings are read from; where there is none, a new one here.

    Links are followed to the file that they name.
    """

    def __init__(self) -> None:
        self.path = os.path.realpath(env_file.where() or os.path.join(os.getcwd(), ".env"))
        self.copy = ""
        """Path of the copy of the file as it was; empty until a value was replaced."""

    def is_exposed(self) -> bool:
        """Return whether others can read or change the file."""
        try:
            return bool(os.stat(self.path).st_mode & env_file.OF_OTHERS)
        except FileNotFoundError:
            return False

    def protect(self) -> None:
        """Let only the owner read and change the file."""
        self.check()
        try:
            os.chmod(self.path, OURS_ALONE)
        except OSError as error:
            raise Unwritable(f"{self.path}: {error.strerror}.") from None

    def write(self, values: Mapping[str, str]) -> None:
        """Set these values. Unwritable if that fails: the file is as it was."""
        old = self._read()
        replaced = [name for name in values if (env_file.values_of(old).get(name) or "")]
        try:
            if replaced and not self.copy:
                self.copy = self._copied(old)
            self._replace(env_text.with_values(old, values))
        except OSError as error:
            raise Unwritable(f"{self.path}: {error.strerror}.") from None

    def _read(self) -> str:
        self.check()
        try:
            with open(self.path, encoding="utf-8", newline="") as file:
                return file.read()
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError:
            raise Unwritable(f"{self.path} is not in UTF-8. Save it as UTF-8.") from None
        except OSError as error:
            raise Unwritable(f"{self.path}: {error.strerror}.") from None

    def check(self) -> None:
        """Raise Unwritable for a file of another user, a folder, a FIFO or a device."""
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Unwritable(f"{self.path}: {error.strerror}.") from None
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise Unwritable(f"{self.path} cannot be changed. {MINE}")

    def _copied(self, text: str) -> str:
        when = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        for number in itertools.count():
            path = f"{self.path}.{when}{f'-{number}' if number else ''}.bak"
            with suppress(FileExistsError), _written_new(path, text):
                return path
        raise AssertionError("count() has no end")

    def _replace(self, text: str) -> None:
        """Write a new file and give it the old one's name: a kill leaves the old or the new."""
        new = f"{self.path}.{os.getpid()}.new"
        with suppress(FileNotFoundError):
            os.unlink(new)  # of a process with this number that was killed
        with _written_new(new, text):
            os.replace(new, self.path)


@contextmanager
def _written_new(path: str, text: str) -> Iterator[None]:
    """Write a new file, and run the block. If either fails, there is no such file."""
    file = os.open(path, NEW, OURS_ALONE)
    try:
        with os.fdopen(file, "w", encoding="utf-8", newline="") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        yield
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise
