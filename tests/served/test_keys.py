"""Stories of keys in a conference, over real HTTP: what each telephone hears."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rigs.keypads import MODERATOR_PIN, is_told, press, rooms, told
from rigs.moderator import act, ask, run, send
from rigs.people import ANN, BOB, CLEO, NUMBER, TOKEN
from rigs.rehearsals import ROOM, dial, hears, rehearsal, room, settled

from conference.demo.rehearsal import Line
from conference.simulator import Leg


@contextmanager
def meeting(*people: str, preset: str = "zoom") -> Iterator[tuple[Line, list[Leg]]]:
    """Run a line with these callers in its room."""
    settings = {"control_token": TOKEN, "rooms": rooms(preset), "numbers": {NUMBER: ROOM}}
    with rehearsal(**settings) as line:
        legs = [dial(line, number) for number in people]
        settled(line)
        yield line, legs


def make_moderator(line: Line, leg: Leg) -> None:
    press(line, leg, "*3")
    press(line, leg, MODERATOR_PIN)
    is_told(leg, "You are a moderator now.")


def audible(leg: Leg) -> list[str]:
    return sorted(leg.hears.others)


def test_ann_mutes_herself_so_that_bob_hears_nobody() -> None:
    with meeting(ANN, BOB) as (line, (ann, bob)):
        hears(bob, "conference")
        assert audible(bob) == [ANN]
        press(line, ann, "*6")
        is_told(ann, "Muted.")
        assert ann.muted and audible(bob) == []
        press(line, ann, "*6")
        is_told(ann, "Unmuted.")
        assert not ann.muted and audible(bob) == [ANN]
        assert told(bob) == [], "answers are private"
        assert ask(line, f"/api/rooms/{ROOM}/participants/{ANN}")["mute_reason"] is None


def test_bob_hears_that_a_moderator_has_muted_him_and_unmutes_himself() -> None:
    with meeting(ANN, BOB) as (line, (ann, bob)):
        act(line, "mute", BOB)
        is_told(bob, "You were muted by the moderator. Star six unmutes you.")
        assert bob.muted and told(ann) == []
        press(line, bob, "*6")
        is_told(bob, "Unmuted.")
        assert not bob.muted


def test_the_keys_count_people_and_explain_themselves() -> None:
    with meeting(ANN, BOB, CLEO) as (line, (ann, bob, cleo)):
        press(line, cleo, "*#")
        is_told(cleo, "There are 3 people in the conference.")
        press(line, bob, "*1")
        (help_,) = told(bob)
        assert help_.startswith("Star six: mute or unmute yourself. Star hash: how many")
        assert "Star zero" not in help_
        assert told(ann) == []


def test_ann_becomes_a_moderator_and_mutes_all_but_herself() -> None:
    with meeting(ANN, BOB, CLEO) as (line, (ann, bob, cleo)):
        press(line, ann, "##")
        is_told(ann, "Only a moderator can do this.")
        press(line, ann, "*3")
        is_told(ann, "Enter the moderator PIN, then press hash.")
        press(line, ann, "1234#")
        is_told(ann, "That PIN is wrong.")
        make_moderator(line, ann)
        press(line, ann, "##")
        is_told(ann, "Everyone is muted.")
        for other in (bob, cleo):
            is_told(other, "You were muted by the moderator. Star six unmutes you.")
        assert [leg.muted for leg in (ann, bob, cleo)] == [False, True, True]
        press(line, ann, "##")
        is_told(bob, "You were unmuted by the moderator.")
        assert [leg.muted for leg in (ann, bob, cleo)] == [False, False, False]


def test_a_moderator_ends_the_conference_by_key_and_confirms_it() -> None:
    with meeting(ANN, BOB) as (line, (ann, bob)):
        make_moderator(line, ann)
        press(line, ann, "*0")
        is_told(ann, "To end the conference for everyone, press one.")
        press(line, ann, "2")
        is_told(ann, "The conference goes on.")
        assert (ann.state, bob.state) == ("answered", "answered")
        press(line, ann, "*01")
        hears(ann, "hung up")
        hears(bob, "hung up")


def test_a_moderator_locks_and_records_by_key() -> None:
    with meeting(ANN, BOB) as (line, (ann, bob)):
        make_moderator(line, ann)
        press(line, ann, "*5*9")
        is_told(ann, "The recording begins.")
        shown = ask(line, f"/api/rooms/{ROOM}")
        assert (shown["locked"], shown["recording"]) == (True, True)
        press(line, ann, "*9*5")
        is_told(ann, "Unlocked.")
        shown = ask(line, f"/api/rooms/{ROOM}")
        assert (shown["locked"], shown["recording"]) == (False, False)
        assert told(bob) == []


def test_after_three_wrong_moderator_pins_a_new_call_waits_for_the_answer() -> None:
    with meeting(ANN, BOB) as (line, (ann, _)):
        for n in range(3):
            press(line, ann, "*3")
            press(line, ann, f"11{n}#")
        is_told(ann, "That PIN is wrong. There are no further tries on this call.")
        wrong = line.telnyx.now()
        line.telnyx.phone(ANN).hang_up()
        settled(line)
        again = dial(line, ANN)
        settled(line)
        press(line, again, "*3")
        press(line, again, MODERATOR_PIN)
        is_told(again, "You are a moderator now.")
        assert told(again)[-2:] == ["Please wait a moment.", "You are a moderator now."]
        assert line.telnyx.now() - wrong > 10, "hanging up and calling again does not help"


def test_a_listener_stays_muted() -> None:
    with meeting(ANN, BOB) as (line, (_, bob)):
        act(line, "role", BOB, role="listener")
        press(line, bob, "*6")
        is_told(bob, "Listeners stay muted.")
        assert bob.muted


def test_a_caller_on_hold_hears_the_answer_over_the_music() -> None:
    with meeting(ANN) as (line, (ann,)):
        hears(ann, "music")
        press(line, ann, "*#")
        is_told(ann, "You are the only one in the conference.")
        hears(ann, "music")


def test_the_keys_of_asterisk() -> None:
    with meeting(ANN, BOB, CLEO, preset="asterisk") as (line, (ann, bob, cleo)):
        press(line, bob, "*4")
        is_told(bob, "Volume keys are not available on this line.")
        act(line, "role", ANN, role="moderator")
        press(line, ann, "*3")
        is_told(ann, "The last caller is taken out.")
        hears(cleo, "hung up")
        assert bob.state == "answered"


def test_keys_of_a_gather_do_nothing_else() -> None:
    with meeting(ANN, BOB) as (line, (_, bob)):
        act(line, "gather", BOB, audio_url="https://example.com/a.mp3", maximum_digits=2)
        press(line, bob, "*6")
        assert not bob.muted and told(bob) == []
        press(line, bob, "*6")
        is_told(bob, "Muted.")


def test_no_key_is_in_a_log_an_event_or_a_view(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with meeting(ANN, BOB) as (line, (ann, _)):
        make_moderator(line, ann)
        events = ask(line, "/api/events?after=0")["events"]
        keys = [event for event in events if event["event_type"] == "call.dtmf.received"]
        assert len(keys) == len("*3" + MODERATOR_PIN)
        assert not any("digit" in event["details"] for event in keys)
        assert all("***" in event["text"] for event in keys)
        view = send(line, f"/api/rooms/{ROOM}")[1]
        for shown in (json.dumps(events), json.dumps(view), caplog.text, repr(room(line))):
            assert MODERATOR_PIN not in shown and "pressed" not in shown
        assert room(line).participants[ann.call_control_id].role == "moderator"


def test_doctor_reports_whether_keys_of_callers_in_a_conference_come() -> None:
    with meeting(ANN, BOB) as (line, (ann, _)):
        none, some = "none of a caller in a conference", "the last one of a caller in a conference"
        assert none in run(line, "doctor", "--live")[1]
        press(line, ann, "*#")
        output = run(line, "doctor", "--live")[1]
        assert none not in output and some in output


def test_without_a_rooms_file_keys_do_nothing() -> None:
    with rehearsal(control_token=TOKEN) as line:
        ann, bob = dial(line, ANN), dial(line, BOB)
        settled(line)
        before = len(line.telnyx.requests)
        press(line, ann, "*6##*0")
        assert not ann.muted and len(line.telnyx.requests) == before
        act(line, "mute", BOB)
        assert bob.muted
        sent = [request.path.rsplit("/", 1)[-1] for request in line.telnyx.requests[before:]]
        assert sorted(sent) == ["client_state_update", "mute"]
