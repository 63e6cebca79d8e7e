"""Keeps the times of outgoing calls in a file, so that DIAL_PER_HOUR holds over a restart."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from conference.core.requests.dialling import HOUR
from conference.private_folder import PrivateFolder, Unusable

log = logging.getLogger(__name__)

LARGEST = 1_000_000  # bytes that are read; 10,000 calls, the most of DIAL_PER_HOUR, have 150,000
LINE = re.compile(rb"[0-9]{1,12}(\.[0-9]{1,6})?")


class DialFile:
    """A line for each call of the last hour: Unix seconds. No number is in it.

    If the file cannot be used, one warning is logged, and the times are lost with the process.
    """

    def __init__(self, folder: PrivateFolder, application: str) -> None:
        self._folder = folder
        self._name = f"{application}.dials"
        self._warned = False

    def read(self) -> list[float]:
        """Return the ages of the calls, in seconds, the oldest first.

        Unreadable lines are ignored. A time in the future counts as now: the clock was set back.
        """
        now = time.time()
        self._remove_old(now)
        ages = (max(now - at, 0.0) for at in self._times())
        return sorted((age for age in ages if age < HOUR), reverse=True)

    def save(self, ages: Sequence[float]) -> None:
        """Replace the file by calls of these ages, in seconds."""
        now = time.time()
        lines = "".join(f"{now - age:.3f}\n" for age in ages)
        try:
            self._folder.write(self._name, lines.encode())
        except (OSError, Unusable) as error:
            self._warn(error)

    def _times(self) -> Iterator[float]:
        try:
            with os.fdopen(self._folder.open(self._name, os.O_RDONLY), "rb") as file:
                content = file.read(LARGEST)
        except FileNotFoundError:
            return
        except (OSError, Unusable) as error:
            self._warn(error)
            return
        for line in content.split(b"\n"):
            if LINE.fullmatch(line):
                yield float(line)

    def _remove_old(self, now: float) -> None:
        """Remove the files of applications that have called nobody for an hour."""
        for name in self._folder.names(".dials"):
            with suppress(OSError):
                if os.stat(name, dir_fd=self._folder.descriptor).st_mtime < now - HOUR:
                    self._folder.remove(name)

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            log.warning("DIAL_PER_HOUR begins anew at each start: its count is not kept: %s", error)
        self._warned = True
