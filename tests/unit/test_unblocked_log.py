"""The log's handler never waits for its output. Lost lines are counted and reported."""

from __future__ import annotations

import io
import json
import logging
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pytest
from rigs.unread_pipe import Pipe, unread_pipe

from conference.reporting.json_log import JsonFormatter
from conference.reporting.unblocked_log import UnblockedHandler

LOST = "log lines lost: {} (the output did not accept them)\n"
LONG = "x" * (3 * select.PIPE_BUF)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets a pipe's capacity")


@dataclass
class Log:
    """One handler, and the lines that it has lost."""

    handler: UnblockedHandler
    before: int

    def line(self, text: str, *args: object) -> None:
        self.handler.handle(logging.LogRecord("a", logging.INFO, "", 7, text, args, None))

    @property
    def lost(self) -> int:
        return UnblockedHandler.lines_lost - self.before


def log_to(stream: TextIO) -> Log:
    return Log(UnblockedHandler(stream), UnblockedHandler.lines_lost)


@pytest.fixture
def small() -> Iterator[Pipe]:
    with unread_pipe(pages=2) as pipe:
        yield pipe


def test_lines_are_written_at_once_and_in_order(small: Pipe) -> None:
    log = log_to(small.writer)
    for number in range(3):
        log.line("line %d", number)
    assert small.read() == "line 0\nline 1\nline 2\n"
    assert log.lost == 0


def test_what_a_full_pipe_does_not_accept_is_counted_and_reported(small: Pipe) -> None:
    log, filler = log_to(small.writer), small.fill()
    for number in range(5):
        log.line("lost %d", number)
    assert log.lost == 5
    assert small.read() == filler
    log.line("first")
    log.line("second")
    assert small.read() == LOST.format(5) + "first\nsecond\n"
    assert log.lost == 5


def test_the_open_file_stays_as_it_was(small: Pipe) -> None:
    log = log_to(small.writer)
    small.fill()
    log.line("lost")
    assert os.get_blocking(small.writer.fileno())


def test_nothing_is_held_back(small: Pipe) -> None:
    """So closing the stream, as the interpreter does at its end, has nothing to wait for."""
    log, filler = log_to(small.writer), small.fill()
    log.line("lost")
    log.handler.flush()
    log.handler.close()
    small.writer.close()
    assert small.read() == filler


def test_a_long_line_is_written_whole_if_it_fits() -> None:
    with unread_pipe(pages=8) as wide:
        log = log_to(wide.writer)
        log.line(LONG)
        assert (wide.read(), log.lost) == (LONG + "\n", 0)


def test_a_cut_line_is_ended_before_the_next(small: Pipe) -> None:
    log = log_to(small.writer)
    log.line(LONG)
    assert log.lost == 1
    assert small.read() == LONG[: 2 * select.PIPE_BUF]
    log.line("next")
    assert small.read() == "\n" + LOST.format(1) + "next\n"


def test_lines_lost_after_a_cut_one_are_in_the_same_report(small: Pipe) -> None:
    log = log_to(small.writer)
    log.line(LONG)
    log.line("lost")
    small.read()
    log.line("next")
    assert small.read() == "\n" + LOST.format(2) + "next\n"
    assert log.lost == 2


def test_a_text_cut_at_a_line_break_needs_no_other(small: Pipe) -> None:
    log, text = log_to(small.writer), "x" * (2 * select.PIPE_BUF - 1) + "\n"
    log.line(text + "the rest")
    assert small.read() == text
    log.line("next")
    assert small.read() == LOST.format(1) + "next\n"


def test_flush_ends_a_cut_line_and_reports(small: Pipe) -> None:
    """logging.shutdown calls it."""
    log = log_to(small.writer)
    log.line(LONG)
    small.read()
    log.handler.flush()
    log.handler.flush()
    assert small.read() == "\n" + LOST.format(1)
    assert log.lost == 1


def test_a_report_leaves_space_for_its_line(small: Pipe) -> None:
    """Written alone, reports would be all that a slow reader gets."""
    log, filler = log_to(small.writer), small.fill()
    log.line("lost")
    assert os.read(small.reader, select.PIPE_BUF).decode() == filler[: select.PIPE_BUF]
    log.line("next")
    assert small.read() == filler[select.PIPE_BUF :] + LOST.format(1) + "next\n"


def test_handlers_of_one_pipe_report_together(small: Pipe) -> None:
    """Also by another descriptor of it, as stdout and stderr often are."""
    first = log_to(small.writer)
    with open(os.dup(small.writer.fileno()), "w", encoding="utf-8") as stream:
        second = log_to(stream)
        first.line(LONG)
        second.line("lost")
        small.read()
        second.line("of the second")
        first.line("of the first")
    assert small.read() == "\n" + LOST.format(2) + "of the second\nof the first\n"


def test_handlers_of_two_pipes_report_apart(small: Pipe) -> None:
    with unread_pipe(pages=2) as other:
        full, empty = log_to(small.writer), log_to(other.writer)
        filler = small.fill()
        full.line("lost")
        empty.line("here")
        assert (small.read(), other.read()) == (filler, "here\n")


