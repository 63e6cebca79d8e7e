"""What happens when serving starts and ends: with the real gunicorn and the real `flask run`."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest
from rigs.recorded import PUBLIC_KEY, TEST_KEY, make
from rigs.servers import FLASK_RUN, GUNICORN, NOWHERE, ROOT, Server, ends, free_port, run
from rigs.waiting import until

from conference.serving import graceful_timeout
from conference.serving.instance_lock import ANOTHER_ENDS_WITHIN
from conference.simulator import SimulatedTelnyx

STARTED = "Telnyx must send webhooks to POST /webhook"
FIRST = "first genuine webhook received"
IN_USE = "another server for this TELNYX_BASE_URL and TELNYX_CONNECTION_ID runs on this machine"
GOOD = {"TELNYX_API_KEY": "KEY_simulated", "TELNYX_PUBLIC_KEY": PUBLIC_KEY}
BAD = {
    "TELNYX_PUBLIC_KEY": "c2hvcnQ=",
    "TELNYX_NUMBER": "312 555 0100",
    "BEEP": "sometimes",
    "MAX_PARTICIPANTS": "1",
    "PORT": "x",
    "TEXML_MUTE": "yes",
}
TOLD = {
    "TELNYX_API_KEY": "is missing. Create one in the Telnyx portal",
    "TELNYX_PUBLIC_KEY": "must be base64 of 32 bytes. Copy it whole from the Telnyx portal",
    "TELNYX_NUMBER": "must be a number in E.164, such as +13125550142: write it with + and the "
    "country code.",
    "BEEP": "is 'sometimes', and must be one of always, never, on_enter, on_exit.",
    "MAX_PARTICIPANTS": "is '1', and must be a whole number from 2 to 800.",
    "PORT": "is 'x', and must be a whole number from 1 to 65535.",
    "TEXML_MUTE": "is not a setting, and does nothing. Is TEXML_MUTED meant?",
}
SECRET = "a-secret-of-the-tests"
APPLICATION = {"TELNYX_CONNECTION_ID": "1494404757140276705"}  # the simulated Telnyx's
SERVERS = pytest.mark.parametrize("command", [GUNICORN, FLASK_RUN], ids=["gunicorn", "flask run"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers run."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="module")
def first(folder: Path) -> Iterator[Server]:
    """A server as the Procfile starts it, where somebody asks for four workers."""
    with run(GUNICORN, folder, WEB_CONCURRENCY="4", TELNYX_CONNECTION_ID="shared") as server:
        server.up()
        yield server


@pytest.fixture(scope="module", autouse=True)
def later(tmp_path_factory: pytest.TempPathFactory, first: Server) -> Iterator[dict[str, Server]]:
    """Two more for the same application; they wait while the other tests run.

    Each has folders of its own in the environment, and writes Telnyx's address in another way.
    """
    with ExitStack() as stack:
        servers = {}
        for name, command in (("gunicorn", GUNICORN), ("flask run", FLASK_RUN)):
            own = tmp_path_factory.mktemp("own")
            given = {"TELNYX_CONNECTION_ID": "shared", "TELNYX_BASE_URL": f"{NOWHERE}/"}
            given |= {folder: str(own) for folder in ("HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")}
            servers[name] = stack.enter_context(run(command, own, **given))
        yield servers
        for server in servers.values():
            server.kill()  # where only some tests are run, they would wait on


@pytest.fixture(scope="module", autouse=True)
def replaced(folder: Path) -> Iterator[tuple[Server, int]]:
    """A server and its first worker, to be replaced while Telnyx does not answer its command.

    The worker drains for as long as it may; the other tests run meanwhile.
    """
    with (
        SimulatedTelnyx("", TEST_KEY, latency=3) as telnyx,  # longer than a command waits
        run(GUNICORN, folder, TELNYX_BASE_URL=telnyx.base_url) as server,
    ):
        server.up()
        (worker,) = server.workers
        telnyx.webhook_url = server.url + "/webhook"
        telnyx.phone("+13125550142").dial()
        until(lambda: _heard(telnyx) == [("call.initiated", 200)])
        server.process.send_signal(signal.SIGHUP)
        yield server, worker


# Nothing is served

WATCH = """
import atexit, runpy, sys, threading
felt = []
def watch(event, arguments):
    if event.startswith(("socket.", "_thread.start", "fcntl.", "os.fork", "subprocess.")):
        felt.append(event)
def tell():
    heavy = {"telnyx", "redis", "prometheus_client"} & sys.modules.keys()
    print("felt:", felt, threading.active_count(), sorted(heavy))
