"""A client's connection, and all connections by stage."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from enum import Enum
from functools import partial
from itertools import takewhile
from typing import Any

from conference.serving.incoming import Incoming

REQUEST_WITHIN = 10.0  # seconds for a client to send a request, and again to read its answer
NEW = 2.0  # seconds in which a client that has just connected may be about to send its request
LINGER = 0.5  # seconds for a client to see why its request was refused
LAST_SECONDS = 2.0  # for a client, once the server ends


class Stage(Enum):
    """The event that a connection waits for."""

    IDLE = "a request"
    READING = "the rest of a request"
    SERVING = "the app"
    WRITING = "a client that reads"
    LINGERING = "a client that closes"


class Connection:
    """A client's connection. `server`: our address, as the client sees it."""

    __slots__ = (
        "client",
        "goes_on",
        "incoming",
        "lingers",
        "outgoing",
        "server",
        "since",
        "socket",
        "stage",
        "watched",
    )

    def __init__(self, sock: socket.socket, client: Any, server: Any) -> None:
        self.socket = sock
        self.client = client
        self.server = server
        self.incoming = Incoming()
        self.outgoing: deque[memoryview] = deque()
        self.goes_on = True
        self.lingers = False
        self.stage: Stage | None = None  # None: not open
        self.since = 0.0  # in this stage, by the monotonic clock
        self.watched = 0  # the events that wake the loop


class Stages:
    """The open connections by stage, in the order in which they came to it.

    `keepalive`: seconds that a connection may be idle. `clock` returns monotonic seconds.
    """

    def __init__(self, keepalive: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._in: dict[Stage, dict[Connection, None]] = {stage: {} for stage in Stage}
        self._longest = {
            Stage.IDLE: keepalive,
            Stage.READING: REQUEST_WITHIN,
            Stage.WRITING: REQUEST_WITHIN,
            Stage.LINGERING: LINGER,
        }

    def __len__(self) -> int:
        return sum(map(len, self._in.values()))

    def count(self, stage: Stage) -> int:
        return len(self._in[stage])

    def all(self) -> list[Connection]:
        return [connection for stage in self._in.values() for connection in stage]

    def move(self, connection: Connection, stage: Stage | None) -> None:
        """Move the connection to the stage; to None when it is closed."""
        if connection.stage:
            del self._in[connection.stage][connection]
        connection.stage, connection.since = stage, self._clock()
        if stage:
            self._in[stage][connection] = None

    def late(self) -> list[Connection]:
        """Return the connections that have been in their stage for too long."""
        return [
            connection
            for stage, longest in self._longest.items()
            for connection in takewhile(partial(self._is_late, longest=longest), self._in[stage])
        ]

    def oldest(self, *stages: Stage) -> Connection | None:
        """Return the connection that came to one of these stages first."""
        firsts = [next(iter(self._in[stage])) for stage in stages if self._in[stage]]
        return min(firsts, key=lambda connection: connection.since, default=None)

    def least_needed(self) -> Connection | None:
        """Return the connection to give up: an idle one, or the one that has waited the longest.

        An idle one that is new may be about to send its request. None if all are being served.
        """
        idle = self.oldest(Stage.IDLE)
        return idle if idle and self._is_late(idle, NEW) else self.oldest(*self._longest)

    def end(self) -> None:
        """Give each client LAST_SECONDS from now on."""
        now = self._clock()
        for stage, longest in self._longest.items():
            self._longest[stage] = min(longest, LAST_SECONDS)
            for connection in self._in[stage]:
                connection.since = now

    def _is_late(self, connection: Connection, longest: float) -> bool:
        return connection.since < self._clock() - longest
