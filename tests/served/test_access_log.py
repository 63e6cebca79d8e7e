"""No logged address of a request has a whole phone number, a query or TEXML_SECRET."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from rigs.lines import test_line
from rigs.servers import A_NUMBER, FLASK_RUN, GUNICORN, run

from conference.masking import hide_numbers
from conference.reporting import redaction
from conference.simulator import SimulatedTelnyx
from conference.telnyx_api import TelnyxApi

TOKEN = "a-token-of-the-tests"
WRITTEN = ["+13125550142", "%2B13125550142", "0013125550142", "1-312-555-0142", "(312)%20555.0142"]

SECRET_IN = [
    f"/texml/{TOKEN}",
    f"/texml/{TOKEN}/",
    f"/texml/{TOKEN}/blue",
    f"/texml/{TOKEN}/wait/blue",
    f"/texml/{TOKEN}?a=b",
    f"/texml/{TOKEN}x",
    f"/texml/{TOKEN}/status",
    f"/texml//{TOKEN}",
    f"/TeXML/{TOKEN}",
    f"/texml/status{TOKEN}",
    f"/texml/{TOKEN}%20",
    f"/texml/blue/{TOKEN}",
    f"/texml/wait/{TOKEN}",
    f"/texml/wait/{TOKEN}/blue",
]
"""Right and wrong paths with a secret in them."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/who/+13125550142/x", "/who/+...0142/x"),
        ("/who/%2B1%20(312)%20555-0142?a=1", "/who/%2B...0142?a=1"),
        ("from=%2B%31%33%31%32%35%35%35%30%31%34%32", "from=%2B...0142"),
        ("from=1.312.555.0142&to=+351215550199", "from=...0142&to=+...0199"),
        ("/who/3125550142 HTTP/1.1", "/who/...0142 HTTP/1.1"),
        ("/rooms/2026/x-12?after=123456", "/rooms/2026/x-12?after=123456"),
        ("", ""),
    ],
)
def test_only_the_last_four_digits_of_a_number_are_shown(text: str, shown: str) -> None:
    assert hide_numbers(text) == shown


def test_a_long_address_takes_little_time() -> None:
    assert hide_numbers("1%20" * 20_000 + "x") == "...1111%20x"
    assert len(hide_numbers("%2" * 50_000)) == 100_000


@pytest.mark.parametrize(
    "command", [[*GUNICORN, "--access-logfile=-"], FLASK_RUN], ids=["gunicorn", "flask run"]
)
def test_no_server_logs_a_whole_number_or_a_secret(tmp_path: Path, command: list[str]) -> None:
    with run(command, tmp_path, CONTROL_TOKEN=TOKEN) as server:
        server.up()
        for number in WRITTEN:
            for path in (f"/api/rooms/a/participants/{number}", f"/api/telnyx/x?from={number}"):
                assert server.ask("GET", path, headers={"Referer": path}) in (401, 404)
        for path in SECRET_IN:
            assert server.ask("POST", path, headers={"Referer": path}) in (308, 400, 401, 404, 415)
        for path in ("/texml/status", "/texml/wait/blue"):
            assert server.ask("POST", path) in (400, 401, 415)
        server.end()
        lines = [line for line in server.log.splitlines() if "GET /api" in line]
        assert len(lines) == 2 * len(WRITTEN)
        assert all("...0142" in line or "x?... " in line for line in lines)
        assert not A_NUMBER.search(server.log)
        for path in ("/texml/...", "/texml/.../wait/...", "/texml/status", "/texml/wait/..."):
            assert f"POST {path} HTTP" in server.log
        assert TOKEN not in server.log


def test_the_log_of_an_internal_error_has_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    redaction.install()
    with test_line(texml_secret=TOKEN, conference_name="blue") as line:
        line.engine.registry.room = None  # type: ignore[assignment, method-assign]
        line.client.application.config["PROPAGATE_EXCEPTIONS"] = False
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = line.client.post(f"/texml/{TOKEN}/blue", data=b"CallSid=v2:1", headers=form)
        assert answer.status_code == 500
    assert "Exception on /texml/.../... [POST]" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("name", ["gunicorn.error", "werkzeug", "conference"])
@pytest.mark.parametrize("mark", ["?", "%3F", "%3f"])  # a mail program may have encoded a link
def test_the_log_of_a_failed_request_has_no_query(
    name: str, mark: str, caplog: pytest.LogCaptureFixture
) -> None:
    redaction.install()
    address = f"/console{mark}link={TOKEN}"
    logging.getLogger(name).error("Error handling request %s %s", "GET", address)
    assert "Error handling request GET /console?..." in caplog.text
    assert TOKEN not in caplog.text


def test_the_log_of_a_request_to_telnyx_has_no_query(
    connect: Callable[..., TelnyxApi], caplog: pytest.LogCaptureFixture
) -> None:
    redaction.install()
    caplog.set_level(logging.INFO, "httpx")
    with SimulatedTelnyx("", SigningKey.generate()) as telnyx:
        api = connect("KEY_simulated", telnyx.base_url)
        assert api.read("/recordings", {"filter[from]": WRITTEN[0]}).status == 200
    (record,) = caplog.records
    assert "/v2/recordings?... " in record.getMessage()
