"""The folder for recordings of webhooks, as `flask doctor` checks it."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from conference.doctor import disk
from conference.doctor.finding import finding

Usage = namedtuple("Usage", "total used free")


def found(folder: Path) -> str:
    shown = finding(fact := disk.examine(folder))
    assert str(folder) in f"{shown.what}" or str(folder.parent) in shown.what
    return fact.name


def test_a_private_folder_and_one_that_can_be_made_are_good(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    assert found(tmp_path / "mine") == "recording.ok"
    assert found(tmp_path / "new" / "folder") == "recording.ok"
    assert not (tmp_path / "new").exists(), "the doctor only reads"


def test_a_folder_that_others_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o750)
    assert found(folder) == "recording.open-to-others"
    assert finding(disk.examine(folder)).todo == f"Run: chmod 700 {folder}"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert found(tmp_path / "file") == "recording.not-a-folder"
    assert found(tmp_path / "file" / "below") == "recording.not-a-folder"


def test_a_folder_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert found(tmp_path) == "recording.not-ours"


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    assert found(tmp_path / "new") == "recording.not-writable"


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 5 * 1024**2))
    assert found(tmp_path) == "recording.full"
    assert "has 5 MB left" in finding(disk.examine(tmp_path)).what


def test_a_folder_that_cannot_be_examined(tmp_path: Path) -> None:
    assert found(tmp_path / ("x" * 300)) == "recording.unreadable"
