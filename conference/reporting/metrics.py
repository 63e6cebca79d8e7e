"""Counts what `/metrics` shows, with Prometheus's client, where it is installed.

Under gunicorn several workers count in files of one folder, named by the client's variable
PROMETHEUS_MULTIPROC_DIR, and each worker can answer with the sums.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from threading import Lock
from typing import Any

from conference.clock import Clock
from conference.core.change import Change
from conference.core.commands import TakeSnapshot
from conference.core.events import Outcome
from conference.core.outcomes.meanings import DROPPED, meaning
from conference.core.room import Room
from conference.reporting.metric_table import OTHER, TABLE, TAKEN, TYPES, Metric

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the variable of prometheus_client


def installed() -> bool:
    """Is prometheus_client installed? It is not imported."""
    return find_spec("prometheus_client") is not None


class Uncounted:
    """Counts nothing, in the place of `Metrics`, where nobody can read the figures."""

    def observe(self, change: Change) -> None: ...

    def keep_rooms(self, rooms: Callable[[], Iterable[Room]]) -> None: ...

    def answered(self, event_type: str, outcome: str, seconds: float) -> None: ...

    def backlog(self, commands: int) -> None: ...

    def forged(self) -> None: ...

    def wrong_token(self) -> None: ...

    def unavailable(self) -> None: ...

    def callbacks_wait(self, more: int) -> None: ...

    def callbacks_dropped(self, number: int) -> None: ...


class Metrics:
    """An observer, and the counts that no change shows. Make it in the process that counts."""

    def __init__(self, clock: Clock) -> None:
        from prometheus_client import CollectorRegistry, disable_created_metrics

        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._clock = clock
        self._registry = CollectorRegistry()
        made = {metric.name: _made(metric, self._registry) for metric in TABLE}
        self._webhooks = _Children(made["conference_webhooks_total"])
        self._commands = _Children(made["conference_commands_total"])
        self._retries = _Children(made["conference_retries_total"])
        self._ack = made["conference_ack_seconds"]
        self._command_seconds = made["conference_command_seconds"]
        self._backlog = made["conference_backlog"]
        self._rooms = made["conference_rooms"]
        self._participants = made["conference_participants"]
        self._healed = made["conference_healed_total"]
        self._forged = made["conference_forged_signatures_total"]
        self._wrong_tokens = made["conference_wrong_tokens_total"]
        self._unavailable = made["conference_unavailable_total"]
        self._callbacks_waiting = made["conference_callbacks_waiting"]
        self._callbacks_dropped = made["conference_callbacks_dropped_total"]
        self._inside: dict[str, int] = {}  # calls by room, where there are any
        self._lock = Lock()

    def observe(self, change: Change) -> None:
        """Count the outcome of a command, a repair, and the calls in the room."""
        before, after, event = change.before, change.after, change.event
        if isinstance(event, Outcome):
            self._outcome(event)
        if after is before:
            return
        if len(after.participants) != self._inside.get(after.name, 0):
            self._count_calls(after.name, len(after.participants))
        healed = after.reconciliation.healed - before.reconciliation.healed
        if healed > 0:
            self._healed.inc(healed)

    def keep_rooms(self, rooms: Callable[[], Iterable[Room]]) -> None:
        """Forget all rooms but these: another process may have become the home of the others."""
        with self._lock:  # read meanwhile, or a room that is new since then would be forgotten
            kept = {room.name for room in rooms()}
            self._inside = {room: n for room, n in self._inside.items() if room in kept}
            self._set_gauges()

    def answered(self, event_type: str, outcome: str, seconds: float) -> None:
        """Count a request of Telnyx. Seconds count for those that were taken."""
        known = event_type if event_type in TYPES else OTHER
        self._webhooks[known, outcome].inc()
        if outcome in TAKEN:
            self._ack.observe(seconds)

    def backlog(self, commands: int) -> None:
        """Set how many commands wait."""
        self._backlog.set(commands)

    def forged(self) -> None:
        self._forged.inc()

    def wrong_token(self) -> None:
        self._wrong_tokens.inc()

    def unavailable(self) -> None:
        self._unavailable.inc()

    def callbacks_wait(self, more: int) -> None:
        """Change how many callbacks wait by this number, which may be negative."""
        self._callbacks_waiting.inc(more)

    def callbacks_dropped(self, number: int) -> None:
        self._callbacks_dropped.inc(number)

    def text(self, accept: str = "") -> tuple[bytes, str]:
        """Return the figures of all workers, and their content type.

        Prometheus's text format; OpenMetrics where the header `Accept` asks for it.
        """
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import choose_encoder
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self._registry
        if folder := os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        encode, content_type = choose_encoder(accept)
        return encode(registry), content_type

    def _outcome(self, event: Outcome) -> None:
        command = event.command
        means = "dropped" if event.code == DROPPED else meaning(event)
        self._commands[command.name, means].inc()
        if command.attempt > 1:
            self._retries[(command.name,)].inc()
        if means == "done" and not isinstance(command, TakeSnapshot):
            self._command_seconds.observe(self._clock.real(max(event.at - command.at, 0)))

    def _count_calls(self, room: str, calls: int) -> None:
        with self._lock:
            self._inside.pop(room, None)
            if calls:
                self._inside[room] = calls
            self._set_gauges()

    def _set_gauges(self) -> None:
        self._rooms.set(len(self._inside))
        self._participants.set(sum(self._inside.values()))


def _made(metric: Metric, registry: Any) -> Any:
    """Return the metric of prometheus_client. A gauge is the sum over the living workers."""
    from prometheus_client import Counter, Gauge, Histogram

    about = (metric.name, metric.meaning, metric.labels)
    match metric.type:
        case "counter":
            return Counter(*about, registry=registry)
        case "gauge":
            return Gauge(*about, registry=registry, multiprocess_mode="livesum")
        case "histogram":
            return Histogram(*about, registry=registry, buckets=metric.buckets)


class _Children(dict[tuple[str, ...], Any]):
    """The children of a metric, by the values of its labels: finding one there takes no lock."""

    def __init__(self, metric: Any) -> None:
        super().__init__()
        self._metric = metric

    def __missing__(self, values: tuple[str, ...]) -> Any:
        child = self[values] = self._metric.labels(*values)
        return child