sys.addaudithook(watch)
atexit.register(tell)
sys.argv = ARGUMENTS
if sys.argv[0] == "flask":
    runpy.run_module("flask", run_name="__main__", alter_sys=True)
else:
    import app
"""


@pytest.mark.parametrize("settings", [{}, BAD], ids=["empty", "bad settings"])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["flask", "--help"], "Show the routes for the app"),
        (["flask", "routes"], "/webhook"),
        (["-c"], ""),
    ],
    ids=["flask --help", "flask routes", "import app"],
)
def test_nothing_can_be_felt_before_serving(
    folder: Path, arguments: list[str], says: str, settings: dict[str, str]
) -> None:
    program = WATCH.replace("ARGUMENTS", repr(arguments))
    ended = ends([sys.executable, "-c", program], folder, **settings)
    assert ended.returncode == 0, ended.stdout
    assert says in ended.stdout
    assert "felt: [] 1 []" in ended.stdout


@SERVERS
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, ["TELNYX_API_KEY", "TELNYX_PUBLIC_KEY"]),
        (GOOD | {"TELNYX_API_KEY": " "}, ["TELNYX_API_KEY"]),
        (BAD, list(TOLD)),
        (GOOD | {"MAX_PARTICIPANTS": "1"}, ["MAX_PARTICIPANTS"]),
    ],
    ids=["empty", "blank", "several", "one"],
)
def test_bad_settings_end_the_start(
    folder: Path, command: list[str], settings: dict[str, str], named: list[str]
) -> None:
    port = free_port()
    bind = {"GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}", "FLASK_RUN_PORT": str(port)}
    ended = ends(command, folder, **bind, **settings)
    assert ended.returncode == 2, ended.stdout
    assert re.findall(r"^  ([A-Z_]+): ", ended.stdout, re.MULTILINE) == named
    for name in named:
        missing = name not in settings or not settings[name].strip()
        assert f"  {name}: {'is missing.' if missing else TOLD[name]}" in ended.stdout
    by_setup = {"TELNYX_API_KEY", "TELNYX_PUBLIC_KEY"} & {*named}
    assert ("\nOr run: flask setup" in ended.stdout) == bool(by_setup)
    assert ended.stdout.count("Traceback") == 0
    assert "istening" not in ended.stdout
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_gunicorn_takes_what_it_needs_from_the_settings(folder: Path) -> None:
    """Read without listening, since PORT alone opens it to the network."""
    settings = GOOD | {"PORT": "5123", "THREADS": "12", "WEB_CONCURRENCY": "4"}
    ended = ends([*GUNICORN, "--print-config"], folder, **settings)
    assert ended.returncode == 0, ended.stdout
    config = dict(re.findall(r"^(\w+) += (.*)$", ended.stdout, re.MULTILINE))
    assert config["bind"] == "['0.0.0.0:5123']"
    assert (config["worker_class"], config["workers"]) == ("conference.serving.worker.Worker", "1")
    assert (config["threads"], config["graceful_timeout"]) == ("12", "25")
    assert (config["max_requests"], config["control_socket_disable"]) == ("0", "True")


# Start


def test_web_concurrency_still_gives_one_worker(first: Server) -> None:
    assert len(first.workers) == 1
    assert first.log.count("Booting worker") == 1
    assert first.log.count("WARNING one process serves, whatever WEB_CONCURRENCY is: without") == 1


@SERVERS
def test_a_genuine_webhook_is_served(folder: Path, command: list[str]) -> None:
    with run(command, folder, PUBLIC_URL="https://line.example.com/") as server:
        server.up()
        assert server.log.count(STARTED) == 1
        assert "webhook URL must be https://line.example.com/webhook, API v2" in server.log
        assert server.ask("POST", "/webhook", b"{}") == 401
        assert FIRST not in server.log
        assert server.deliver(make("call.cost")) == 200
        assert server.deliver(make("call.cost")) == 200
        assert server.log.count(FIRST) == 1
        assert server.log.count("Traceback") == 0


def test_without_a_public_url_the_log_says_what_to_paste(first: Server) -> None:
    assert first.log.count(STARTED) == 1
    assert "application's webhook URL must be https://<your public address>/webhook" in first.log
    assert "voice URL must be https://<your public address>/texml, method POST" in first.log
    assert "INFO PUBLIC_URL is not set: a number on a TeXML application needs it" in first.log


def test_texml_without_a_public_url_is_warned_of(folder: Path) -> None:
    with run(GUNICORN, folder, TEXML_SECRET=SECRET) as server:
        server.up()
        told = "WARNING PUBLIC_URL is not set: a number on a TeXML application needs it"
        assert server.log.count(told) == 1


def test_the_log_says_where_texml_is_given_but_not_the_secret(folder: Path) -> None:
    given = {"PUBLIC_URL": "https://line.example.com", "TEXML_SECRET": SECRET, "TEXML_MUTE": "1"}
    with run(GUNICORN, folder, TELNYX_CONNECTION_ID="", **given) as server:
        server.up()
        told = "TeXML application's voice URL must be https://line.example.com/texml/<TEXML_SECRET>"
        assert f"{told}, method POST" in server.log
        assert (
            "WARNING TEXML_MUTE: is not a setting, and does nothing. Is TEXML_MUTED" in server.log
        )
        assert "PUBLIC_URL is not set" not in server.log
        assert "TELNYX_CONNECTION_ID is not set: after a restart its calls" in server.log
        assert SECRET not in server.log


def test_a_file_that_others_can_read_is_warned_of_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"CONTROL_TOKEN={SECRET}\n")
    (tmp_path / ".env").chmod(0o644)
    with run(GUNICORN, tmp_path, PUBLIC_URL=f"https://ann:{SECRET}@line.example.com") as server:
        server.up()
        warned = f"it holds CONTROL_TOKEN. Run: chmod 600 {tmp_path}/.env"
        assert server.log.count(warned) == 1
        assert "webhook URL must be https://line.example.com/webhook, API v2" in server.log
        assert SECRET not in server.log


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [(["--reload"], {}), ([], {"FLASK_DEBUG": "1"})],
    ids=["--reload", "FLASK_DEBUG"],
)
def test_the_reloader_serves_the_new_code(
    folder: Path, tmp_path: Path, arguments: list[str], settings: dict[str, str]
) -> None:
    watched = tmp_path / "watched.txt"
    watched.touch()
    extra = ["--extra-files", str(watched)]
    with run(FLASK_RUN, folder, *arguments, *extra, **settings) as server:
        server.up()
        (child,) = server.workers
        assert server.log.count(STARTED) == 1  # the parent has started nothing
        assert server.deliver(make("call.cost")) == 200
        os.utime(watched, (2_000_000_000, 2_000_000_000))
        until(lambda: server.log.count(STARTED) == 2)
        server.up()
        assert len(server.workers) == 1
        assert server.workers != [child]
        assert server.deliver(make("call.cost")) == 200
        assert server.log.count(FIRST) == 2
        assert IN_USE not in server.log


def test_with_debug_the_console_is_ours(folder: Path) -> None:
    """Werkzeug's debugger has a page at /console, too."""
    with run(FLASK_RUN, folder, "--no-reload", FLASK_DEBUG="1", CONTROL_TOKEN=SECRET) as server:
        server.up()
        with urlopen(f"{server.url}/console", timeout=5) as page:
            assert 'action="console/sign-in"' in page.read().decode()
        assert server.ask("GET", "/console?room=blue&link=x") == 401


