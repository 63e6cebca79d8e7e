"""Whoever is told what happens: a real HTTP server that believes only what is signed.

    with Receiver() as receiver, rehearsal(status_callback=receiver.url) as line:
        ...
        assert [told["StatusCallbackEvent"] for told in receiver.told] == [...]

It verifies each request with the lines that docs/callbacks.md shows.
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

Told = dict[str, str]


def _documented() -> Callable[..., None]:
    (lines,) = blocks(PAGES["callbacks"], "python")
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102 it is ours
    verify: Callable[..., None] = names["verify"]
    return verify


verify = _documented()


@dataclass(frozen=True)
class Asked:
    """A request, whatever was answered."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def said(self) -> bytes:
        """Of a GET the query, since it has no body."""
        return self.body if self.method == "POST" else self.path.partition("?")[2].encode()

    @property
    def told(self) -> Told:
        return dict(parse_qsl(self.said.decode(), keep_blank_values=True, strict_parsing=True))


class Receiver(ThreadingHTTPServer):
    """`answer` says with which status; 0 is none at all. While `goes_on` is not set, it hangs."""

    def __init__(self, answer: Callable[[Told], int] = lambda told: 200, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.asked: list[Asked] = []
        self.wrong: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}/told"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def told(self) -> list[Told]:
        """What it has taken."""
        return [asked.told for asked in self.asked if asked.status == 200]

    @property
    def kinds(self) -> list[str]:
        return [told["StatusCallbackEvent"] for told in self.told]

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.goes_on.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        assert self.wrong == [], "all was signed"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever waits for an answer goes away some time."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.command, self.path, dict(self.headers), body, 0)
        try:
            verify(asked.said, self.headers, public_half(API_KEY))
        except Exception as error:
            self.server.wrong.append(repr(error))
        status = self.server.answer(asked.told)
        self.server.goes_on.wait(20)
        self.server.asked.append(replace(asked, status=status))
        if status:
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        pass
