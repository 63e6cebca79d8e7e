"""A served process whose stdout and stderr are a full pipe that nobody reads."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from rigs.recorded import TEST_KEY, make
from rigs.servers import API_KEY, GUNICORN, Server, ends, run
from rigs.unread_pipe import unread_pipe
from rigs.waiting import until

from conference.simulator import SimulatedTelnyx

TOKEN = "a-token-of-the-tests"
SETTINGS = {"CONTROL_TOKEN": TOKEN, "TELNYX_CONNECTION_ID": "1494404757140276705"}
BAD_SETTINGS = 2  # the exit status
ACCESS_LOG = "--access-logfile=-"
LOST = re.compile(r"log lines lost: (\d+) \(the output did not accept them\)")

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets a pipe's capacity")


@pytest.fixture
def telnyx() -> Iterator[SimulatedTelnyx]:
    with SimulatedTelnyx("", TEST_KEY, API_KEY) as telnyx:
        yield telnyx


def lines_lost(server: Server) -> int:
    request = Request(server.url + "/api/health", headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(request, timeout=10) as response:
        lost: int = json.load(response)["log_lines_lost"]
        return lost


@LINUX
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_log_that_nobody_reads_stops_no_call(
    tmp_path: Path, telnyx: SimulatedTelnyx, log_format: str
) -> None:
    settings: dict[str, Any] = SETTINGS | {"TELNYX_BASE_URL": telnyx.base_url}
    with unread_pipe() as pipe:
        filler = pipe.fill()
        settings |= {"LOG_FORMAT": log_format, "output": pipe.writer}
        with run(GUNICORN, tmp_path, ACCESS_LOG, **settings) as server:
            server.up()
            telnyx.webhook_url = server.url + "/webhook"
            assert server.deliver(make("call.cost")) == 200
            leg = telnyx.phone("+13125550142").dial()
            until(lambda: leg.hears.what == "music", "the caller is inside, and on hold")
            assert lines_lost(server) > 0
            assert server.end() == 0
        assert pipe.read() == filler


@LINUX
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_lost_lines_are_reported_when_the_log_is_read_again(
    tmp_path: Path, log_format: str
) -> None:
    """By the worker with its next line, and by gunicorn's master with its own."""
    with unread_pipe() as pipe:
        filler = pipe.fill()
        settings: dict[str, Any] = SETTINGS | {"LOG_FORMAT": log_format, "output": pipe.writer}
        with run(GUNICORN, tmp_path, ACCESS_LOG, **settings) as server:
            server.up()
            assert server.ask("POST", "/webhook", b"{}") == 401
            assert pipe.read() == filler
            lost = lines_lost(server)
            assert server.end() == 0
        lines = pipe.read().splitlines()
    assert LOST.search(lines[0])
    assert sum(int(found[1]) for line in lines if (found := LOST.search(line))) == lost
    assert [line for line in lines if "GET /api/health" in line]


@LINUX
def test_malformed_settings_end_a_server_whose_log_nobody_reads(tmp_path: Path) -> None:
    with unread_pipe() as pipe:
        pipe.fill()
        with run(GUNICORN, tmp_path, output=pipe.writer, BEEP="sometimes") as server:
            assert server.ended() == BAD_SETTINGS


@LINUX
def test_malformed_settings_prevent_a_reload_also_while_nobody_reads_the_log(
    tmp_path: Path,
) -> None:
    with unread_pipe() as pipe, run(GUNICORN, tmp_path, output=pipe.writer) as server:
        server.up()
        (before,) = server.workers
        pipe.fill()
        for beep in ("sometimes", "never"):
            (tmp_path / ".env").write_text(f"BEEP={beep}")
            server.process.send_signal(signal.SIGHUP)
        until(lambda: server.workers and before not in server.workers)
        server.up()
        assert server.end() == 0


def test_after_a_reload_each_line_is_logged_once(tmp_path: Path) -> None:
    """Also in an access log that is a file."""
    access = tmp_path / "access.log"
    with run(GUNICORN, tmp_path, f"--access-logfile={access}") as server:
        server.up()
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.log.count("Telnyx must send webhooks") == 2, "another worker serves")
        assert server.ask("GET", "/?once") == 200
        assert server.end() == 0
    assert access.read_text("utf-8").count("GET /?... ") == 1
    booted = re.findall(r"Booting worker with pid: \d+", server.log)
    assert len(booted) == len(set(booted)) == 2
    assert "GET /" not in server.log


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_warnings_of_others_are_in_the_log(tmp_path: Path, log_format: str) -> None:
    """Python would print them to stderr, and wait until that is read."""
    code = f"""
import logging, warnings
from conference.serving.lifecycle import log_to_stderr
log_to_stderr({log_format!r})
warnings.warn("of Python")
logging.getLogger("other").warning("of a logger")
logging.getLogger("other").info("not shown")
"""
    lines = ends([sys.executable, "-c", code], tmp_path).stdout.splitlines()
    if log_format == "json":
        fields = [json.loads(line) for line in lines]
        lines = [f"{each['time']} {each['level']} {each['message']}" for each in fields]
        assert [each["logger"] for each in fields] == ["py.warnings", "other"]
    of_python, of_a_logger = [line for line in lines if " WARNING " in line]
    assert "UserWarning: of Python" in of_python
    assert of_a_logger.endswith(" WARNING of a logger")
