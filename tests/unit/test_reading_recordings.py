"""A folder of a recording is read whole or not at all: a bad file is named with what is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rigs.recorded import EVENT_TYPES

from conference import create_app
from conference.core.codec import encode
from conference.core.commands import PassThrough
from conference.core.events import Outcome
from conference.recording import reading
from conference.recording.reading import Unreadable, read
from conference.recording.replay import replay

WEBHOOKS = Path(__file__).parents[1] / "webhooks"
ALONE, KEYS = WEBHOOKS / "a-caller-alone", WEBHOOKS / "a-wrong-pin-and-keys"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a recording."""
    return Path(shutil.copytree(ALONE, tmp_path / "r"))


def file(folder: Path, what: str) -> Path:
    return next(path for path in sorted(folder.iterdir()) if path.stem.endswith(what))


def changed(folder: Path, what: str, change: Callable[[dict[str, Any]], object]) -> Path:
    """Change an entry of this kind, and return its file."""
    path = file(folder, what)
    entry = json.loads(path.read_text())
    change(entry)
    path.write_text(json.dumps(entry))
    return path


def drops(field: str) -> Callable[[dict[str, Any]], object]:
    return lambda entry: entry.pop(field)


def sets(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda entry: entry.update(fields)


def at(time: float) -> Callable[[dict[str, Any]], object]:
    return lambda entry: entry["event"]["value"].update(at=time)


def pass_through(calls: Any) -> dict[str, Any]:
    """Return the outcome of a command to these calls."""
    body = {"call_control_ids": calls}
    command = PassThrough(of="conference", about="c", name="speak", body=body, id="r")
    found: dict[str, Any] = json.loads(encode(Outcome(command, 1.0)))
    return found


@pytest.mark.parametrize(
    ("what", "change", "wrong"),
    [
        ("-settings", drops("room"), "it has no 'room'"),
        ("-settings", sets(room={"alone_minutes": "x"}), "alone_minutes: it must be float or int"),
        ("call.answered", sets(kind="other"), "its kind is none of settings, webhook, decision"),
        ("call.answered", drops("event"), "it has no 'event'"),
        ("call.answered", sets(version=float("inf")), "infinity"),
        ("call.answered", sets(version=[]), "a part of it has a wrong type"),
        ("call.answered", at(1e30), "a number in it is out of range"),
        ("call.answered", at(float("nan")), "a number in it is out of range"),
        ("-webhook", sets(at=10**400), "a number in it is out of range"),
        ("-settings", sets(rooms=[]), "a part of it has a wrong type"),
        ("call.answered", sets(keys=0), "a part of it has a wrong type"),
        ("call.answered", sets(event=pass_through(1)), "its call_control_ids must be texts"),
        ("call.answered", sets(event=pass_through([{}])), "its call_control_ids must be texts"),
        ("call.answered", sets(event={"version": 9, "value": {}}), "its version is 9, not 2"),
        ("call.answered", sets(commands=3), "its commands, handovers and requests must be lists"),
        ("call.answered", sets(before={"version": 2, "value": []}), "list is not possible here"),
        ("call.answered", sets(keys={"keys": []}), "its keys must have counts"),
        ("-webhook", sets(body={"data": 1}), "it has no data object"),
        ("-end", sets(entries="many"), "invalid literal"),
    ],
)
def test_a_bad_entry_is_named(
    what: str, change: Callable[[dict[str, Any]], object], wrong: str, folder: Path
) -> None:
    path = changed(folder, what, change)
    with pytest.raises(Unreadable) as refused:
        read(folder)
    assert str(refused.value).startswith(f"{path}: ") and wrong in str(refused.value)
    done = create_app().test_cli_runner().invoke(args=["replay", str(folder)])
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{refused.value}\n")


def test_a_terminal_gets_no_characters_that_it_obeys(folder: Path) -> None:
    red = "\x1b[31m\ud800"
    changed(folder, "call.answered", sets(room=f"a{red}"))
    done = create_app().test_cli_runner().invoke(args=["replay", str(folder)])
    assert done.exit_code == 1 and "\x1b" not in done.output
    assert "room a?[31m?, " in done.output
    path = folder / f"a{red[:-1]}.json"
    path.write_text("[]")
    done = create_app().test_cli_runner().invoke(args=["replay", str(folder)])
    assert (done.exit_code, done.output) == (2, f"{folder}/a?[31m.json: it is no JSON object\n")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"{", "it is no JSON in UTF-8"),
        (b"\xff", "it is no JSON in UTF-8"),
        (b"[" * 100_000, "it is no JSON in UTF-8"),
        (b"[]", "it is no JSON object"),
    ],
)
def test_a_file_that_is_no_object_is_named(content: bytes, wrong: str, folder: Path) -> None:
    path = file(folder, "-webhook")
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=f"{path.name}: {wrong}"):
        read(folder)


