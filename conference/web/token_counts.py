"""Counts wrong control tokens by address, and remembers addresses that sent a right one."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

from conference.registry.unavailable import Unavailable

AGAIN = 5.0  # seconds until counts are tried again that could not be reached
WINDOW = 60.0  # seconds in which wrong tokens are counted, from the first one
KNOWN = 86400.0  # seconds for which an address is known by a right token
MOST_ADDRESSES = 4096  # that are remembered, of each kind

Value = TypeVar("Value")


class TokenCounts(Protocol):
    """Keeps the counts and the known addresses, by the text of an address."""

    def wrong(self, address: str) -> tuple[int, float]:
        """Return the number of wrong tokens in the present window, and the seconds until its end.

        (0, 0.0) without a window.
        """

    def is_known(self, address: str) -> bool:
        """Return whether a right token came from the address within KNOWN."""

    def note_wrong(self, address: str) -> None:
        """Count a wrong token. The first one begins a window."""

    def note_right(self, address: str) -> None:
        """Remember the address."""


class MemoryTokenCounts:
    """The counts of this process. The oldest addresses are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._wrong: dict[str, tuple[float, int]] = {}  # by address: when it began, how many
        self._known: dict[str, float] = {}  # by address: when a right token came

    def wrong(self, address: str) -> tuple[int, float]:
        with self._lock:
            began, count = self._wrong.get(address, (0.0, 0))
        left = began + WINDOW - self._clock()
        return (count, left) if count and left > 0 else (0, 0.0)

    def is_known(self, address: str) -> bool:
        with self._lock:
            at = self._known.get(address)
        return at is not None and self._clock() - at < KNOWN

    def note_wrong(self, address: str) -> None:
        now = self._clock()
        with self._lock:
            began, count = self._wrong.get(address, (now, 0))
            began, count = (began, count) if now - began < WINDOW else (now, 0)
            _remember(self._wrong, address, (began, count + 1))

    def note_right(self, address: str) -> None:
        now = self._clock()
        with self._lock:
            _remember(self._known, address, now)


class SharedTokenCounts:
    """The counts of all processes, and at least those of this process, also while the others cannot
    be reached, and after their loss."""

    def __init__(
        self, shared: TokenCounts, own: TokenCounts, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shared, self._own, self._clock = shared, own, clock
        self._again_at = 0.0

    def wrong(self, address: str) -> tuple[int, float]:
        found = self._reach(lambda: self._shared.wrong(address), (0, 0.0))
        return max(found, self._own.wrong(address))

    def is_known(self, address: str) -> bool:
        return self._own.is_known(address) or self._reach(
            lambda: self._shared.is_known(address), False
        )

    def note_wrong(self, address: str) -> None:
        self._own.note_wrong(address)
        self._reach(lambda: self._shared.note_wrong(address), None)

    def note_right(self, address: str) -> None:
        self._own.note_right(address)
        self._reach(lambda: self._shared.note_right(address), None)

    def _reach(self, ask: Callable[[], Value], otherwise: Value) -> Value:
        """Return the answer, or `otherwise` if the counts cannot or just before could not be
        reached."""
        if self._clock() < self._again_at:
            return otherwise
        try:
            return ask()
        except Unavailable:
            self._again_at = self._clock() + AGAIN
            return otherwise


def _remember(kept: dict[str, Value], address: str, value: Value) -> None:
    """Keep the value as the newest. The oldest are forgotten."""
    kept.pop(address, None)
    kept[address] = value
    while len(kept) > MOST_ADDRESSES:
        del kept[next(iter(kept))]