# Another server


def test_another_application_is_served_beside_it(folder: Path, first: Server) -> None:
    with run(GUNICORN, folder, TELNYX_CONNECTION_ID="another") as server:
        server.up(within=ANOTHER_ENDS_WITHIN)
        assert (first.ask("GET", "/healthz"), server.ask("GET", "/healthz")) == (200, 200)


def test_the_second_takes_over_when_the_first_ends(folder: Path) -> None:
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(run(GUNICORN, folder, TELNYX_CONNECTION_ID="handed over"))
            for _ in range(2)
        )
        # Started together, so that either may be the first.
        until(lambda: STARTED in first.log + second.log)
        if STARTED in second.log:
            first, second = second, first
        first.up()
        until(lambda: _wants_lock(second))
        assert STARTED not in second.log
        assert first.end() == 0
        second.up()
        assert second.deliver(make("call.cost")) == 200


def test_a_server_that_waits_can_be_ended(folder: Path) -> None:
    with run(GUNICORN, folder, TELNYX_CONNECTION_ID="waited for") as first:
        first.up()
        with run(GUNICORN, folder, TELNYX_CONNECTION_ID="waited for") as second:
            until(lambda: "waiting 15 s for it to end" in second.log)
            assert second.end() == 0
            assert "Traceback" not in second.log


