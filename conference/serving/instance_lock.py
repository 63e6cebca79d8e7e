"""Allows one server for an application on a machine: two would both act on every call."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)

ANOTHER_ENDS_WITHIN = 15.0  # seconds to wait for the server that is being replaced

_held: list[IO[str]] = []  # the open file keeps the lock until the process ends


class AnotherServer(Exception):
    """Another server for the same account and application runs on this machine."""


def take_instance_lock(base_url: str, connection_id: str, still_wanted: Callable[[], bool]) -> None:
    """Take the lock of an account and application until the process ends.

    AnotherServer if it is not free within ANOTHER_ENDS_WITHIN.
    """
    if _held:
        return
    import fcntl  # Windows has none: there only serving does not work

    name = hashlib.sha256(f"{base_url} {connection_id}".encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"conference-line-{os.getuid()}-{name}.lock"
    file = path.open("a")
    give_up = time.monotonic() + ANOTHER_ENDS_WITHIN
    waits = False
    while still_wanted() and time.monotonic() < give_up:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if not waits:
                log.info("another server runs: waiting %g s for it to end", ANOTHER_ENDS_WITHIN)
            waits = True
            time.sleep(0.1)
        else:
            _held.append(file)
            return
    file.close()
    raise AnotherServer(
        "another server for this TELNYX_BASE_URL and TELNYX_CONNECTION_ID runs on this machine, "
        "and two would both act on every call: stop it, then start this one"
    )
