"""gunicorn's threaded worker, with a limit on what one client may take of it.

As it comes, a client that sends its request byte by byte, or never reads the answer, holds a
thread for good, and the worker's one loop waits up to two seconds for each client that does not
close its side. Some dozen such clients, or one request a second, stop the server for everyone.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

REQUEST_WITHIN = 10.0  # seconds for a whole request and its answer
LINGER = 0.5  # seconds that a client has to take the rest of an answer and close


class Worker(ThreadWorker):  # type: ignore[misc]
    """Cuts off whoever takes too long, and closes connections in the threads."""

    def init_process(self) -> None:
        self.handled_since: dict[Any, float] = {}
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """One request, in a thread."""
        self.handled_since[conn] = time.monotonic()
        try:
            goes_on = super().handle(conn)
        finally:
            del self.handled_since[conn]
        if not goes_on:
            util.close_graceful(conn.sock, timeout=LINGER)
            conn.close = lambda graceful=False: None  # the loop would wait for it once more
        return goes_on

    def murder_pending(self) -> None:
        """Called by the loop about once a second, also while the worker ends."""
        super().murder_pending()
        too_long = time.monotonic() - REQUEST_WITHIN
        for conn, since in list(self.handled_since.items()):
            if since < too_long:
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)