def test_decisions_need_the_settings_of_their_process(folder: Path) -> None:
    file(folder, "-settings").unlink()
    with pytest.raises(Unreadable, match="the settings of its process are missing"):
        read(folder)


def test_a_folder_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(folder, "call.answered")
    with path.open("ab") as written:
        written.truncate(reading.LARGEST + 1)
    with pytest.raises(Unreadable, match=f"{path.name}: it has more than 16,000,000 bytes"):
        read(folder)
    path.unlink()
    monkeypatch.setattr(reading, "MOST_BYTES", -reading.LARGEST)
    with pytest.raises(Unreadable, match="is too large: 25 files"):
        read(folder)


def test_a_folder_without_a_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="has no recording"):
        read(tmp_path)
    with pytest.raises(Unreadable, match="No such file"):
        read(tmp_path / "none")


def test_what_is_missing_is_reported(folder: Path) -> None:
    file(folder, "outcome-hold").unlink()
    assert read(folder).missing == ("1 of its files are missing",)
    file(folder, "-end").unlink()
    assert read(folder).missing == ("its end is missing: the server was killed, or runs",)


def test_a_missing_decision_is_found(folder: Path) -> None:
    file(folder, "outcome-create").unlink()
    assert replay(read(folder)).difference


def test_webhooks_alone_are_decided_in_order() -> None:
    recording = read(WEBHOOKS)
    assert [each.file.removesuffix(".json") for each in recording.webhooks] == EVENT_TYPES
    again = replay(recording)
    assert (again.difference, recording.decisions) == (None, ())
    assert len(again.steps) + len(again.ignored) == len(EVENT_TYPES)


def test_keys_lead_to_the_recorded_action_only_with_the_settings_of_then(tmp_path: Path) -> None:
    """The keys decide again: without the PIN of then, nobody becomes a moderator."""
    folder = Path(shutil.copytree(KEYS, tmp_path / "r"))
    assert replay(read(folder)).difference is None
    words = [json.dumps(path.read_text()) for path in folder.iterdir()]
    assert any("You are a moderator now." in each for each in words)

    def another_pin(entry: dict[str, Any]) -> None:
        for pin in entry["rooms"]["sales"]["pins"]:
            pin["digits"] = "4444"

    changed(folder, "-settings", another_pin)
    found = replay(read(folder)).difference
    assert found and "call.dtmf.received" in found.file
    assert "You are a moderator now." in json.dumps(found.then)
    assert "That PIN is wrong." in json.dumps(found.now)


def test_a_complaint_becomes_a_test(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recording of a fault is that of the mended line once this is accepted."""
    flask = create_app().test_cli_runner()
    monkeypatch.setattr("conference.core.rules._next_calls", lambda room, calls: ())
    assert flask.invoke(args=["replay", "--accept", str(folder)]).exit_code == 0
    assert replay(read(folder)).difference is None, "as the faulty line has recorded it"
    monkeypatch.undo()
    assert flask.invoke(args=["replay", str(folder)]).exit_code == 1
    done = flask.invoke(args=["replay", "--accept", "--json", str(folder)])
    assert done.exit_code == 0
    assert any(
        each.endswith("participant.joined.json") for each in json.loads(done.output)["accepted"]
    )
    assert replay(read(folder)).difference is None
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        path.name: path.read_text() for path in ALONE.iterdir()
    }, "the right line's own recording"
    again = flask.invoke(args=["replay", "--accept", str(folder)])
    assert again.output.endswith("Accepted what the line decides now: nothing had to change.\n")


def test_nothing_is_accepted_where_an_event_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_text() for path in folder.iterdir()}
    monkeypatch.setattr("conference.core.rules.Hold", None)
    done = create_app().test_cli_runner().invoke(args=["replay", "--accept", str(folder)])
    assert done.exit_code == 2 and "its event is refused now" in done.output
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_files_of_two_homes_may_stand_between_each_other(tmp_path: Path) -> None:
    """A former home's last file is later than the new home's first one: each goes on by itself."""
    folder = Path(shutil.copytree(ALONE, tmp_path / "r"))
    for path in sorted(ALONE.iterdir()):  # the same again, by another process, a moment later each
        stamp, _, what = path.name.split("-", 2)
        shutil.copy(path, folder / f"{stamp}-ffffff-{what}")
    again = replay(read(folder))
    assert again.difference is None
    assert again.states == replay(read(ALONE)).states
