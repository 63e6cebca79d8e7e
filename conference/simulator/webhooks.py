"""Delivers webhooks as Telnyx does: signed, concurrently, again when nobody took them."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from nacl.signing import SigningKey

from conference.signature import sign

from .clock import Clock

_log = logging.getLogger(__name__)

PATIENCE = 2.0  # real seconds for an answer
SPACING = (1.0, 2.0, 4.0, 8.0)  # real seconds before attempts 2 to 5
STAGGER = 0.003  # real seconds between the webhooks of one leg
AT_ONCE = 64
_AGAIN = {408, 429}  # besides 5xx and no answer; other 4xx and 3xx are final
_CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


@dataclass(frozen=True)
class Delivery:
    """One attempt that has finished. `at`: simulated seconds. status None: no answer."""

    at: float
    event_type: str
    event_id: str
    attempt: int
    status: int | None


class Deliverer:
    """Sends events to `url()`; `finished` is called, under the lock, after each attempt."""

    def __init__(
        self,
        changed: threading.Condition,
        lock: threading.RLock,
        *,
        url: Callable[[], str],
        key: SigningKey,
        finished: Callable[[dict[str, Any], int, int | None], None],
    ) -> None:
        self._changed = changed
        self._lock = lock
        self._url = url
        self._key = key
        self._finished = finished
        self._real = Clock(changed, lock, speed=1.0)
        self._last: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="simulator-webhook")
        self._stopped = False
        self.pending = 0  # being delivered, or due now

    def start(self) -> None:
        self._real.start()

    def stop(self) -> None:
        """Waits for the attempts under way, PATIENCE at most, and gives up the others."""
        with self._lock:
            self._stopped = True
        self._real.stop()
        self._pool.shutdown(cancel_futures=True)

    def post(self, data: dict[str, Any], about: str) -> None:
        """Send an event. Those with the same `about` start in order, STAGGER apart."""
        with self._lock:
            now = self._real.now()
            due = max(now, self._last.get(about, -1.0) + STAGGER)
            self._last[about] = due
            self.pending += 1
            if due > now:
                self._real.after(due - now, partial(self._submit, data, 1))
            else:
                self._submit(data, 1)

    def _submit(self, data: dict[str, Any], attempt: int) -> None:
        if self._stopped:
            self.pending -= 1
        else:
            self._pool.submit(self._attempt, data, attempt)

    def _attempt(self, data: dict[str, Any], attempt: int) -> None:
        url = self._url()
        body = {"data": data, "meta": {"attempt": attempt, "delivered_to": url}}
        status = None
        try:
            status = self._send(url, json.dumps(body, separators=(",", ":")).encode())
        except (OSError, http.client.HTTPException) as error:
            _log.debug("no answer to %s: %s", data["event_type"], error)
        finally:
            with self._lock:
                self._note(data, attempt, status)

    def _note(self, data: dict[str, Any], attempt: int, status: int | None) -> None:
        self.pending -= 1
        self._finished(data, attempt, status)
        refused = status is None or status >= 500 or status in _AGAIN
        if refused and attempt <= len(SPACING) and not self._stopped:
            self._real.after(SPACING[attempt - 1], partial(self._again, data, attempt + 1))
        self._changed.notify_all()

    def _again(self, data: dict[str, Any], attempt: int) -> None:
        self.pending += 1
        self._submit(data, attempt)

    def _send(self, url: str, body: bytes) -> int:
        """The answer's status. OSError (TimeoutError) or HTTPException if there is none."""
        parts = urlsplit(url)
        deadline = time.monotonic() + PATIENCE
        connection = _CONNECTIONS[parts.scheme](parts.netloc, timeout=PATIENCE)
        headers = {"Content-Type": "application/json", "User-Agent": "telnyx-webhooks"}
        headers |= sign(body, key=self._key, now=time.time())
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, headers)
            if connection.sock:
                connection.sock.settimeout(max(0.001, deadline - time.monotonic()))
            response = connection.getresponse()
            with contextlib.suppress(OSError, http.client.HTTPException):
                response.read()  # the status is the answer, the rest is politeness
            return int(response.status)
        finally:
            connection.close()
