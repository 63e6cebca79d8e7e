"""`flask simulate`, and the judge that decides its status."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from click.testing import Result
from lines import TestLine

from conference.cli import simulation as cli
from conference.core import rules
from conference.narrator import Told, plain
from conference.simulator import Heard
from conference.simulator.verdict import broken_promises


@dataclass(frozen=True)
class Timeline:
    """As much of a leg as the judge looks at."""

    number: str
    timeline: tuple[Heard, ...]


def leg(number: str, *heard: tuple[float, str] | tuple[float, str, tuple[str, ...]]) -> Timeline:
    sounds = (Heard(h[0], h[1], others=h[2] if len(h) > 2 else ()) for h in heard)
    return Timeline(number, tuple(sounds))


def judged(*legs: Timeline, now: float = 100) -> list[str]:
    return broken_promises(legs, now, patience=2)  # type: ignore[arg-type]


GOOD_A = leg("A", (0, "ringing"), (1, "silence"), (2, "speech"), (9, "conference"), (10, "music"),
             (30, "conference", ("B",)), (60, "hung up"))  # fmt: skip
GOOD_B = leg("B", (20, "ringing"), (21, "speech"), (29, "conference"), (30, "conference", ("A",)),
             (60, "conference"), (61, "music"), (90, "hung up"))  # fmt: skip


def test_a_good_story_is_good() -> None:
    assert judged(GOOD_A, GOOD_B) == []


@pytest.mark.parametrize(
    ("legs", "found"),
    [
        ([leg("A", (0, "ringing"), (1, "conference"), (2, "music"))], "A was not greeted"),
        ([leg("A", (0, "speech"), (9, "conference"))], "instead of music, being alone"),
        ([leg("A", (0, "speech"), (9, "silence"))], "instead of anything"),
        ([leg("A", (0, "speech"), (9, "music")), leg("B", (0, "speech"), (9, "music"))],
         "A heard music for 91.0 s instead of a conference with B"),
        ([leg("A", (0, "speech"), (9, "conference", ("B",))),
          leg("B", (0, "speech"), (9, "conference"))],
         "B heard conference for 91.0 s instead of a conference with A"),
        ([GOOD_A, leg("B", (20, "speech"), (29, "conference", ("A",)), (60, "conference"),
                      (65, "music"))], "B heard conference for 5.0 s"),
    ],
)  # fmt: skip
def test_a_broken_promise_is_found(legs: list[Timeline], found: str) -> None:
    assert found in " | ".join(judged(*legs))


def simulate(line: TestLine, *options: str) -> Result:
    runner = line.client.application.test_cli_runner()
    return runner.invoke(args=["simulate", "--once", "--speed", "20", *options])


def test_the_story_goes_as_promised(line: TestLine) -> None:
    result = simulate(line)
    assert result.exit_code == 0, result.output
    for told in (
        "-> the line asks Telnyx to hold Ann, with music",
        "Ann hears music, being alone: it plays until company comes",
        "-> the line asks Telnyx to unhold Ann",
        "the music stops for Ann, who hears Bob",
        "Cleo hears Ann and Bob",
        "s, until Bob came.",
        "Proved, from what the callers heard",
    ):
        assert told in result.output
    assert result.output.count(" waited with music, being alone, from ") == 2
    assert max(map(len, result.output.splitlines())) <= 100
    assert "\x1b" not in result.output


def test_as_many_callers_as_wanted_and_json(line: TestLine) -> None:
    result = simulate(line, "--callers", "5", "--json")
    told = [json.loads(text) for text in result.output.splitlines()]
    assert result.exit_code == 0
    assert [t["who"] for t in told if t["kind"] == "dials"] == ["Ann", "Bob", "Cleo", "Dan", "Eve"]
    assert told[-1]["broken"] == []
    assert len(told[-1]["waits"]) == 2
    assert {"at", "kind", "who", "text"} == told[5].keys()


def test_one_caller_hears_music_to_the_end(line: TestLine) -> None:
    assert "until hanging up." in simulate(line, "--callers", "1").output


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [(True, {}, True), (False, {}, False), (True, {"NO_COLOR": "1"}, False)],
)
def test_colour_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, environment: dict[str, str], coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    assert cli.coloured() == coloured
    assert ("\x1b" in plain(Told(1.0, "music", "Ann", "music"), colour=coloured)) == coloured


def test_a_line_that_breaks_its_promise_ends_with_1(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "next_hold_or_mute", lambda room: None)
    monkeypatch.setattr("conference.story.STUCK", 3.0)
    result = simulate(line)
    assert result.exit_code == 1
    assert "BROKEN: it never came about that Ann hears music" in result.output
