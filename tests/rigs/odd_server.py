"""A web server that answers whatever a test wants, with or without TLS."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rigs.certificates import self_signed, server_context


@dataclass(frozen=True)
class Odd:
    """An answer. Status 0: there is none; with `hangs` the connection is kept all the same."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    dated: bool = True
    hangs: bool = False


class OddServer(ThreadingHTTPServer):
    """`answers`: by path and query, or by path alone; whatever else is asked for is 404.

    `asked`: the paths of the requests, with their queries.
    """

    daemon_threads = False  # so that their end is waited for

    def __init__(self, *, tls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Odd] = {}
        self.asked: list[str] = []
        self.release = threading.Event()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"
        if tls:  # the handshake is left to the thread of the connection
            self.socket = server_context(self_signed()).wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> OddServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are the point of some tests."""


class _Handler(BaseHTTPRequestHandler):
    server: OddServer

    def do_GET(self) -> None:
        answers = self.server.answers
        self.server.asked.append(self.path)
        odd = answers.get(self.path) or answers.get(self.path.split("?")[0]) or Odd(404)
        if odd.hangs:
            self.server.release.wait(60)
        if odd.hangs or not odd.status:
            return
        self.send_response_only(odd.status)
        headers = {"Content-Length": str(len(odd.body)), **odd.headers}
        if odd.dated:
            headers["Date"] = self.date_time_string()
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(odd.body)

    do_DELETE = do_POST = do_GET

    def do_CONNECT(self) -> None:
        self.send_error(403)

    def log_message(self, format: str, *args: object) -> None:
        pass
