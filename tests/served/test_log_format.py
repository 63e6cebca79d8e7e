"""LOG_FORMAT=json: every line is an object, in the line's own log and in gunicorn's."""

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
    messages = {line["logger"]: line["message"] for line in reversed(lines)}
    assert messages["gunicorn.error"].startswith("Starting gunicorn"), "the first line"
    assert messages["conference.serving"].startswith("Telnyx must send webhooks")
    assert {line["level"] for line in lines} == {"INFO", "WARNING"}
    times = [datetime.fromisoformat(line["time"]) for line in lines]
    assert {time.utcoffset() for time in times} == {timedelta(0)}


def test_text(tmp_path: Path) -> None:
    with run(GUNICORN, tmp_path, LOG_FORMAT="text") as server:
        server.up()
        assert server.end() == 0
    assert "[INFO] Starting gunicorn" in server.log
    assert " INFO Telnyx must send webhooks" in server.log


def test_a_failing_worker_is_logged_in_one_line(tmp_path: Path) -> None:
    """gunicorn logs the traceback. What it prints otherwise is not a log."""
    with run([*GUNICORN[:-1], "no_such_module:app"], tmp_path, LOG_FORMAT="json") as server:
        assert server.ended() == 3
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    assert [line["level"] for line in lines if "ModuleNotFoundError" in line.get("exception", "")]


@pytest.mark.parametrize("message", ["two\nlines", 'quotes " and \\', "é\u2028\x1b[31m", "\ud800"])
def test_any_message_is_one_line(message: str) -> None:
    record = logging.LogRecord("conference.x", logging.ERROR, "", 1, "%s", (message,), None)
    line = JsonFormatter().format(record)
    assert len(line.splitlines()) == 1
    assert line.isascii()
    fields = json.loads(line)
    assert fields == {"time": fields["time"], "level": "ERROR", "logger": "conference.x"} | {
        "message": message
    }


def test_an_exception_has_its_traceback() -> None:
    try:
        raise ValueError("this\nand that")
    except ValueError:
        record = logging.LogRecord("c", logging.ERROR, "", 1, "it failed", (), sys.exc_info())
    fields = json.loads(JsonFormatter().format(record))
    assert fields["message"] == "it failed"
    assert fields["exception"].startswith("Traceback")
    assert fields["exception"].endswith("ValueError: this\nand that")
