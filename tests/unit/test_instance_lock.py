"""The lock of an application: one name for one application, and nothing left over."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from conference.private_folder import PrivateFolder, Unusable, private_folder
from conference.serving.instance_lock import (
    application_name,
    release_instance_lock,
    take_instance_lock,
)

TELNYX = "https://api.telnyx.com/v2"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[PrivateFolder]:
    folder = private_folder([tmp_path / "private"])
    yield folder
    release_instance_lock()
    os.close(folder.descriptor)


@pytest.mark.parametrize(
    "written",
    [
        "https://api.telnyx.com/v2/",
        "https://API.Telnyx.com/v2",
        "HTTPS://api.telnyx.com/v2",
        "https://api.telnyx.com:443/v2",
        "https://api.telnyx.com./v2",
        "https://user:secret@api.telnyx.com/v2",
    ],
)
def test_an_address_is_the_same_however_it_is_written(written: str) -> None:
    assert application_name(written, "1") == application_name(TELNYX, "1")


@pytest.mark.parametrize(
    ("base_url", "connection_id"),
    [
        (TELNYX, "2"),
        (TELNYX, ""),
        ("http://api.telnyx.com/v2", "1"),
        ("https://api.telnyx.com:8443/v2", "1"),
        ("https://api.telnyx.com/V2", "1"),
        ("https://api.telnyx.eu/v2", "1"),
    ],
)
def test_another_application_has_another_name(base_url: str, connection_id: str) -> None:
    assert application_name(base_url, connection_id) != application_name(TELNYX, "1")


def test_the_file_is_there_while_the_lock_is_held(folder: PrivateFolder) -> None:
    take_instance_lock(folder, "app", lambda: True)
    assert [file.name for file in folder.path.iterdir()] == ["app.lock"]
    release_instance_lock()
    assert [*folder.path.iterdir()] == []


def test_a_file_of_another_server_is_not_removed(folder: PrivateFolder) -> None:
    take_instance_lock(folder, "app", lambda: True)
    folder.remove("app.lock")  # somebody tidied up, and another server was started
    os.close(folder.open("app.lock"))
    release_instance_lock()
    assert [file.name for file in folder.path.iterdir()] == ["app.lock"]


def test_a_fifo_in_its_place_is_reported_at_once(folder: PrivateFolder) -> None:
    os.mkfifo(folder.path / "app.lock")
    with pytest.raises(Unusable, match=r"app\.lock.*remove it"):
        take_instance_lock(folder, "app", lambda: True)


def test_locks_of_servers_that_were_killed_are_removed(folder: PrivateFolder) -> None:
    with ExitStack() as files:
        held = files.enter_context((folder.path / "held.lock").open("w"))
        fcntl.flock(held, fcntl.LOCK_EX)
        (folder.path / "killed.lock").touch()
        os.mkfifo(folder.path / "fifo.lock")
        take_instance_lock(folder, "app", lambda: True)
    names = {file.name for file in folder.path.iterdir()}
    assert names == {"app.lock", "held.lock", "fifo.lock"}


class MadeAnew(PrivateFolder):
    """A folder in which another server makes its lock anew just after we have opened the old."""

    def open(self, name: str, flags: int = os.O_RDWR | os.O_CREAT) -> int:
        file = super().open(name, flags)
        if name == "other.lock":
            self.remove(name)
            os.close(super().open(name))
        return file


def test_a_lock_that_was_made_anew_meanwhile_is_not_removed(folder: PrivateFolder) -> None:
    """Else a third server would get a lock of its own beside it."""
    (folder.path / "other.lock").touch()
    take_instance_lock(MadeAnew(folder.path, folder.descriptor), "app", lambda: True)
    assert {file.name for file in folder.path.iterdir()} == {"app.lock", "other.lock"}


def test_a_server_that_waited_for_a_removed_file_makes_a_new_one(folder: PrivateFolder) -> None:
    """The server that ends holds the lock of a file that it removes."""
    old = folder.open("app.lock")
    fcntl.flock(old, fcntl.LOCK_EX)

    def ends() -> bool:
        if folder.has("app.lock", old):  # the waiting server has opened it: the other one ends
            folder.remove("app.lock")
            fcntl.flock(old, fcntl.LOCK_UN)
        return True

    take_instance_lock(folder, "app", ends)
    assert [file.name for file in folder.path.iterdir()] == ["app.lock"]
    assert not folder.has("app.lock", old)
    os.close(old)
