"""A relay in front of a line, as a proxy or tunnel is, that may change what it passes on."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Passed:
    """A request on its way. A test may change it, or answer it with a status."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    answer: int = 0
    more: dict[str, str] = field(default_factory=dict)  # headers of the answer
    text: bytes = b""


class Relay(ThreadingHTTPServer):
    """Passes requests on to the address `to`, after `change` had them."""

    daemon_threads = False  # so that their end is waited for

    def __init__(self, to: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.to = urlsplit(to).netloc
        self.change: Callable[[Passed], None] = lambda passed: None
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Relay:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Relay

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        dropped = ("connection", "content-length")
        headers = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
        passed = Passed(self.command, self.path, headers, body)
        self.server.change(passed)
        status, more, text = passed.answer, passed.more, passed.text
        if status < 0:  # no answer at all
            return
        if not status:
            connection = http.client.HTTPConnection(self.server.to, timeout=10)
            connection.request(passed.method, passed.path, passed.body, passed.headers)
            answer = connection.getresponse()
            status, text = answer.status, answer.read()
            more = {"Content-Type": answer.headers.get("Content-Type", "text/plain")}
            connection.close()
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(text)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass
