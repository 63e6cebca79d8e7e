"""The lines that the README and docs/moderate.md show, run as written, and their effects."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from rigs.documents import PAGES, blocks
from rigs.lines import test_line
from rigs.people import ANN, BOB, CLEO, NUMBER, TOKEN
from rigs.rehearsals import MAY, ROOM, rehearsal, room, settled
from rigs.servers import environ
from rigs.shown import shown, with_venv
from rigs.waiting import until

from conference.core.room_settings import RoomSettings
from conference.demo.rehearsal import Line
from conference.simulator import Leg

SETUP, COMMANDS, CURLS = shown("docs/moderate.md", "Moderate a room")
MODES, MODES_BY_CURL = shown("docs/moderate.md", "Question time and lectures")
(BAN,) = shown("docs/moderate.md", "Keeping callers out")
(LOBBY,) = shown("docs/moderate.md", "The lobby")
(CHIMES,) = shown("docs/moderate.md", "Chimes")
(REPEATED,) = shown("docs/moderate.md", "Repeating a request")
(ANSWER,) = blocks(PAGES["moderate"], "json")
(SHORT,) = shown("README.md", "Moderate")
(STORY,) = shown("README.md", "A phone conference line")
DAVE = "+13125550142"
BUSY = 4  # participants, once Dave is called


def muted(line: Line) -> list[bool]:
    return [leg.muted for leg in line.telnyx.legs]


def held(line: Line) -> list[bool]:
    return [leg.on_hold for leg in line.telnyx.legs]


def calls(line: Line) -> tuple[str, ...]:
    return tuple(leg.call_control_id for leg in line.telnyx.legs)


def has_come(line: Line, leg: Leg) -> bool:
    """Whether the caller is in the conference, or in the queue of the lobby."""
    return leg.conference is not None or leg.call_control_id in room(line).queued


def inside(line: Line) -> list[str]:
    return [leg.number for leg in line.telnyx.conferences[-1].members]


def recorded(line: Line) -> list[tuple[str, str, str, bool]]:
    """Whose call, how, and whether it is over."""
    return [
        (each.leg.number, each.format, each.channels, each.ended_at is not None)
        for each in line.telnyx.recordings
    ]


def told(line: Line, words: str) -> bool:
    """Whether everybody has heard these words."""
    return all(words in [heard.detail for heard in leg.timeline] for leg in line.telnyx.legs)


Effect = Callable[[Line], bool]

ANN_ALONE = [True, False, False]
EFFECTS: list[Effect] = [
    lambda line: inside(line) == [ANN, BOB, CLEO],
    lambda line: (muted(line), held(line)) == (ANN_ALONE, [False] * 3),
    lambda line: (muted(line), held(line)) == ([False] * 3, [False] * 3),
    lambda line: (muted(line), held(line)) == ([False] * 3, ANN_ALONE),
    lambda line: (muted(line), held(line)) == ([False] * 3, [False] * 3),
    lambda line: inside(line) == [ANN, BOB, CLEO, DAVE],
    lambda line: recorded(line) == [(ANN, "mp3", "dual", False)],
    lambda line: recorded(line) == [(ANN, "mp3", "dual", True)],
    lambda line: (muted(line), held(line)) == ([True] * BUSY, [False] * BUSY),
    lambda line: (muted(line), held(line)) == ([False] * BUSY, [False] * BUSY),
    lambda line: (muted(line), held(line)) == ([False] * BUSY, [True] * BUSY),
    lambda line: (muted(line), held(line)) == ([False] * BUSY, [False] * BUSY),
    lambda line: muted(line) == [*ANN_ALONE, False],
    lambda line: muted(line) == [True] * BUSY,
    lambda line: muted(line) == [*ANN_ALONE, False],
]
"""True after each line was run and not before; but the first line only shows what there is."""

SHORT_EFFECTS: list[Effect] = [
    lambda line: inside(line) == [ANN, BOB, CLEO],
    lambda line: muted(line) == ANN_ALONE,
    lambda line: told(line, "Five minutes left."),
    lambda line: inside(line) == [ANN, BOB, CLEO, DAVE],
    lambda line: inside(line) == [ANN, BOB, DAVE],
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A server's folder, with `.env` and the virtual environment in which the tests run."""
    with_venv(tmp_path)
    (tmp_path / ".env").write_text(f"CONTROL_TOKEN={TOKEN}\n", encoding="utf-8")
    return tmp_path


def play(
    block: str,
    folder: Path,
    effects: list[Effect],
    setup: str = "",
    callers: tuple[str, ...] = (ANN, BOB, CLEO),
    **settings: Any,
) -> list[str]:
    """Run each line after `setup` and check its effect. Returns what each has written."""
    lines, written = block.splitlines(), []
    with rehearsal(**MAY, **settings) as line:
        for number in callers:
            leg = line.telnyx.phone(number).dial()
            until(lambda leg=leg: has_come(line, leg), f"{number} is let in, or waits in the lobby")  # type: ignore[misc]
        settled(line)
        line.telnyx.phone(DAVE).when_called()
        env = environ(folder, PORT=str(urlsplit(line.url).port), NO_PROXY="127.0.0.1")
        for words, effect in zip(lines, effects, strict=True):
            assert words == lines[0] or not effect(line), f"so before: {words}"
            bash = ["bash", "-euo", "pipefail", "-c", f"{setup}\n{words}"]
            done = subprocess.run(
                bash, cwd=folder, env=env, capture_output=True, text=True, timeout=30
            )
            assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
            until(lambda e=effect: e(line), words)  # type: ignore[misc]
            settled(line)
            written.append(done.stdout)
    return written


@pytest.mark.parametrize(
    ("block", "effects", "setup"),
    [(SHORT, SHORT_EFFECTS, ""), (COMMANDS, EFFECTS, SETUP)],
    ids=["README.md", "docs/moderate.md"],
)
def test_the_commands_work_as_written(
    block: str, effects: list[Effect], setup: str, folder: Path
) -> None:
    shown, *done = play(block, folder, effects, setup)
    assert [number in shown for number in (ANN, BOB, CLEO)] == [True] * 3
    assert all(each.startswith("done: ") for each in done), done


class Feature(NamedTuple):
    """Lines about one thing, and their effects. `settings`: of the room, if it needs any."""

    lines: str
    callers: tuple[str, ...]
    effects: list[Effect]
    settings: RoomSettings | None = None


def chimes_off(line: Line) -> bool:
    return room(line).chimes_off


FEATURES = {
    "modes": Feature(
        lines=MODES,
        callers=(ANN, DAVE),
        effects=[
            lambda line: muted(line) == [True, True],
            lambda line: room(line).hands == calls(line)[:1],
            lambda line: room(line).hands == calls(line),
            lambda line: muted(line) == [False, True],
            lambda line: muted(line) == [True, False],
            lambda line: muted(line) == [True, True],
            lambda line: muted(line) == [False, False],
        ],
    ),
    "modes by curl": Feature(
        lines=MODES_BY_CURL,
        callers=(ANN, BOB),
        effects=[
            lambda line: muted(line) == [True, True],
            lambda line: room(line).hands == calls(line)[:1],
            lambda line: muted(line) == [False, True],
            lambda line: muted(line) == [True, True],
        ],
    ),
    "ban": Feature(
        lines=BAN,
        callers=(ANN, BOB),
        effects=[
            lambda line: (inside(line), room(line).banned) == ([BOB], {ANN}),
            lambda line: room(line).banned == frozenset(),
        ],
    ),
    "lobby": Feature(
        lines=LOBBY,
        callers=(ANN, DAVE),
        effects=[
            lambda line: bool(line.telnyx.conferences) and inside(line) == [ANN],
            lambda line: inside(line) == [ANN, DAVE],
        ],
        settings=RoomSettings(lobby=True, greeting_first="", greeting_next=""),
    ),
    "chimes": Feature(
        lines=CHIMES,
        callers=(ANN, BOB),
        effects=[chimes_off, lambda line: not chimes_off(line)],
        settings=RoomSettings(chimes=True),
    ),
}


@pytest.mark.parametrize("name", FEATURES)
def test_the_lines_about_a_feature_work_as_written(name: str, folder: Path) -> None:
    lines, callers, effects, settings = FEATURES[name]
    if "curl" in lines and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    own = {"rooms": {ROOM: settings}, "numbers": {NUMBER: ROOM}} if settings else {}
    for written in play(lines, folder, effects, SETUP, callers, **own):
        assert written.startswith("done: ") or json.loads(written)["commands"] is not None


def test_the_curl_lines_work_as_written(folder: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    answers = play(CURLS, folder, EFFECTS, SETUP)
    shown, *done = map(json.loads, answers)
    assert [p["number"] for p in shown["participants"]] == [ANN, BOB, CLEO]
    assert all(answer["commands"] for answer in done)
    assert without_ids(answers[1]) == without_ids(ANSWER), "the answer that the page shows"


def test_the_curl_line_that_is_repeated_calls_once(folder: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    first, second = map(
        json.loads, play(f"{REPEATED}\n{REPEATED}", folder, [called_once, called_once], SETUP)
    )
    assert (first["commands"], "repeated" in first) == (["dial"], False)
    assert (second["id"], second["repeated"]) == (first["id"], True)


def called_once(line: Line) -> bool:
    dialled = [r for r in line.telnyx.requests if r.path == "/calls"]
    return (inside(line), len(dialled)) == ([ANN, BOB, CLEO, DAVE], 1)


def without_ids(answer: str) -> object:
    return json.loads(re.sub(r"[\w:-]{30,}", "id", answer))


def test_a_line_of_one_kind_has_its_fellow_of_the_other() -> None:
    assert len(COMMANDS.splitlines()) == len(CURLS.splitlines()) == len(EFFECTS)
    assert all(words.startswith("curl ") for words in CURLS.splitlines())
    assert all(words.startswith("flask ") for words in COMMANDS.splitlines())


CUT = "..."


def test_the_readmes_story_is_a_real_one() -> None:
    """Each piece between two cuts is in the output, whole and in this order."""
    command, story = STORY.split("\n", 1)
    assert command == "$ .venv/bin/flask simulate --once"
    with test_line() as line:
        runner = line.client.application.test_cli_runner()
        result = runner.invoke(args=["simulate", "--once", "--speed", "20"])
    rest = without_times(result.output)
    for piece in without_times(f"{story}\n").split(f"{CUT}\n"):
        assert piece in rest, rest
        rest = rest[rest.index(piece) + len(piece) :]
    assert rest == "", "the story's end is shown"


def without_times(text: str) -> str:
    return re.sub(r" *\d+\.\d s\b", " N s", text)
