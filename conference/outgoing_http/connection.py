"""A connection whose every step ends at one time."""

from __future__ import annotations

import select
import time
from typing import Protocol


class Connection(Protocol):
    """The part of a socket that an exchange needs; plain, TLS, or TLS in TLS."""

    def settimeout(self, seconds: float, /) -> None: ...
    def recv(self, most: int, /) -> bytes: ...
    def send(self, data: memoryview, /) -> int: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


def left(until: float) -> float:
    """Return the seconds that are left. TimeoutError if none are."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("timed out")
    return seconds


def send_all(connection: Connection, message: bytes, until: float) -> None:
    """Send the bytes until the time. The socket's own sendall has a time for each part."""
    rest = memoryview(message)
    while rest:
        connection.settimeout(left(until))
        rest = rest[connection.send(rest) :]


def is_quiet(connection: Connection) -> bool:
    """Is nothing to be read? Otherwise the server has closed it, or it is out of step."""
    if getattr(connection, "pending", int)():  # TLS has read ahead
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
