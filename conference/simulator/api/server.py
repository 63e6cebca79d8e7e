"""A real HTTP/1.1 server for the API, with a thread for each connection; `stop` joins them."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

UNANSWERED = "X-Unanswered"  # header of answers to hold back: "hung" or "dropped"
DRIPS = "X-Drips"  # header of answers to send byte by byte, within so many real seconds
HOSTS = ("127.0.0.1", "localhost")
LARGEST = 1 << 20  # bytes of a request's body
PATIENCE = 30.0  # real seconds for which a "hung" connection is kept open


def gone(connection: socket.socket) -> bool:
    """Whether the client has closed the connection, and waits for no answer."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as Telnyx does and werkzeug's own handler does not."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    server: Server

    def run_wsgi(self) -> None:
        """Run the app. The whole body is read first: the next request starts after it."""
        environ = self.make_environ()
        host = environ.get("HTTP_HOST", "")
        if self.server.for_pages and host.rpartition(":")[0] not in HOSTS:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return
        if not environ.get("wsgi.input_terminated"):  # true for a chunked body
            length = self.headers.get("Content-Length") or "0"
            if not length.isdecimal() or int(length) > LARGEST:
                self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return
            environ["wsgi.input"] = io.BytesIO(self.rfile.read(int(length)))
        chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        if unanswered := headers.get(UNANSWERED):
            self._leave_unanswered(unanswered)
            return
        drips = float(headers.pop(DRIPS, 0))
        at_once, self.wfile = self.wfile, io.BytesIO()
        code, reason = status.split(" ", 1)
        self.send_response(int(code), reason)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"".join(chunks))
        whole, self.wfile = self.wfile.getvalue(), at_once
        if drips:
            self._drip(whole, drips)
        else:
            self.wfile.write(whole)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer without a look at the body, and close."""
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def _drip(self, whole: bytes, seconds: float) -> None:
        """Send byte by byte. Stop when the client has closed, or the server ends."""
        begin = time.monotonic()
        for n, each in enumerate(whole):
            due = begin + seconds * n / len(whole)  # late bytes catch up
            ends = self.server.ending.wait(max(due - time.monotonic(), 0))
            if ends or gone(self.connection):
                self.close_connection = True
                return
            with contextlib.suppress(OSError):  # closed in this moment
                self.connection.sendall(bytes((each,)))

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the text of the Date header, by Telnyx's clock."""
        return super().date_time_string(time.time() + self.server.ahead())

    def _leave_unanswered(self, how: str) -> None:
        self.close_connection = True
        if how == "hung":
            self.connection.settimeout(PATIENCE)
            with contextlib.suppress(OSError):
                self.connection.recv(1, socket.MSG_PEEK)  # returns when either side closes

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the ledger has the requests."""


class Server(ThreadedWSGIServer):
    """Serves `app` on a free port of 127.0.0.1, from `start` to `stop`. It is bound at once.

    ahead: returns the seconds by which the Date header is ahead. for_pages: browsers use it, so a
    request for another host is refused: a page of another site may have led a name of its own to
    this address. The API needs its key instead, and may be reached through a proxy.
    """

    daemon_threads = False  # server_close joins them

    def __init__(
        self, app: flask.Flask, ahead: Callable[[], float] = float, *, for_pages: bool = False
    ) -> None:
        self.ahead = ahead
        self.for_pages = for_pages
        self.ending = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__("127.0.0.1", 0, app, handler=_Handler)
        self._thread: threading.Thread | None = None

    @property
    def serving(self) -> bool:
        return self._thread is not None

    def start(self) -> None:
        """Serve, on a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="simulator")
        self._thread.start()

    def stop(self) -> None:
        """Finish the answers under way, and join the threads of all connections."""
        self._end(socket.SHUT_RD)

    def refuse_connections(self) -> None:
        """Cut open connections and refuse new ones. The port stays bound."""
        self._end(socket.SHUT_RDWR)
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.server_bind()

    def accept_connections(self) -> None:
        """Serve again, on the same port."""
        self.ending.clear()
        self.server_activate()
        self.start()

    def _end(self, how: int) -> None:
        if self._thread is None:
            self.server_close()
            return
        self.ending.set()
        self.shutdown()
        with self._open_lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(how)
        self._thread.join()  # serve_forever ends with server_close, which joins the others
        self._thread = None

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)
