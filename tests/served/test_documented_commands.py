"""The commands that the pages show, other than moderators', run as written, and their effects."""

from __future__ import annotations

import shlex
import shutil
import signal
from pathlib import Path
from urllib.request import urlopen

import pytest
from rigs.documents import ROOT
from rigs.lines import test_line
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import MAY, dial, rehearsal, settled
from rigs.servers import run
from rigs.shown import bash, commands_in_sentences, in_a_sentence, shown, with_venv
from rigs.waiting import until

from conference.demo.rehearsal import Line

INSTALL = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && "
SCALING, SECRET = shown("docs/metrics.md", "Metrics")[0].splitlines()
DAVE = "+13125550142"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_venv(tmp_path)


# To begin


def test_the_readmes_line_that_shows_the_line_at_work(folder: Path) -> None:
    """`pip install` needs the network: the gate runs it, with the line beside this one."""
    (line,) = (
        line for line in shown("README.md", "See it work, without an account") if "simulate" in line
    )
    assert line.startswith(INSTALL)
    with run(["bash", "-c", f"exec {line.removeprefix(INSTALL)}"], folder) as server:
        until(lambda: "/console?room=" in server.log, "the links are shown", 60)
        assert "Proved, from what the callers heard" in server.log
        assert server.end(signal.SIGINT) == 0


def test_the_way_to_a_server_by_hand(folder: Path) -> None:
    """From the copied example to a server that serves."""
    shutil.copy(ROOT / ".env.example", folder)
    (folder / ".env").unlink(missing_ok=True)
    done = bash("cp .env.example .env", folder)
    assert done.returncode == 0
    text = (folder / ".env").read_text(encoding="utf-8")
    assert text == (ROOT / ".env.example").read_text(encoding="utf-8")
    assert bash(in_a_sentence("chmod 600 .env"), folder).returncode == 0
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    doctor = bash(".venv/bin/flask doctor", folder)
    assert doctor.returncode == 1 and "TELNYX_API_KEY" in doctor.stdout
    with run(["bash", "-c", "exec .venv/bin/flask run"], folder) as server:
        server.up()


def test_the_line_of_production_serves(folder: Path) -> None:
    (command,) = shown("docs/production.md", "Production")
    with run(["bash", "-c", f"exec {command}"], folder) as server:
        server.up()
        assert server.end() == 0


# Packages and tokens


@pytest.mark.parametrize(
    "command", [SCALING, *shown("docs/several-processes.md", "Several processes")]
)
def test_the_packages_for_scaling_are_installed(command: str, folder: Path) -> None:
    for file in ROOT.glob("requirements*.txt"):
        shutil.copy(file, folder)
    done = bash(command, folder, PIP_NO_INDEX="1")
    assert done.returncode == 0, done.stdout
    assert "already satisfied: redis" in done.stdout


def test_a_token_is_made_that_opens_the_metrics(folder: Path) -> None:
    assert SECRET == in_a_sentence('python3 -c "import secrets; print(secrets.token_urlsafe(32))"')
    first, second = (bash(SECRET, folder).stdout.strip() for _ in range(2))
    assert len(first) == 43 and first != second
    with test_line(metrics_token=first) as line:
        for token, status in ((first, 200), (second, 401)):
            headers = {"Authorization": f"Bearer {token}"}
            assert line.client.get("/metrics", headers=headers).status_code == status


def test_the_rooms_file_is_closed_to_others(folder: Path) -> None:
    (folder / "rooms.toml").touch(0o644)
    assert bash(in_a_sentence("chmod 600 rooms.toml"), folder).returncode == 0
    assert (folder / "rooms.toml").stat().st_mode & 0o777 == 0o600


# The tools of the tests


@pytest.mark.parametrize(
    "command",
    [
        in_a_sentence("python -m tests.bench"),
        in_a_sentence("python -m tests.bench pins"),
        in_a_sentence("python -m tests.bench scale"),
        in_a_sentence("python -m tests.soak"),
        in_a_sentence("python -m tests.screenshots"),
        *shown("docs/scaling.md", "Repeat it"),
    ],
)
def test_the_tools_that_take_minutes_know_their_arguments(command: str, folder: Path) -> None:
    done = bash(f"{command} --help", folder)
    assert (done.returncode, done.stdout[:7]) == (0, "usage: "), done.stdout


def test_the_tools_that_write_pages(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    for part in ("conference", "tests", "docs"):
        shutil.copytree(ROOT / part, folder / part)
    for part in ("README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / part, folder)
    with_venv(folder)
    for command, page in (
        (in_a_sentence("python -m tests.reference"), "reference.md"),
        (in_a_sentence("python -m tests.openapi"), "openapi.json"),
    ):
        written = (folder / "docs" / page).read_bytes()
        (folder / "docs" / page).unlink()
        done = bash(command, folder, PYTHONPATH="")
        assert done.returncode == 0, done.stdout
        assert (folder / "docs" / page).read_bytes() == written


# Commands of a running line


def test_a_link_opens_the_console(folder: Path) -> None:
    (command,) = shown("docs/operating.md", "Signing in to the console")
    with rehearsal(**MAY) as line:
        done = bash(command, folder, CONTROL_TOKEN=TOKEN, CONFERENCE_URL=line.url)
        url = next(word for word in done.stdout.split() if "/console?" in word)
        with urlopen(url, timeout=10) as page:
            assert b"demo-conference" in page.read()


WITHOUT_A_SERVER = ("simulate", "run", "callback-key", "doctor", "setup", "probe", "replay")
"""Commands that request nothing of a running line: they have tests of their own."""


def of_a_line() -> list[str]:
    """Return each command that a sentence shows with all its words, but for WITHOUT_A_SERVER."""
    found = dict.fromkeys(each.command for each in commands_in_sentences())
    there = [command for command in found if command.startswith("flask ")]
    return [command for command in there if command.split()[1] not in WITHOUT_A_SERVER]


def test_each_command_in_a_sentence_is_understood() -> None:
    """A moderator's command is done or refused by the line, but never misread."""
    with rehearsal(**MAY) as line:
        for number in (ANN, BOB, CLEO, DAVE):
            dial(line, number)
        settled(line)
        answers = {command: answer(line, command) for command in of_a_line()}
        assert len(answers) > 80
        for command, (status, written) in answers.items():
            name_alone = status == 2 and ("Missing argument" in written or "Error" not in written)
            assert status in (0, 1) or name_alone, f"{command}: {written}"
            assert "Traceback" not in written
        done = [command for command, (status, _) in answers.items() if status == 0]
        assert len(done) > 40


def answer(line: Line, command: str) -> tuple[int, str]:
    there = {"CONFERENCE_URL": line.url, "CONTROL_TOKEN": TOKEN}
    done = line.app.test_cli_runner().invoke(args=shlex.split(command)[1:], env=there)
    settled(line)
    return done.exit_code, done.output
