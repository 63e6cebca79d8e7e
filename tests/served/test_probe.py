"""`flask probe` on a simulated account that behaves in either way; and what it leaves there."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey
from rigs.probed import Probed, probed
from rigs.shown import shown
from rigs.tunnels import stand_ins
from rigs.waiting import until

from conference.clock import Clock
from conference.demo.rehearsal import API_KEY
from conference.probe.account import Account, Stopped
from conference.probe.ending import removing
from conference.probe.notebook import Notebook
from conference.probe.questions import PROBED, QUESTIONS
from conference.simulator import Chaos, SimulatedTelnyx
from conference.telnyx_api import ApiResponse, TelnyxApi
from conference.telnyx_records.applications import CALL_CONTROL

COMMAND = (sys.executable, "-m", "flask", "probe")
PHONE = "+13125550111"
LAST = ("call.hangup", "conference.participant.left", "conference.ended")


@pytest.fixture(scope="module")
def account() -> Iterator[Probed]:
    with probed() as account:
        yield account


@pytest.fixture(autouse=True)
def clean(account: Probed) -> Iterator[None]:
    """Nothing of a probe is left after it."""
    yield
    assert account.is_clean


def behaves(telnyx: SimulatedTelnyx, monkeypatch: pytest.MonkeyPatch, **ways: object) -> None:
    """Let Telnyx behave in these ways until the end of the test."""
    monkeypatch.setattr(telnyx.account, "user_id", "a-user")
    monkeypatch.setattr(telnyx.account, "organization_id", "an-organization")
    for name, value in ways.items():
        holders = (telnyx.account.ways, telnyx.texml, telnyx.account)
        monkeypatch.setattr(next(each for each in holders if hasattr(each, name)), name, value)


@dataclass(frozen=True)
class Case:
    """A question, the way in which Telnyx behaves, and the answer."""

    question: str
    answer: str | None
    seen: str = ""
    ways: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"


def case(question: str, answer: str | None, seen: str = "", **ways: Any) -> Case:
    return Case(question, answer, seen, tuple(ways.items()))


CASES = (
    case("second-call", "arrives"),
    case("second-call", "does not arrive", own_calls_arrive=False),
    case("keys-in-conference", "arrive"),
    case("keys-in-conference", "do not arrive", keys_in_conference=False),
    case("last-events", "hangup first", ", ".join(LAST)),
    case("last-events", "left first", last_events=(LAST[1], LAST[2], LAST[0])),
    case("last-events", "ended first", last_events=(LAST[2], LAST[0], LAST[1])),
    case("retries", "retried"),
    case("retries", "not retried", "attempts: 1, after 0.0 s", retries=False),
    case("held-participant", "on_hold is true"),
    case("held-participant", "on_hold is not true", shows_hold=False),
    case("held-participant", "is not listed", lists_held=False),
    case("held-call", "is alive"),
    case("held-call", "is not alive", held_calls_alive=False),
    case("hold-without-audio", "accepted"),
    case("hold-without-audio", "refused", "422, code 10004", silent_hold=False),
    case("held-participant", "on_hold is true", silent_hold=False),  # then with audio
    case("texml-fetch-signed", "signed"),
    case("texml-fetch-signed", "not signed", signs_fetches=False),
    case("texml-fetch-method", "POST"),
    case("texml-fetch-method", "GET", texml_method="get"),
    case("texml-fetch-signed", "signed", texml_method="get"),
    case("account-sid", "organization", account_sid="an-organization"),
    case("account-sid", "user", account_sid="a-user"),
    case("account-sid", "both", account_sid="a-user", organization_id="a-user"),
    case("account-sid", "neither", account_sid="somebody-else"),
    case("hangup-client-state", "is there"),
    case("hangup-client-state", "is missing", hangup_has_state=False),
    case("floor-changed", "wrapped"),
    case("floor-changed", "not wrapped", wraps_floor=False),
    case("same-name", "90033"),
    case("same-name", "another refusal", "422, code 10012", same_name="queue exists"),
    case("same-name", "accepted", same_name=""),
    case("client-state-size", "1,024 characters are echoed", "largest whole: 8192 characters"),
    case(
        "client-state-size",
        "less than 1,024 characters are echoed",
        "largest whole: 512 characters; 1024 not echoed whole; 4096 not echoed whole; "
        "8192 not echoed whole",
        longest_state=1000,
    ),
    case("repeated-command", "ignored"),
    case("repeated-command", "executed again", heeds_command_ids=False),
    case("limit-reset", None),
    case("limit-reset", "seconds", limit_reset="1"),
    case("limit-reset", "a Unix time", limit_reset="1796060461"),
    case("limit-reset", "another form", limit_reset="Mon, 30 Nov 2026 18:00:00 GMT"),
    case("soft-end", "the conference ends, calls stay up"),
    case("soft-end", "the conference ends, calls end", soft_end="calls end"),
    case("soft-end", "the conference continues", soft_end="conference stays"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_answer(case: Case, account: Probed, monkeypatch: pytest.MonkeyPatch) -> None:
    behaves(account.telnyx, monkeypatch, **dict(case.ways))
    found = account.answers(case.question)
    assert list(found) == [case.question]
    row = found[case.question]
    assert row["answer"] == case.answer
    assert case.seen in row["seen"]
    question = next(each for each in PROBED if each.name == case.question)
    assert row["line"] == (question.answers[case.answer] if case.answer else "")


BY_ANOTHER_WAY = {
    ("texml-fetch-signed", "signed with another key"),
    ("keys-of-a-telephone", "arrive"),
    ("keys-of-a-telephone", "do not arrive"),
    ("hold-heard", "silence"),
    ("hold-heard", "music"),
    ("hold-heard", "something else"),
}


def test_each_answer_of_each_question_is_tried() -> None:
    tried = {(each.question, each.answer) for each in CASES if each.answer} | BY_ANOTHER_WAY
    assert tried == {(each.name, answer) for each in PROBED for answer in each.answers}


def test_another_account_signs_the_fetch() -> None:
    other = SigningKey.generate().verify_key
    with probed(telnyx_public_key=other) as account:
        done = account.flask("--yes", "--only", "texml-fetch-signed")
        assert "| signed with another key |" in done.stdout
        assert "Requests that TELNYX_PUBLIC_KEY does not verify: " in done.stderr
        assert account.is_clean


def test_the_report_has_nothing_private(account: Probed) -> None:
    done = account.flask("--yes")
    ids = [leg.call_control_id for leg in account.telnyx.legs]
    ids += [room.id for room in account.telnyx.conferences]
    ids += [account.telnyx.account.connection_id, account.telnyx.texml.account_sid, API_KEY]
    private = [*ids, account.telnyx.number, account.telnyx.number[-4:], "sip:"]
    assert [each for each in private if each in done.output] == []
    table = done.stdout.splitlines()
    asked = [each for each in PROBED if each.step != "person"]
    assert len(table) == 2 + len(asked)
    assert {line.count(" | ") for line in table} == {3}
    assert done.exit_code == 0


def test_the_calls_have_limits_and_one_destination(account: Probed) -> None:
    before = len(account.telnyx.requests)
    account.flask("--yes")
    requests = account.telnyx.requests[before:]
    dials = [each.body for each in requests if each.path == "/calls"]
    assert [each["time_limit_secs"] for each in dials] == [300, 300]
    assert all(re.fullmatch(r"sip:probe@probe\w+\.sip\.telnyx\.com", e["to"]) for e in dials)
    line = f"/call_control_applications/{account.telnyx.account.connection_id}"
    assert {each.method for each in requests if each.path == line} == {"GET"}
    assert not [each for each in requests if each.path.startswith("/phone_numbers")]


# Removal


def test_nothing_is_left_if_the_application_is_refused(
    account: Probed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account.telnyx.account, "profiles", {})
    done = account.flask("--yes")
    assert done.exit_code == 1
    assert "| unknown | Telnyx created no application (422" in done.stdout


def test_nothing_is_left_if_no_webhook_arrives(account: Probed) -> None:
    account.telnyx.chaos = Chaos(lose=1.0)
    try:
        rows = account.answers()
    finally:
        account.telnyx.chaos = None
    assert rows["second-call"]["answer"] == "does not arrive"
    assert rows["soft-end"]["seen"] == "the call to the account's own address did not arrive"
    until(lambda: account.is_clean)


def test_nothing_is_left_if_the_response_to_the_creation_is_lost(account: Probed) -> None:
    class Forgetful(TelnyxApi):
        def request(self, method: str, *arguments: Any, **named: Any) -> ApiResponse:
            answer = super().request(method, *arguments, **named)
            return ApiResponse(0) if method == "POST" else answer

    notes = Notebook(Clock())
    with closing(Forgetful(API_KEY, account.telnyx.base_url)) as api:
        made = Account(api, notes, "+13125550100", "")
        with removing(made), pytest.raises(Stopped, match="no response"):
            made.create(CALL_CONTROL, {"webhook_event_url": "http://127.0.0.1:9/"})
        assert made.left == []


def test_a_revoked_key_is_reported_and_the_next_probe_removes_what_is_left(
    account: Probed, monkeypatch: pytest.MonkeyPatch
) -> None:
    telnyx = account.telnyx.account
    calls = len(account.telnyx.legs)

    def revoke() -> None:
        until(lambda: len(account.telnyx.legs) > calls)
        telnyx.key_revoked = True

    with doing(revoke):
        done = account.flask("--yes")
    telnyx.key_revoked = False
    assert done.exit_code == 1
    assert "Telnyx refuses TELNYX_API_KEY (401)" in done.stdout
    (name,) = [
        row["application_name"]
        for id, row in telnyx.applications.items()
        if id != telnyx.connection_id
    ]
    assert f"Not removed: the application {name}." in done.stderr
    monkeypatch.setattr("conference.probe.account.OLD", -1.0)
    account.flask("--yes", "--only", "second-call")
    until(lambda: all(leg.state == "ended" for leg in account.telnyx.legs), within=30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_after_an_interruption(account: Probed, number: signal.Signals) -> None:
    calls = len(account.telnyx.legs)
    with subprocess.Popen(
        [*COMMAND, "--yes", "--borrow-number", *account.address],
        env=os.environ | account.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        until(lambda: len(account.telnyx.legs) > calls + 1 or process.poll() is not None)
        assert (
            account.telnyx.account.number["connection_id"] != account.telnyx.account.connection_id
        )
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert (output, process.returncode) == ("", 1)
    assert errors.endswith("Aborted!\n")


# A person at the telephone


@contextmanager
def doing(act: Callable[[], None]) -> Iterator[None]:
    """Run `act` on a thread beside the block."""
    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@pytest.mark.parametrize(
    ("heard", "answer"),
    [("silence", "silence"), ("music", "music"), ("a dog", "something else")],
)
@pytest.mark.parametrize("arrives", [True, False])
def test_a_person_calls(
    account: Probed, monkeypatch: pytest.MonkeyPatch, heard: str, answer: str, arrives: bool
) -> None:
    behaves(account.telnyx, monkeypatch, keys_in_conference=arrives)
    home, stranger = account.telnyx.account, account.telnyx.phone("+13125550122")

    def call() -> None:
        until(lambda: home.number["connection_id"] != home.connection_id)
        stranger.dial()
        phone = account.telnyx.phone(PHONE)
        leg = phone.dial()
        until(lambda: leg.conference)
        phone.press("5")
        until(lambda: leg.state == "ended")
        stranger.hang_up()

    asked = ("--only", "keys-of-a-telephone", "--only", "hold-heard", "--borrow-number")
    with doing(call):
        done = account.flask(*asked, input=f"y\n0111\n\n\n{heard}\n")
    table = done.stdout.splitlines()
    assert f"| {'arrive' if arrives else 'do not arrive'} |" in table[2]
    assert f"| {answer} |" in table[3]
    assert [leg.state for leg in stranger.legs if leg.answered_at] == []


def test_without_a_person_these_questions_stay_unknown(account: Probed) -> None:
    rows = account.answers("hold-heard")
    assert rows["hold-heard"]["answer"] is None
    assert "use --borrow-number" in rows["hold-heard"]["seen"]


def test_the_calls_may_go_by_the_borrowed_number(account: Probed) -> None:
    before = len(account.telnyx.requests)
    done = account.flask(
        "--yes", "--borrow-number", "--only", "second-call", "--only", "account-sid"
    )
    assert done.exit_code == 0
    dials = [e.body["to"] for e in account.telnyx.requests[before:] if e.path == "/calls"]
    assert dials == [account.telnyx.number] * 2


# The tunnel


def test_it_is_reached_through_a_tunnel(
    account: Probed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (command,) = shown("docs/not-yet-tried.md", "flask probe")
    flask, *words = command.split()
    assert flask == ".venv/bin/flask"
    with stand_ins(tmp_path, "ngrok") as programs:
        trust = {"SSL_CERT_FILE": programs.certificate}
        monkeypatch.setenv("SSL_CERT_FILE", programs.certificate)  # the simulated Telnyx trusts it
        done = subprocess.run(
            [sys.executable, "-m", "flask", *words, "--yes", "--only", "same-name"],
            env=os.environ | account.environment | trust | {"PATH": programs.path},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert "| 90033 |" in done.stdout
        assert len(programs.started) == 1
        assert not programs.running


def test_without_a_program_for_a_tunnel_nothing_is_made(
    account: Probed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    before = len(account.telnyx.requests)
    done = account.app.test_cli_runner().invoke(args=["probe", "--yes", "--tunnel"])
    assert "neither ngrok nor cloudflared is installed: give --url and --port" in done.stderr
    made = account.telnyx.requests[before:]
    assert (done.exit_code, [each for each in made if each.method != "GET"]) == (1, [])


# Before anything is done


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        ([], {"telnyx_number": ""}, "Set TELNYX_NUMBER in .env"),
        (
            ["--url", "", "--port", "5001"],
            {},
            "of a public address that leads to port 5001 here",
        ),
        (["--url", "http://127.0.0.1:9"], {}, "no answer at http://127.0.0.1:9"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(
    arguments: list[str], settings: dict[str, Any], words: str
) -> None:
    with probed(**settings) as account:
        done = account.flask("--yes", *arguments)
        assert words in done.stderr
        assert done.exit_code > 0
        assert [each for each in account.telnyx.requests if each.method == "POST"] == []


def test_a_line_that_runs_must_be_stopped(account: Probed) -> None:
    with socket.create_server(("127.0.0.1", account.port)):
        done = account.flask("--yes")
    assert f"port {account.port} is taken (Address already in use): stop the line" in done.stderr


def test_it_asks_first(account: Probed) -> None:
    before = len(account.telnyx.requests)
    done = account.flask(input="n\n")
    assert "call that application once, for 5 minutes at most" in done.stderr
    assert "It costs some cents" in done.stderr
    assert (done.exit_code, len(account.telnyx.requests)) == (1, before)


def test_the_list_calls_nobody(account: Probed) -> None:
    before = len(account.telnyx.requests)
    done = account.flask("--list")
    names = [line.split("  ")[0] for line in done.stdout.splitlines()]
    assert names == [each.name for each in QUESTIONS]
    assert len(account.telnyx.requests) == before
