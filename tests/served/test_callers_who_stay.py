"""`flask simulate` after its story: callers with names, and commands that work in any folder."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from rigs import servers
from rigs.moderator import act
from rigs.people import TOKEN
from rigs.waiting import until

from conference import create_app
from conference.cli import simulation
from conference.core.events import ModeratorRequest
from conference.demo.story import Story

BARE = {"PATH": "/usr/bin:/bin", "PYTHONPATH": "", "FLASK_APP": "another"}
"""The environment of a terminal in which nothing of the line is known."""


def participants(typed: str, folder: Path) -> dict[str, str]:
    """Return the label of each participant, by number."""
    asked = "\n".join([*typed.splitlines()[:2], f"{typed.splitlines()[2]} --json"])
    done = servers.ends(["bash", "-euc", asked], folder, **BARE)
    return {row["number"]: row["label"] for row in json.loads(done.stdout)["participants"]}


def test_afterwards_the_callers_can_be_moderated_from_any_folder(tmp_path: Path) -> None:
    """Type the printed commands elsewhere. Spaces in paths are no trouble. Ctrl-C is a good end."""
    folder, venv, elsewhere = (tmp_path / name for name in ("my line", "my venv", "elsewhere"))
    shutil.copytree(
        servers.ROOT / "conference", folder / "conference", ignore=lambda *_: ["__pycache__"]
    )
    shutil.copy(servers.ROOT / "app.py", folder)
    venv.symlink_to(sys.prefix)
    elsewhere.mkdir()
    (elsewhere / ".env").write_text("CONFERENCE_NAME=another\nCONTROL_TOKEN=another\n")
    python = str(venv / "bin" / Path(sys.executable).name)
    story = [python, "-m", "flask", "simulate", "--callers", "2", "--speed", "20"]
    with servers.run(story, folder, PYTHONPATH="", PYTHONUNBUFFERED="1") as server:
        until(lambda: "until Ctrl-C.\n" in server.log)
        assert "Ann (0111), Bob (0112) have dialled in again, and stay;" in server.log
        told, _, after = server.log.partition("Next, with a real number")
        assert len(re.findall("Bob(?:, who)? hears Ann\n", told)) > 1, "in the story and again"
        assert " dials " not in after, "nothing pushes the links and commands off the screen"
        assert f"Go to the folder\n{folder}\nThere this prepares" in server.log
        assert re.search("^  '.*/my venv/bin/flask' setup$", server.log, re.MULTILINE)
        assert re.search("^  '.*/my venv/bin/.*' .*run --tunnel$", server.log, re.MULTILINE)
        assert "<title>Telephones" in page(server.log, "phones")
        assert "<title>Conference console" in page(server.log, "console")
        (typed,) = re.findall(r"from a terminal, in any folder:\n\n((?:  .*\n)+)", server.log)
        until(lambda: set(participants(typed, elsewhere).values()) == {"Ann", "Bob"})
        done = servers.ends(["bash", "-euc", typed], elsewhere, **BARE)
        assert done.returncode == 0, done.stdout
        assert "+13125550112" in done.stdout and "done: mute Ann\ndone: dial\n" in done.stdout
        until(lambda: "Zoe hears Bob\n" in server.log)
        assert "-> the line asks Telnyx to mute Ann\n" in server.log
        assert "-> the line asks Telnyx to call Zoe\n" in server.log
        assert "the line dials +13125550142\n" in server.log
        until(lambda: "Zoe" in participants(typed, elsewhere).values())
        flask, _, _ = typed.splitlines()[-1].rpartition(" dial ")
        kick = "\n".join([*typed.splitlines()[:2], f"{flask} kick Zoe"])
        done = servers.ends(["bash", "-euc", kick], elsewhere, **BARE)
        assert done.stdout == "done: kick Zoe\n"
        until(lambda: "Zoe's call has ended" in server.log)
        assert "Zoe hangs up" not in server.log, "but the line did"
        assert server.end(signal.SIGINT) == 0


def page(log: str, name: str) -> str:
    """Return the page behind the printed link of that name."""
    (link,) = re.findall(rf"^http://127\.0\.0\.1:\d+/{name}\?\S+$", log, re.MULTILINE)
    with urlopen(link) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("texml", [False, True])
def test_callers_get_their_labels_once_for_each_call(texml: bool) -> None:
    story = Story(2, lambda told: None, texml=texml)
    with story.stage(create_app, 20) as line:

        def labels() -> dict[str, str]:
            story.label(line)
            rooms = line.engine.registry.rooms()
            people = [p for room in rooms for p in room.participants.values()]
            return {p.number: p.label for p in people if p.status == "joined"}

        ann, bob = story.names
        story.come_back(line)
        until(lambda: labels() == {ann: "Ann", bob: "Bob"}, "both have their names")
        assert line.telnyx.idle(5) and line.engine.idle(5)
        (room,) = line.engine.registry.rooms()
        call = next(p.call for p in room.participants.values() if p.number == ann)
        for label in ("Annie", ""):
            asked = ModeratorRequest("rename", 0.0, f"to {label}", (call,), {"label": label})
            line.engine.moderate(room.name, asked)
            assert labels() == {ann: label, bob: "Bob"}, "a moderator's label stays"
        line.telnyx.phone(ann).hang_up()
        until(lambda: labels() == {bob: "Bob"}, "Ann is out")
        line.telnyx.phone(ann).dial(line.telnyx.texml.number if texml else line.telnyx.number)
        until(lambda: labels() == {ann: "Ann", bob: "Bob"}, "she has her name again")
        line.telnyx.phone(bob).hang_up()
        uma = line.telnyx.telephones.add("Uma")
        line.telnyx.telephones.dial(uma)
        until(
            lambda: labels() == {ann: "Ann", uma: "Uma"}, "who was added in the page has one, too"
        )


def test_a_telephone_that_was_added_in_the_page_may_be_called() -> None:
    story = Story(1, lambda told: None)
    with story.stage(create_app, 20, control_token=TOKEN) as line:
        uma = line.telnyx.telephones.add("Uma", "+4930123456")
        act(line, "dial", to=uma)
        assert [leg.state for leg in line.telnyx.phone(uma).legs] == ["ringing"]


def test_the_program_that_is_printed_is_the_one_of_this_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "a b" / "python"
    monkeypatch.setattr(sys, "executable", str(python))
    assert simulation._program() == f"'{python}' -P -m flask"
    python.parent.mkdir()
    python.with_name("flask").touch()
    assert simulation._program() == f"'{python.with_name('flask')}'"