def test_kill_9_frees_the_lock(folder: Path) -> None:
    with run(GUNICORN, folder, TELNYX_CONNECTION_ID="killed") as server:
        server.up()
        server.kill()
        assert server.ended() == -signal.SIGKILL
    with run(GUNICORN, folder, TELNYX_CONNECTION_ID="killed") as server:
        server.up(within=ANOTHER_ENDS_WITHIN)


def _wants_lock(server: Server) -> bool:
    """Whether its worker has the lock's file open (Linux)."""
    files = (file for pid in server.workers for file in Path(f"/proc/{pid}/fd").glob("*"))
    return any("conference-line/" in os.readlink(file) for file in files if file.is_symlink())


# End


def test_sigterm_drains(folder: Path) -> None:
    """More callers than commands can be under way at once: the last of them are answered too."""
    with (
        SimulatedTelnyx("", TEST_KEY, latency=0.5) as telnyx,
        run(GUNICORN, folder, TELNYX_BASE_URL=telnyx.base_url, **APPLICATION) as server,
    ):
        server.up()
        telnyx.webhook_url = server.url + "/webhook"
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        legs = [telnyx.phone(f"+131255501{last:02}").dial() for last in range(40)]
        until(lambda: _heard(telnyx).count(("call.initiated", 200)) == len(legs))
        assert _health(client) == (200, {"status": "ok"})
        began = time.monotonic()
        server.process.terminate()
        # The same connection: the master has to pass the signal on, then new ones are refused.
        answer = until(lambda: _unless_ok(client))
        assert answer == (503, {"status": "draining"})
        client.close()
        assert server.ended(graceful_timeout) == 0
        assert time.monotonic() - began < graceful_timeout
        until(lambda: all(leg.state == "answered" for leg in legs))
        assert _answers(telnyx) == [200] * len(legs)
        assert server.log.count("Traceback") == 0


@pytest.mark.parametrize("status", [429, 503])
def test_sigterm_waits_for_what_is_to_be_sent_again(folder: Path, status: int) -> None:
    """Telnyx asked for patience, or broke, at the moment at which the server is to end."""
    with (
        SimulatedTelnyx("", TEST_KEY) as telnyx,
        run(GUNICORN, folder, TELNYX_BASE_URL=telnyx.base_url, **APPLICATION) as server,
    ):
        server.up()
        # At first it asks what there was before it; the refusal is not meant for that.
        until(lambda: telnyx.requests and telnyx.now() > telnyx.requests[-1].at + 0.5)
        telnyx.webhook_url = server.url + "/webhook"
        telnyx.fail_next(status)
        leg = telnyx.phone("+13125550111").dial()
        until(lambda: _answers(telnyx))
        assert server.end() == 0
        assert _answers(telnyx) == [status, 200]
        until(lambda: leg.state == "answered")


def _heard(telnyx: SimulatedTelnyx) -> list[tuple[str, int | None]]:
    """The webhooks delivered, and what was answered."""
    return [(each.event_type, each.status) for each in telnyx.webhooks]


def _answers(telnyx: SimulatedTelnyx) -> list[int]:
    """What it said each time when a call was to be answered."""
    return [each.status for each in telnyx.requests if each.path.endswith("/actions/answer")]


def _health(client: http.client.HTTPConnection) -> tuple[int, dict[str, str]]:
    client.request("GET", "/healthz")
    with client.getresponse() as response:
        return response.status, json.loads(response.read())


def _unless_ok(client: http.client.HTTPConnection) -> tuple[int, dict[str, str]] | None:
    assert client.sock is not None, "the connection was closed without a 503"
    answer = _health(client)
    return answer if answer[0] != 200 else None


def test_the_start_warns_of_an_open_env_file_and_shows_no_password(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CONTROL_TOKEN=a-token-of-the-tests\n")
    (tmp_path / ".env").chmod(0o644)
    with run(GUNICORN, tmp_path, PUBLIC_URL="https://ann:s3cret@example.com") as server:
        server.up()
        assert f"it holds CONTROL_TOKEN. Run: chmod 600 {tmp_path}/.env" in server.log
        assert "webhook URL must be https://example.com/webhook" in server.log
        assert "s3cret" not in server.log


def test_sighup_replaces_the_worker(folder: Path) -> None:
    with run(GUNICORN, folder, WEB_CONCURRENCY="4") as server:
        server.up()
        (before,) = server.workers
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.workers and before not in server.workers, within=ANOTHER_ENDS_WITHIN)
        again = make("call.cost")
        until(lambda: server.deliver(again) == 200)
        assert len(server.workers) == 1
        assert server.log.count(STARTED) == 2
        assert server.log.count("Traceback") == 0
        assert server.end() == 0


