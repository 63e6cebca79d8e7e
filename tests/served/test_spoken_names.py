"""Stories of names that callers say, over real HTTP: who hears them, and what stays private."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator

import pytest
from rigs.rooms_line import Caller, RoomsLine, rooms_line
from rigs.waiting import until

from conference.core.admission.saying_names import ASK

TEAM, BOARD = "+13125550101", "+13125550102"
NAMED = "has joined."
FILE = f"""
[defaults]
greeting_first = "First."
greeting_next = "Next."
chimes = true
announce_names = true
ask_name = true

[rooms.team]
numbers = ["{TEAM}"]
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}

[rooms.board]
numbers = ["{BOARD}"]
lobby = true
roster = {{ "+13125550111" = {{ name = "Ann", role = "moderator" }} }}
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(FILE) as line:
        yield line


def says_name(line: RoomsLine, caller: Caller) -> None:
    """Wait until Telnyx records the caller's name."""
    caller.hears(ASK)
    until(
        lambda: any(each.leg is caller.leg for each in line.telnyx.recordings),
        f"{caller.name} is recorded",
    )


def names_heard(caller: Caller) -> list[str]:
    """Return the addresses of the names that the caller has heard so far in this call."""
    sounds = [heard.detail for heard in caller.leg.timeline if heard.what == "playback"]
    return [address for address in sounds if "recorder" in address]


def test_the_others_hear_the_name_and_the_roll_call_has_it(
    line: RoomsLine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ann = line.comes("Ann", TEAM)
    assert ASK not in ann.told, "the roster names her"
    bob = line.dials("Bob", TEAM)
    says_name(line, bob)
    bob.presses("#")
    bob.is_inside()
    assert bob.told == [ASK, "Next."] and line.sent("record_stop") == [{}]
    (recording,) = line.sent("record_start")
    assert recording == {
        "format": "mp3",
        "channels": "single",
        "recording_track": "inbound",
        "trim": "trim-silence",
        "play_beep": True,
        "max_length": 5,
    }
    has_joined = ann.hears(NAMED)
    (address,) = names_heard(ann)
    assert ann.hears(address) < has_joined and names_heard(bob) == []
    ann.presses("*#")
    ann.hears("There are 2 people in the conference. Ann.")
    ann.hears(address, times=2)
    ann.is_inside()
    assert not [words for words in ann.told if "recorded" in words]
    is_private(line, address, caplog.text)


def is_private(line: RoomsLine, address: str, logged: str) -> None:
    """The address is in no log, no answer of the control API and no client_state."""
    line.settles()
    shown = json.dumps([line.room("team"), line.ask("/api/events?after=0")])
    assert "playback.ended" in shown
    assert "recorder" in address and "recorder" not in logged + shown
    states = [r.body["client_state"] for r in line.telnyx.requests if "client_state" in r.body]
    assert states and not any(b"recorder" in base64.b64decode(state) for state in states)


def test_without_the_key_the_recording_ends_by_itself(line: RoomsLine) -> None:
    ann = line.comes("Ann", TEAM)
    line.comes("Bob", TEAM)
    ann.hears(NAMED)
    assert len(names_heard(ann)) == 1 and line.sent("record_stop") == []


def test_who_hangs_up_meanwhile_and_who_cannot_be_recorded_cost_nobody_anything(
    line: RoomsLine,
) -> None:
    ann = line.comes("Ann", TEAM)
    bob = line.dials("Bob", TEAM)
    says_name(line, bob)
    bob.hangs_up()
    line.settles()
    cleo = line.dials("Cleo", TEAM)
    cleo.hears(ASK)
    line.telnyx.fail_next(422)
    cleo.is_inside()
    assert cleo.told == [ASK, "Next."]
    ann.hears("A caller has joined.")
    assert names_heard(ann) == []


def test_moderators_hear_the_name_of_one_who_waits_in_the_lobby(line: RoomsLine) -> None:
    ann = line.comes("Ann", BOARD)
    bob = line.dials("Bob", BOARD)
    waits = ann.hears("is waiting in the lobby.")
    (address,) = names_heard(ann)
    assert ann.hears(address) < waits
    bob.hears("The host will let you in. Please hold.")
    line.acts("board", "admit-next")
    bob.is_inside()
    ann.hears(NAMED)
    assert names_heard(ann) == [address, address]


def test_a_restart_keeps_written_names_and_forgets_said_ones(line: RoomsLine) -> None:
    ann, bob = line.comes("Ann", TEAM), line.comes("Bob", TEAM)
    ann.hears(NAMED)
    line.forgets("team")
    bob.presses("*#")
    bob.hears("There are 2 people in the conference. Ann. A caller without a name.")
    ann.presses("*#")  # a moderator
    ann.hears("There are 2 people in the conference. Ann. A caller with zero one one two.")
