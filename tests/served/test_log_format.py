"""LOG_FORMAT=json: every line is an object, of the line's own log and of gunicorn's."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rigs.recorded import make
from rigs.servers import GUNICORN, run

from conference.reporting.json_log import JsonFormatter

FIELDS = {"time", "level", "logger", "message"}


def test_under_gunicorn_every_line_is_json(tmp_path: Path) -> None:
    with run(GUNICORN, tmp_path, LOG_FORMAT="json") as server:
        server.up()
        assert server.deliver(make("call.cost")) == 200
        assert server.ask("POST", "/webhook", b"{}") == 401
        assert server.end() == 0
    lines = [json.loads(line) for line in server.log.splitlines()]
    assert {frozenset(line) for line in lines} == {frozenset(FIELDS)}
    said = {line["logger"]: line["message"] for line in reversed(lines)}
    assert said["gunicorn.error"].startswith("Starting gunicorn"), "its very first line"
    assert said["conference.serving"].startswith("Telnyx must send webhooks")
    assert {line["level"] for line in lines} == {"INFO", "WARNING"}
    times = [datetime.fromisoformat(line["time"]) for line in lines]
    assert {time.utcoffset() for time in times} == {timedelta(0)}


def test_text_is_as_ever(tmp_path: Path) -> None:
    with run(GUNICORN, tmp_path, LOG_FORMAT="text") as server:
        server.up()
        assert server.end() == 0
    assert "[INFO] Starting gunicorn" in server.log
    assert " INFO Telnyx must send webhooks" in server.log


def test_a_worker_that_breaks_is_told_in_one_line(tmp_path: Path) -> None:
    """By gunicorn, with the traceback; what it prints besides is no log."""
    with run([*GUNICORN[:-1], "no_such_module:app"], tmp_path, LOG_FORMAT="json") as server:
        assert server.ended() == 3
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    assert [line["level"] for line in lines if "ModuleNotFoundError" in line.get("exception", "")]


@pytest.mark.parametrize("message", ["two\nlines", 'quotes " and \\', "é\u2028\x1b[31m", "\ud800"])
def test_whatever_is_said_is_one_line(message: str) -> None:
    record = logging.LogRecord("conference.x", logging.ERROR, "", 1, "%s", (message,), None)
    line = JsonFormatter().format(record)
    assert len(line.splitlines()) == 1
    assert line.isascii()
    said = json.loads(line)
    assert said == {"time": said["time"], "level": "ERROR", "logger": "conference.x"} | {
        "message": message
    }


def test_an_exception_is_told_with_its_traceback() -> None:
    try:
        raise ValueError("this\nand that")
    except ValueError:
        record = logging.LogRecord("c", logging.ERROR, "", 1, "it broke", (), sys.exc_info())
    said = json.loads(JsonFormatter().format(record))
    assert (said["message"], "exception" in said) == ("it broke", True)
    assert said["exception"].startswith("Traceback")
    assert said["exception"].endswith("ValueError: this\nand that")