def test_a_report_has_the_format_of_the_log(small: Pipe) -> None:
    log = log_to(small.writer)
    log.handler.setFormatter(JsonFormatter())
    small.fill()
    log.line("lost")
    small.read()
    log.line("next")
    report, line = map(json.loads, small.read().splitlines())
    assert report["message"] + "\n" == LOST.format(1)
    assert (report["level"], line["message"]) == ("WARNING", "next")
    assert report.keys() == line.keys()


def test_nobody_can_read_a_broken_pipe(small: Pipe) -> None:
    log = log_to(small.writer)
    os.dup2(os.open(os.devnull, os.O_RDONLY), small.reader)
    log.line("lost")
    log.line(LONG)
    assert log.lost == 2


def test_a_full_broken_pipe(small: Pipe) -> None:
    log = log_to(small.writer)
    small.fill()
    os.dup2(os.open(os.devnull, os.O_RDONLY), small.reader)
    log.line("lost")
    assert log.lost == 1


def test_a_closed_stream_is_not_written_to_by_its_old_number(small: Pipe, tmp_path: Path) -> None:
    log, number = log_to(small.writer), small.writer.fileno()
    with (tmp_path / "other").open("wb") as other:
        small.writer.close()
        os.dup2(other.fileno(), number)
        log.line("lost")
        log.handler.flush()
        os.close(number)
    assert ((tmp_path / "other").read_bytes(), log.lost) == (b"", 1)


def test_a_full_disk() -> None:
    with open("/dev/full", "w") as full:
        log = log_to(full)
        log.line("lost")
        assert log.lost == 1


def test_a_regular_file_has_every_line(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w", encoding="utf-8") as file:
        log = log_to(file)
        log.line(LONG)
        log.line("é\u2028\ud800")
        assert (tmp_path / "log").read_text("utf-8") == f"{LONG}\né\u2028\\ud800\n"
        assert log.lost == 0


def test_a_stream_without_descriptor() -> None:
    stream = io.StringIO()
    log = log_to(stream)
    log.line(LONG)
    log.line("next")
    assert (stream.getvalue(), log.lost) == (f"{LONG}\nnext\n", 0)
    stream.close()
    log.line("lost")
    assert log.lost == 1
    log.handler.setStream(other := io.StringIO())
    log.line("shown")
    assert other.getvalue() == "shown\n"


def test_without_polls_it_writes_as_others_do(small: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "PIPE_BUF")
    log = log_to(small.writer)
    log.line("line")
    assert (small.read(), log.lost) == ("line\n", 0)


def test_a_line_that_cannot_be_formatted_is_logged_without_its_values(
    small: Pipe, capfd: pytest.CaptureFixture[str]
) -> None:
    """logging itself would print them to stderr, and block."""
    log = log_to(small.writer)
    log.line("%d", "+13125550142")
    shown = small.read()
    assert shown.startswith("this line of a, line 7, cannot be formatted\nTraceback")
    assert shown.endswith("TypeError: %d format: a real number is required, not str\n")
    assert "0142" not in shown
    assert capfd.readouterr().err == ""


FORKS = """
import logging, os, sys
from conference.reporting.unblocked_log import UnblockedHandler
log = logging.getLogger("x")
log.addHandler(UnblockedHandler())
log.warning("lost in the parent")
child = os.fork()
if not child:
    log.warning("lost in the child")
os.write(1, b"%d\\n" % UnblockedHandler.lines_lost)
sys.stdin.readline()
if child:
    os.wait()
log.warning("parent" if child else "child")
"""


def test_a_forked_process_reports_only_its_own(small: Pipe) -> None:
    filler = small.fill()
    with subprocess.Popen(
        [sys.executable, "-c", FORKS],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=small.writer,
    ) as process:
        assert process.stdin and process.stdout
        assert sorted(process.stdout.readline() for _ in range(2)) == [b"1\n", b"2\n"]
        assert small.read() == filler
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.wait(30) == 0
    report = LOST.format(1)
    assert small.read() == f"{report}child\n{report}parent\n"


ENDS = """
import logging
from conference.reporting.unblocked_log import UnblockedHandler
log = logging.getLogger("x")
log.addHandler(UnblockedHandler())
log.warning("lost")
"""


def test_a_process_ends_although_nobody_reads(small: Pipe) -> None:
    filler = small.fill()
    done = subprocess.run([sys.executable, "-c", ENDS], stderr=small.writer, timeout=30)
    assert (done.returncode, small.read()) == (0, filler)


def test_a_signal_amid_a_poll_costs_a_line_at_most(
    small: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python runs a signal's handler within a poll. If that handler logs, its poll is refused."""
    log = log_to(small.writer)
    refused = RuntimeError("concurrent poll() invocation")

    class Busy:
        def poll(self, timeout: int) -> list[tuple[int, int]]:
            raise refused

    monkeypatch.setattr(log.handler._output, "_poll", Busy())
    log.line("a line")
    assert log.lost == 1
