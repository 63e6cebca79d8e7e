"""Sends subscribers what happens, as Telnyx's status callbacks of a TeXML conference do.

No caller waits for it: an observer only queues the news. One thread sends them, those of one
conference in their order, and each again until it is taken or too old.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from nacl.signing import SigningKey

from conference.bounded_http import NoAnswer, request
from conference.callbacks.subscriptions import Feed
from conference.clock import Clock
from conference.core.change import Change
from conference.core.news import News, news
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.signature import sign

log = logging.getLogger(__name__)

HEADERS = ("Conference-Signature-Ed25519", "Conference-Timestamp")
MOST = 10_000  # news that wait, of all conferences together; some 5 MB
REMEMBERED = 500  # conferences, beyond which the oldest that is over is forgotten
ANSWERED_WITHIN = 5.0  # seconds
TOLD_WITHIN = 600.0  # seconds from when it happened; what is older is not told any more
FIRST_RETRY, LAST_RETRY = 0.5, 10.0  # seconds before the second try, and at most before any
HURRIED_RETRY = 0.5  # likewise, once the server ends
AGAIN = {0, 429, *range(500, 600)}  # statuses that may be better next time; 0: no answer
SPEAKS = "participant-speech-start"


def form(told: News, number: int, ours: str) -> str:
    """What is said, as a form: Telnyx's words, where there are any. `ours` is the number of ours
    that goes with Call Control. What is not known is left out."""
    if told.fields:
        return urlencode(told.fields)
    from_, to = told.from_, told.to
    if told.participant:
        incoming, theirs = told.participant.direction == "incoming", told.participant.number
        ours = told.participant.ours or ("" if told.account else ours)
        from_, to = (theirs, ours) if incoming else (ours, theirs)
    fields = {
        "AccountSid": told.account,
        "CallSid": told.call,
        "ConferenceSid": told.conference,
        "FriendlyName": told.room,
        "From": from_,
        "SequenceNumber": str(number),
        "StatusCallbackEvent": told.kind,
        "Timestamp": f"{datetime.fromtimestamp(told.at, UTC):%Y-%m-%d %H:%M:%S.%f}Z",
        "To": to,
    }
    return urlencode({name: value for name, value in fields.items() if value})


@dataclass
class _Line:
    """What one conference's news wait in. The first stays in it until it is done with."""

    waiting: deque[News] = field(default_factory=deque)
    number: int = 0  # SequenceNumber of the last that was tried
    tried: bool = False  # whether that is the first that waits
    failures: int = 0  # since something was taken
    not_before: float = 0.0
    over: bool = False  # unless it comes back

    @property
    def due(self) -> float:
        return max(self.waiting[0].at, self.not_before)

    @property
    def replaceable(self) -> bool:
        """Whether the last is of a speaker who has been followed by another before it was told."""
        untried = len(self.waiting) > self.tried
        return untried and self.waiting[-1].kind == SPEAKS


