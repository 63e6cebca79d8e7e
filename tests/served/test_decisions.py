"""What led to which: the simulated Telnyx shows why the line sent each command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.moderator import ROOM, act, send
from rigs.people import ANN, BOB
from rigs.rehearsals import MAY, dial, hears, rehearsal, settled
from rigs.waiting import until

from conference.demo.rehearsal import Line
from conference.simulator import Chaos

ZOE = "+13125550142"


@pytest.fixture
def line() -> Iterator[Line]:
    with rehearsal(speed=20, reconcile_seconds=3, **MAY) as line:
        yield line


def causes(line: Line, command: str) -> list[str]:
    """Return the names of the rows that led to the newest command of that name."""
    traffic = line.telnyx.traffic
    row = [row for row in traffic if row.name == command][-1]
    return [traffic.row(n).name for n in row.causes]  # type: ignore[union-attr]


def two_people(line: Line) -> None:
    for number in (ANN, BOB):
        dial(line, number)
        settled(line)


def test_a_webhook_led_to_a_command(line: Line) -> None:
    two_people(line)
    assert causes(line, "AnswerCall") == ["call.initiated"]
    assert causes(line, "SpeakCall") == ["call.answered"]
    assert causes(line, "JoinConference") == ["call.speak.ended"]
    assert causes(line, "UnholdConferenceParticipants") == ["conference.participant.joined"]


def test_a_request_led_to_a_command_also_when_it_had_to_wait(line: Line) -> None:
    two_people(line)
    line.telnyx.latency = 0.5
    for verb in ("mute", "hold"):
        assert send(line, f"{ROOM}/actions/{verb}", {"participants": [BOB]})[0] == 202
    settled(line)
    assert causes(line, "MuteConferenceParticipants") == ["a moderator asks: mute"]
    assert causes(line, "HoldConferenceParticipants") == [
        "MuteConferenceParticipants",
        "a moderator asks: hold",
    ]


def test_a_request_that_needs_no_command_is_shown(line: Line) -> None:
    two_people(line)
    for _ in range(2):
        act(line, "mute", BOB)
    asked = [row.numbers for row in line.telnyx.traffic if row.name == "a moderator asks: mute"]
    assert asked == [(BOB,), (BOB,)]


@pytest.mark.parametrize(
    ("texml", "command"), [(False, "DialCall"), (True, "DialTexmlConferenceParticipant")]
)
def test_a_dial_led_to_the_call(line: Line, texml: bool, command: str) -> None:
    number = line.telnyx.texml.number if texml else line.telnyx.number
    leg = line.telnyx.phone(ANN).dial(number)
    until(lambda: leg.conference is not None)
    settled(line)
    act(line, "dial", to=ZOE)
    assert causes(line, command) == ["a moderator asks: dial"]
    (asked,) = (row for row in line.telnyx.traffic if row.name == "a moderator asks: dial")
    assert asked.numbers == (ZOE,)


def test_the_comparison_with_the_lists_led_to_a_command(line: Line) -> None:
    two_people(line)
    line.telnyx.chaos = Chaos(lose=1)
    line.telnyx.phone(ANN).hang_up()
    assert line.telnyx.idle(5)
    line.telnyx.chaos = None
    (bob,) = line.telnyx.phone(BOB).legs
    hears(bob, "music")
    compared = "the app has compared its calls with Telnyx's lists"
    assert causes(line, "HoldConferenceParticipants") == [compared]


def test_a_refused_command_led_to_its_repetition(line: Line) -> None:
    line.telnyx.fail_next(503)
    dial(line, ANN)
    settled(line)
    assert causes(line, "AnswerCall") == ["AnswerCall"]
