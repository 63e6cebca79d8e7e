"""Says in the log what was refused and what is likely wrong, at a bounded rate."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock

log = logging.getLogger(__name__)

EVERY = 10.0  # seconds between two lines of the same kind
SELDOM = 3600.0  # likewise, for what is no fault
KINDS = 200  # kinds of lines that are told apart


class Refusals:
    """A line for the first refusal of a kind; then a count with each line, every ten seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kinds: dict[str, tuple[float, int]] = {}  # when last said, how many since

    def say(self, kind: str, line: str) -> None:
        """Warn. `kind` is one of few; `line` holds nothing that a stranger could have written."""
        self._log(logging.WARNING, kind, line, EVERY)

    def note(self, kind: str, line: str) -> None:
        """Mention what was genuine and is no business of ours."""
        self._log(logging.INFO, kind, line, SELDOM)

    def _log(self, level: int, kind: str, line: str, every: float) -> None:
        now = self._clock()
        with self._lock:
            if len(self._kinds) >= KINDS and kind not in self._kinds:
                kind = next(iter(self._kinds))
            said, since = self._kinds.get(kind, (-every, 0))
            if now - said < every:
                self._kinds[kind] = (said, since + 1)
                return
            self._kinds[kind] = (now, 0)
        more = f" ({since} more like it before)" if since else ""
        log.log(level, "%s%s", line, more)
