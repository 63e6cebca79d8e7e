"""gunicorn's worker for the line: one loop for all clients, threads for requests that may wait.

gunicorn's own threaded worker gives each client a thread that waits for it, so a few hundred silent
clients stop the server for everyone, and reaching the limit of descriptors ends it.
"""

from __future__ import annotations

import errno
import os
import resource
import selectors
import socket
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from gunicorn.sock import ssl_context
from gunicorn.workers.base import Worker as BaseWorker

from conference.reporting.rate_limited_log import RateLimitedLog
from conference.serving.answer import Answer
from conference.serving.connection import Connection
from conference.serving.connections import Connections
from conference.serving.exchange import Exchange
from conference.serving.plain_request import PlainRequests

OTHER_DESCRIPTORS = 128  # those of commands, lists, callbacks, the log and the process itself
ACCEPTED_AT_ONCE = 64  # connections; then those that are open have their turn
SEND_BUFFER = 64 * 1024  # bytes of an answer that the system keeps for a client that reads slowly
SWEEP_EVERY = 0.5  # seconds between two looks for late clients
NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Worker(BaseWorker):  # type: ignore[misc]
    """Accepts clients and serves their requests until a signal ends it."""

    def init_process(self) -> None:
        self._poller = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(self.cfg.threads, thread_name_prefix="request")
        self._answers: deque[tuple[Connection, Answer]] = deque()  # made by threads
        self._connections = Connections(
            self._poller, self._serve, self._most_connections(), self.cfg.keepalive
        )
        self.plain_requests = PlainRequests(self.cfg)
        self._tls = ssl_context(self.cfg) if self.cfg.is_ssl else None
        self._accepting = False
        self._resumes_at = 0.0  # accepts no client before
        self._quits = False
        self._swept = 0.0
        self._log = RateLimitedLog()
        self.registry_waits = False  # set once the app is loaded
        super().init_process()

    def run(self) -> None:
        """Serve until the master or a signal ends this worker."""
        self._poller.register(self.PIPE[0], selectors.EVENT_READ)
        for listener in self.sockets:  # the clients' sockets inherit it
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        while self.alive:
            may_accept = self._connections.may_accept and time.monotonic() >= self._resumes_at
            self._accept_or_not(may_accept)
            self._turn()
            if self.ppid != os.getppid():
                self.log.info("Parent changed, shutting down: %s", self)
                break
        self._accept_or_not(False)
        for listener in self.sockets:
            listener.close()
        self._connections.end()
        ends = time.monotonic() + self.cfg.graceful_timeout
        while len(self._connections) and not self._quits and time.monotonic() < ends:
            self._turn()
        self._connections.close_all()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End without waiting for clients. The request that is being served ends first."""
        self.alive, self._quits = False, True
        self.cfg.worker_int(self)

    def _most_connections(self) -> int:
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        ours: int = self.cfg.worker_connections
        return ours if limit == resource.RLIM_INFINITY else min(ours, limit - OTHER_DESCRIPTORS)

    def _turn(self) -> None:
        """Wait for clients, threads or a signal, and serve what is there."""
        for key, _ in self._poller.select(0 if self._connections.has_ready else SWEEP_EVERY):
            if isinstance(key.data, Connection):
                if key.data.watched:  # else it was closed a moment ago, to make room
                    self._connections.on_event(key.data)
            elif key.fd == self.PIPE[0]:
                self._deliver_answers()
            else:
                self._accept(key.data)
        self._connections.go_on()
        now = time.monotonic()
        if now - self._swept >= SWEEP_EVERY:
            self._swept = now
            self._sweep()

    def _sweep(self) -> None:
        self.notify()
        if self._connections.close_late():
            self.log.warning("Invalid request")  # a filter counts them, whatever their fault is
        if self._connections.given_up:
            self._connections.given_up = 0
            line = "there are too many connections: those without a request are closed"
            self._log.warn("connections", line)

    def _accept_or_not(self, accepting: bool) -> None:
        if accepting == self._accepting:
            return
        self._accepting = accepting
        for listener in self.sockets:
            if accepting:
                self._poller.register(listener, selectors.EVENT_READ, listener)
            else:
                self._poller.unregister(listener)

    def _accept(self, listener: Any) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                client, address = listener.accept()
            except OSError as error:
                if error.errno in NO_ROOM and not self._connections.give_up_one():
                    self._resumes_at = time.monotonic() + SWEEP_EVERY
                return
            self._take(client, address, listener)

    def _take(self, client: socket.socket, address: Any, listener: Any) -> None:
        try:
            if self._tls:
                client = self._tls.wrap_socket(
                    client, server_side=True, do_handshake_on_connect=False
                )
            self._connections.add(client, address, listener.getsockname())
        except OSError:  # the client has left
            client.close()

    def _serve(self, connection: Connection) -> None:
        received = connection.incoming.take()
        exchange = Exchange(self, received, connection.client, connection.server)
        if exchange.may_wait:
            self._connections.wait_for_app(connection)
            with suppress(RuntimeError):  # no further thread can start: those that run will do it
                self._pool.submit(self._run, connection, exchange)
        else:
            self._connections.answer(connection, exchange.run())

    def _run(self, connection: Connection, exchange: Exchange) -> None:
        """Run a request in a thread, and hand the answer to the loop."""
        self._answers.append((connection, exchange.run()))
        with suppress(BlockingIOError):  # full: the loop is about to wake in any case
            os.write(self.PIPE[1], b".")

    def _deliver_answers(self) -> None:
        with suppress(BlockingIOError):
            os.read(self.PIPE[0], 4096)
        while self._answers:
            self._connections.answer(*self._answers.popleft())
