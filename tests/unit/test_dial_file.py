"""The file of outgoing calls: read whatever is in it, kept small, and never the end of a server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conference.private_folder import PrivateFolder, private_folder
from conference.serving import dial_file
from conference.serving.dial_file import DialFile

NOW = 1_790_000_000.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateFolder:
    at(NOW, monkeypatch)
    return private_folder([tmp_path / "private"])


def at(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial_file.time, "time", lambda: seconds)


def test_another_process_reads_what_was_saved(
    folder: PrivateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    DialFile(folder, "app").save([3000.0, 10.5])
    at(NOW + 100, monkeypatch)
    assert DialFile(folder, "app").read() == [3100.0, 110.5]
    at(NOW + 700, monkeypatch)
    assert DialFile(folder, "app").read() == [710.5], "an hour is over"
    assert DialFile(folder, "another").read() == []


@pytest.mark.parametrize(
    ("content", "ages"),
    [
        (b"", []),
        (b"\x00\xff garbage", []),
        (b"1789999990\nnonsense\n1789999995.5\n", [10.0, 4.5]),
        (b"-1\n1e9\ninf\nnan\n 1789999990\n1789999990 \n", []),
        (b"9" * 5000, []),
        (b"999999999999\n1789999000\n", [1000.0, 0.0]),
        (b"\n" * 3_000_000 + b"1789999990\n", []),
    ],
    ids=["empty", "bytes", "a bad line", "no times", "a long number", "the future", "too large"],
)
def test_lines_that_are_no_times_are_ignored(
    folder: PrivateFolder, content: bytes, ages: list[float]
) -> None:
    (folder.path / "app.dials").write_bytes(content)
    assert DialFile(folder, "app").read() == ages


def test_a_clock_that_was_set_back_neither_opens_the_limit_nor_blocks_for_ever(
    folder: PrivateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    DialFile(folder, "app").save([60.0, 30.0])
    at(NOW - 86400, monkeypatch)
    ages = DialFile(folder, "app").read()
    assert ages == [0.0, 0.0]
    DialFile(folder, "app").save(ages)
    at(NOW - 86400 + 3599, monkeypatch)
    assert len(DialFile(folder, "app").read()) == 2
    at(NOW - 86400 + 3601, monkeypatch)
    assert DialFile(folder, "app").read() == []


def test_a_file_that_cannot_be_used_is_reported_once(
    folder: PrivateFolder, caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(folder.path / "app.dials")
    file = DialFile(folder, "app")
    assert file.read() == []
    assert "DIAL_PER_HOUR" in caplog.text and "remove it" in caplog.text
    (folder.path / "app.dials.new").mkdir()
    file.save([1.0])
    assert len(caplog.records) == 1


def test_a_kill_while_it_is_written_leaves_the_old_times(folder: PrivateFolder) -> None:
    DialFile(folder, "app").save([10.0])
    (folder.path / "app.dials.new").write_bytes(b"17899")
    assert DialFile(folder, "app").read() == [10.0]
    DialFile(folder, "app").save([10.0, 1.0])
    assert DialFile(folder, "app").read() == [10.0, 1.0]
    assert [file.name for file in folder.path.iterdir()] == ["app.dials"]


def test_files_without_a_call_for_an_hour_are_removed(folder: PrivateFolder) -> None:
    for name, age in (("old", 3601), ("new", 3599)):
        DialFile(folder, name).save([0.0])
        os.utime(folder.path / f"{name}.dials", (NOW - age, NOW - age))
    assert DialFile(folder, "app").read() == []
    assert [file.name for file in folder.path.iterdir()] == ["new.dials"]
