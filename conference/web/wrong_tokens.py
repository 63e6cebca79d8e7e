"""Compares tokens with CONTROL_TOKEN, and slows down those who send wrong ones.

A right token counts, however many wrong ones came from the same address before. Where other tokens
from there hold all seats, it counts at an address where a right one was used within a day.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Callable, Collection
from threading import BoundedSemaphore

from conference.reporting.rate_limited_log import RateLimitedLog
from conference.web.problems import Problem
from conference.web.token_counts import MemoryTokenCounts, TokenCounts

FREE = 10  # wrong tokens from one address in a minute that are not slowed
MOST_SEATS = 4  # slowed tokens at a time, from all addresses
THREADS_PER_SEAT = 4  # so that slowed tokens hold a quarter of the threads at most
HELD = 0.1  # seconds for which a slowed token holds its seat
LOG_EVERY = 60.0  # seconds between two lines of a kind
SOON = 1.0  # seconds after which a seat may be free


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
        counts: TokenCounts | None = None,
        pause: Callable[[float], None] = time.sleep,
        on_wrong: Callable[[], None] = lambda: None,
    ) -> None:
        self._token = token
        self._on_wrong = on_wrong
        self._log = log
        self._seats = BoundedSemaphore(seats)
        self._counts = counts or MemoryTokenCounts()
        self._pause = pause

    def is_right(self, given: str, client: str, also: str = "") -> bool:
        """Return whether the token is right. Problem (429) if too many wrong ones came before.

        `also`: another token that is right for this request.
        """
        return self._is_one_of(given, client, (self._token, also), self._counts.note_right)

    def is_sealed(self, given: str, client: str, right: str) -> bool:
        """Return whether a seal is the right one; a wrong one counts as a wrong token does.

        A right one says nothing of the address: it may be a copy, out of a proxy's log.
        """
        return self._is_one_of(given, client, (right,), lambda address: None)

    def _is_one_of(
        self, given: str, client: str, right: Collection[str], on_right: Callable[[str], None]
    ) -> bool:
        address = _network(client)
        if not self._left(address):
            return self._compare(given, right, address, on_right)
        seated = self._seats.acquire(blocking=False)
        try:
            if not seated and not self._counts.is_known(address):
                raise self._too_many(address, SOON)
            if self._compare(given, right, address, on_right):
                return True
            if seated:
                self._pause(HELD)
            raise self._too_many(address, self._left(address) or SOON)
        finally:
            if seated:
                self._seats.release()

    def _compare(
        self, given: str, tokens: Collection[str], address: str, on_right: Callable[[str], None]
    ) -> bool:
        right = _is_one_of(given, tokens)
        if right:
            on_right(address)
        else:
            self._counts.note_wrong(address)
            self._on_wrong()
            line = "a request was refused: its control token is wrong"
            self._log.warn("wrong token", line, LOG_EVERY)
        return right

    def _left(self, address: str) -> float:
        """Return the seconds for which tokens from the address are slowed; 0: they are not."""
        count, left = self._counts.wrong(address)
        return left if count >= FREE else 0.0

    def _too_many(self, address: str, retry_after: float) -> Problem:
        line = f"wrong control tokens from {address or 'a client'} are slowed down and get 429"
        self._log.warn("slowed tokens", line, LOG_EVERY)
        what = "Too many wrong tokens came from this address."
        return Problem("too-many-wrong-tokens", what, retry_after)


def _is_one_of(given: str, tokens: Collection[str]) -> bool:
    """Compare with each token, in the same time for each. An empty one opens nothing."""
    sent = given.encode("utf-8", "surrogatepass")
    return any([hmac.compare_digest(sent, token.encode()) for token in tokens if token])


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
