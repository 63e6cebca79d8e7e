"""Compares tokens with CONTROL_TOKEN, and slows down those who send wrong ones.

A right token counts, however many wrong ones came from the same address before. Where other tokens
from there hold all seats, it counts at an address where a right one was used within a day.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Callable, Collection
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from conference.reporting.rate_limited_log import RateLimitedLog
from conference.web.problems import Problem

FREE = 10  # wrong tokens from one address within a WINDOW that are not slowed
WINDOW = 60.0  # seconds
MOST_SEATS = 4  # slowed tokens at a time, from all addresses
THREADS_PER_SEAT = 4  # so that slowed tokens hold a quarter of the threads at most
HELD = 0.1  # seconds for which a slowed token holds its seat
KNOWN = 86400.0  # seconds for which an address is known by a right token
MOST_ADDRESSES = 4096  # that are remembered, of each kind
LOG_EVERY = 60.0  # seconds between two lines of a kind
SOON = 1.0  # seconds after which a seat may be free

Value = TypeVar("Value")


def seats(threads: int) -> int:
    """Return how many slowed tokens may each hold one of so many threads."""
    return max(1, min(MOST_SEATS, threads // THREADS_PER_SEAT))


class WrongTokens:
    """Counts wrong tokens by the client's address; a network of IPv6 counts as one address."""

    def __init__(
        self,
        token: str,
        log: RateLimitedLog,
        seats: int = MOST_SEATS,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        on_wrong: Callable[[], None] = lambda: None,
    ) -> None:
        self._token = token
        self._on_wrong = on_wrong
        self._log = log
        self._seats = BoundedSemaphore(seats)
        self._clock, self._pause = clock, pause
        self._lock = Lock()
        self._wrong: dict[str, tuple[float, int]] = {}  # by address: when it began, how many
        self._known: dict[str, float] = {}  # by address: when a right token came

    def is_right(self, given: str, client: str, also: str = "") -> bool:
        """Return whether the token is right. Problem (429) if too many wrong ones came before.

        `also`: another token that is right for this request.
        """
        address, right = _network(client), (self._token, also)
        if not self._left(address):
            return self._compare(given, right, address)
        seated = self._seats.acquire(blocking=False)
        try:
            if not seated and not self._is_known(address):
                raise self._too_many(address, SOON)
            if self._compare(given, right, address):
                return True
            if seated:
                self._pause(HELD)
            raise self._too_many(address, self._left(address) or SOON)
        finally:
            if seated:
                self._seats.release()

    def _compare(self, given: str, tokens: Collection[str], address: str) -> bool:
        right = _is_one_of(given, tokens)
        now = self._clock()
        with self._lock:
            if right:
                _remember(self._known, address, now)
            else:
                began, count = self._current(address, now)
                _remember(self._wrong, address, (began, count + 1))
        if not right:
            self._on_wrong()
            line = "a request was refused: its control token is wrong"
            self._log.warn("wrong token", line, LOG_EVERY)
        return right

    def _left(self, address: str) -> float:
        """Return the seconds for which tokens from the address are slowed; 0: they are not."""
        now = self._clock()
        with self._lock:
            began, count = self._current(address, now)
        return began + WINDOW - now if count >= FREE else 0.0

    def _current(self, address: str, now: float) -> tuple[float, int]:
        began, count = self._wrong.get(address, (now, 0))
        return (began, count) if now - began < WINDOW else (now, 0)

    def _is_known(self, address: str) -> bool:
        with self._lock:
            at = self._known.get(address)
        return at is not None and self._clock() - at < KNOWN

    def _too_many(self, address: str, retry_after: float) -> Problem:
        line = f"wrong control tokens from {address or 'a client'} are slowed down and get 429"
        self._log.warn("slowed tokens", line, LOG_EVERY)
        what = "Too many wrong tokens came from this address."
        return Problem("too-many-wrong-tokens", what, retry_after)


def _is_one_of(given: str, tokens: Collection[str]) -> bool:
    """Compare with each token, in the same time for each. An empty one opens nothing."""
    sent = given.encode("utf-8", "surrogatepass")
    return any([hmac.compare_digest(sent, token.encode()) for token in tokens if token])


def _remember(kept: dict[str, Value], address: str, value: Value) -> None:
    """Keep the value as the newest. The oldest are forgotten."""
    kept.pop(address, None)
    kept[address] = value
    while len(kept) > MOST_ADDRESSES:
        del kept[next(iter(kept))]


def _network(client: str) -> str:
    """Return the address, or the /64 of IPv6, in which a client may choose its address."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)
