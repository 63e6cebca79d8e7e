"""The file of outgoing calls: read whatever is in it, kept small, and never the end of a server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conference.private_folder import PrivateFolder, private_folder
from conference.serving import dial_file
from conference.serving.dial_file import DialFile

NOW = 1_790_000_000.0
BOOTED = 5000.0  # seconds ago
DAY = 86400.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateFolder:
    at(NOW, monkeypatch)
    return private_folder([tmp_path / "private"])


def at(
    seconds: float, monkeypatch: pytest.MonkeyPatch, *, up: float | None = None, off: float = 0.0
) -> None:
    """Let it be so late, `up` seconds after a boot, by a clock that is `off` seconds fast."""
    since_boot = seconds - NOW + BOOTED if up is None else up
    monkeypatch.setattr(dial_file.time, "time", lambda: seconds + off)
    monkeypatch.setattr(dial_file, "since_boot", lambda: since_boot)


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


@pytest.mark.parametrize("off", [300.0, 7200.0, DAY])
def test_a_clock_that_was_set_forward_does_not_open_the_limit(
    folder: PrivateFolder, monkeypatch: pytest.MonkeyPatch, off: float
) -> None:
    DialFile(folder, "app").save([60.0, 30.0])
    DialFile(folder, "another").save([60.0])
    at(NOW + 10, monkeypatch, off=off)
    assert DialFile(folder, "app").read() == [70.0, 40.0]
    assert DialFile(folder, "another").read() == [70.0], "its file was not removed either"
    at(NOW + 3550, monkeypatch, off=off)
    assert DialFile(folder, "app").read() == [3580.0]


def test_a_clock_that_was_set_back_neither_opens_the_limit_nor_blocks_for_ever(
    folder: PrivateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    DialFile(folder, "app").save([60.0, 30.0])
    at(NOW, monkeypatch, off=-DAY)
    ages = DialFile(folder, "app").read()
    assert ages == [0.0, 0.0]
    DialFile(folder, "app").save(ages)
    at(NOW + 3599, monkeypatch, off=-DAY)
    assert len(DialFile(folder, "app").read()) == 2
    at(NOW + 3601, monkeypatch, off=-DAY)
    assert DialFile(folder, "app").read() == []


@pytest.mark.parametrize("up", [20.0, BOOTED + 90, 9 * DAY], ids=["just", "before", "another"])
def test_after_a_boot_the_system_clock_counts(
    folder: PrivateFolder, monkeypatch: pytest.MonkeyPatch, up: float
) -> None:
    """Another machine with the same files has been up for longer."""
    DialFile(folder, "app").save([60.0, 30.0])
    at(NOW + 90, monkeypatch, up=up)
    assert DialFile(folder, "app").read() == [150.0, 120.0]


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


def test_files_without_a_call_for_an_hour_are_removed(
    folder: PrivateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    DialFile(folder, "old").save([3600.0, 2.0])
    DialFile(folder, "new").save([0.0])
    (folder.path / "odd.dials").mkdir()
    at(NOW + 3599, monkeypatch)
    assert DialFile(folder, "app").read() == []
    assert sorted(file.name for file in folder.path.iterdir()) == ["new.dials", "odd.dials"]
