"""Sends news of rooms to one address, as Telnyx sends the status callbacks of a conference.

No caller waits: an observer queues the news, and one thread sends them. The news of one conference
are sent in order. Each is repeated until it is taken, refused or too old.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from nacl.signing import SigningKey

from conference.callbacks.conference_queue import ConferenceQueue
from conference.callbacks.form import form
from conference.callbacks.subscriptions import Subscription
from conference.callbacks.turns import Turns
from conference.clock import Clock
from conference.core.change import Change
from conference.core.news import News, news
from conference.masking import masked
from conference.outgoing_http import NoAnswer, request
from conference.reporting.metrics import Metrics, Uncounted
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.signature import sign

log = logging.getLogger(__name__)

HEADERS = ("Conference-Signature-Ed25519", "Conference-Timestamp")
MOST_WAITING = 10_000  # news of all conferences together; about 5 MB
LEAST_SHARE = 100  # of these, for each address
MOST_QUEUES = 500  # conferences; beyond, the oldest that is over is forgotten
ANSWER_TIMEOUT = 5.0  # seconds
GIVE_UP_AFTER = 600.0  # seconds after the event
LONGEST_PAUSE = 10.0  # seconds between two tries
THREAD_KEPT = 60.0  # seconds without news until the thread ends
LAST_PAUSE = 0.5  # seconds between two tries while the server ends
RETRIED = {0, 429, *range(500, 600)}  # statuses; 0: no answer


class CallbackDelivery:
    """Sends the news of one subscription. The thread starts with the first news, and ends when
    none has come for a while.

    `number`: our own number, in E.164. `turns`: those of all addresses. `among`: how many addresses
    share MOST_WAITING. `metrics` count what waits, and what is dropped.
    """

    def __init__(
        self,
        subscription: Subscription,
        key: SigningKey,
        number: str,
        clock: Clock,
        turns: Turns,
        *,
        among: int = 1,
        metrics: Metrics | Uncounted | None = None,
    ) -> None:
        self._subscription = subscription
        self._key = key
        self._number = number
        self._clock = clock
        self._turns = turns
        self._took = 0.0  # seconds until the last answer, or until none came
        self._most = min(MOST_WAITING, max(MOST_WAITING // among, LEAST_SHARE))
        self._queues: dict[str, ConferenceQueue] = {}  # by conference
        self._waiting = 0  # in all queues
        self._metrics = metrics or Uncounted()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._longest_pause = LONGEST_PAUSE
        self._stopped = False
        self._log = RateLimitedLog()

    def observe(self, change: Change) -> None:
        """Queue the news of the change. Called in the room's order."""
        for item in news(change):
            self.put(item)

    def hurry(self) -> None:
        """Retry at short intervals from now on: the server ends."""
        with self._changed:
            self._longest_pause = LAST_PAUSE
            for queue in self._queues.values():
                queue.not_before = 0.0
            self._changed.notify_all()

    def stop(self, seconds: float) -> None:
        """Send waiting news for so many seconds, and drop the rest."""
        self.hurry()
        with self._changed:
            done = self._changed.wait_for(lambda: not self._waiting, timeout=seconds)
            self._stopped = True
            self._changed.notify_all()
            thread = self._thread
        if not done:  # the thread may be amid a request, and ends with it
            count, setting = self._waiting, self._subscription.setting
            self._metrics.callbacks_dropped(count)
            log.warning("the server ends: %d events were not sent to %s", count, setting)
        elif thread is not None:
            thread.join()

    def put(self, item: News) -> None:
        """Queue one piece of news, if the subscription wants it."""
        ended = item.kind in self._subscription.final
        with self._changed:
            if self._stopped:
                return
            if item.kind not in self._subscription.kinds:
                if ended and item.conference in self._queues:
                    self._queues[item.conference].ended = True
                return
            queue = self._queue(item.conference)
            queue.ended = ended
            if queue.replaces_last(item):
                queue.waiting[-1] = item
            elif self._waiting < self._most:
                queue.waiting.append(item)
                self._count(1)
            else:
                self._metrics.callbacks_dropped(1)
                self._warn("full", f"has {self._most} events waiting: a new one is dropped")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="callbacks", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _queue(self, conference: str) -> ConferenceQueue:
        """Return the conference's queue. One that has ended may reopen, and numbers go on."""
        if conference not in self._queues:
            ended = (name for name, q in self._queues.items() if q.ended and not q.waiting)
            if len(self._queues) >= MOST_QUEUES and (oldest := next(ended, "")):
                del self._queues[oldest]
            self._queues[conference] = ConferenceQueue()
        return self._queues[conference]

    def _run(self) -> None:
        while (queue := self._next()) is not None:
            status = self._send(queue.waiting[0], queue.number)
            with self._changed:
                if status in RETRIED:
                    queue.back_off(self._clock(), self._longest_pause)
                else:
                    queue.failures = 0
                    self._drop_first(queue)

    def _next(self) -> ConferenceQueue | None:
        """Sleep until a queue is due, and return it; None once stopped, or after THREAD_KEPT."""
        idle = False
        with self._changed:
            while not self._stopped:
                queues = (queue for queue in self._queues.values() if queue.waiting)
                queue = min(queues, key=lambda queue: queue.due, default=None)
                if queue is None and idle:
                    break
                if queue is None:
                    idle = not self._changed.wait(THREAD_KEPT)
                elif queue.due > (now := self._clock()):
                    self._changed.wait(self._clock.real(queue.due - now))
                elif now - queue.waiting[0].at > GIVE_UP_AFTER:
                    self._warn(
                        "old", f"has not taken an event for {GIVE_UP_AFTER:g} s: it is dropped"
                    )
                    self._metrics.callbacks_dropped(1)
                    self._drop_first(queue)
                else:
                    queue.begin()
                    return queue
            self._thread = None
            return None

    def _drop_first(self, queue: ConferenceQueue) -> None:
        queue.drop_first()
        self._count(-1)
        self._changed.notify_all()

    def _count(self, more: int) -> None:
        self._waiting += more
        self._metrics.callbacks_wait(more)

    def _send(self, item: News, number: int) -> int:
        """Return the status of the answer, 0 without one.

        Each try has a signature of its own: a receiver takes an old one for a replay.
        """
        fields = form(item, number, self._number, self._clock.unix)
        method, url, body, signed = self._subscription.message(fields, item.kind)
        headers = sign(signed, key=self._key, now=time.time(), headers=HEADERS)
        headers["User-Agent"] = "conference-line"
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with self._turns.after(self._took):
                began = time.monotonic()
                try:
                    status = request(method, url, body, headers, ANSWER_TIMEOUT).status
                finally:
                    self._took = time.monotonic() - began
        except NoAnswer as why:
            self._warn("no answer", f"does not answer ({masked(str(why))}): retrying")
            return 0
        if status in RETRIED:
            self._warn("retried", f"answers {status}: retrying")
        elif status >= 300:
            self._warn("refused", f"answers {status}: the event is not sent again")
        return status

    def _warn(self, kind: str, what: str) -> None:
        self._log.warn(kind, f"{self._subscription.setting} {what}")


def stop_all(deliveries: Iterable[CallbackDelivery], seconds: float) -> None:
    """Stop all at once: together they send waiting news for so many seconds."""
    until = time.monotonic() + seconds
    for delivery in deliveries:
        delivery.hurry()
    for delivery in deliveries:
        delivery.stop(max(until - time.monotonic(), 0))
