"""The private folder: ours alone, the same whatever the environment says, and never waited for."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from conference import private_folder as module
from conference.private_folder import NAME, Unusable, private_folder

NAMES = ("TMPDIR", "TEMP", "HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def content(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def test_the_folder_and_its_files_are_for_this_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = private_folder([tmp_path / ".local" / "state" / NAME])
        os.close(folder.open("lock"))
        folder.write("dials", b"1\n")
    finally:
        os.umask(before)
    made = (folder.path, *folder.path.parents[:2])
    assert [mode(each) for each in made] == [0o700] * 3, "others could move what is in an open one"
    assert {mode(file) for file in folder.path.iterdir()} == {0o600}
    assert not os.get_inheritable(folder.descriptor)
    assert content(folder.open("dials", os.O_RDONLY)) == b"1\n"


def test_it_is_the_same_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    entry = pwd.struct_passwd(("ann", "x", os.geteuid(), os.getegid(), "", str(home), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda user: entry)
    first = private_folder().path
    for name in NAMES:
        monkeypatch.setenv(name, str(tmp_path / name))
    assert private_folder().path == first == home / ".local" / "state" / NAME


@pytest.mark.parametrize("home", ["/nonexistent", "", "relative"])
def test_without_a_home_it_is_in_a_place_that_all_users_have(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = pwd.struct_passwd(("ann", "x", os.geteuid(), os.getegid(), "", home, "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda user: entry)
    monkeypatch.setattr(module, "SHARED", (str(tmp_path),))
    assert private_folder().path == tmp_path / f"{NAME}-{os.geteuid()}"


def test_without_an_entry_for_the_user_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(user: int) -> None:
        raise KeyError(user)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(module, "SHARED", (str(tmp_path),))
    assert private_folder().path == tmp_path / f"{NAME}-{os.geteuid()}"


def test_where_it_cannot_be_made_the_next_place_is_taken(tmp_path: Path) -> None:
    kernel = Path("/proc") / NAME  # nobody can make a folder there
    assert private_folder([kernel, tmp_path / NAME]).path == tmp_path / NAME
    with pytest.raises(Unusable, match="/proc"):
        private_folder([kernel])


MOUNTS = Path("/proc/self/mounts")


@pytest.mark.skipif(not MOUNTS.exists(), reason="only Linux lists its file systems there")
def test_a_file_system_that_is_read_only_is_not_used(tmp_path: Path) -> None:
    mounted = (line.split() for line in MOUNTS.read_text().splitlines())
    read_only = [Path(where) for _, where, _, options, *_ in mounted if "ro" in options.split(",")]
    for place in filter(Path.is_dir, read_only):
        assert private_folder([place, tmp_path / NAME]).path == tmp_path / NAME


def test_a_broken_link_above_it_is_like_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".local").symlink_to(tmp_path / "nowhere")
    in_home = tmp_path / ".local" / "state" / NAME
    assert private_folder([in_home, tmp_path / NAME]).path == tmp_path / NAME


def _link(path: Path) -> None:
    other = path.parent / "other"
    other.mkdir(mode=0o700)
    path.symlink_to(other)


def _broken_link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def _open_to_others(path: Path) -> None:
    path.mkdir()
    path.chmod(0o755)


def _closed_to_us(path: Path) -> None:
    path.mkdir(mode=0o500)


FOLDERS: dict[str, Callable[[Path], None]] = {
    "a link": _link,
    "a broken link": _broken_link,
    "a file": Path.touch,
    "a FIFO": os.mkfifo,
    "open to others": _open_to_others,
    "closed to us": _closed_to_us,
}


@pytest.mark.parametrize("there", FOLDERS)
def test_what_is_not_ours_alone_is_refused_with_what_to_do(there: str, tmp_path: Path) -> None:
    path = tmp_path / NAME
    FOLDERS[there](path)
    with pytest.raises(Unusable) as error:
        private_folder([path, tmp_path / "next"])
    assert str(path) in str(error.value)
    chmod = there in ("open to others", "closed to us")
    assert ("chmod 700" if chmod else "remove it") in str(error.value)
    assert not (tmp_path / "next").exists(), "two servers must not choose differently"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_the_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.mkdir(mode=0o700)
    os.chown(path, 12345, 12345)
    with pytest.raises(Unusable, match="belongs to another user"):
        private_folder([path])


FILES: dict[str, Callable[[Path], None]] = {
    "a link": lambda path: path.symlink_to(path.parent.parent / "victim"),
    "a FIFO": os.mkfifo,
    "a folder": Path.mkdir,
}


@pytest.mark.parametrize("there", FILES)
@pytest.mark.parametrize("flags", [os.O_RDWR | os.O_CREAT, os.O_RDONLY, os.O_WRONLY | os.O_TRUNC])
def test_a_file_is_no_link_and_nothing_that_waits(there: str, flags: int, tmp_path: Path) -> None:
    folder, victim = private_folder([tmp_path / NAME]), tmp_path / "victim"
    victim.write_text("precious")
    FILES[there](folder.path / "lock")
    with pytest.raises(Unusable, match="remove it"):
        folder.open("lock", flags)
    assert victim.read_text() == "precious"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_the_file_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = private_folder([tmp_path / NAME])
    (folder.path / "lock").touch(mode=0o600)
    os.chown(folder.path / "lock", 12345, 12345)
    with pytest.raises(Unusable, match="not a regular file of this user: remove it"):
        folder.open("lock")


def test_a_file_of_ours_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    folder = private_folder([tmp_path / NAME])
    (folder.path / "lock").touch()
    (folder.path / "lock").chmod(0o644)
    os.close(folder.open("lock"))
    assert mode(folder.path / "lock") == 0o600
