"""`flask setup` against a simulated account: what it sends, writes, asks and says."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Callable

import pytest
from rigs.documents import PAGES, rows
from rigs.keyboard import Keyboard
from rigs.newcomers import API_KEY, NUMBER, OTHER, PUBLIC_KEY, SIGNS, Newcomer

from conference import create_app
from conference.cli.names import run_with_tunnel
from conference.settings import env_file, load

LINE = "https://line.example.com"
UNSET = "https://address-not-set.invalid/webhook"


def test_from_nothing_to_a_number_that_answers(anew: Newcomer) -> None:
    timers = _timers()
    done = anew.runs("--yes", "--public-url", f"{LINE}/webhook", "--no-dial-out")
    assert done.exit_code == 0, done.output
    number = anew.telnyx.account.number["id"]
    assert anew.sent() == ["POST /call_control_applications", f"PATCH /phone_numbers/{number}"]
    row = anew.application
    assert (row["application_name"], row["active"]) == ("conference-line", True)
    assert (row["webhook_event_url"], row["webhook_api_version"]) == (f"{LINE}/webhook", "2")
    assert row["webhook_timeout_secs"] == 5
    assert anew.telnyx.account.number["connection_id"] == row["id"]
    written = env_file.read()
    assert len(written.pop("CONTROL_TOKEN")) == 43
    assert written == {
        "TELNYX_API_KEY": API_KEY,
        "TELNYX_PUBLIC_KEY": PUBLIC_KEY,
        "TELNYX_CONNECTION_ID": row["id"],
        "TELNYX_NUMBER": NUMBER,
    }
    assert stat.S_IMODE(anew.env.stat().st_mode) == 0o600
    assert load().problems == ()
    assert os.listdir(anew.folder) == [".env"], "nothing was replaced, so there is no copy"
    assert "dial +1 312 555 0100." in done.output
    assert f"Console: {LINE}/console" in done.output
    assert API_KEY not in done.output
    assert _timers() == timers, "the engine was not started"

    before, requests = anew.env.read_bytes(), len(anew.sent())
    again = anew.runs("--yes")
    assert (again.exit_code, len(anew.sent())) == (0, requests)
    assert "Nothing to change." in again.output
    assert anew.env.read_bytes() == before


def _timers() -> int:
    return sum(thread.name == "timers" for thread in threading.enumerate())


def test_without_an_address_the_tunnel_will_set_it(anew: Newcomer) -> None:
    done = anew.runs("--yes")
    assert done.exit_code == 0
    assert anew.application["webhook_event_url"] == UNSET
    assert f"Next: `{run_with_tunnel()}`" in done.output
    assert UNSET not in done.output
    checked = anew.flask("doctor").output
    assert "FAILURE  application  it has no webhook URL that leads to a server" in checked
    assert checked.count("flask setup") == 1
    assert "FAILURE  server" not in checked
    assert "address-not-set" not in anew.env.read_text()
    assert anew.runs("--yes", "--public-url", LINE).exit_code == 0
    assert anew.application["webhook_event_url"] == f"{LINE}/webhook"


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("yes", [(), ("--yes",)], ids=["", "and --yes"])
def test_a_dry_run_only_reads(anew: Newcomer, yes: tuple[str], terminal: bool) -> None:
    types = Keyboard() if terminal else None
    done = anew.runs("--dry-run", *yes, "--dial-out", "--public-url", LINE, types=types)
    assert done.exit_code == 0
    assert anew.sent() == []
    assert os.listdir(anew.folder) == []
    steps = [line for line in done.output.splitlines() if line[:1].isdigit()]
    assert [line[:3] for line in steps] == [f"{n}. " for n in range(1, 9)]
    create = steps[3]
    assert "Create the Call Control application conference-line: webhooks to https://line" in create
    assert "API v2" in create
    assert "Nothing was changed." in done.output


def test_people_may_be_called_within_careful_limits(anew: Newcomer) -> None:
    done = anew.runs("--yes", "--dial-out")
    assert done.exit_code == 0
    (profile,) = anew.telnyx.account.profiles.values()
    assert profile["name"] == "conference-line"
    assert (profile["daily_spend_limit"], profile["daily_spend_limit_enabled"]) == ("10.00", True)
    assert (profile["concurrent_call_limit"], profile["whitelisted_destinations"]) == (
        2,
        ["US", "CA"],
    )
    outbound = anew.application["outbound"]
    assert outbound == {"channel_limit": None, "outbound_voice_profile_id": profile["id"]}
    assert load().dial_allow == ("us-canada",)
    assert load().dial_at_once == profile["concurrent_call_limit"]
    assert "2 outbound calls at once" in done.output
    assert "Nothing to change." in anew.runs("--yes").output


def test_a_number_on_a_texml_application(anew: Newcomer) -> None:
    without = anew.runs("--yes", "--texml")
    assert (without.exit_code, anew.sent()) == (1, [])
    assert "It is needed. Give --public-url." in without.output
    done = anew.runs("--yes", "--texml", "--public-url", LINE)
    assert done.exit_code == 0
    (row,) = anew.telnyx.account.texml_applications.values()
    secret = load().texml_secret
    assert (row["voice_url"], row["voice_method"]) == (f"{LINE}/texml/{secret}", "post")
    assert anew.telnyx.account.number["connection_id"] == row["id"]
    assert load().room.public_url == LINE
    assert load().telnyx_connection_id == ""
    assert secret not in done.output
    assert "Nothing to change." in anew.runs("--yes").output


def test_numbers_of_all_pages_are_known(anew: Newcomer) -> None:
    many = [f"+1312555{n:04}" for n in range(1000, 1300)]
    anew.telnyx.account.empty(many)
    open_ = anew.runs("--yes")
    assert (open_.exit_code, anew.sent()) == (1, [])
    assert "Give --number:" in open_.output
    assert open_.output.count("free") == 300
    assert anew.runs("--yes", "--number", "+1 312 555 1299").exit_code == 0
    row = anew.telnyx.account.numbered(many[-1])
    assert row and row["connection_id"] == anew.application["id"]


def test_a_number_that_is_gone_is_none(anew: Newcomer) -> None:
    anew.telnyx.account.number["status"] = "ported-out"
    anew.telnyx.account.buy(OTHER)
    assert anew.runs("--yes").exit_code == 0
    assert load().telnyx_number == OTHER


def test_without_a_number_all_else_is_done(anew: Newcomer) -> None:
    anew.telnyx.account.empty(())
    done = anew.runs("--yes", "--public-url", LINE)
    assert done.exit_code == 1
    assert "Buy one at https://portal.telnyx.com" in done.output
    anew.telnyx.account.buy(NUMBER)
    assert anew.runs("--yes").exit_code == 0
    assert anew.sent()[0] == "POST /call_control_applications"
    assert anew.telnyx.account.number["connection_id"] == anew.application["id"]


def test_what_serves_others_is_never_taken(anew: Newcomer) -> None:
    account = anew.telnyx.account
    assert anew.runs("--yes", "--public-url", "https://other.example.com").exit_code == 0
    theirs = dict(anew.application)
    anew.env.unlink()
    sent = len(anew.sent())
    for options in (("--public-url", LINE), ()):
        stopped = anew.runs("--yes", *options)
        assert (stopped.exit_code, len(anew.sent())) == (1, sent)
        assert "Give --application:" in stopped.output
        assert "reports calls to https://other.example.com/webhook; numbers: 1" in stopped.output
    stopped = anew.runs("--yes", "--public-url", LINE, "--application", "new")
    assert (stopped.exit_code, len(anew.sent())) == (1, sent)
    assert "serves the application conference-line, which would lose it" in stopped.output
    account.buy(OTHER)
    done = anew.runs("--yes", "--public-url", LINE, "--application", "new")
    assert done.exit_code == 0
    names = [row["application_name"] for row in account.applications.values()]
    assert names == ["conference-line", "conference-line-2"]
    assert account.applications[theirs["id"]] == theirs
    assert "Nothing to change." in anew.runs("--yes").output


COMMANDS = [
    command
    for command in re.findall(r"flask setup[^`\n]*", PAGES["setup"])
    if not command.endswith("setup")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_page_runs(anew: Newcomer, command: str) -> None:
    done = anew.runs(*command.removeprefix("flask setup ").split())
    assert done.exit_code == 0, done.output


def test_the_page_names_each_option_in_its_table(anew: Newcomer) -> None:
    shown = re.findall(r"`(--[a-z-]+)`", " ".join(row[0] for row in rows(PAGES["setup"])))
    command = create_app().cli.commands["setup"]
    there = [name for each in command.params for name in (*each.opts, *each.secondary_opts)]
    assert sorted(shown) == sorted(there)


# A terminal

YES = ("y",) * 20


def test_a_newcomer_is_led_through(anew: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELNYX_API_KEY")
    anew.telnyx.account.buy(OTHER)
    anew.telnyx.account.public_key = None
    types = Keyboard(
        *("a key with spaces", "KEY_wrong", API_KEY),
        *("2", "line.example.com", LINE),  # the number, a wrong address, the address
        *("KEY_pasted_by_mistake", PUBLIC_KEY),
        "y",  # to calls
        *YES,
    )
    done = anew.runs(types=types)
    assert done.exit_code == 0, done.output
    assert "It must be 1 to 1000 characters of ASCII without spaces." in done.output
    assert "Telnyx refuses the API key (401)" in done.output
    assert "It must be an address" in done.output
    assert "It is an API key, which is secret." in done.output
    for hidden in (API_KEY, "KEY_wrong", "a key with spaces"):
        assert hidden not in done.output
    settings = load()
    assert (settings.telnyx_api_key, settings.telnyx_number) == (API_KEY, OTHER)
    assert settings.telnyx_public_key == SIGNS.verify_key
    assert settings.dial_allow == ("us-canada",)
    assert "Nothing to change." in anew.runs(types=Keyboard()).output


def test_a_key_that_may_not_read_is_asked_for_again(anew: Newcomer) -> None:
    anew.telnyx.fail_next(403)
    done = anew.runs("--no-dial-out", "--public-url", LINE, types=Keyboard(API_KEY, *YES))
    assert done.exit_code == 0, done.output
    assert "Telnyx does not allow the API key to do that (403)" in done.output


def test_a_profile_that_was_switched_off_is_switched_on(anew: Newcomer) -> None:
    assert anew.runs("--yes", "--dial-out").exit_code == 0
    anew.profile["enabled"] = False
    assert anew.runs("--yes").exit_code == 0
    assert anew.profile["enabled"]


def test_a_step_that_is_refused_is_skipped_with_those_that_need_it(anew: Newcomer) -> None:
    done = anew.runs("--no-dial-out", "--public-url", LINE, types=Keyboard("", "", "", "n"))
    assert done.exit_code == 1
    assert anew.sent() == []
    assert "Skipped, since there is no application." in done.output
    assert "Skipped: 2." in done.output
    assert "dial +1" not in done.output
    assert sorted(env_file.read()) == ["CONTROL_TOKEN", "TELNYX_API_KEY", "TELNYX_PUBLIC_KEY"]


def test_without_a_terminal_nothing_is_done_unasked(anew: Newcomer) -> None:
    done = anew.runs()
    assert (done.exit_code, anew.sent(), os.listdir(anew.folder)) == (1, [], [])
    assert "4. Create the Call Control application" in done.output
    assert "no terminal" in done.output
    assert "--yes carries out these steps, --dry-run only shows them" in done.output


def test_without_a_terminal_the_key_must_be_set(
    anew: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELNYX_API_KEY")
    done = anew.runs("--yes")
    assert done.exit_code == 1
    assert "TELNYX_API_KEY is missing. Set it in the environment or in .env" in done.output
    monkeypatch.setenv("TELNYX_API_KEY", "KEY_wrong_and_secret")
    done = anew.runs("--yes")
    assert done.exit_code == 1
    assert "TELNYX_API_KEY is refused." in done.output
    assert "KEY_wrong" not in done.output


# Interrupted

PLACES = {
    "POST /call_control_applications": 3,
    "PATCH /phone_numbers": 4,
    "POST /outbound_voice_profiles": 5,
    "PATCH /call_control_applications": 6,
}
"""The requests, and the steps that are done before each."""
FAULTS: dict[str, tuple[Callable[[Newcomer], object], str]] = {
    "500": (
        lambda it: it.telnyx.fail_next(500),
        "Telnyx has a problem: try again in a minute (500)",
    ),
    "422": (lambda it: it.telnyx.fail_next(422), "Telnyx refuses (422): "),
    "429": (lambda it: it.telnyx.fail_next(429), "too many requests: try again in a minute (429)"),
    "revoked": (
        lambda it: setattr(it.telnyx.account, "key_revoked", True),
        "Telnyx refuses the API key (401)",
    ),
}
WHOLE = ("--dial-out", "--public-url", LINE)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("request_", PLACES)
def test_a_second_run_goes_on_where_the_first_one_failed(
    anew: Newcomer, request_: str, fault: str
) -> None:
    strike, words = FAULTS[fault]
    done_before = PLACES[request_]

    def struck() -> str:
        strike(anew)
        return "y"

    failed = anew.runs(*WHOLE, types=Keyboard(*["y"] * done_before, struck, *YES))
    assert failed.exit_code == 1
    assert words in failed.output
    assert request_.split(" ")[0] in failed.output
    assert f"Done: {done_before}, not done: {8 - done_before}. Run `flask setup` again" in (
        failed.output
    )
    anew.telnyx.account.key_revoked = False
    assert anew.runs("--yes", *WHOLE).exit_code == 0
    _is_whole(anew)


@pytest.mark.parametrize("answered", range(3))
def test_the_user_stops_at_a_question(
    anew: Newcomer, monkeypatch: pytest.MonkeyPatch, answered: int
) -> None:
    monkeypatch.delenv("TELNYX_API_KEY")
    answers = (API_KEY, "", "n")[:answered]  # the key, the address, calls to people
    stopped = anew.runs(types=Keyboard(*answers))
    assert (stopped.exit_code, anew.sent(), os.listdir(anew.folder)) == (1, [], [])
    assert "\nError: Stopped. Nothing was changed.\n" in stopped.output


@pytest.mark.parametrize("done_before", range(8))
def test_a_second_run_goes_on_where_the_user_stopped(anew: Newcomer, done_before: int) -> None:
    stopped = anew.runs(*WHOLE, types=Keyboard(*["y"] * done_before))
    assert stopped.exit_code == 1
    assert f"Done: {done_before}, not done: {8 - done_before}." in stopped.output
    assert anew.runs("--yes", *WHOLE).exit_code == 0
    _is_whole(anew)


@pytest.mark.parametrize("done_before", range(8))
def test_a_second_run_goes_on_where_env_could_not_be_written(
    anew: Newcomer, done_before: int
) -> None:
    """The request of the step was accepted, and its id was lost."""

    def struck() -> str:
        if anew.env.exists():
            anew.env.rename(anew.folder / "kept")
        os.mkfifo(anew.env)
        return "y"

    failed = anew.runs(*WHOLE, types=Keyboard(*["y"] * done_before, struck, *YES))
    anew.env.unlink()
    if (anew.folder / "kept").exists():
        (anew.folder / "kept").rename(anew.env)
    assert failed.exit_code == 1
    assert "regular file" in failed.output
    assert anew.runs("--yes", *WHOLE).exit_code == 0
    _is_whole(anew)


def _is_whole(anew: Newcomer) -> None:
    """Check that everything is there once."""
    (profile,) = anew.telnyx.account.profiles
    row = anew.application
    assert row["outbound"]["outbound_voice_profile_id"] == profile
    assert row["webhook_event_url"] == f"{LINE}/webhook"
    assert anew.telnyx.account.number["connection_id"] == row["id"]
    settings = load()
    assert settings.problems == ()
    assert settings.telnyx_connection_id == row["id"]
    assert (settings.telnyx_number, settings.dial_allow) == (NUMBER, ("us-canada",))
    assert len(settings.control_token) == 43
    assert "Nothing to change." in anew.runs("--yes").output


# Settings that are wrong


def test_it_runs_with_malformed_settings(anew: Newcomer) -> None:
    old = "PORT=many\nCONTROL_TOKEN=short\nTELNYX_NUMBER=12\nTELNYX_PUBLIC_KEY=7\n"
    anew.env.write_text(old)
    anew.env.chmod(0o644)
    done = anew.runs("--yes", "--public-url", LINE)
    assert done.exit_code == 0, done.output
    assert "Close .env to other users" in done.output
    assert [str(each)[:4] for each in load().problems] == ["PORT"]
    assert stat.S_IMODE(anew.env.stat().st_mode) == 0o600
    (copy,) = anew.folder.glob(".env.*.bak")
    assert f"The old settings are in {copy}." in done.output
    assert copy.read_text() == f"{old}TELNYX_API_KEY={API_KEY}\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"TELNYX_API_KEY=\xe9\n", "not in UTF-8"), (b"", "TELNYX_BASE_URL")],
)
def test_the_key_goes_nowhere_by_mistake(
    anew: Newcomer, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    anew.env.write_bytes(content)
    if not content:
        monkeypatch.setenv("TELNYX_BASE_URL", "api.telnyx.com/v2")
    done = anew.runs("--yes")
    assert done.exit_code == 1
    assert f"First correct {words}" in done.output or words in done.output
    assert anew.telnyx.requests == []
    assert anew.env.read_bytes() == content


def test_the_environment_wins_and_that_is_said(
    anew: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELNYX_NUMBER", OTHER)
    for steps in ("5. Put", "Nothing to change."):
        done = anew.runs("--yes")
        assert done.exit_code == 1
        assert steps in done.output
        assert "another TELNYX_NUMBER, which wins over .env" in done.output
        assert "dial" not in done.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--number", "12"), "Invalid value for --number: must be a number in E.164"),
        (("--public-url", "x"), "Invalid value for --public-url: must be an address"),
        (("--public-key", "KEY_secret_of_mine"), "is an API key, which is secret"),
    ],
)
def test_a_wrong_option_is_explained(anew: Newcomer, options: tuple[str, ...], words: str) -> None:
    done = anew.runs("--yes", *options)
    assert done.exit_code == 2
    assert words in done.output
    assert "KEY_secret" not in done.output


def test_a_silent_telnyx_is_named(anew: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELNYX_BASE_URL", "http://user:s3cret@127.0.0.1:9/v2")
    done = anew.runs("--yes")
    assert done.exit_code == 1
    assert "GET /phone_numbers: Telnyx gave no answer: " in done.output
    assert "refused" in done.output
    assert "Check TELNYX_BASE_URL and this machine's network." in done.output
    assert "s3cret" not in done.output


def test_what_telnyx_does_not_list_stops_it(anew: Newcomer) -> None:
    anew.telnyx.fail_next(503, 3)
    done = anew.runs("--yes")
    assert (done.exit_code, anew.sent(), os.listdir(anew.folder)) == (1, [], [])
    assert "GET /phone_numbers: Telnyx has a problem: try again in a minute (503)" in done.output


ODD_IDS = ("1\nCONTROL_TOKEN=x", "a\0b", "a b", "9" * 201, "", None)


@pytest.mark.parametrize("id", ODD_IDS, ids=ascii)
def test_an_id_that_no_telnyx_has_is_neither_used_nor_written(anew: Newcomer, id: str) -> None:
    assert anew.runs("--yes").exit_code == 0
    before, requests = anew.env.read_bytes(), anew.sent()
    anew.has(id=id)
    done = anew.runs("--yes", "--public-url", LINE)
    assert done.exit_code == 1
    assert "GET /call_control_applications: Telnyx's answer has a row without a usable id" in (
        done.output
    )
    assert (anew.env.read_bytes(), anew.sent()) == (before, requests)


@pytest.mark.parametrize("id", ODD_IDS, ids=ascii)
def test_a_new_application_with_such_an_id_is_a_failure(
    anew: Newcomer, monkeypatch: pytest.MonkeyPatch, id: str
) -> None:
    monkeypatch.setattr(anew.account, "new_id", lambda: id)
    done = anew.runs("--yes")
    assert done.exit_code == 1
    assert "POST /call_control_applications: Telnyx's answer has no usable id" in done.output
    assert {"TELNYX_CONNECTION_ID", "TELNYX_NUMBER"} & env_file.read().keys() == set()


def test_a_terminal_obeys_no_name_of_the_account_and_no_secret_is_shown(anew: Newcomer) -> None:
    assert anew.runs("--yes").exit_code == 0
    anew.unset("TELNYX_CONNECTION_ID", "TELNYX_NUMBER")
    anew.moves_number("")
    odd = f"conference-line\x1b[2J\r\n  2) {API_KEY}\u2028\u202e"
    anew.has(application_name=odd, webhook_event_url=f"https://a:b@line.example.com/{odd}")
    asked = anew.runs("--application", "new")
    named = anew.runs("--yes", "--application", odd, "--public-url", LINE)
    for done in (asked, named):
        assert not {"\x1b", "\r", "\u2028", "\u202e"} & set(done.output)
        assert API_KEY not in done.output and "a:b@" not in done.output
    assert "conference-line?[2J??  2) KEY..." in named.output


def test_a_question_shows_each_choice_on_one_line(anew: Newcomer) -> None:
    url = "https://x.example.com/\n  9  own"
    for id, name in (("7", "conference-line"), ("8", "conference-line-2")):
        row = {"id": id, "application_name": name, "webhook_event_url": url}
        anew.account.applications[id] = row
    done = anew.runs("--yes")
    assert done.exit_code == 1
    choices = [line for line in done.output.splitlines() if line.startswith("  ")]
    assert [line.split()[0] for line in choices] == ["8", "7", "new"]


def test_a_file_of_another_user_is_refused_before_the_key_is_sent(
    anew: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew.env.write_text("TELNYX_NUMBER=\n")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    done = anew.runs("--yes")
    assert done.exit_code == 1
    assert f"{anew.env} cannot be changed." in done.output
    assert anew.telnyx.requests == []


def test_no_log_shows_what_is_private(anew: Newcomer, caplog: pytest.LogCaptureFixture) -> None:
    """Also the SDK's own log, which TELNYX_LOG=debug switches on."""
    for name in ("httpx", "telnyx", "conference"):
        caplog.set_level("DEBUG", name)
    anew.runs("--yes", "--texml", "--public-url", LINE, "--dial-out")
    anew.flask("doctor")
    written = env_file.read()
    assert "Request options: " in caplog.text and "/phone_numbers?..." in caplog.text
    private = (written["TEXML_SECRET"], written["CONTROL_TOKEN"], API_KEY, NUMBER[1:])
    assert [each for each in private if each in caplog.text] == []
