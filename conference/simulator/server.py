"""A real HTTP server for the API: HTTP/1.1, a thread for each connection, all joined at the end."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from typing import Any

import flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app


class _Handler(WSGIRequestHandler):
    """werkzeug's closes the connection after each answer, Telnyx keeps it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def run_wsgi(self) -> None:
        """Reads the whole body first, so that the next request starts where this one ends."""
        environ = self.make_environ()
        if not environ.get("wsgi.input_terminated"):  # set for a chunked body
            length = int(self.headers.get("Content-Length") or 0)
            environ["wsgi.input"] = io.BytesIO(self.rfile.read(length))
        chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        body = b"".join(chunks)
        code, reason = status.split(" ", 1)
        self.send_response(int(code), reason)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The ledger has the requests."""


class Server(ThreadedWSGIServer):
    """Serves `app` on a free port of 127.0.0.1, bound at once, from `start` to `stop`."""

    daemon_threads = False  # so that their end is waited for

    def __init__(self, app: flask.Flask) -> None:
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__("127.0.0.1", 0, app, handler=_Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="simulator")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let what is being answered go out, and join the threads of all connections."""
        if self._thread.ident is None:
            self.server_close()
            return
        self.shutdown()
        with self._open_lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RD)
        self._thread.join()  # serve_forever ends with server_close, which joins the others

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)