def test_sighup_with_a_bad_setting_changes_nothing(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    with run(GUNICORN, tmp_path, CONTROL_TOKEN=SECRET) as server:
        server.up()
        (before,) = server.workers
        for bad, told in BAD_FILES.items():
            env.write_bytes(bad)
            for pid in (server.process.pid, before):  # as `pkill -HUP gunicorn` signals both
                os.kill(pid, signal.SIGHUP)
            until(lambda told=told: told in server.log)  # type: ignore[misc]
            assert (server.workers, server.ask("GET", "/healthz")) == ([before], 200)
        assert server.log.count("not reloaded, the server goes on with its old settings") == 3
        assert "s3cret" not in server.log
        env.write_text("LOG_FORMAT=json")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.workers and before not in server.workers, within=ANOTHER_ENDS_WITHIN)
        until(lambda: server.log.count(STARTED) == 2)
        server.up()
        assert f'"message": "{STARTED}"' in server.log
        assert server.log.count("Traceback") == 0
        assert server.end() == 0


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise ValueError('https://ann:s3cret@example.com')", "ValueError: https://example.com"),
        ("application = None", "Failed to find attribute 'app' in 'app'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import os; os.kill(os.getpid(), 9)", "or ends the process"),
    ],
)
def test_sighup_with_code_that_cannot_be_loaded_changes_nothing(
    tmp_path: Path, code: str, told: str
) -> None:
    (tmp_path / "app.py").write_text((ROOT / "app.py").read_text())
    with run(GUNICORN, tmp_path, PYTHONDONTWRITEBYTECODE="1") as server:
        server.up()
        (before,) = server.workers
        (tmp_path / "app.py").write_text(code)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: told in server.log)
        assert "not reloaded, the server goes on with its old code" in server.log
        assert (server.workers, server.ask("GET", "/healthz")) == ([before], 200)
        assert "s3cret@" not in server.log.rpartition("ValueError")[2]
        server.process.send_signal(signal.SIGHUP)
        assert server.end() == 0


BAD_FILES = {
    b"BEEP=sometimes\n": "settings: BEEP: is 'sometimes', and must be one of",
    b"HOLD_AUDIO_URL=https://ann:s3cret@\nREGION=Mars\n": "REGION: is 'Mars', and must be",
    b"BEEP=\xff\n": ".env: is not in UTF-8",
}
"""Contents of .env that prevent a reload, and what the log reports."""


def test_sighup_five_times_leaves_one_server_and_the_calls(tmp_path: Path) -> None:
    with (
        SimulatedTelnyx("", TEST_KEY) as telnyx,
        run(GUNICORN, tmp_path, TELNYX_BASE_URL=telnyx.base_url, **APPLICATION) as server,
    ):
        server.up()
        telnyx.webhook_url = server.url + "/webhook"
        legs = []
        for reloads in range(1, 6):
            legs += [telnyx.phone(f"+13125550{reloads}{last:02}").dial() for last in range(8)]
            server.process.send_signal(signal.SIGHUP)
            until(lambda n=reloads: server.log.count("Hang up: Master") == n)  # type: ignore[misc]
        until(lambda: all(leg.hears.what == "conference" for leg in legs), within=60)
        until(lambda: len(server.workers) == 1, within=graceful_timeout)
        assert {leg.state for leg in legs} == {"answered"}
        assert len({leg.conference for leg in legs}) == 1
        assert server.log.count("Traceback") == 0
        assert server.end() == 0


# Last, since they have been waiting since the first test


def test_sighup_replaces_a_worker_that_takes_its_time(replaced: tuple[Server, int]) -> None:
    server, worker = replaced
    until(lambda: worker not in server.workers, within=graceful_timeout + 15)
    server.up(ANOTHER_ENDS_WITHIN + 15)
    assert len(server.workers) == 1
    assert server.deliver(make("call.cost")) == 200


@pytest.mark.parametrize(("name", "status"), [("gunicorn", 3), ("flask run", 2)])
def test_a_second_server_is_refused(
    first: Server, later: dict[str, Server], name: str, status: int
) -> None:
    assert later[name].ended(ANOTHER_ENDS_WITHIN + 15) == status
    assert later[name].log.count(IN_USE) == 1
    assert STARTED not in later[name].log
    assert later[name].log.count("Traceback") == 0
    assert first.ask("GET", "/healthz") == 200
