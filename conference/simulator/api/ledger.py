"""The record of all API requests, and the answers to repeated commands."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REPEAT = 60.0  # simulated seconds in which a command_id is executed once
_FAILURES = {
    403: "forbidden",
    404: "no such address",
    408: "timeout",
    409: "conflict",
    422: "client_state",
    429: "rate",
    500: "server",
    503: "unavailable",
}


@dataclass(frozen=True)
class Request:
    """A finished API request.

    at, answered_at: when it arrived and ended, in simulated seconds. path: decoded, without /v2 and
    the query. body: the fields; None for an empty or malformed body. status, code: of the answer
    and its first error, even if the client did not get it; 0 and None if there was no answer.

    fate: "answered"; "failed": answered with an error that a test or chaos made up; "hung" and
    "dropped": chaos held the answer back; "dripped": the answer came byte by byte, until
    answered_at if the client waited; "gone": the client did not wait for the answer.
    executed_at: simulated seconds; None if it was refused, or repeated a command_id. operation,
    calls, conference: only if it was executed: its name, the calls and the conference that it
    concerned, also a call that it dialled and a conference that it created.
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
        """Whether this request itself was executed."""
        return self.executed_at is not None

    @property
    def seen(self) -> bool:
        """Whether the client got an answer."""
        return self.fate in ("answered", "failed", "dripped")


class Ledger:
    """All requests in order of arrival.

    serving: how many are being served. failures: the reasons for which the next ones are refused.
    """

    def __init__(self, changed: threading.Condition, lock: threading.RLock) -> None:
        self._changed = changed
        self._lock = lock
        self._rows: list[Request | None] = []
        self.failures: deque[str] = deque()
        self.serving = 0

    @property
    def requests(self) -> list[Request]:
        """The finished requests, in order of arrival."""
        with self._lock:
            return [row for row in self._rows if row is not None]

    def arrived(self) -> int:
        """Note a new request; return its place."""
        with self._lock:
            self._rows.append(None)
            self.serving += 1
            return len(self._rows) - 1

    def answered(self, place: int, request: Request) -> None:
        """Note the end of the request at that place."""
        with self._lock:
            self._rows[place] = request
            self.serving -= 1
            self._changed.notify_all()

    def fail(self, status: int, count: int) -> None:
        """Refuse the next `count` requests. Raise ValueError for an unknown status."""
        if status not in _FAILURES:
            raise ValueError(f"status must be one of {', '.join(map(str, _FAILURES))}")
        with self._lock:
            self.failures.extend([_FAILURES[status]] * count)


class Repeats:
    """The answers to executed commands, by (id of the object concerned, command_id)."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}

    def find(self, key: tuple[str, str], now: float) -> dict[str, Any] | None:
        """Return the answer to a command that was executed less than REPEAT ago."""
        at, answer = self._answers.get(key, (-REPEAT, None))
        return answer if now - at < REPEAT else None

    def keep(self, key: tuple[str, str], now: float, answer: dict[str, Any]) -> None:
        """Keep the answer to a command, for REPEAT."""
        self._answers.pop(key, None)  # keeps the dict in order of time
        self._answers[key] = (now, answer)
        while now - next(iter(self._answers.values()))[0] >= REPEAT:
            del self._answers[next(iter(self._answers))]
