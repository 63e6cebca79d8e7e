"""Notes the traffic of a probe, and waits for more of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from conference.clock import Clock
from conference.probe.traffic import Entry, Fetch, Said, Sent, Traffic, Webhook

T = TypeVar("T")


class Notebook:
    """Keeps the entries of one probe. Several threads may use it.

    step: the step under way, which new entries get. unverified: requests that came to the address
    of the webhooks without a signature that fits.
    """

    def __init__(self, clock: Clock) -> None:
        self.step = ""
        self.unverified = 0
        self._clock = clock
        self._began = clock()
        self._entries: list[Entry] = []
        self._changed = threading.Condition()

    @property
    def traffic(self) -> Traffic:
        with self._changed:
            return Traffic(tuple(self._entries))

    def sent(self, method: str, path: str, **rest: Any) -> Sent:
        return self._add(Sent(**self._now(), method=method, path=path, **rest))

    def webhook(self, event_type: str, **rest: Any) -> Webhook:
        return self._add(Webhook(**self._now(), event_type=event_type, **rest))

    def fetch(self, **rest: Any) -> Fetch:
        return self._add(Fetch(**self._now(), **rest))

    def said(self, text: str) -> Said:
        return self._add(Said(**self._now(), text=text))

    def wait(self, found: Callable[[Traffic], T], within: float) -> T:
        """Return the first true result of `found`; the last one after `within` seconds."""
        until = self._clock() + within
        with self._changed:
            while True:
                result = found(Traffic(tuple(self._entries)))
                left = self._clock.real(until - self._clock())
                if result or left <= 0:
                    return result
                self._changed.wait(left)

    def _now(self) -> Mapping[str, Any]:
        return {"step": self.step, "at": self._clock() - self._began}

    def _add(self, entry: T) -> T:
        with self._changed:
            self._entries.append(entry)  # type: ignore[arg-type]
            self._changed.notify_all()
        return entry
