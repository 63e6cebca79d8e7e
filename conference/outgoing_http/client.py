"""HTTP requests, each limited as a whole in time and size. Nothing is sent twice.

Other clients limit each step: a server that sends a byte now and then keeps them for ever.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import closing
from functools import cached_property
from threading import Lock

from conference.outgoing_http.address import UNSENDABLE, Address, parse
from conference.outgoing_http.answers import AnswerReader, Response
from conference.outgoing_http.connecting import Way, open_way
from conference.outgoing_http.connection import is_quiet, send_all
from conference.outgoing_http.received import BadAnswer
from conference.outgoing_http.tls import trust

MOST_IDLE = 48  # kept connections
LONGEST_IDLE = 20.0  # seconds; servers close theirs after 60 and more
HAVE_A_BODY = ("POST", "PUT", "PATCH")


class NoAnswer(Exception):
    """No whole answer came. The text is the name of the error, without an address.

    error: an OSError, a BadAnswer, or a ValueError for a malformed address. No text of the server
    is in it. status: 0, unless the status did arrive.
    """

    def __init__(self, error: Exception, status: int = 0) -> None:
        super().__init__(type(error).__name__)
        self.error = error
        self.status = status

    @property
    def reason(self) -> str:
        """Return why, in words. It may hold the name of the server's host."""
        if isinstance(self.error, BadAnswer):
            return f"the answer {self.error}"
        return f"{type(self.error).__name__} {self.error}".strip()


def request(
    method: str, url: str, body: bytes, headers: dict[str, str], within: float, most: int = 0
) -> Response:
    """Send one request. Return the answer with up to `most` bytes of its body, or raise NoAnswer.

    It takes `within` seconds at most. Redirects are not followed. User and password in the address
    are sent as Basic authorization. Proxies of the environment are used, but not to this machine.
    """
    reader, until = None, time.monotonic() + within
    try:
        to = parse(url)
        sent = {"Connection": "close", **headers}
        with closing(open_way(to, until)) as way:
            send_all(way.connection, _message(way, to, method, to.target, body, sent), until)
            reader = AnswerReader(way.connection, until)
            return reader.beginning(most)
    except (OSError, BadAnswer, ValueError) as error:
        raise NoAnswer(error, reader.status if reader else 0) from None


class Client:
    """Sends requests to one server, over connections that are kept for the next request.

    Threads share the connections. A request takes the one that was used last. Connections that
    were idle for LONGEST_IDLE are closed with the next request.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: deque[tuple[Way, float]] = deque()  # with the time of its last use
        self._lock = Lock()
        self._closed = False

    @cached_property
    def _to(self) -> Address:
        return parse(self._url)

    def prepare(self) -> None:
        """Read the trusted authorities now, not with the first request."""
        if self._to.scheme == "https":
            trust()

    def request(
        self,
        method: str,
        target: str,
        body: bytes,
        headers: dict[str, str],
        within: float,
        most: int,
    ) -> Response:
        """Send one request to the path and query `target`. Return the whole answer.

        NoAnswer without one within `within` seconds, or if its body has more than `most` bytes,
        before or after decompression. The request may have reached the server all the same.
        """
        reader, until = None, time.monotonic() + within
        try:
            way = self._take() or open_way(self._to, until)
            try:
                message = _message(way, self._to, method, target, body, headers)
                send_all(way.connection, message, until)
                reader = AnswerReader(way.connection, until)
                answer = reader.whole(most)
            except BaseException:
                way.close()
                raise
            self._give_back(way, reader.keeps)
            return answer
        except (OSError, BadAnswer, ValueError) as error:
            raise NoAnswer(error, reader.status if reader else 0) from None

    def close(self) -> None:
        """Close all connections; those in use after their requests."""
        with self._lock:
            self._closed = True
            while self._idle:
                self._idle.pop()[0].close()

    def _take(self) -> Way | None:
        """Return a kept connection that still can be used; None without one."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                way, used = self._idle.pop()
            if time.monotonic() - used < LONGEST_IDLE and is_quiet(way.connection):
                return way
            way.close()

    def _give_back(self, way: Way, keeps: bool) -> None:
        now = time.monotonic()
        with self._lock:
            if keeps and not self._closed:
                self._idle.append((way, now))
            else:
                way.close()
            while self._idle and (
                len(self._idle) > MOST_IDLE or now - self._idle[0][1] > LONGEST_IDLE
            ):
                self._idle.popleft()[0].close()


def _message(
    way: Way, to: Address, method: str, target: str, body: bytes, headers: dict[str, str]
) -> bytes:
    """Return the whole request. ValueError if a part of it could be read as another line."""
    sent = {"Host": to.authority, "Accept-Encoding": "identity", **way.headers}
    if to.basic:
        sent["Authorization"] = to.basic
    if body or method in HAVE_A_BODY:
        sent["Content-Length"] = str(len(body))
    lines = [f"{name}: {value}" for name, value in (sent | headers).items()]
    head = "\r\n".join([f"{method} {way.before_target}{target} HTTP/1.1", *lines])
    if head.count("\r") + head.count("\n") != 2 * len(lines) or UNSENDABLE.search(target):
        raise ValueError("a malformed header or address")
    return head.encode("latin-1") + b"\r\n\r\n" + body
