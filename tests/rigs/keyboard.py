"""A terminal for a command of the test client: lines are typed one by one, each when it is read."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

Typed = str | Callable[[], str]


class Keyboard(io.BufferedReader):
    """Types the lines in turn; then it is closed, as by Ctrl-D.

    A function is called when its line is read, so that a test can act at that moment.
    """

    def __init__(self, *lines: Typed) -> None:
        super().__init__(_Lines(lines))

    def isatty(self) -> bool:
        return True


class _Lines(io.RawIOBase):
    def __init__(self, lines: Iterable[Typed]) -> None:
        self._lines = iter(lines)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        line = next(self._lines, None)
        if line is None:
            return 0
        raw = f"{line if isinstance(line, str) else line()}\n".encode()
        buffer[: len(raw)] = raw
        return len(raw)
