"""The Dockerfile: each instruction is used, in a folder with what reaches the image.

No Docker builds the image here. The user is not made: that would change this machine.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest
from rigs.documents import PAGES, ROOT
from rigs.servers import ends, free_port, run
from rigs.waiting import until

from conference.serving import graceful_timeout

HERE = ("python", "pip", "gunicorn")
"""Programs of the image that run by this Python."""

NEVER = (
    ".env",
    ".env.example",
    ".git/config",
    "conference/.env",
    "conference/web/__pycache__/webhooks.cpython-311.pyc",
    "rooms.toml",
    "tests/conftest.py",
)


class Instruction(NamedTuple):
    name: str
    rest: str

    @property
    def listed(self) -> list[str]:
        """The words of its list in JSON: the form that starts no shell."""
        words: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return words


def read(text: str) -> list[Instruction]:
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [Instruction(*line.split(maxsplit=1)) for line in lines if line]


DOCKERFILE = read((ROOT / "Dockerfile").read_text(encoding="utf-8"))
IGNORED = [
    line
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def all_of(name: str) -> list[Instruction]:
    return [each for each in DOCKERFILE if each.name == name]


def one(name: str) -> Instruction:
    (found,) = all_of(name)
    return found


def reaches_the_image(path: str) -> bool:
    """Whether Docker's client sends the file: the last pattern that it or its folder matches."""
    reaches = True
    for pattern in IGNORED:
        if any(_matches(pattern.removeprefix("!"), each) for each in _with_folders(path)):
            reaches = pattern.startswith("!")
    return reaches


def _with_folders(path: str) -> Iterable[PurePosixPath]:
    whole = PurePosixPath(path)
    return [whole, *whole.parents][:-1]


def _matches(pattern: str, path: PurePosixPath) -> bool:
    """`*` is within a name; `**/` is any number of folders, none included."""
    anywhere = pattern.removeprefix("**/")
    names = (path.name,) if anywhere != pattern else path.parts
    patterns = anywhere.split("/")
    return len(names) == len(patterns) and all(map(fnmatchcase, names, patterns))


def copied() -> list[str]:
    """The sources of all COPY instructions."""
    return [source for each in all_of("COPY") for source in each.rest.split()[:-1]]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder with the files of the image, as COPY puts them there."""
    for source in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(
                ROOT / source,
                tmp_path / source,
                ignore=lambda folder, names: [
                    name
                    for name in names
                    if not reaches_the_image(str((Path(folder) / name).relative_to(ROOT)))
                ],
            )
        else:
            shutil.copy(ROOT / source, tmp_path / source)
    return tmp_path


def test_only_what_is_copied_reaches_the_image() -> None:
    sent = {each.name for each in ROOT.iterdir() if reaches_the_image(each.name)}
    assert sent == set(copied())
    assert not any(map(reaches_the_image, NEVER))


def test_it_has_no_settings_but_where_it_listens_and_one_process() -> None:
    assert all_of("ARG") == []
    assert one("ENV").rest.split() == ["PORT=5000", "WEB_CONCURRENCY=1"]


def test_a_user_of_its_own_runs_the_server() -> None:
    names = [each.name for each in DOCKERFILE]
    assert names.index("USER") < names.index("CMD")
    made = next(each.rest for each in all_of("RUN") if each.rest.startswith("useradd "))
    user = one("USER").rest
    (home,) = re.findall(r"--home-dir (\S+) ", made)
    assert f" --shell /usr/sbin/nologin {user} " in made
    assert one("VOLUME").rest == f"{home}/.local/state"
    assert f"install -d -o {user} -m 700 {home}/.local/state" in made


def test_what_it_runs_to_build_succeeds(image: Path) -> None:
    """Without the network: pip finds each package here, in the version that the list names."""
    for each in all_of("RUN"):
        program, *arguments = shlex.split(each.rest)
        if program in HERE:
            if program == "pip":
                arguments = ["-m", "pip", *arguments, "--no-index"]
            done = ends([sys.executable, *arguments], image, PYTHONPATH="")
            assert done.returncode == 0, done.stdout
    assert [*image.glob("conference/__pycache__/*.pyc")]


def test_the_server_starts_is_healthy_and_ends_by_sigterm(image: Path) -> None:
    program, *arguments = one("CMD").listed
    python, *health = one("HEALTHCHECK").listed
    assert (program, python) == ("gunicorn", "python")
    command = [sys.executable, "-m", program, *arguments]
    own = dict(pair.split("=") for pair in one("ENV").rest.split())
    port = free_port()
    given = own | {"PORT": str(port), "PYTHONPATH": str(image), "HTTP_PROXY": "http://127.0.0.1:9"}

    def healthy() -> bool:
        return ends([sys.executable, *health], image, **given).returncode == 0

    with run(command, image, port=port, **given) as server:
        until(healthy, "it is healthy")
        assert server.end() == 0
        assert not healthy()


def test_docker_waits_longer_than_the_server_needs_to_end() -> None:
    (seconds,) = re.findall(r"--stop-timeout (\d+) ", PAGES["deployment"])
    assert int(seconds) > graceful_timeout
    assert f"--volume conference-line:{one('VOLUME').rest} " in PAGES["deployment"]
