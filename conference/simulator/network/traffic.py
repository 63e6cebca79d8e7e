"""What passes between phones, Telnyx and the application: the newest rows, and their causes.

The functions that change it must be called under the world's lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from . import causes
from .causes import Causes

MOST = 500  # rows, without look-ups
MOST_LOOK_UPS = 100  # rows: there may be many, and nobody misses them
LONGEST = 20_000  # characters that are kept of an answer
KEYS = 4 * MOST  # decisions of the line whose commands have not arrived

Kind = Literal["phone", "webhook", "callback", "document", "command", "look-up", "line"]


@dataclass(eq=False)
class Row:
    """One thing that happened.

    n: counts all rows. at: simulated seconds. kind: "phone": its owner did something; "webhook";
    "callback" and "document": requests of a TeXML application; "command" and "look-up": requests of
    the application; "line": a decision of the application that no message from Telnyx led to.
    name: the type of a webhook or callback; the operation; else words. detail: more about it.
    numbers, calls: of the phones and calls concerned. keys: the names that the application has for
    it. causes: the rows that led to it. sent: returns the request's body. answer: the answer's
    body. status: the answer's; 0 without an answer, None before it. fault: what went wrong, in
    words. tries: how often it was delivered. version: of the traffic, at the row's last change.
    """

    n: int
    at: float
    kind: Kind
    name: str
    detail: str = ""
    numbers: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    causes: Causes = ()
    sent: Callable[[], str] = str
    answer: str = ""
    status: int | None = None
    fault: str = ""
    tries: int = 0
    version: int = 0


@dataclass(eq=False)
class Traffic:
    """The newest rows. version: counts the changes."""

    version: int = 0
    _rows: dict[int, Row] = field(default_factory=dict)
    _others: deque[Row] = field(default_factory=deque)
    _look_ups: deque[Row] = field(default_factory=deque)
    _last: int = 0
    _by_key: dict[str, int] = field(default_factory=dict)
    _expected: dict[str, Causes] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows, the oldest first."""
        return iter(tuple(self._rows.values()))

    def row(self, n: int) -> Row | None:
        """Return the row of that number; None if it is not kept any more."""
        return self._rows.get(n)

    def named(self, key: str) -> Row | None:
        """Return the newest row with that key."""
        return self._rows.get(self._by_key.get(key, 0))

    def note(self, at: float, kind: Kind, name: str, detail: str = "") -> Row:
        """Add a row; its causes are the present ones."""
        self._last += 1
        row = Row(self._last, at, kind, name, detail, causes=causes.present())
        self._rows[row.n] = row
        shelf, most = (self._look_ups, MOST_LOOK_UPS) if kind == "look-up" else (self._others, MOST)
        shelf.append(row)
        if len(shelf) > most:
            self._forget(shelf.popleft())
        self.changed(row)
        return row

    def changed(self, row: Row) -> None:
        """Note that a row has changed."""
        self.version += 1
        row.version = self.version

    def identify(self, row: Row, keys: Sequence[str]) -> None:
        """Give a row the keys by which the application knows it, and the causes told for them."""
        row.keys = tuple(key for key in keys if key)
        told = (self._expected.get(key, ()) for key in row.keys)
        row.causes = causes.joined(row.causes, *told)
        if row.n in self._rows:
            self._by_key |= dict.fromkeys(row.keys, row.n)
        self.changed(row)

    def led(self, because: Sequence[Row], keys: Sequence[str]) -> None:
        """Expect requests with these keys, as consequences of some rows."""
        for key in keys:
            self._expected.pop(key, None)  # keeps the dict in order of time
            self._expected[key] = tuple(row.n for row in because)
        while len(self._expected) > KEYS:
            del self._expected[next(iter(self._expected))]

    def repeated(self, keys: Sequence[str]) -> None:
        """Expect a request with these keys again, as a consequence of the try before.

        A try that has not arrived has no row: a row that is older than the request's causes is
        another request of the same kind.
        """
        before = self.named(keys[0]) if keys else None
        if before and before.n > max(self._expected.get(keys[0], ()), default=0):
            self.led([before], keys)

    @contextmanager
    def because(self, row: Row) -> Iterator[None]:
        """Make the row the cause of all that the block does and begins."""
        with causes.because((row.n,)):
            yield

    def _forget(self, row: Row) -> None:
        del self._rows[row.n]
        for key in row.keys:
            if self._by_key.get(key) == row.n:
                del self._by_key[key]
