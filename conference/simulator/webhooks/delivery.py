"""Delivers webhooks as Telnyx does: signed, concurrently, and again after a failure."""

from __future__ import annotations

import http.client
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from nacl.signing import SigningKey

from ..network.clock import Clock
from .outgoing import Message, Reply, Route, send

_log = logging.getLogger(__name__)

SPACING = (1.0, 2.0, 4.0, 8.0)  # real seconds before attempts 2 to 5
STAGGER = 0.003  # real seconds between the webhooks of one leg
AT_ONCE = 64
_RETRIED = {408, 429}  # beside 5xx and no answer; other 4xx and 3xx are final


@dataclass(frozen=True)
class Delivery:
    """One finished attempt. at: simulated seconds. status: None if there was no answer.

    event_type: for a status callback its event, such as "participant-join".
    """

    at: float
    event_type: str
    event_id: str
    attempt: int
    status: int | None


@dataclass(frozen=True)
class Attempt:
    """One finished attempt. number: from 1. began: simulated seconds. reply: None without one."""

    message: Message
    number: int
    url: str
    began: float
    reply: Reply | None

    @property
    def status(self) -> int | None:
        return self.reply.status if self.reply else None

    def again(self, route: Route) -> bool:
        """Whether Telnyx tries once more: a refusal is final unless there is a failover URL."""
        status = self.status
        if not route.retries:
            return False
        if status is None or status >= 500 or status in _RETRIED:
            return True
        return status >= 300 and bool(route.failover_url) and self.number == 1


class Deliverer:
    """Sends messages, on threads of its own.

    route: returns where the webhooks of an application go, by its id. finished: called under the
    lock after each attempt.
    """

    def __init__(
        self,
        changed: threading.Condition,
        lock: threading.RLock,
        *,
        route: Callable[[str], Route],
        key: SigningKey,
        now: Callable[[], float],
        finished: Callable[[Attempt], None],
    ) -> None:
        self._changed = changed
        self._lock = lock
        self._route = route
        self._key = key
        self._now = now
        self._finished = finished
        self._real = Clock(changed, lock, speed=1.0)
        self._last: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="simulator-webhook")
        self._stopped = False
        self.pending = 0  # messages being delivered, or due now

    def start(self) -> None:
        self._real.start()

    def stop(self) -> None:
        """Wait for the attempts under way, PATIENCE at most, and drop all others."""
        with self._lock:
            self._stopped = True
        self._real.stop()
        self._pool.shutdown(cancel_futures=True)

    def post(self, message: Message, about: str) -> None:
        """Send a message. Messages with the same `about` start in order, STAGGER apart."""
        with self._lock:
            now = self._real.now()
            due = max(now, self._last.get(about, -1.0) + STAGGER)
            self._last[about] = due
            self.pending += 1
            if due > now:
                self._real.after(due - now, partial(self._submit, message, 1))
            else:
                self._submit(message, 1)

    def _submit(self, message: Message, attempt: int) -> None:
        if self._stopped:
            self.pending -= 1
        else:
            self._pool.submit(self._attempt, message, attempt)

    def _attempt(self, message: Message, attempt: int) -> None:
        reply, began = None, self._now()
        route = self._route(message.connection_id)
        outgoing = message.outgoing(route, attempt)
        try:
            reply = send(outgoing, self._key, "telnyx-webhooks", route.patience)
        except (OSError, http.client.HTTPException) as error:
            _log.debug("no answer to %s: %s", message.event_type, error)
        finally:
            with self._lock:
                self._note(Attempt(message, attempt, outgoing.url, began, reply), route)

    def _note(self, attempt: Attempt, route: Route) -> None:
        self.pending -= 1
        self._finished(attempt)
        number = attempt.number
        if attempt.again(route) and number <= len(SPACING) and not self._stopped:
            again = partial(self._again, attempt.message, number + 1)
            self._real.after(SPACING[number - 1], again)
        self._changed.notify_all()

    def _again(self, message: Message, attempt: int) -> None:
        self.pending += 1
        self._submit(message, attempt)
