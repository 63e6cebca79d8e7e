"""What RECORD_WEBHOOKS writes, and what happens where it cannot."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from rigs.lines import CALL, TestLine, test_line
from rigs.recorded import make, post
from rigs.recordings import decided_again

from conference.recording import folder as folders
from conference.recording import recorder as recorders
from conference.recording.folder import Folder, Full
from conference.recording.reading import read
from conference.recording.replay import replay

STORY = ("call.initiated", "call.answered", "call.speak.ended", "conference.participant.joined")


def recorded(path: Path, *happens: str) -> TestLine:
    with test_line(record_webhooks=str(path)) as line:
        line.happens(*happens)
    return line


def test_each_webhook_and_outcome_is_a_file_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder"
    decided_again(recorded(path, *STORY))
    assert path.stat().st_mode & 0o777 == 0o700
    files = sorted(path.iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    kinds = [json.loads(file.read_text())["kind"] for file in files]
    assert (kinds[0], kinds[-1], kinds.count("webhook")) == ("settings", "end", len(STORY))
    names = [file.name.split("-", 2)[2] for file in files]
    assert names[1:4] == ["webhook.json", "call.initiated.json", "outcome-answer.json"]


def test_repeated_ignored_and_malformed_webhooks_are_recorded_too(tmp_path: Path) -> None:
    with test_line(record_webhooks=str(tmp_path / "r")) as line:
        body = make("call.initiated")
        for each in (body, body, make("call.answered", call_control_id="v3:other"), b"[no"):
            post(line.client, each)
    recording = read(tmp_path / "r")
    assert [each.type for each in recording.webhooks] == [
        *("call.initiated", "call.initiated", "call.answered", "unreadable"),
    ]
    assert sum("initiated" in each.file for each in recording.decisions) == 1
    assert not replay(recording).difference


def test_unverified_requests_are_not_recorded(tmp_path: Path) -> None:
    with test_line(record_webhooks=str(tmp_path / "r")) as line:
        assert line.client.post("/webhook", json=make("call.initiated")).status_code == 401
    assert read(tmp_path / "r").webhooks == ()


def test_two_runs_in_one_folder_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "r"
    recorded(path, *STORY)
    recorded(path, "call.initiated")
    recording = read(path)
    again = replay(recording)
    assert (recording.missing, again.difference) == ((), None)
    assert len({each.file.split("-")[1] for each in recording.decisions}) == 2
    assert again.rooms["demo-conference"].participants[CALL].status == "ringing", "begun anew"


def test_without_the_setting_nothing_is_imported() -> None:
    code = (
        "import sys, conference; from conference.settings import make; "
        "conference.create_app(make(telnyx_api_key='K')); "
        "sys.exit(any(m.startswith('conference.recording') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# What cannot be recorded


@pytest.fixture
def stalled(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let the disk be so slow that the thread waits until this event."""
    goes_on, write = Event(), Folder.write

    def slow(self: Folder, what: str, content: bytes, at: int) -> None:
        assert goes_on.wait(30)
        write(self, what, content, at)

    monkeypatch.setattr(Folder, "write", slow)
    return goes_on


def test_a_webhook_waits_for_no_disk_and_a_full_queue_ends_the_recording(
    tmp_path: Path,
    stalled: Event,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(recorders, "MOST_WAITING", 5)
    with test_line(record_webhooks=str(tmp_path / "r")) as line:
        line.happens(*STORY)
        assert line.room.joined, "calls go on"
        stalled.set()
    logged = [r.getMessage() for r in caplog.records if "recording" in r.getMessage()]
    assert logged == [
        f"the recording in {tmp_path / 'r'} has stopped: the disk is too slow: too much waits to "
        "be written. Calls go on."
    ]
    missing = read(tmp_path / "r").missing
    assert missing[0].startswith("the recording stopped: the disk is too slow")
    assert missing[1].startswith("its end is missing")


def no_space(self: Folder, what: str, content: bytes, at: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def unmade(self: Folder, path: Path) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize(
    ("method", "fails", "why"),
    [("write", no_space, "No space left on device"), ("__init__", unmade, "Permission denied")],
)
def test_a_disk_that_fails_ends_the_recording_and_calls_go_on(
    method: str,
    fails: Callable[..., None],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(Folder, method, fails)
    with test_line(record_webhooks=str(tmp_path / "r")) as line:
        line.happens(*STORY)
        assert line.room.joined
    logged = [r.getMessage() for r in caplog.records if "recording" in r.getMessage()]
    assert logged == [f"the recording in {tmp_path / 'r'} has stopped: {why}. Calls go on."]


def test_a_folder_that_others_can_read_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tmp_path.chmod(0o755)
    recorded(tmp_path, *STORY)
    assert list(tmp_path.iterdir()) == []
    assert f"must belong to this user alone: chmod 700 {tmp_path}. Calls go on." in caplog.text


@pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_BYTES"])
def test_a_folder_is_bounded_with_the_files_of_earlier_runs(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "r")
    folder.write("a", b"12345", 0)
    monkeypatch.setattr(folders, limit, 1 if limit == "MOST_FILES" else 9)
    again = Folder(tmp_path / "r")
    with pytest.raises(Full):
        again.write("b", b"12345", 0)
    assert len(list((tmp_path / "r").iterdir())) == 1
    folder.close(), again.close()


def test_names_sort_in_order_whatever_the_clock_does(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "r")
    for n, at in enumerate((10**18, 10**18 + 10**9, 10**18, 0)):
        folder.write(f"call {n}/é", b"{}", at)
    folder.close()
    names = sorted(os.listdir(tmp_path / "r"))
    assert [name.rsplit("-", 2)[1] for name in names] == ["0", "1", "2", "3"]
