"""Answers of Telnyx that never end, are huge or cannot be read: commands, lists and requests."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from rigs.bad_answers import NOT_WHOLE, UNREADABLE
from rigs.scripted_server import Connection, ScriptedServer, answers, response

from conference.clock import Clock
from conference.core import commands
from conference.telnyx_api import TelnyxApi, client

Connect = Callable[..., TelnyxApi]
HANGUP = commands.Hangup("v3:1")
TEXML = commands.Kick("v3:1", "conf-1", account="acc")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for each answer only so long."""
    monkeypatch.setattr(client, "LEAST_TIMEOUT", 0.3)


def bad(kind: str) -> Callable[[Connection], None]:
    def serve(connection: Connection) -> None:
        if connection.request():
            NOT_WHOLE[kind](connection)

    return serve


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines of the log, which are short and have no traceback."""
    records = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not any(record.exc_info for record in records)
    lines = [record.getMessage() for record in records]
    assert all(len(line) < 500 and line.isprintable() for line in lines)
    return lines


@pytest.mark.parametrize("kind", NOT_WHOLE)
@pytest.mark.parametrize("command", [HANGUP, TEXML, commands.Find("blue")], ids=lambda c: c.name)
def test_an_answer_that_is_not_whole_is_an_unknown_outcome(
    connect: Connect, caplog: pytest.LogCaptureFixture, command: commands.Command, kind: str
) -> None:
    with ScriptedServer(bad(kind)) as server:
        api = connect("KEY", f"{server.url}/v2", clock=Clock(100))
        outcome = api.send(command)
    tries = client.READ_TRIES if isinstance(command, commands.Find) else 1
    assert (outcome.status, outcome.data, server.connections) == (0, None, tries)
    assert outcome.detail.startswith(f"{server.url}/v2: ")
    assert len(outcome.detail) < 300
    assert warnings(caplog) == []


@pytest.mark.parametrize("kind", NOT_WHOLE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_about_the_account_gets_no_answer(
    connect: Connect, caplog: pytest.LogCaptureFixture, method: str, kind: str
) -> None:
    with ScriptedServer(bad(kind)) as server:
        api = connect("KEY", f"{server.url}/v2", clock=Clock(100))
        answer = api.request(
            method, "/queues", body={"queue_name": "x"} if method == "POST" else None
        )
    assert (answer.status, answer.data, server.connections) == (0, None, 1)
    assert answer.error is not None
    assert warnings(caplog) == []


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_command_with_an_unreadable_answer_is_done(
    connect: Connect, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    with ScriptedServer(answers(response(UNREADABLE[kind]))) as server:
        api = connect("KEY", f"{server.url}/v2")
        outcomes = [api.send(HANGUP), api.send(TEXML)]
    assert [(outcome.status, outcome.data) for outcome in outcomes] == [(200, None)] * 2
    assert [line.split(" cannot be read")[0] for line in warnings(caplog)] == [
        "Telnyx's answer to POST /calls/v3%3A1/actions/hangup",
        "Telnyx's answer to DELETE /texml/Accounts/acc/Conferences/conf-1/Participants/v3%3A1",
    ]
    assert "secret" not in caplog.text


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_list_is_not_used(
    connect: Connect, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    with ScriptedServer(answers(response(UNREADABLE[kind]))) as server:
        api = connect("KEY", f"{server.url}/v2")
        outcome, answer = api.send(commands.Find("blue")), api.read("/queues")
    assert (outcome.status, outcome.data) == (0, None)
    assert outcome.detail == f"{server.url}/v2: UnusableList /conferences"
    assert (answer.status, answer.data) == (200, None)
    assert len(warnings(caplog)) == 2
    assert "secret" not in caplog.text


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("status", [404, 422, 503])
def test_a_refusal_with_an_unreadable_body_is_a_refusal(
    connect: Connect, caplog: pytest.LogCaptureFixture, status: int, kind: str
) -> None:
    refused = response(UNREADABLE[kind], "Retry-After: 3", status=f"{status} No")
    with ScriptedServer(answers(refused)) as server:
        api = connect("KEY", f"{server.url}/v2")
        outcome, answer = api.send(HANGUP), api.read("/queues")
    assert (outcome.status, outcome.code, outcome.retry_after) == (status, "", 3.0)
    assert (answer.status, answer.code) == (status, "")
    assert warnings(caplog) == []


def test_the_longest_answers_that_are_read(connect: Connect) -> None:
    """A command's outcome is short; a page of a list may be long."""
    page = b'{"data": [], "meta": {"x": "' + b"x" * 1_900_000 + b'"}}'
    with ScriptedServer(answers(response(page))) as server:
        api = connect("KEY", f"{server.url}/v2")
        assert api.send(commands.Find("blue")).data == {"id": ""}
        assert api.send(HANGUP).status == 0
        assert "longer than 65536 bytes" in api.send(HANGUP).detail


def test_a_header_in_another_alphabet_is_no_fault(connect: Connect) -> None:
    listed = response(b'{"data": [], "meta": {}}', "X-Region: S\u00e3o Paulo")
    with ScriptedServer(answers(listed)) as server:
        api = connect("KEY", f"{server.url}/v2")
        outcome, answer = api.send(commands.Find("blue")), api.read("/queues")
    assert (outcome.status, outcome.data) == (200, {"id": ""})
    assert (answer.status, answer.data) == (200, [])


def test_a_text_without_a_form_in_utf_8_is_given_one(connect: Connect) -> None:
    body = rb'{"data": {"id": "a\ud800b", "\udfff": ["\uD83D\uDE00", "\\ud800", "\u00e9"]}}'
    with ScriptedServer(answers(response(body))) as server:
        api = connect("KEY", f"{server.url}/v2")
        whole = api.read("/whoami").data
    assert whole == {"id": "a?b", "?": ["\U0001f600", "\\ud800", "\u00e9"]}
