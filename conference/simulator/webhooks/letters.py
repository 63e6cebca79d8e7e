"""What goes out over HTTP: events, status callbacks, and requests for instructions."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import SplitResult, urlencode, urlsplit

from nacl.signing import SigningKey

PATIENCE = 2.0  # real seconds for an answer
MOST = 1 << 20  # bytes of an answer that are read
_CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


@dataclass(frozen=True)
class Letter:
    """A request that Telnyx makes."""

    url: str
    body: bytes = b""
    content_type: str = ""
    method: str = "POST"


@dataclass(frozen=True)
class Reply:
    status: int
    content_type: str
    body: bytes


class Message(Protocol):
    """Something to be delivered. about: the ids of its call and conference, as events have them."""

    @property
    def event_type(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def about(self) -> Mapping[str, Any]: ...

    def letter(self, url: str, attempt: int) -> Letter:
        """url: where the application's webhooks go."""


@dataclass(frozen=True)
class Event:
    """A webhook of Call Control's. data: as it is sent."""

    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def event_type(self) -> str:
        return str(self.data["event_type"])

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def about(self) -> Mapping[str, Any]:
        payload: Mapping[str, Any] = self.data["payload"]
        return payload

    def letter(self, url: str, attempt: int) -> Letter:
        body = {"data": self.data, "meta": {"attempt": attempt, "delivered_to": url}}
        return Letter(url, json.dumps(body, separators=(",", ":")).encode(), "application/json")


def form(url: str, method: str, fields: Mapping[str, str]) -> Letter:
    """The fields in the body, or for GET in the query, which no signature covers."""
    text = urlencode(fields)
    if method == "GET":
        return Letter(f"{url}{'&' if urlsplit(url).query else '?'}{text}", method="GET")
    return Letter(url, text.encode(), "application/x-www-form-urlencoded", method)


def signed(body: bytes, key: SigningKey, now: float) -> dict[str, str]:
    """Return the two headers that sign `body`, as Telnyx does. now: Unix time, in seconds.

    The simulator does not use the line's own `sign`, so a fault in either of the two shows.
    Source: https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks
    """
    timestamp = str(int(now))
    signature = key.sign(f"{timestamp}|".encode() + body).signature
    text = base64.b64encode(signature).decode()
    return {"Telnyx-Signature-Ed25519": text, "Telnyx-Timestamp": timestamp}


def _address(url: str) -> SplitResult:
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in _CONNECTIONS:
            return parts
    raise OSError(f"{url!r} is not an http or https address")


def send(letter: Letter, key: SigningKey | None, agent: str) -> Reply:
    """Signed, if there is a key. OSError (TimeoutError) or HTTPException if there is no answer."""
    parts = _address(letter.url)
    deadline = time.monotonic() + PATIENCE
    connection = _CONNECTIONS[parts.scheme](parts.netloc, timeout=PATIENCE)
    headers = {"User-Agent": agent}
    headers |= {"Content-Type": letter.content_type} if letter.content_type else {}
    headers |= signed(letter.body, key, time.time()) if key else {}
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(letter.method, path, letter.body or None, headers)
        if connection.sock:
            connection.sock.settimeout(max(0.001, deadline - time.monotonic()))
        response = connection.getresponse()
        body = b""
        with contextlib.suppress(OSError, http.client.HTTPException):
            body = response.read(MOST)  # the status is the answer to most, the rest is politeness
        return Reply(int(response.status), response.headers.get("Content-Type", ""), body)
    finally:
        connection.close()
