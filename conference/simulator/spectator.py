"""Passes events on to an observer, in order, without making the network wait."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from .network.world import Happened

_log = logging.getLogger(__name__)


class Spectator:
    """Calls `on_event` with each event, on a thread of its own."""

    def __init__(self, on_event: Callable[[Happened], None]) -> None:
        self._on_event = on_event
        self._events: queue.SimpleQueue[Happened | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="simulator-spectator")

    def show(self, happened: Happened) -> None:
        """Pass an event on, soon."""
        self._events.put(happened)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the last event has been passed on."""
        self._events.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while happened := self._events.get():
            try:
                self._on_event(happened)
            except Exception:  # a broken observer must get the other events, too
                _log.exception("on_event failed")
