"""Reads requests and writes answers for many clients, without waiting for any of them.

One loop serves all. A client that is silent, slow or does not read costs a descriptor and its
bytes, no thread. When these run out, the connections that are needed least are closed.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from conference.serving.answer import Answer
from conference.serving.connection import Connection, Stage, Stages

WOULD_BLOCK = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

RECEIVED_AT_ONCE = 64 * 1024  # bytes
MOST_HELD = 32 * 1024 * 1024  # bytes of unfinished requests, of all clients together
LEAST_CONNECTIONS = 16


class Connections:
    """All connections. Only the loop's thread may call it.

    `serve` is called with each whole request; `answer` must follow. `most`: so many connections.
    `keepalive`: seconds that a connection may be idle. `clock` returns monotonic seconds.
    """

    def __init__(
        self,
        poller: selectors.BaseSelector,
        serve: Callable[[Connection], None],
        most: int,
        keepalive: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._poller = poller
        self._serve = serve
        self._most = max(most, LEAST_CONNECTIONS)
        self._stages = Stages(keepalive, clock)
        self._held = 0  # bytes of unfinished requests
        self._ready: deque[Connection] = deque()  # received a request before the last was answered
        self.given_up = 0

    def __len__(self) -> int:
        return len(self._stages)

    @property
    def has_ready(self) -> bool:
        return bool(self._ready)

    @property
    def may_accept(self) -> bool:
        """Is there room for another connection, now or after another is closed?"""
        return self._stages.count(Stage.SERVING) < self._most

    def give_up_one(self) -> bool:
        """Close the connection that is needed least. Return whether there was one."""
        connection = self._stages.least_needed()
        if connection:
            self.given_up += 1
            self._close(connection)
        return connection is not None

    def add(self, sock: socket.socket, client: Any, server: Any) -> None:
        """Take a new connection, and read it: most clients have sent their request by now."""
        if len(self) >= self._most:
            self.give_up_one()
        sock.setblocking(False)
        connection = Connection(sock, client, server)
        self._stages.move(connection, Stage.IDLE)
        self._read(connection)

    def go_on(self) -> None:
        """Serve the requests that arrived together with an earlier one."""
        for _ in range(len(self._ready)):
            connection = self._ready.popleft()
            if connection.stage is Stage.READING:  # else it was closed to make room
                self._advance(connection)

    def on_event(self, connection: Connection) -> None:
        """The socket is readable or writable, as was wanted."""
        if connection.stage is Stage.WRITING:
            self._write(connection)
        elif connection.stage is Stage.LINGERING:
            self._drain(connection)
        else:
            self._read(connection)

    def wait_for_app(self, connection: Connection) -> None:
        """Read nothing from the client until `answer`."""
        self._watch(connection, 0)

    def answer(self, connection: Connection, answer: Answer) -> None:
        connection.outgoing.extend(map(memoryview, answer.parts))
        connection.goes_on, connection.lingers = answer.goes_on, not answer.whole
        self._feed(connection, answer.rest)
        self._stages.move(connection, Stage.WRITING)
        self._write(connection)

    def close_late(self) -> int:
        """Close the clients that took too long. Return how many did not end their request."""
        late = self._stages.late()
        unfinished = sum(connection.stage is Stage.READING for connection in late)
        for connection in late:
            self._close(connection)
        return unfinished

    def end(self) -> None:
        """Close each client within moments from now on."""
        self._stages.end()

    def close_all(self) -> None:
        for connection in self._stages.all():
            self._close(connection)

    def _read(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(RECEIVED_AT_ONCE)
        except WOULD_BLOCK:
            self._watch(connection, READ)
            return
        except OSError:
            data = b""
        if not data:
            self._close(connection)
            return
        self._feed(connection, data)
        if connection.stage is Stage.IDLE:
            self._stages.move(connection, Stage.READING)
        self._advance(connection)

    def _advance(self, connection: Connection) -> None:
        """Serve the request if it is whole."""
        incoming = connection.incoming
        if incoming.whole:
            self._stages.move(connection, Stage.SERVING)
            self._held -= len(incoming.data)
            self._serve(connection)
            return
        if incoming.expects:
            incoming.expects = False
            with suppress(OSError):
                connection.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._watch(connection, READ)
        while self._held > MOST_HELD:
            self._close(max(self._stages.all(), key=lambda each: len(each.incoming.data)))

    def _feed(self, connection: Connection, data: bytes) -> None:
        connection.incoming.feed(data)
        self._held += len(data)

    def _write(self, connection: Connection) -> None:
        outgoing = connection.outgoing
        try:
            while outgoing:
                sent = connection.socket.send(outgoing[0])
                if sent == len(outgoing[0]):
                    outgoing.popleft()
                else:
                    outgoing[0] = outgoing[0][sent:]
        except WOULD_BLOCK:
            self._watch(connection, WRITE)
        except OSError:
            self._close(connection)
        else:
            self._answered(connection)

    def _answered(self, connection: Connection) -> None:
        if connection.goes_on and connection.incoming.data:
            self._stages.move(connection, Stage.READING)
            self._watch(connection, 0)  # a client that sends on and on waits for its turn
            self._ready.append(connection)
        elif connection.goes_on:
            self._stages.move(connection, Stage.IDLE)
            self._watch(connection, READ)
        elif connection.lingers:
            self._stages.move(connection, Stage.LINGERING)
            self._watch(connection, READ)
            with suppress(OSError):
                connection.socket.shutdown(socket.SHUT_WR)
        else:
            self._close(connection)

    def _drain(self, connection: Connection) -> None:
        """Read on, so that the answer is not lost to a reset, until the client closes."""
        try:
            if not connection.socket.recv(RECEIVED_AT_ONCE):
                self._close(connection)
        except WOULD_BLOCK:
            pass
        except OSError:
            self._close(connection)

    def _watch(self, connection: Connection, events: int) -> None:
        if events == connection.watched:
            return
        if not events:
            self._poller.unregister(connection.socket)
        elif connection.watched:
            self._poller.modify(connection.socket, events, connection)
        else:
            self._poller.register(connection.socket, events, connection)
        connection.watched = events

    def _close(self, connection: Connection) -> None:
        self._watch(connection, 0)
        self._stages.move(connection, None)
        self._held -= len(connection.incoming.data)
        with suppress(OSError):
            connection.socket.close()
