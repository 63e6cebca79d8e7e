"""What programs read and write is documented by name: log fields, fields of callbacks, headers."""

from __future__ import annotations

import json
import logging
import re
import sys
from urllib.parse import parse_qs

import pytest
from rigs.documents import EVERYTHING, PAGES, ROOT, rows, section
from rigs.people import TOKEN
from rigs.rehearsals import MAY, rehearsal

from conference.callbacks.form import form
from conference.core.news import REPORT, Kind, News
from conference.core.texml.passed_on import PASSED_ON
from conference.reporting.json_log import JsonFormatter
from conference.web import readiness

NOT_OURS = {"Authorization", "Accept"}
"""Headers that every client knows."""


def names(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


def test_every_field_of_a_line_of_the_log_is_documented() -> None:
    try:
        raise ValueError
    except ValueError:
        record = logging.LogRecord("c", logging.ERROR, "", 1, "it failed", (), sys.exc_info())
    (row,) = (row for row in rows(PAGES["settings"]) if row[0] == "`LOG_FORMAT`")
    assert names(row[2]) - {"text", "json"} == json.loads(JsonFormatter().format(record)).keys()


def test_every_field_of_a_status_callback_is_documented() -> None:
    news = News(
        *("participant-join", "room", "conference", 0.0, "call", None, "account", "from", "to"),
        more=dict.fromkeys(PASSED_ON, "x"),
    )
    shown = {name for row in rows(PAGES["callbacks"]) for name in names(row[0])}
    assert shown == parse_qs(form(news, 1, "")).keys()
    events = names(rows(PAGES["callbacks"])[0][1])
    assert events == set(Kind.__args__)
    assert f"`{REPORT}`" in PAGES["callbacks"] and "`Report`" in PAGES["callbacks"]


def test_every_header_that_the_server_reads_is_documented() -> None:
    files = [*(ROOT / "conference" / "web").rglob("*.py"), ROOT / "conference" / "signature.py"]
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    read = set(re.findall(r'headers\.get\("([\w-]+)"', code))
    read |= set(re.findall(r'^[A-Z_]+ = "([A-Z]\w*(?:-\w+)+)"', code, re.MULTILINE))
    assert {"Idempotency-Key", "X-CSRF-Token", "Telnyx-Timestamp", "Origin"} <= read
    pages = "".join(EVERYTHING.values()) + (ROOT / "docs" / "openapi.json").read_text(
        encoding="utf-8"
    )
    assert [name for name in read - NOT_OURS if name not in pages] == []


def test_every_reason_not_to_be_ready_is_documented() -> None:
    reasons = {value for name, value in vars(readiness).items() if name.isupper()}
    assert reasons
    shown = {row[0].replace("`", "") for row in rows(section(PAGES["operating"], "Ready or not"))}
    assert reasons <= shown


@pytest.mark.parametrize(
    ("words", "status"), [("participants", 0), ("mute 0111", 1), ("mute", 2), ("rooms --loud", 2)]
)
def test_the_exit_status_is_as_documented(words: str, status: int) -> None:
    """A moderator's command of an empty room is refused."""
    text = " ".join(PAGES["commands"].split())
    assert "0 if the command did what it should, 1 if it was refused or found a failure" in text
    with rehearsal(**MAY) as line:
        there = {"CONFERENCE_URL": line.url, "CONTROL_TOKEN": TOKEN}
        runner = line.app.test_cli_runner()
        done = runner.invoke(args=words.split(), env=there)
        assert done.exit_code == status, done.output


def test_every_tool_of_the_tests_is_documented() -> None:
    tests = ROOT / "tests"
    tools = {f.stem for f in tests.glob("*.py") if "__main__" in f.read_text(encoding="utf-8")}
    tools |= {file.parent.name for file in tests.glob("*/__main__.py")}
    found = re.findall(r"`python -m tests\.(\w+)", PAGES["how-it-works"])
    assert tools == {*found}
