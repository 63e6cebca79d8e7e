"""`flask simulate`: the command itself, and the story that it plays."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from rigs import servers
from rigs.lines import TestLine, test_line
from rigs.waiting import until

from conference import create_app
from conference.cli import simulation
from conference.core import rules
from conference.demo.narrator import Sentence, plain
from conference.demo.performance import Stuck
from conference.demo.rehearsal import Line
from conference.demo.rooms_story import RoomsStory
from conference.demo.story import Story
from conference.simulator import Chaos


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line() as line:
        yield line


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    log = logging.getLogger("conference")
    level = log.level
    yield
    log.setLevel(level)


def simulate(line: TestLine, *options: str) -> Result:
    runner = line.client.application.test_cli_runner()
    return runner.invoke(args=["simulate", "--once", "--speed", "20", *options])


def test_the_story_goes_as_promised(line: TestLine) -> None:
    result = simulate(line)
    assert result.exit_code == 0, result.output
    for told in (
        "-> the line asks Telnyx to hold Ann, with music",
        "Ann hears music, being alone, until somebody joins",
        "-> the line asks Telnyx to unhold Ann",
        "the music stops for Ann, who hears Bob",
        "Cleo hears Ann and Bob",
        "s, until Bob joined.",
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
    result = simulate(line, "--callers", "1", "--seed", "5")
    assert "until Ann hung up." in result.output
    assert "chaos" not in result.output.lower(), "a seed alone changes nothing"


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
    assert simulation.coloured() == coloured
    assert ("\x1b" in plain(Sentence(1.0, "music", "Ann", "music"), colour=coloured)) == coloured


CTRL_C = """
import signal, threading
from conference.cli.simulation import _until_interrupted
def interrupt():
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    if not ended.wait(10):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        print("not before it was told itself")
ended = threading.Event()
threading.Timer(0.5, interrupt).start()
_until_interrupted()
ended.set()
"""


def test_ctrl_c_ends_it_whichever_thread_gets_the_signal(tmp_path: Path) -> None:
    done = servers.ends([sys.executable, "-c", CTRL_C], tmp_path)
    assert (done.returncode, done.stdout) == (0, "\n")


def test_a_line_that_breaks_its_promise_ends_with_1(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "next_hold_or_mute", lambda room: None)
    monkeypatch.setattr("conference.demo.performance.STUCK", 3.0)
    result = simulate(line)
    assert result.exit_code == 1
    assert "BROKEN: Ann hears music, being alone: this did not happen within " in result.output


def test_a_refused_request_breaks_the_promise() -> None:
    story = Story(1, lambda told: None)
    with story.stage(create_app, 20) as line:
        line.telnyx.fail_next(503)
        (broken,) = story.play(line)
        assert line.engine.clock.factor == 20
    assert broken.startswith("Telnyx refused /calls/")


def test_the_bench_has_the_callers_and_the_guest() -> None:
    with Story(2, lambda told: None).stage(create_app, 20) as line:
        told = [(row["name"], row["number"][-4:]) for row in line.telnyx.telephones.view()]
        assert told == [("Ann", "0111"), ("Bob", "0112"), ("Zoe", "0142")]
        assert line.telnyx.telephones.number == line.telnyx.number


def test_by_texml_the_telephones_dial_its_number() -> None:
    with Story(1, lambda told: None, texml=True).stage(create_app, 20) as line:
        assert line.telnyx.telephones.number == line.telnyx.texml.number


# Rooms


def test_the_story_of_rooms_has_pins_a_host_and_keys(line: TestLine) -> None:
    result = simulate(line, "--rooms")
    assert result.exit_code == 0, result.output
    told = [text[11:].strip() for text in result.output.splitlines()]
    assert "4821# leads into the room sales as a participant, 907713 as" in result.output
    in_order = (
        "Ann dials +13125550100",
        'Ann hears: "Please enter the PIN of your conference, then the hash key."',
        "Ann presses 4821#",
        'Ann hears: "The conference starts when the host arrives. Please hold."',
        "Ann hears music, until the host arrives",
        "Bob presses 1234#",
        'Bob hears: "This PIN is not known. Please try again."',
        "Bob presses 4821#",
        "Cleo dials +13125550101",
        "Cleo hears music, being alone, until somebody joins",
        "Hana presses 907713",
        'Ann hears: "The host has arrived."',
        "Ann presses *6",
        "Bob hears Hana",
        "Hana presses *7",
        "Ann presses *9",
        'Ann hears: "Your hand is up. You are number 1 in the queue."',
        'Bob hears: "Your hand is up. You are number 2 in the queue."',
        "Hana presses *2",
        'Ann hears: "You can speak now."',
        'Bob hears: "You can speak now."',
        "Hana hangs up",
        'Ann hears: "The host has not returned. The conference ends now. Goodbye."',
        "Ann's call has ended (normal_clearing)",
    )
    places = [told.index(sentence) for sentence in in_order]
    assert places == sorted(places)
    assert "Ann waited with music, for the host, from " in result.output
    assert "Cleo waited with music, being alone, from " in result.output
    assert "the conference ended after its" in result.output


def test_a_line_that_starts_without_the_host_breaks_the_promise(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference.core.greeting.waits_for_host", lambda room: False)
    monkeypatch.setattr("conference.demo.performance.STUCK", 3.0)
    result = simulate(line, "--rooms")
    assert result.exit_code == 1
    assert 'BROKEN: Ann hears "The conference starts when the host arrives.' in result.output
    assert "Ann's call has ended" in result.output, "the same callers may dial in again"


def test_silence_in_the_story_of_rooms_breaks_the_promise(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference.demo.rooms_story.SILENCE", 0)
    monkeypatch.setattr("conference.demo.performance.PATIENCE", 0)
    monkeypatch.setattr("conference.demo.performance.HICCUP", 0)
    result = simulate(line, "--rooms")
    assert result.exit_code == 1
    assert "BROKEN: +13125550111 was in silence for " in result.output


def _roles(line: Line, room: str) -> dict[str, str]:
    known = line.engine.registry.room(room)
    inside = [known.participants[call] for call in known.joined]
    return {each.number[-4:]: each.role for each in inside}


def test_the_callers_of_the_rooms_come_back_with_their_pins() -> None:
    story = RoomsStory(lambda told: None)
    with story.stage(create_app, 20) as line:
        story.come_back(line)
        roles = {"0118": "moderator", "0111": "participant", "0112": "participant"}
        until(lambda: _roles(line, "sales") == roles, "all three are inside")
        assert line.telnyx.telephones.number == line.telnyx.number
        assert "4821#" in story.hints(line) and "907713" in story.hints(line)
        assert line.services.settings.usual_room == "sales"


@pytest.mark.parametrize("option", [("--callers", "2"), ("--texml",), ("--chaos", "lose=0.1")])
def test_the_story_of_rooms_refuses_what_it_cannot_do(
    line: TestLine, option: tuple[str, ...]
) -> None:
    result = simulate(line, "--rooms", *option)
    assert result.exit_code == 2
    assert "no --callers, --chaos or --texml" in result.output


# TeXML


def test_callers_by_texml_need_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conference.demo.performance.STUCK", 0.5)
    told: list[Sentence] = []
    story = Story(1, told.append, texml=True)
    with story.stage(create_app, 20) as line:
        line.telnyx.texml.url = f"{line.url}/nowhere"
        with pytest.raises(Stuck, match="Ann hears music"):
            story.play(line)
        (leg,) = line.telnyx.legs
        assert leg.to == line.telnyx.texml.number
        (problem,) = line.telnyx.texml.problems
    assert problem == "the answer was 404, not 200"
    assert any("Telnyx cannot use the file for Ann: http://" in t.text for t in told)


# Chaos

FAULTS = ",".join(
    (
        *("duplicate=0.3", "reorder=0.3", "lose=0.1", "delay=1s"),
        *("error=0.3", "limit=0.1", "drop=0.1", "transient=0.1", "drip=0.1"),
    )
)


def test_the_story_goes_well_in_chaos(line: TestLine) -> None:
    result = simulate(line, "--callers", "2", "--chaos", FAULTS, "--seed", "4")
    assert result.exit_code == 0, result.output
    assert f"Chaos: {FAULTS}, seed 4\n" in result.output
    assert "Proved, from what the callers heard: in spite of all faults" in result.output
    struck = [text for text in result.output.splitlines() if "~~ chaos: " in text]
    for fault in (
        "is lost",
        "is delivered twice",
        "is held back",
        "0 and is not executed",
        "byte by byte",
    ):
        assert any(fault in text for text in struck), fault


@pytest.mark.parametrize(("chaos", "every"), [(Chaos(), 2), (None, 30)])
def test_in_chaos_the_line_compares_often(chaos: Chaos | None, every: float) -> None:
    with Story(1, lambda told: None, chaos).stage(create_app, 20) as line:
        assert line.engine.registry.room("demo-conference").settings.reconcile_seconds == every


def test_a_call_whose_webhooks_are_lost_is_found(line: TestLine) -> None:
    result = simulate(line, "--callers", "1", "--chaos", "lose=0.5", "--seed", "2")
    assert result.exit_code == 0, result.output
    for event_type in ("call.initiated", "call.answered", "call.speak.ended"):
        assert f"the webhook {event_type} about Ann is lost" in result.output


def test_chaos_in_json_is_the_same_for_a_seed(line: TestLine) -> None:
    def struck() -> set[str]:
        result = simulate(line, *options)
        told = [json.loads(text) for text in result.output.splitlines()]
        assert told[0]["chaos"] == "duplicate=0.5, seed 3"
        assert told[-1]["broken"] == []
        return {t["text"] for t in told if t["kind"] == "chaos"}

    options = ("--callers", "1", "--json", "--chaos", "duplicate=0.5", "--seed", "3")
    first = struck()
    assert "~~ chaos: the webhook call.answered about Ann is delivered twice" in first
    assert struck() == first


@pytest.mark.parametrize(
    ("chaos", "wrong"),
    [
        ("loose=0.1", "there is no 'loose', only duplicate, reorder, lose, delay, error, limit"),
        ("lose=2", "lose must be from 0 to 1."),
        ("", "there is no ''"),
    ],
)
def test_bad_chaos_is_an_error_of_usage(line: TestLine, chaos: str, wrong: str) -> None:
    result = simulate(line, "--chaos", chaos)
    assert result.exit_code == 2
    assert "Usage: " in result.output
    assert f"Invalid value for '--chaos': {wrong}" in result.output


@pytest.mark.parametrize("speed", ["nan", "0", "51", "fast"])
def test_a_bad_speed_is_an_error_of_usage(line: TestLine, speed: str) -> None:
    result = simulate(line, "--speed", speed)
    assert (result.exit_code, "Invalid value for '--speed'" in result.output) == (2, True)


def test_too_much_chaos_breaks_the_promise(line: TestLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conference.demo.performance.STUCK_IN_CHAOS", 0.5)
    result = simulate(line, "--chaos", "error=1")
    assert result.exit_code == 1
    assert "BROKEN: Ann hears music, being alone: this did not happen within " in result.output


def test_silence_in_chaos_breaks_the_promise(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference.demo.story.SILENCE", 0)
    monkeypatch.setattr("conference.demo.story.SLOW", 0)
    result = simulate(line, "--callers", "1", "--chaos", "delay=1s")
    assert result.exit_code == 1
    assert "BROKEN: +13125550111 was in silence for " in result.output
