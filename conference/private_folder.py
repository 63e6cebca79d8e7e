"""A folder that only this user can read, for files that the servers of one machine share.

It depends on the user alone: TMPDIR, HOME and XDG_STATE_HOME may differ from server to server.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NAME = "conference-line"
SHARED = ("/var/tmp", "/tmp")  # noqa: S108 (the folder in them is made for us alone, and checked)
ALL = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
OURS_ALONE = stat.S_IRWXU
AT_ONCE = os.O_NONBLOCK | os.O_NOCTTY  # opening a FIFO or a terminal must not wait


class Unusable(Exception):
    """The folder or a file in it cannot be used. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class PrivateFolder:
    """An open folder. Its files are named without a path, and stay its own if it is moved."""

    path: Path
    descriptor: int

    def open(self, name: str, flags: int = os.O_RDWR | os.O_CREAT) -> int:
        """Open a regular file of ours and return its descriptor; FileNotFoundError without one.

        Unusable if it is anything else, such as a link or a FIFO, or cannot be opened.
        """
        path = self.path / name
        try:
            file = os.open(name, flags | os.O_NOFOLLOW | AT_ONCE, 0o600, dir_fd=self.descriptor)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unusable(f"{path} cannot be opened ({error.strerror}): remove it") from error
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            os.close(file)
            raise Unusable(f"{path} is not a regular file of this user: remove it")
        if found.st_mode & ALL & ~OURS_ALONE:
            os.fchmod(file, 0o600)
        return file

    def has(self, name: str, file: int) -> bool:
        """Return whether this open file is still the one of this name."""
        try:
            there = os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(file))

    def names(self, suffix: str) -> list[str]:
        return sorted(name for name in os.listdir(self.descriptor) if name.endswith(suffix))

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.descriptor)

    def write(self, name: str, content: bytes) -> None:
        """Replace the file's content at once: a kill leaves the old or the new content."""
        new = f"{name}.new"
        with os.fdopen(self.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
            file.write(content)
        os.replace(new, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)


def private_folder(places: Sequence[Path] | None = None) -> PrivateFolder:
    """Open the folder, made if necessary, in the first place where that is possible.

    Unusable if there is none, or if somebody else can reach the folder.
    """
    tried = [*_places()] if places is None else places
    for path in tried:
        if _made(path):
            return PrivateFolder(path, _opened(path))
    where = ", ".join(str(path.parent) for path in tried)
    raise Unusable(f"a folder for the lock is needed: make one of {where} writable for this user")


def _places() -> Iterator[Path]:
    """Yield the folder in the user's home, then those for users without a home."""
    import pwd  # Windows has none: there only serving does not work

    user = os.geteuid()
    with suppress(KeyError):
        home = Path(pwd.getpwuid(user).pw_dir)
        if home.is_absolute() and home.is_dir():
            yield home / ".local" / "state" / NAME
    for folder in SHARED:
        yield Path(folder) / f"{NAME}-{user}"


def _made(path: Path) -> bool:
    """Make the folder, and those above it, for this user alone.

    Return whether it is there, and not on a file system that is read-only.
    """
    missing = [each for each in (path, *path.parents) if not os.path.lexists(each)]
    try:
        for each in reversed(missing):  # Path.mkdir would make the parents as the umask says
            with suppress(FileExistsError):  # another server makes them, too
                each.mkdir(mode=OURS_ALONE)
    except OSError:
        return False
    return not _is_read_only(path)


def _is_read_only(path: Path) -> bool:
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False  # a broken link, or closed to us: `_opened` reports it


def _opened(path: Path) -> int:
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        what = "must be a folder of this user, of mode 700, and no link"
        raise Unusable(f"{path} {what} ({error.strerror}): remove it") from error
    found = os.fstat(folder)
    ours = found.st_uid == os.geteuid()
    if ours and found.st_mode & ALL == OURS_ALONE:
        return folder
    os.close(folder)
    if ours:
        raise Unusable(f"{path} must be open to this user and nobody else: chmod 700 {path}")
    raise Unusable(f"{path} belongs to another user: remove it, or let its owner do so")
