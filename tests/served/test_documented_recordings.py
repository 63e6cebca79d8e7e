"""The commands of docs/record-and-replay.md, in order: a recording without an account is a test."""

from __future__ import annotations

from pathlib import Path

from rigs.servers import ROOT
from rigs.shown import bash, shown, with_venv

(RECORD,) = shown("docs/record-and-replay.md", "Record")
TEST, ACCEPT = shown("docs/record-and-replay.md", "Make a test of it")


def test_a_recording_without_an_account_is_replayed_and_is_a_test(tmp_path: Path) -> None:
    with_venv(tmp_path)
    (tmp_path / "app.py").symlink_to(ROOT / "app.py")
    (tmp_path / "conference").symlink_to(ROOT / "conference")
    done = bash(RECORD.replace("--once", "--once --speed 20"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("The line decides the same now as it did then.\n")
    assert (tmp_path / "recordings").stat().st_mode & 0o777 == 0o700
    command = TEST.replace("=recordings", f"={tmp_path}/recordings -p no:cacheprovider")
    tested = bash(f"cd {ROOT} && {tmp_path}/{command}", tmp_path)
    assert tested.returncode == 0, tested.stdout
    assert "1 passed" in tested.stdout, "nothing else is run"
    accepted = bash(ACCEPT, tmp_path)
    assert accepted.returncode == 0, accepted.stdout
    assert accepted.stdout.endswith("now: nothing had to change.\n")
