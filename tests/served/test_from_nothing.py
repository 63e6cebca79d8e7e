"""The README's way from an empty folder to a caller in the room, taken as a new user takes it.

The commands are those of the README. They run as real processes, against a simulated Telnyx and
with a stand-in for ngrok. The packages are those of the environment that runs the tests, so that
only setuptools is downloaded.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dotenv import dotenv_values
from rigs.documents import README, ROOT, section
from rigs.people import ANN, BOB
from rigs.recorded import TEST_KEY
from rigs.servers import free_port
from rigs.terminal import Terminal
from rigs.tunnels import StandIns, stand_ins
from rigs.waiting import until

from conference.simulator import SimulatedTelnyx

API_KEY = "KEY_of_a_new_account"
NUMBERS = ("+13125550199", "+13125550100")
SPEED = 20
MOST = 8  # steps that a new user takes
CODE = ("app.py", "conference", "pyproject.toml", "README.md", "LICENSE", "requirements*.txt")
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -e ."

STEPS = re.findall(
    r"^\d\. (.*(?:\n   .*)*)", section(README, "With a real number"), flags=re.MULTILINE
)
COMMANDS = [
    command
    for step in STEPS
    for command in re.findall(r"`([^`]+)`", step)
    if command.startswith((".venv/bin/", "python3 "))
]


@dataclass(frozen=True)
class Newcomer:
    """A new user's machine and account. folder: where the code is. env: of the terminals."""

    folder: Path
    telnyx: SimulatedTelnyx
    programs: StandIns
    env: dict[str, str]

    def types(self, command: str) -> Terminal:
        """Start a command of the README in a terminal of its own."""
        return Terminal(shlex.split(command), self.folder, self.env)

    def shown(self, command: str) -> str:
        """Run a command of the README that must succeed. Return what it prints."""
        with self.types(command) as terminal:
            assert terminal.ends() == 0, terminal.shown
            return terminal.shown

    @property
    def webhook_url(self) -> str:
        (row,) = self.telnyx.account.applications.values()
        return str(row["webhook_event_url"])

    @property
    def changes(self) -> list[str]:
        """The requests that changed the account."""
        paths = ("/call_control_applications", "/phone_numbers", "/outbound_voice_profiles")
        return [
            f"{request.method} {request.path}"
            for request in self.telnyx.requests
            if request.method != "GET" and request.path.startswith(paths)
        ]


def install(folder: Path) -> None:
    """Do what INSTALL does, but with the packages of the tests."""
    for source in (path for name in CODE for path in ROOT.glob(name)):
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / source.name, ignore=ignored)
        else:
            shutil.copy(source, folder)
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    site = sysconfig.get_path("purelib", vars={"base": str(venv)})
    Path(site, "requirements.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    flask = venv / "bin" / "flask"
    flask.write_text(f"#!{venv}/bin/python\nfrom flask.cli import main\n\nmain()\n")
    flask.chmod(0o755)
    pip = [sys.executable, "-m", "pip", f"--python={venv}/bin/python", "--quiet"]
    editable = ["--disable-pip-version-check", "install", "--no-deps", "-e", str(folder)]
    done = subprocess.run([*pip, *editable], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    folder = tmp_path / "line"
    folder.mkdir()
    install(folder)
    telnyx = SimulatedTelnyx("", TEST_KEY, API_KEY, speed=SPEED)
    telnyx.account.empty(NUMBERS)
    with stand_ins(tmp_path, "ngrok") as programs, telnyx:
        monkeypatch.setenv("SSL_CERT_FILE", programs.certificate)  # the simulated Telnyx trusts it
        env = {
            "PATH": f"{programs.path}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(tmp_path),
            "TERM": "dumb",
            "TELNYX_BASE_URL": telnyx.base_url,
            "SSL_CERT_FILE": programs.certificate,
            "FLASK_RUN_PORT": str(free_port()),
            "TIME_FACTOR": str(SPEED),
        }
        yield Newcomer(folder, telnyx, programs, env)


def test_there_are_few_steps() -> None:
    assert 1 < len(STEPS) <= MOST
    commands = ["flask setup", "flask run --tunnel", "flask doctor"]
    assert COMMANDS == [INSTALL, *(f".venv/bin/{command}" for command in commands)]


def test_from_an_empty_folder_to_a_caller_in_the_room(newcomer: Newcomer) -> None:
    _, setup, run, doctor = COMMANDS
    answers = {
        "API key (not shown):": API_KEY,
        "Choose [1]:": "2",
        "Answer:": "",  # the address, which the tunnel has
        "[y/N]:": "n",
        "Do it? [Y/n]:": "",
    }
    with newcomer.types(setup) as terminal:
        status = terminal.ends(answers)
        assert status == 0, terminal.shown
        assert "Then dial +1 312 555 0100." in terminal.shown
        assert API_KEY not in terminal.shown
    before = newcomer.webhook_url
    env = (newcomer.folder / ".env").read_bytes()
    number = str(dotenv_values(newcomer.folder / ".env")["TELNYX_NUMBER"])
    assert number == NUMBERS[1]

    with newcomer.types(run) as server:
        server.prints("Press CTRL+C")
        assert newcomer.webhook_url.startswith("https://localhost:")
        assert "All is well: dial the number." in newcomer.shown(doctor)
        assert "Nothing to change." in newcomer.shown(setup), "while the tunnel has the calls"

        leg = newcomer.telnyx.phone(ANN).dial(to=number)
        until(lambda: leg.hears.what == "music", "the caller waits in the room", within=30)
        greeting = next(each.detail for each in leg.timeline if each.what == "speech")
        assert greeting.startswith("Welcome to the conference. You are the first one here.")
        other = newcomer.telnyx.phone(BOB).dial(to=number)
        until(lambda: BOB in leg.hears.others and ANN in other.hears.others, "they talk", within=30)

        server.process.send_signal(signal.SIGINT)
        assert server.ends() == 0
    assert newcomer.webhook_url == before
    assert not newcomer.programs.running

    changes = newcomer.changes
    assert "Nothing to change." in newcomer.shown(setup)
    assert newcomer.changes == changes
    assert (newcomer.folder / ".env").read_bytes() == env
