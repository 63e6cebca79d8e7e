"""Writing `.env`: what was there is kept, others cannot read it, and a kill leaves a whole file."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from conference.settings import env_file
from conference.settings.env_text import HEAD, with_values
from conference.settings.env_writing import EnvFile, Unwritable

ROOT = Path(__file__).parents[2]
PATH = {"PYTHONPATH": str(ROOT)}
OLD = """\
# The line of the office.
export TELNYX_API_KEY = 'KEY_old'  # of Ann
UNKNOWN=left alone

#CONTROL_TOKEN=
GREETING_FIRST="Good morning,
and welcome # to all"
LAST=1"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("values", "old", "new"),
    [
        ({"TELNYX_API_KEY": "KEY_new"}, "TELNYX_API_KEY = 'KEY_old'", "TELNYX_API_KEY=KEY_new"),
        ({"CONTROL_TOKEN": "t"}, "#CONTROL_TOKEN=\n", "#CONTROL_TOKEN=\nCONTROL_TOKEN=t\n"),
        ({"GREETING_FIRST": "Hi # you"}, '"Good morning,\nand welcome # to all"', '"Hi # you"'),
        ({"PORT": "1"}, "LAST=1", "LAST=1\nPORT=1\n"),
        ({"LAST": "2", "PORT": "1"}, "LAST=1", "LAST=2\nPORT=1\n"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_one_line_changes_and_all_others_stay(values: dict[str, str], old: str, new: str) -> None:
    assert with_values(OLD, values) == OLD.replace(old, new)


def test_the_last_of_two_lines_counts() -> None:
    assert with_values("A=1\nA=2\nB=3\n", {"A": "4"}) == "A=1\nA=4\nB=3\n"


def test_ends_of_lines_and_a_byte_order_mark_stay() -> None:
    assert with_values("\ufeffA=1\r\n", {"A": "2", "B": "3"}) == "\ufeffA=2\r\nB=3\r\n"


def test_a_new_file_says_where_all_settings_are(folder: Path) -> None:
    EnvFile().write({"PORT": "5001"})
    assert (folder / ".env").read_text() == f"{HEAD}PORT=5001\n"
    assert "docs/settings.md" in HEAD
    assert _mode(folder / ".env") == 0o600
    assert os.listdir(folder) == [".env"]


def test_what_is_replaced_is_copied_once(folder: Path) -> None:
    file = folder / ".env"
    file.write_text("A=1\nB=2\nC=\n")
    file.chmod(0o644)
    env = EnvFile()
    env.write({"C": "3", "D": "4"})
    assert not env.copy, "no value was replaced"
    env.write({"A": "5"})
    env.write({"B": "6"})
    assert [path for path in folder.iterdir() if path != file] == [Path(env.copy)]
    assert Path(env.copy).read_text() == "A=1\nB=2\nC=3\nD=4\n"
    assert (_mode(Path(env.copy)), _mode(file)) == (0o600, 0o600)
    assert env_file.read() == {"A": "5", "B": "6", "C": "3", "D": "4"}


def test_two_copies_in_a_second_have_two_names(folder: Path) -> None:
    (folder / ".env").write_text("A=1\n")
    copies = set()
    for value in "234":
        env = EnvFile()
        env.write({"A": value})
        copies.add(env.copy)
    assert sorted(Path(copy).read_text() for copy in copies) == ["A=1\n", "A=2\n", "A=3\n"]


def test_the_file_that_is_read_is_written_though_it_is_above(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("A=1\n")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    EnvFile().write({"B": "2"})
    assert (folder / ".env").read_text() == "A=1\nB=2\n"


def test_a_link_stays_and_its_file_is_written(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "real" / "env").write_text("A=1\n")
    (folder / ".env").symlink_to("real/env")
    EnvFile().write({"A": "2"})
    assert (folder / ".env").is_symlink()
    assert (folder / "real" / "env").read_text() == "A=2\n"


def test_only_a_regular_file_is_written(folder: Path) -> None:
    os.mkfifo(folder / ".env")
    with pytest.raises(Unwritable, match="regular file"):
        EnvFile().write({"A": "2"})
    with pytest.raises(Unwritable, match="regular file"):
        EnvFile().protect()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_left_alone(folder: Path) -> None:
    (folder / ".env").write_text("A=1\n")
    os.chown(folder / ".env", 12345, 12345)
    with pytest.raises(Unwritable, match="user who runs this"):
        EnvFile().write({"A": "2"})
    assert (folder / ".env").read_text() == "A=1\n"


def test_an_old_file_stays_if_the_new_one_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("A=1\n")
    env = EnvFile()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
    with pytest.raises(Unwritable, match="No space"):
        env.write({"B": "2"})
    assert os.listdir(folder) == [".env"]
    assert (folder / ".env").read_text() == "A=1\n"


@pytest.mark.parametrize("fault", [OSError(28, "No space left"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("step", [1, 2])
def test_nothing_half_written_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: int, fault: BaseException
) -> None:
    """Step 1 writes the copy, step 2 the new file."""
    (folder / ".env").write_text("A=1\n")
    left = [*[None] * (step - 1), fault]

    def fsync(file: int) -> None:
        if found := left.pop(0):
            raise found

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises((Unwritable, KeyboardInterrupt)):
        EnvFile().write({"A": "2"})
    assert left == []
    assert (folder / ".env").read_text() == "A=1\n"
    others = [path for path in folder.iterdir() if path.name != ".env"]
    assert [path.read_text() for path in others] == ["A=1\n"] * (step - 1)


def test_a_full_disk_leaves_the_old_file(folder: Path) -> None:
    old = "A=1\n" + "# a long line\n" * 1000
    (folder / ".env").write_text(old)
    code = (
        "import resource, signal; from conference.settings.env_writing import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "try: EnvFile().write({'A': '2'})\n"
        "except Unwritable as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | PATH
    )
    assert done.stdout == f"{folder / '.env'}: File too large.\n", done.stderr
    assert os.listdir(folder) == [".env"]
    assert (folder / ".env").read_text() == old


def test_git_ignores_all_that_it_writes(folder: Path) -> None:
    """A new file is left over by a kill, too."""
    patterns = (ROOT / ".gitignore").read_text().splitlines()
    written = (".env", ".env.20261130-180000.bak", ".env.20261130-180000-1.bak", ".env.12.new")
    for name in written:
        assert any(fnmatch(name, pattern) for pattern in patterns), name
    assert "!.env.example" in patterns


def test_a_file_in_another_encoding_is_reported(folder: Path) -> None:
    (folder / ".env").write_bytes(b"A=\xe9\n")
    with pytest.raises(Unwritable, match="UTF-8"):
        EnvFile().write({"B": "2"})


def test_others_are_shut_out(folder: Path) -> None:
    assert not EnvFile().is_exposed(), "there is no file"
    (folder / ".env").write_text("A=1\n")
    (folder / ".env").chmod(0o640)
    assert EnvFile().is_exposed()
    EnvFile().protect()
    assert _mode(folder / ".env") == 0o600
