"""Allows one server for an application on a machine: two would both act on every call."""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from conference.private_folder import PrivateFolder, Unusable

log = logging.getLogger(__name__)

ANOTHER_ENDS_WITHIN = 15.0  # seconds to wait for the server that is being replaced
PORTS = {"http": 80, "https": 443}  # that an address need not name


class AnotherServer(Exception):
    """Another server for the same account and application runs on this machine."""


class Held(NamedTuple):
    """The lock: an open file of the folder. It ends with the process at the latest."""

    folder: PrivateFolder
    name: str
    file: int


_held: list[Held] = []


def application_name(base_url: str, connection_id: str) -> str:
    """Return a name for the files of this application, however the API's address is written."""
    parts = urlsplit(base_url)
    port = parts.port or PORTS.get(parts.scheme)
    server = f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{port}"
    same = f"{server}{parts.path.rstrip('/')} {connection_id}"
    return hashlib.sha256(same.encode()).hexdigest()[:16]


def take_instance_lock(
    folder: PrivateFolder, application: str, still_wanted: Callable[[], bool]
) -> None:
    """Take the lock of an application until the process ends.

    AnotherServer if it is not free within ANOTHER_ENDS_WITHIN. Unusable if there can be no lock.
    """
    if _held:
        return
    name = f"{application}.lock"
    give_up = time.monotonic() + ANOTHER_ENDS_WITHIN
    file = folder.open(name)
    waits = False
    while still_wanted() and time.monotonic() < give_up:
        if not locked(folder, name, file):
            if not waits:
                log.info("another server runs: waiting %g s for it to end", ANOTHER_ENDS_WITHIN)
            waits = True
            time.sleep(0.1)
        elif folder.has(name, file):
            _held.append(Held(folder, name, file))
            _remove_free_locks(folder, name)
            atexit.register(release_instance_lock)
            return
        else:  # the server that ended has removed it
            os.close(file)
            file = folder.open(name)
    os.close(file)
    raise AnotherServer(
        "another server for this TELNYX_BASE_URL and TELNYX_CONNECTION_ID runs on this machine, "
        "and two would both act on every call: stop it, then start this one"
    )


def release_instance_lock() -> None:
    """Remove the lock's file while the lock is held, so that none is left over; then release it."""
    while _held:
        held = _held.pop()
        if held.folder.has(held.name, held.file):
            held.folder.remove(held.name)
        os.close(held.file)


def _remove_free_locks(folder: PrivateFolder, ours: str) -> None:
    """Remove the locks of servers that were killed. A server that waits makes a new file."""
    for name in folder.names(".lock"):
        with suppress(FileNotFoundError, Unusable):
            if name == ours:
                continue
            file = folder.open(name, os.O_RDWR)
            if locked(folder, name, file) and folder.has(name, file):  # not one made meanwhile
                folder.remove(name)
            os.close(file)


def locked(folder: PrivateFolder, name: str, file: int) -> bool:
    """Try to lock the open file. Unusable if its file system has no locks."""
    import fcntl  # Windows has none: there only serving does not work

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise Unusable(f"{folder.path / name} cannot be locked ({error.strerror})") from error
    return True
