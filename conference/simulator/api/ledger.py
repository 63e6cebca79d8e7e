"""What the API was asked: every request, and the commands that a repeat must not run again."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REPEAT = 60.0  # simulated seconds in which a command_id counts once
_FAILURES = {
    403: "forbidden",
    422: "client_state",
    429: "rate",
    500: "server",
    503: "unavailable",
}


@dataclass(frozen=True)
class Request:
    """An API request that was dealt with.

    at, answered_at: simulated seconds, of its arrival and its end. path: decoded, without /v2 and
    without the query. body: the JSON, or None for an empty body or one that is not JSON. status,
    code: of the answer and its first error, even if that was kept back; 0 if there was none.

    fate: "answered"; "failed", which is answered with an error that the test or chaos made up;
    "hung", "dropped": chaos kept the answer back; "gone": the client did not wait for the answer.
    executed_at: simulated seconds; None if it was refused, or is a repeat of a command_id.
    operation, calls, conference: of one that was executed, its name and the ids that it is about,
    the call that it dials and the conference that it creates among them.
    """

    at: float
    method: str
    path: str
    body: Any
    status: int
    code: str | None
    query: Mapping[str, str] = field(default_factory=dict)
    fate: str = "answered"
    executed_at: float | None = None
    operation: str = ""
    calls: tuple[str, ...] = ()
    conference: str = ""
    answered_at: float = 0.0

    @property
    def executed(self) -> bool:
        """Whether it did what it says, there and then."""
        return self.executed_at is not None

    @property
    def seen(self) -> bool:
        """Whether the client had an answer."""
        return self.fate in ("answered", "failed")


class Ledger:
    """The requests in order of arrival, how many are being served, and the failures to come."""

    def __init__(self, changed: threading.Condition, lock: threading.RLock) -> None:
        self._changed = changed
        self._lock = lock
        self._rows: list[Request | None] = []
        self.failures: deque[str] = deque()
        self.serving = 0

    @property
    def requests(self) -> list[Request]:
        with self._lock:
            return [row for row in self._rows if row is not None]

    def arrived(self) -> int:
        with self._lock:
            self._rows.append(None)
            self.serving += 1
            return len(self._rows) - 1

    def answered(self, place: int, request: Request) -> None:
        with self._lock:
            self._rows[place] = request
            self.serving -= 1
            self._changed.notify_all()

    def fail(self, status: int, count: int) -> None:
        """ValueError for a status that cannot be asked for."""
        if status not in _FAILURES:
            raise ValueError(f"status must be one of {', '.join(map(str, _FAILURES))}")
        with self._lock:
            self.failures.extend([_FAILURES[status]] * count)


class Repeats:
    """The first answers to commands, by (what they are about, command_id)."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}

    def find(self, key: tuple[str, str], now: float) -> dict[str, Any] | None:
        at, answer = self._answers.get(key, (-REPEAT, None))
        return answer if now - at < REPEAT else None

    def keep(self, key: tuple[str, str], now: float, answer: dict[str, Any]) -> None:
        self._answers.pop(key, None)  # so that the dict stays in order of time
        self._answers[key] = (now, answer)
        while now - next(iter(self._answers.values()))[0] >= REPEAT:
            del self._answers[next(iter(self._answers))]
