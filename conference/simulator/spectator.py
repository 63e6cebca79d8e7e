"""Whoever looks on is told everything, in order, and cannot keep the network waiting."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from .network.world import Happened

_log = logging.getLogger(__name__)


class Spectator:
    """Calls `look` on a thread of its own."""

    def __init__(self, look: Callable[[Happened], None]) -> None:
        self._look = look
        self._news: queue.SimpleQueue[Happened | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="simulator-spectator")

    def tell(self, happened: Happened) -> None:
        self._news.put(happened)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Once everything is told."""
        self._news.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while happened := self._news.get():
            try:
                self._look(happened)
            except Exception:  # a broken listener must not silence the rest
                _log.exception("on_event failed")
