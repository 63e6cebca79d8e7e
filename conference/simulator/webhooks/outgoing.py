"""Outgoing HTTP requests: webhooks, status callbacks, and fetches of TeXML documents."""

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

PATIENCE = 2.0  # real seconds to wait for an answer
MOST = 1 << 20  # bytes to read of an answer
_CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


@dataclass(frozen=True)
class Outgoing:
    """A request from Telnyx to the application."""

    url: str
    body: bytes = b""
    content_type: str = ""
    method: str = "POST"


@dataclass(frozen=True)
class Reply:
    """The application's answer."""

    status: int
    content_type: str
    body: bytes

    def shown(self, most: int) -> str:
        """Return at most so many characters of the body; of audio, only its type and size."""
        if self.content_type.startswith("audio/"):
            return f"({self.content_type}, {len(self.body)} bytes)"
        return self.body[:most].decode(errors="replace")


@dataclass(frozen=True)
class Route:
    """Where an application's webhooks go, as its record says.

    url: "" for nowhere. api_version: "1" or "2". patience: real seconds to wait for an answer.
    retries: whether failed deliveries are attempted again.
    """

    url: str = ""
    failover_url: str = ""
    api_version: str = "2"
    patience: float = PATIENCE
    retries: bool = True

    def address(self, attempt: int) -> str:
        """Return the address of one attempt, from 1: with a failover URL they take turns.

        Telnyx says that a failed delivery is attempted again at the failover URL, and no more.
        """
        return self.failover_url if self.failover_url and attempt % 2 == 0 else self.url


class Message(Protocol):
    """A message to deliver: a webhook or a status callback.

    event_type, id: of the event. about: the ids of its call and conference, under the names that
    webhooks use. line_key: names the event for the application, if it has no id that it sends.
    connection_id: the application by whose record it goes; "" for a callback, which has its own
    address.
    """

    @property
    def event_type(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def about(self) -> Mapping[str, Any]: ...
    @property
    def line_key(self) -> str: ...
    @property
    def connection_id(self) -> str: ...

    def outgoing(self, route: Route, attempt: int) -> Outgoing:
        """Make the request of one attempt, from 1. route: of the application's webhooks."""


@dataclass(frozen=True)
class Event:
    """A Call Control webhook. data: the `data` of its body. connection_id: its application.

    wrapped: whether the body has its fields inside `data`.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    connection_id: str = ""
    wrapped: bool = True

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

    @property
    def line_key(self) -> str:
        return ""

    def outgoing(self, route: Route, attempt: int) -> Outgoing:
        url = route.address(attempt)
        fields = {"data": self.data} if self.wrapped else self.data
        body = {**fields, "meta": {"attempt": attempt, "delivered_to": url}}
        if route.api_version == "1":
            body = _version_1(self.data)
        return Outgoing(url, json.dumps(body, separators=(",", ":")).encode(), "application/json")


def _version_1(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of API v1: flat, without meta, and with underscores in the event's type.

    Source: the webhook in the tests of Telnyx's first Python library. How v1 is signed is not
    documented any more; the simulator signs it as v2.
    """
    return {
        "record_type": data["record_type"],
        "id": data["id"],
        "event_type": data["event_type"].replace(".", "_"),
        "created_at": data["occurred_at"],
        "payload": {**data["payload"], "occurred_at": data["occurred_at"]},
    }


def form(url: str, method: str, fields: Mapping[str, str]) -> Outgoing:
    """Make a request with form fields in the body; with GET, in the query.

    The signature does not cover the query.
    """
    text = urlencode(fields)
    if method == "GET":
        return Outgoing(f"{url}{'&' if urlsplit(url).query else '?'}{text}", method="GET")
    return Outgoing(url, text.encode(), "application/x-www-form-urlencoded", method)


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


def send(
    outgoing: Outgoing, key: SigningKey | None, agent: str, patience: float = PATIENCE
) -> Reply:
    """Send a request, signed if there is a key, and return the answer.

    Raise OSError (TimeoutError) or HTTPException if there is none within `patience`.
    """
    parts = _address(outgoing.url)
    deadline = time.monotonic() + patience
    connection = _CONNECTIONS[parts.scheme](parts.netloc, timeout=patience)
    headers = {"User-Agent": agent}
    headers |= {"Content-Type": outgoing.content_type} if outgoing.content_type else {}
    headers |= signed(outgoing.body, key, time.time()) if key else {}
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(outgoing.method, path, outgoing.body or None, headers)
        if connection.sock:
            connection.sock.settimeout(max(0.001, deadline - time.monotonic()))
        response = connection.getresponse()
        body = b""
        with contextlib.suppress(OSError, http.client.HTTPException):
            body = response.read(MOST)  # most callers need the status only
        return Reply(int(response.status), response.headers.get("Content-Type", ""), body)
    finally:
        connection.close()
