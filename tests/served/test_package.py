"""The package: built as a wheel, installed in a new environment, and used in an empty folder.

The build takes setuptools from the package index. The line's own requirements are those of the
environment that runs the tests, so that nothing else is downloaded.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from rigs.documents import PAGES, section
from rigs.servers import ROOT, ends, run

from conference.version import VERSION

SOURCES = ("conference", "pyproject.toml", "README.md", "LICENSE", "requirements*.txt")
ROOMS = '[rooms.blue]\nnumbers = ["+13125550101"]\n[rooms.Green]\nnumbers = ["+13125550102"]\n'
ALONE = {"PYTHONPATH": "", "FLASK_APP": ""}
"""The environment of a folder without app.py, and without the code."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # a build leaves files in its folder
    for each in (path for name in SOURCES for path in ROOT.glob(name)):
        if each.is_dir():
            shutil.copytree(each, source / each.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(each, source)
    pip("wheel", "--no-deps", f"--wheel-dir={folder}", str(source))
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def bin(wheel: Path) -> Path:
    """Install the wheel in an environment of its own. Return the folder of its programs."""
    venv = wheel.parent / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    python = venv / "bin" / "python"
    site = sysconfig.get_path("purelib", vars={"base": str(venv)})
    Path(site, "requirements.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    pip(f"--python={python}", "install", "--no-deps", "--no-index", str(wheel))
    return python.parent


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_wheel_has_the_code_and_all_its_files_and_nothing_else(wheel: Path) -> None:
    package = ROOT / "conference"
    there = {
        str(path.relative_to(ROOT))
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as opened:
        packed = {name for name in opened.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in opened.namelist() if name.endswith("/METADATA"))
        head = opened.read(metadata).decode().partition("\n\n")[0].splitlines()
    assert packed == there
    assert f"Version: {VERSION}" in head and "License-Expression: MIT" in head
    required = (ROOT / "requirements.txt").read_text().split()
    assert [f"Requires-Dist: {each}" for each in required] == [
        line for line in head if line.startswith("Requires-Dist: ") and ";" not in line
    ]
    extra = {re.split("[ =]", line)[1] for line in head if line.endswith('extra == "scaling"')}
    assert extra == {"redis", "prometheus-client"}


def test_the_command_shows_the_versions(bin: Path, tmp_path: Path) -> None:
    done = ends([str(bin / "conference"), "--version"], tmp_path, **ALONE)
    python = ".".join(map(str, sys.version_info[:3]))
    assert done.stdout.splitlines()[:2] == [f"conference-line {VERSION}", f"Python {python}"]
    required = (ROOT / "requirements.txt").read_text().replace("==", " ").lower().splitlines()
    assert {line.lower() for line in done.stdout.splitlines()[2:]} <= set(required)


def test_the_story_is_told_in_an_empty_folder(bin: Path, tmp_path: Path) -> None:
    simulate = [str(bin / "conference"), "simulate", "--once", "--speed", "50"]
    done = ends(simulate, tmp_path, **ALONE)
    assert done.returncode == 0, done.stdout
    assert "Proved, from what the callers heard" in done.stdout


def test_help_and_errors_name_the_command_that_was_called(bin: Path, tmp_path: Path) -> None:
    def shown(*words: str) -> str:
        return ends([str(bin / "conference"), *words], tmp_path, **ALONE).stdout

    assert "Example: conference mute +13125550142\n" in shown("mute", "--help")
    assert "Example: conference record start" in shown("record", "--help")
    assert "The label is missing: conference rename" in shown("rename", "0111")
    assert "--app" not in shown("--help"), "it is always this line"


def test_gunicorn_serves_it_without_a_file(bin: Path, tmp_path: Path) -> None:
    command = section(PAGES["commands"], "The command conference")
    (typed,) = re.findall(r"^gunicorn (.*)'(.*)'$", command, re.MULTILINE)
    arguments = [*typed[0].split(), typed[1]]
    with run([str(bin / "python"), "-m", "gunicorn"], tmp_path, *arguments, **ALONE) as server:
        server.up()
        assert server.end() == 0


def test_flask_run_has_a_tunnel_once_the_package_is_installed(bin: Path, tmp_path: Path) -> None:
    done = ends([str(bin / "python"), "-m", "flask", "run", "--help"], tmp_path, **ALONE)
    assert "--tunnel " in done.stdout and "--port INTEGER" in done.stdout


COMPLETED = [
    ("conference unmu", ["unmute", "unmute-all"]),
    ("conference role 0111 mod", ["moderator"]),
    ("conference role 0111 --role ", ["moderator", "participant", "listener"]),
    ("conference mute --room ", ["blue", "Green"]),
    ("conference mute --room G", ["Green"]),
    ("conference move 0111 --to bl", ["blue"]),
    ("conference console-link g", ["Green"]),
    ("conference record st", ["start", "stop"]),
    ("conference simulate --sp", ["--speed"]),
    ("conference mute ", []),
]


@pytest.mark.parametrize(("typed", "words"), COMPLETED)
def test_words_are_completed(bin: Path, tmp_path: Path, typed: str, words: list[str]) -> None:
    (tmp_path / "rooms.toml").write_text(ROOMS)
    assert completed(bin, tmp_path, typed, ROOMS_FILE="rooms.toml") == words


def test_without_good_settings_a_completion_is_no_error(bin: Path, tmp_path: Path) -> None:
    typed = "conference mute --room "
    assert completed(bin, tmp_path, typed) == ["demo-conference"]
    assert completed(bin, tmp_path, typed, CONFERENCE_NAME="sales") == ["sales"]
    (tmp_path / "rooms.toml").write_text("[rooms")
    assert completed(bin, tmp_path, typed, ROOMS_FILE="rooms.toml") == ["demo-conference"]
    (tmp_path / ".env").write_bytes(b"CONFERENCE_NAME=\xff\n")
    assert completed(bin, tmp_path, typed) == ["demo-conference"]


def test_a_completion_loads_no_package_that_takes_long(bin: Path, tmp_path: Path) -> None:
    code = """if True:
        import sys
        from conference import main
        sys.argv = ["conference"]
        try:
            main()
        finally:
            print(sorted({"telnyx", "httpx", "redis", "prometheus_client"} & sys.modules.keys()))
    """
    asked = {"COMP_WORDS": "conference mute --room ", "COMP_CWORD": "3"}
    asked["_CONFERENCE_COMPLETE"] = "bash_complete"
    done = ends([str(bin / "python"), "-c", code], tmp_path, **ALONE, **asked)
    assert done.stdout == "plain,demo-conference\n[]\n"


def completed(bin: Path, folder: Path, typed: str, **settings: str) -> list[str]:
    """Return the words that the shell is given for the last one, as bash requests them."""
    command, *words = typed.split(" ")
    asked = {
        "_CONFERENCE_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words)),
    }
    done = ends([str(bin / command)], folder, **ALONE, **asked, **settings)
    assert done.returncode == 0, done.stdout
    lines = [line.partition(",") for line in done.stdout.splitlines()]
    assert all(kind == "plain" for kind, _, word in lines if word), done.stdout
    return [word for _, _, word in lines if word]


@pytest.mark.parametrize("program", ["conference", "flask"])
def test_the_documented_line_completes_in_bash(bin: Path, tmp_path: Path, program: str) -> None:
    shutil.copy(ROOT / "app.py", tmp_path)
    table = section(PAGES["commands"], "Completion")
    (line,) = re.findall(rf"`(eval [^`]*bash_source {program}[^`]*)`", table)
    typed = f"""
        {line}
        COMP_WORDS=({program} unmu) COMP_CWORD=1
        _{program}_completion {program}
        echo "${{COMPREPLY[@]}}" """
    path = f"{bin}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = ends(["bash", "-euc", typed], tmp_path, FLASK_APP="app.py", PATH=path)
    assert done.stdout == "unmute unmute-all\n"
