"""gunicorn's threaded worker, with a limit on what one client may take of it.

gunicorn's own has none. A client that sends its request byte by byte, or never reads the answer,
keeps a thread for ever. The worker's one loop waits up to two seconds for each client that does not
close its side. A dozen such clients, or one request a second, would stop the server for everyone.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

REQUEST_WITHIN = 10.0  # seconds for a whole request and its answer
LINGER = 0.5  # seconds for a client to read the rest of an answer and close


class Worker(ThreadWorker):  # type: ignore[misc]
    """Cuts off slow clients, and closes connections in the threads."""

    def init_process(self) -> None:
        self.handled_since: dict[Any, float] = {}
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Handle one request, in a thread."""
        self.handled_since[conn] = time.monotonic()
        try:
            goes_on = super().handle(conn)
        finally:
            del self.handled_since[conn]
        if not goes_on:
            util.close_graceful(conn.sock, timeout=LINGER)
            conn.close = lambda graceful=False: None  # else the loop would wait for it again
        return goes_on

    def murder_pending(self) -> None:
        """Cut off slow clients. The loop calls this about once a second, also while it ends."""
        super().murder_pending()
        too_long = time.monotonic() - REQUEST_WITHIN
        for conn, since in list(self.handled_since.items()):
            if since < too_long:
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)
