"""Logs lines at a limited rate, so that strangers cannot fill the log."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from threading import Lock

log = logging.getLogger(__name__)

WARN_EVERY = 10.0  # seconds between two warnings of the same kind
INFO_EVERY = 3600.0  # seconds between two other lines of the same kind
MOST_KINDS = 200  # kinds that are counted apart; later ones count as the first


class RateLimitedLog:
    """Logs the first line of a kind at once. Later lines are counted, and logged at intervals.

    `kind` is one of few. `line` must not hold text from a stranger.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kinds: dict[str, tuple[float, int]] = {}  # when last logged, how many since

    def warn(self, kind: str, line: str, every: float = WARN_EVERY) -> None:
        """Log a fault, at most once in `every` seconds."""
        self._log(logging.WARNING, kind, line, every)

    def once(self, kind: str, line: str) -> None:
        """Log a fault that lasts, once."""
        self._log(logging.WARNING, kind, line, math.inf)

    def info(self, kind: str, line: str) -> None:
        """Log an ordinary event, every INFO_EVERY seconds at most."""
        self._log(logging.INFO, kind, line, INFO_EVERY)

    def _log(self, level: int, kind: str, line: str, every: float) -> None:
        now = self._clock()
        with self._lock:
            if len(self._kinds) >= MOST_KINDS and kind not in self._kinds:
                kind = next(iter(self._kinds))
            logged, since = self._kinds.get(kind, (-every, 0))
            if now - logged < every:
                self._kinds[kind] = (logged, since + 1)
                return
            self._kinds[kind] = (now, 0)
        more = f" ({since} more like it before)" if since else ""
        log.log(level, "%s%s", line, more)
