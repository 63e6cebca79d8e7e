"""Stories of names that callers say, over real HTTP: who hears them, and what stays private."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rigs.keypads import is_told, press, told
from rigs.moderator import ask
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import APPLICATION, rehearsal, settled
from rigs.waiting import until

from conference.core.keys.presets import PRESETS
from conference.core.room_settings import Known, RoomSettings
from conference.core.saying_names import ASK
from conference.demo.rehearsal import Line
from conference.simulator import Leg

SALES = "+13125550101"
ROOM = "/api/rooms/sales"
NAMED = "has joined."


@contextmanager
def sales(**settings: Any) -> Iterator[Line]:
    """Run a line with a room that asks for names. Its moderator is Ann, by the roster."""
    given = {
        "roster": {ANN: Known("Ann", "moderator")},
        "keys": PRESETS["zoom"],
        "chimes": True,
        "announce_names": True,
        "ask_name": True,
        "announce_recording": True,
        "greeting_first": "First.",
        "greeting_next": "Next.",
        **settings,
    }
    with rehearsal(
        control_token=TOKEN,
        telnyx_connection_id=APPLICATION,
        rooms={"sales": RoomSettings(**given)},
        numbers={SALES: "sales"},
    ) as line:
        yield line


def dials(line: Line, number: str) -> Leg:
    return line.telnyx.phone(number).dial(to=SALES)


def is_recorded(line: Line, leg: Leg) -> str:
    """Wait until Telnyx records the caller. Return the recording's id."""

    def recording() -> str:
        found = [r for r in line.telnyx.recordings if r.leg is leg]
        return found[0].id if found else ""

    until(lambda: bool(recording()), f"{leg.number} is recorded")
    return recording()


def comes_in(line: Line, leg: Leg) -> Leg:
    until(lambda: leg.conference is not None, f"{leg.number} is let in")
    settled(line)
    return leg


def played(leg: Leg) -> list[str]:
    """Return the addresses that the caller has heard so far, music aside."""
    sounds = [heard.detail for heard in leg.timeline if heard.what == "playback"]
    return [address for address in sounds if "recorder" in address]


def test_the_others_hear_the_name_and_the_roll_call_has_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with sales() as line:
        ann = comes_in(line, dials(line, ANN))
        assert ASK not in told(ann), "the roster names her"
        bob = dials(line, BOB)
        is_told(bob, ASK)
        is_recorded(line, bob)
        line.telnyx.phone(BOB).press("#")
        comes_in(line, bob)
        assert told(bob) == [ASK, "Next."]
        is_told(ann, NAMED)
        (address,) = played(ann)
        heard = [h.detail for h in ann.timeline if h.what in ("speech", "playback")]
        assert heard.index(address) < heard.index(NAMED)
        assert played(bob) == []
        press(line, ann, "*#")
        until(lambda: played(ann) == [address, address], "Ann hears who is here")
        assert "There are 2 people in the conference. Ann." in told(ann)
        assert not [words for words in told(ann) if "recorded" in words]
        is_private(line, address, caplog.text)


def is_private(line: Line, address: str, logged: str) -> None:
    """The address is in no log, no answer of the control API and no client_state."""
    settled(line)
    shown = ask(line, ROOM), ask(line, "/api/events?after=0")
    assert "playback.ended" in json.dumps(shown)
    assert "recorder" in address and "recorder" not in logged + json.dumps(shown)
    states = [r.body["client_state"] for r in line.telnyx.requests if "client_state" in r.body]
    assert states and not any(b"amazonaws" in base64.b64decode(state) for state in states)
    (body,) = [r.body for r in line.telnyx.requests if r.path.endswith("/actions/record_start")]
    del body["command_id"]
    assert body == {
        "format": "mp3",
        "channels": "single",
        "recording_track": "inbound",
        "trim": "trim-silence",
        "play_beep": True,
        "max_length": 5,
    }


def test_without_the_key_the_recording_ends_by_itself() -> None:
    with sales(keys={}) as line:
        ann = comes_in(line, dials(line, ANN))
        comes_in(line, dials(line, BOB))
        is_told(ann, NAMED)
        assert len(played(ann)) == 1
        assert [r for r in line.telnyx.requests if r.path.endswith("record_stop")] == []


def test_who_hangs_up_meanwhile_and_who_cannot_be_recorded_cost_nobody_anything() -> None:
    with sales() as line:
        ann = comes_in(line, dials(line, ANN))
        bob = dials(line, BOB)
        is_recorded(line, bob)
        line.telnyx.phone(BOB).hang_up()
        settled(line)
        cleo = dials(line, CLEO)
        until(lambda: cleo.hears.detail == ASK, "Cleo is asked")
        line.telnyx.fail_next(422)
        comes_in(line, cleo)
        assert told(cleo) == [ASK, "Next."]
        is_told(ann, "A caller has joined.")
        assert played(ann) == []
