"""The server of a probe: it receives Telnyx's webhooks and requests for documents."""

from __future__ import annotations

import json
import secrets
import socket
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from nacl.signing import VerifyKey

from conference import music
from conference.probe.notebook import Notebook
from conference.signature import SIGNATURE, Headers, NotGenuine, verify

LARGEST = 1024 * 1024  # bytes of a body; Telnyx sends a few thousand
PATIENCE = 10.0  # seconds in which a client must send something
MOST_CLIENTS = 64  # at a time; Telnyx needs a few
HERE = b"conference probe"
DOCUMENT = b'<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>'

Signature = Literal["valid", "wrong", "none"]


class Inbox(ThreadingHTTPServer):
    """Listens on `port` while the block runs. OSError if another program has the port.

    path: the beginning of its addresses, which nobody else knows. refused: the calls whose
    call.hangup is answered with 503. Of more than MOST_CLIENTS the oldest is closed: a genuine
    request is there for a moment only.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, key: VerifyKey, notes: Notebook) -> None:
        super().__init__(("0.0.0.0", port), _Handler)  # noqa: S104 a proxy may be elsewhere
        self.key, self.notes = key, notes
        self.path = f"/probe/{secrets.token_urlsafe(16)}"
        self.refused: set[str] = set()
        self._clients: dict[socket.socket, None] = {}  # those that are connected, the oldest first
        self._counting = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.05,), name="probe")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._counting:
            self._clients[request] = None
            if len(self._clients) > MOST_CLIENTS:
                oldest = next(iter(self._clients))
                del self._clients[oldest]
                with suppress(OSError):  # the client has closed it
                    oldest.shutdown(socket.SHUT_RDWR)  # its thread then ends
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._counting:
            self._clients.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that do not wait for the response."""

    def signature(self, body: bytes, headers: Headers) -> Signature:
        if headers.get(SIGNATURE) is None:
            return "none"
        with suppress(NotGenuine):
            verify(body, headers, key=self.key, now=time.time())
            return "valid"
        return "wrong"

    def webhook(self, body: bytes, headers: Headers) -> int:
        """Note a webhook. Return the status of the response."""
        if self.signature(body, headers) != "valid":
            self.notes.unverified += 1
            return 401
        with suppress(ValueError, RecursionError, AttributeError, TypeError, KeyError):
            whole = json.loads(body)
            data = whole.get("data", whole)
            payload = dict(data.get("payload") or {})
            self.notes.webhook(
                str(data["event_type"]),
                id=str(data.get("id") or ""),
                attempt=int((whole.get("meta") or {}).get("attempt") or 1),
                wrapped="data" in whole,
                occurred_at=str(data.get("occurred_at") or payload.get("occurred_at") or ""),
                payload=payload,
            )
            ends = data["event_type"] == "call.hangup"
            return 503 if ends and payload.get("call_control_id") in self.refused else 200
        return 400

    def fetched(self, method: str, form: bytes, signature: Signature) -> None:
        """Note a request for a document. form: its fields, from the body or the query."""
        fields = dict(parse_qsl(form.decode(errors="replace")))
        self.notes.fetch(method=method, signature=signature, account=fields.get("AccountSid", ""))


class _Handler(BaseHTTPRequestHandler):
    server: Inbox
    timeout = PATIENCE

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > LARGEST:
            return self._answer(413)
        body = self.rfile.read(int(size))
        parts = urlsplit(self.path)
        if parts.path == f"{self.server.path}/webhook":
            return self._answer(self.server.webhook(body, self.headers))
        if parts.path == f"{self.server.path}/texml":
            self.server.fetched("POST", body, self.server.signature(body, self.headers))
            return self._answer(200, DOCUMENT, "application/xml")
        return self._answer(404)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == f"{self.server.path}/texml":
            query = parts.query.encode()
            self.server.fetched("GET", query, self.server.signature(b"", self.headers))
            return self._answer(200, DOCUMENT, "application/xml")
        if parts.path == f"{self.server.path}/hold.wav":
            return self._answer(200, music.wav(), "audio/wav")
        if parts.path == f"{self.server.path}/here":
            return self._answer(200, HERE)
        return self._answer(404)

    def _answer(self, status: int, body: bytes = b"", kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the command prints the steps."""