class Callbacks:
    """To one address. The thread is started with the first news for it. `number` is our own, in
    E.164."""

    def __init__(self, feed: Feed, key: SigningKey, number: str, clock: Clock) -> None:
        self._feed = feed
        self._key = key
        self._number = number
        self._clock = clock
        self._lines: dict[str, _Line] = {}  # by conference
        self._waiting = 0  # in all of them
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._longest_pause = LAST_RETRY
        self._stopped = False
        self._log = RateLimitedLog()

    def observe(self, change: Change) -> None:
        """Queue what subscribers are sent about the change. Called in the room's order."""
        for each in news(change):
            self._put(each)

    def hurry(self) -> None:
        """The end is near: wait for no long pause any more."""
        with self._changed:
            self._longest_pause = HURRIED_RETRY
            for line in self._lines.values():
                line.not_before = 0.0
            self._changed.notify_all()

    def stop(self, seconds: float) -> None:
        """Let what waits be told for so long; the rest is dropped."""
        self.hurry()
        with self._changed:
            told = self._changed.wait_for(lambda: not self._waiting, timeout=seconds)
            self._stopped = True
            self._changed.notify_all()
        if not told:  # the thread may be amid a request, and ends with it
            what = f"{self._waiting} things were not told to {self._feed.setting}"
            log.warning("ending: %s", what)
        elif self._thread is not None:
            self._thread.join()

    def _put(self, told: News) -> None:
        over = told.kind in self._feed.last
        with self._changed:
            if self._stopped:
                return
            if told.kind not in self._feed.kinds:
                if over and told.conference in self._lines:
                    self._lines[told.conference].over = True
                return
            line = self._line(told.conference)
            line.over = over
            if told.kind == SPEAKS and line.replaceable:
                line.waiting[-1] = told
            elif self._waiting < MOST:
                line.waiting.append(told)
                self._waiting += 1
            else:
                self._say("full", f"is not told what happens: {MOST} things wait already")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="callbacks", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _line(self, conference: str) -> _Line:
        """One that is over may come back for a moment, and then goes on with its numbers."""
        if conference not in self._lines:
            over = (name for name, line in self._lines.items() if line.over and not line.waiting)
            if len(self._lines) >= REMEMBERED and (oldest := next(over, "")):
                del self._lines[oldest]
            self._lines[conference] = _Line()
        return self._lines[conference]

    def _run(self) -> None:
        while (line := self._next()) is not None:
            status = self._send(line.waiting[0], line.number)
            with self._changed:
                if status not in AGAIN:
                    self._done(line)
                    line.failures = 0
                    continue
                pause = min(FIRST_RETRY * 2 ** min(line.failures, 9), self._longest_pause)
                pause *= random.uniform(0.5, 1)  # noqa: S311 no secret
                line.failures += 1
                line.not_before = self._clock() + pause

    def _next(self) -> _Line | None:
        """Sleep until something is to be told, and give its line; None when stopped."""
        with self._changed:
            while not self._stopped:
                lines = (line for line in self._lines.values() if line.waiting)
                line = min(lines, key=lambda line: line.due, default=None)
                if line is None:
                    self._changed.wait()
                elif line.due > (now := self._clock()):
                    self._changed.wait(self._clock.real(line.due - now))
                elif now - line.waiting[0].at > TOLD_WITHIN:
                    self._say("old", f"has not taken for {TOLD_WITHIN:g} s what it was to be told")
                    self._done(line)
                else:
                    if not line.tried:
                        line.tried, line.number = True, line.number + 1
                    return line
            return None

    def _done(self, line: _Line) -> None:
        """Whatever became of the first, it is the next one's turn."""
        line.waiting.popleft()
        line.tried = False
        self._waiting -= 1
        self._changed.notify_all()

    def _send(self, told: News, number: int) -> int:
        """The status that is answered, 0 for none. Signed anew each time, since what is old counts
        as replayed."""
        url, body, signed = self._feed.message(form(told, number, self._number))
        headers = sign(signed, key=self._key, now=time.time(), headers=HEADERS)
        headers["User-Agent"] = "conference-line"
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            status = request(self._feed.method, url, body, headers, ANSWERED_WITHIN).status
        except NoAnswer as why:
            self._say("no answer", f"does not answer ({why}): it is told again later")
            return 0
        if status in AGAIN:
            self._say("again", f"answers {status}: it is told again later")
        elif status >= 300:
            self._say("refused", f"answers {status}: it is not told again, and nothing is followed")
        return status

    def _say(self, kind: str, what: str) -> None:
        self._log.warn(kind, f"{self._feed.setting} {what}")


def stop_all(callbacks: Collection[Callbacks], seconds: float) -> None:
    """Let all of them tell for so long, at once."""
    until = time.monotonic() + seconds
    for each in callbacks:
        each.hurry()
    for each in callbacks:
        each.stop(max(until - time.monotonic(), 0))
