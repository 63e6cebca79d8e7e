"""Writes the log without waiting. Lines that a full pipe does not accept are lost and counted."""

from __future__ import annotations

import logging
import os
import select
import stat
import sys
from dataclasses import dataclass
from threading import RLock
from typing import TextIO
from weakref import WeakValueDictionary

log = logging.getLogger(__name__)

LINE_BREAK = ord("\n")

_lock = RLock()  # for all handlers: between a poll and its write no other may fill the pipe


class UnblockedHandler(logging.StreamHandler[TextIO]):
    """Writes a line at once, or drops it. The next line that is accepted follows a report.

    lines_lost: the dropped and the cut lines of all handlers since the process started. A forked
    process also has those of its parent before the fork.
    """

    lines_lost = 0

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self._output = _output(self.stream)

    def createLock(self) -> None:
        super().createLock()
        self.lock = _lock

    def setStream(self, stream: TextIO) -> TextIO | None:
        before = super().setStream(stream)
        self._output = _output(self.stream)
        return before

    def emit(self, record: logging.LogRecord) -> None:
        if not self._write(self._text(record) + self.terminator):
            UnblockedHandler.lines_lost += 1
            self._output.gap.lost += 1

    def flush(self) -> None:
        """End a cut line and report lost lines. Nothing else is held back."""
        with _lock:
            self._write("")

    def _text(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record)
        except Exception:
            wrong = "this line of %s, line %d, cannot be formatted"
            return self.format(_record(wrong, record.name, record.lineno, failed=True))

    def _write(self, line: str) -> bool:
        """Write a report of the gap, if there is one, and the line. Return whether all fitted.

        Both go in one write: of a pipe that is read slowly, a report alone would fill the space.
        """
        output, gap = self._output, self._output.gap
        report = ""
        if gap.lost:
            lost = _record("log lines lost: %d (the output did not accept them)", gap.lost)
            report = self._text(lost) + self.terminator
        head = output.encoded("\n" * gap.cut + report)
        data = head + output.encoded(line)
        written = output.write(data)
        if written:
            gap.cut = data[written - 1] != LINE_BREAK
        if written >= len(head):
            gap.lost = 0
        return written == len(data)


def _record(message: str, *args: object, failed: bool = False) -> logging.LogRecord:
    level, error = (logging.ERROR, sys.exc_info()) if failed else (logging.WARNING, None)
    return log.makeRecord(log.name, level, __file__, 0, message, args, error)


@dataclass(eq=False)
class _Gap:
    """The lines that an output has not accepted since the last report.

    cut: whether the last line has no end, so that a line break must come before the next.
    """

    lost: int = 0
    cut: bool = False


_gaps: WeakValueDictionary[tuple[int, int], _Gap] = WeakValueDictionary()  # by device and inode


def _leave_reports_to_the_parent() -> None:
    for gap in _gaps.values():
        gap.lost = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_reports_to_the_parent)


class _Descriptor:
    """Writes to the descriptor, not to the stream: a full buffer would block the interpreter's end.

    O_NONBLOCK would do without polls, but other processes may share the open file.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._number = stream, stream.fileno()
        status = os.fstat(self._number)
        self._poll: select.poll | None = select.poll()
        self._poll.register(self._number, select.POLLOUT)
        self._most = select.PIPE_BUF  # bytes that do not block after a poll
        if stat.S_ISREG(status.st_mode):
            self._poll, self._most = None, sys.maxsize
        self._encoding = stream.encoding or "utf-8"
        self.gap = _gaps.setdefault((status.st_dev, status.st_ino), _Gap())

    def encoded(self, text: str) -> bytes:
        return text.encode(self._encoding, "backslashreplace")

    def write(self, data: bytes) -> int:
        """Return how many bytes were written."""
        written = 0
        if self._stream.closed:
            return 0  # the number may be another file's by now
        try:
            while written < len(data) and (self._poll is None or self._poll.poll(0)):
                written += os.write(self._number, data[written : written + self._most])
        except (OSError, RuntimeError):
            pass  # nobody can read the pipe, the disk is full, or a signal came amid a poll
        return written


class _Stream:
    """Writes to a stream that has no descriptor, or where descriptors cannot be polled."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.gap = _Gap()

    def encoded(self, text: str) -> bytes:
        return text.encode("utf-8", "backslashreplace")

    def write(self, data: bytes) -> int:
        """Return how many bytes were written: all or none."""
        try:
            self._stream.write(data.decode())
            self._stream.flush()
        except Exception:
            return 0
        return len(data)


def _output(stream: TextIO) -> _Descriptor | _Stream:
    try:
        return _Descriptor(stream)
    except (AttributeError, OSError, ValueError):
        return _Stream(stream)
