"""Keeps the times of outgoing calls in a file, so that DIAL_PER_HOUR holds over a restart."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress

from conference.clock import since_boot
from conference.core.requests.dialling import HOUR
from conference.private_folder import PrivateFolder, Unusable

log = logging.getLogger(__name__)

LARGEST = 1_000_000  # bytes that are read; 10,000 calls, the most of DIAL_PER_HOUR, have 300,000
LINE = re.compile(rb"(\d{1,12}(?:\.\d{1,6})?)(?: (-?\d{1,12}(?:\.\d{1,6})?))?")


class DialFile:
    """A line for each call of the last hour: when it was, and no number.

    A time is in Unix seconds, and in seconds since the machine's boot. By these a call has two
    ages, and the smaller one counts: neither a corrected clock nor another machine opens the limit.
    If the file cannot be used, one warning is logged, and the times are lost with the process.
    """

    def __init__(self, folder: PrivateFolder, application: str) -> None:
        self._folder = folder
        self._name = f"{application}.dials"
        self._warned = False

    def read(self) -> list[float]:
        """Return the ages of the calls, in seconds, the oldest first.

        Unreadable lines are ignored. A time in the future counts as now: the clock was set back.
        Files of applications that have called nobody for an hour are removed.
        """
        self._remove_old()
        try:
            return sorted(self._ages(self._name), reverse=True)
        except FileNotFoundError:
            return []
        except (OSError, Unusable) as error:
            self._warn(error)
            return []

    def save(self, ages: Sequence[float]) -> None:
        """Replace the file by calls of these ages, in seconds."""
        now, up = time.time(), since_boot()
        lines = "".join(f"{now - age:.3f} {up - age:.3f}\n" for age in ages)
        try:
            self._folder.write(self._name, lines.encode())
        except (OSError, Unusable) as error:
            self._warn(error)

    def _ages(self, name: str) -> list[float]:
        """Return the ages within an hour that a file has."""
        with os.fdopen(self._folder.open(name, os.O_RDONLY), "rb") as file:
            lines = file.read(LARGEST).split(b"\n")
        now, up = time.time(), since_boot()
        times = (found.groups() for line in lines if (found := LINE.fullmatch(line)))
        return [age for each in times if (age := _age(*each, now=now, up=up)) < HOUR]

    def _remove_old(self) -> None:
        for name in self._folder.names(".dials"):
            with suppress(OSError, Unusable):
                if not self._ages(name):
                    self._folder.remove(name)

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            log.warning("DIAL_PER_HOUR begins anew at each start: its count is not kept: %s", error)
        self._warned = True


def _age(at: bytes, booted: bytes | None, *, now: float, up: float) -> float:
    """Return the age of a call. `booted`: seconds from the boot to the call, if known."""
    age = max(now - float(at), 0.0)
    since = up - float(booted or b"inf")
    return min(age, since) if since >= 0 else age  # else the machine has started again
