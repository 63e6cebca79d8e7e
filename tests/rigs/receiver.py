"""A subscriber of callbacks: a real HTTP server that verifies the signatures.

    with Receiver() as receiver, rehearsal(status_callback=receiver.url) as line:
        ...
        assert [each["StatusCallbackEvent"] for each in receiver.taken] == [...]

Each request is verified with the Python lines of docs/callbacks.md.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from rigs.documents import PAGES, blocks

from conference.callbacks.signing_key import public_half
from conference.demo.rehearsal import API_KEY

Fields = dict[str, str]


def _documented() -> Callable[..., None]:
    (lines,) = blocks(PAGES["callbacks"], "python")
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102 our own page
    verify: Callable[..., None] = names["verify"]
    return verify


verify = _documented()


@dataclass(frozen=True)
class Request:
    """A request, and the status that it was answered with."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def signed(self) -> bytes:
        """The bytes that the signature covers: the body, or the query of a GET."""
        return self.body if self.method == "POST" else self.path.partition("?")[2].encode()

    @property
    def fields(self) -> Fields:
        return dict(parse_qsl(self.signed.decode(), keep_blank_values=True, strict_parsing=True))


class Receiver(ThreadingHTTPServer):
    """`answer` returns a status; 0: close without an answer. Unless `responsive`, it hangs."""

    def __init__(self, answer: Callable[[Fields], int] = lambda fields: 200, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.responsive = threading.Event()
        self.responsive.set()
        self.requests: list[Request] = []
        self.not_verified: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}/callback"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def taken(self) -> list[Fields]:
        """The fields of each request that was answered with 200."""
        return [request.fields for request in self.requests if request.status == 200]

    @property
    def kinds(self) -> list[str]:
        return [fields["StatusCallbackEvent"] for fields in self.taken]

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.responsive.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        assert self.not_verified == []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that give up before the answer."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, dict(self.headers), body, 0)
        try:
            verify(request.signed, self.headers, public_half(API_KEY))
        except Exception as error:
            self.server.not_verified.append(repr(error))
        status = self.server.answer(request.fields)
        self.server.responsive.wait(20)
        self.server.requests.append(replace(request, status=status))
        if status:
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        pass
