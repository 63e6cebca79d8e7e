"""Stories of keys in a conference, over real HTTP: what each telephone hears."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from rigs.moderator import run
from rigs.people import TOKEN
from rigs.rehearsals import rehearsal
from rigs.rooms_line import Caller, RoomsLine, rooms_line, talk

TEAM, GUARDED, ASTERISK = "+13125550101", "+13125550102", "+13125550103"
MODERATOR_PIN, OTHER_PIN = "907713", "618820"
MUTED = "You were muted by the moderator. Star six unmutes you."

FILE = f"""
[defaults]
greeting_first = ""
greeting_next = ""
announce_recording = false

[rooms.team]
numbers = ["{TEAM}"]
moderator_pin = "{MODERATOR_PIN}"

[rooms.guarded]
numbers = ["{GUARDED}"]
moderator_pin = "{OTHER_PIN}"

[rooms.asterisk]
numbers = ["{ASTERISK}"]
keys = "asterisk"
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(FILE) as line:
        yield line


@pytest.fixture
def ann(line: RoomsLine) -> Caller:
    return line.comes("Ann", TEAM)


@pytest.fixture
def bob(line: RoomsLine, ann: Caller) -> Caller:
    bob = line.comes("Bob", TEAM)
    talk(ann, bob)
    return bob


@pytest.fixture
def cleo(line: RoomsLine, ann: Caller, bob: Caller) -> Caller:
    cleo = line.comes("Cleo", TEAM)
    talk(ann, bob, cleo)
    return cleo


def becomes_moderator(caller: Caller) -> None:
    caller.presses("*3")
    caller.presses(MODERATOR_PIN)
    caller.hears("You are a moderator now.")


def test_ann_mutes_herself_so_that_bob_hears_nobody(
    line: RoomsLine, ann: Caller, bob: Caller
) -> None:
    ann.presses("*6")
    ann.hears("Muted.")
    bob.hears_only()
    ann.presses("*6")
    ann.hears("Unmuted.")
    talk(ann, bob)
    assert bob.told == [], "answers are private"
    assert line.shown("team", ann)["mute_reason"] is None


def test_bob_hears_that_a_moderator_has_muted_him_and_unmutes_himself(
    line: RoomsLine, ann: Caller, bob: Caller
) -> None:
    line.acts("team", "mute", bob)
    bob.hears(MUTED)
    ann.hears_only()
    bob.presses("*6")
    bob.hears("Unmuted.")
    talk(ann, bob)
    assert ann.told == []


def test_the_keys_count_people_and_explain_themselves(
    ann: Caller, bob: Caller, cleo: Caller
) -> None:
    cleo.presses("*#")
    cleo.hears("There are 3 people in the conference.")
    bob.presses("*1")
    bob.hears_of("Star six: mute or unmute yourself. Star hash: how many")
    assert "Star zero" not in bob.told[0]
    assert ann.told == []


def test_ann_becomes_a_moderator_and_mutes_all_but_herself(
    ann: Caller, bob: Caller, cleo: Caller
) -> None:
    ann.presses("##")
    ann.hears("Only a moderator can do this.")
    ann.presses("*3")
    ann.hears("Enter the moderator PIN, then press hash.")
    ann.presses("1234#")
    ann.hears("That PIN is wrong.")
    becomes_moderator(ann)
    ann.presses("##")
    ann.hears("Everyone is muted.")
    for other in (bob, cleo):
        other.hears(MUTED)
        other.hears_only(ann)
    ann.hears_only()
    ann.presses("##")
    bob.hears("You were unmuted by the moderator.")
    talk(ann, bob, cleo)


def test_a_moderator_ends_the_conference_by_key_and_confirms_it(ann: Caller, bob: Caller) -> None:
    becomes_moderator(ann)
    ann.presses("*02")
    ann.hears("To end the conference for everyone, press one.")
    ann.hears("The conference goes on.")
    talk(ann, bob)
    ann.presses("*01")
    ann.is_hung_up()
    bob.is_hung_up()


def test_a_moderator_locks_and_records_by_key(line: RoomsLine, ann: Caller, bob: Caller) -> None:
    becomes_moderator(ann)
    ann.presses("*5*9")
    ann.hears("The recording begins.")
    line.shows("team", locked=True, recording=True)
    ann.presses("*9*5")
    ann.hears("Unlocked.")
    line.shows("team", locked=False, recording=False)
    assert bob.told == []


def test_after_three_wrong_moderator_pins_a_new_call_waits_for_the_answer(line: RoomsLine) -> None:
    mallory, bob = line.comes("Mallory", GUARDED), line.comes("Bob", GUARDED)
    talk(mallory, bob)
    for n in range(3):
        mallory.presses("*3")
        mallory.presses(f"11{n}#")
    wrong = line.telnyx.now()
    mallory.hears("That PIN is wrong. There are no further tries on this call.")
    mallory.hangs_up()
    mallory.dials(GUARDED)
    talk(mallory, bob)
    mallory.presses("*3")
    mallory.presses(OTHER_PIN)
    right = mallory.hears("You are a moderator now.")
    assert mallory.told[-2:] == ["Please wait a moment.", "You are a moderator now."]
    assert right - wrong > 10, "hanging up and calling again does not help"


def test_a_listener_stays_muted(line: RoomsLine, ann: Caller, bob: Caller) -> None:
    line.acts("team", "role", bob, role="listener")
    bob.presses("*6")
    bob.hears("Listeners stay muted.")
    ann.hears_only()
    assert bob.leg.muted


def test_a_caller_on_hold_hears_the_answer_over_the_music(ann: Caller) -> None:
    ann.hears_music()
    ann.presses("*#")
    ann.hears("You are the only one in the conference.")
    ann.hears_music()


def test_the_keys_of_asterisk(line: RoomsLine) -> None:
    ann, bob, cleo = (line.comes(name, ASTERISK) for name in ("Ann", "Bob", "Cleo"))
    bob.presses("*4")
    bob.hears("Volume keys are not available on this line.")
    line.acts("asterisk", "role", ann, role="moderator")
    ann.presses("*3")
    ann.hears("The last caller is taken out.")
    cleo.is_hung_up()
    talk(ann, bob)


def test_keys_of_a_gather_do_nothing_else(line: RoomsLine, bob: Caller) -> None:
    line.acts("team", "gather", bob, audio_url="https://example.com/a.mp3", maximum_digits=2)
    bob.presses("*6")
    line.settles()
    assert not bob.leg.muted and bob.told == []
    bob.presses("*6")
    bob.hears("Muted.")


@pytest.mark.usefixtures("bob")
def test_no_key_is_in_a_log_an_event_or_a_view(
    line: RoomsLine, ann: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    before = line.ask("/api/events")["next"]
    becomes_moderator(ann)
    events = line.ask(f"/api/events?after={before}")["events"]
    keys = [event for event in events if event["event_type"] == "call.dtmf.received"]
    assert len(keys) == len("*3" + MODERATOR_PIN)
    assert not any("digit" in event["details"] for event in keys)
    assert all("***" in event["text"] for event in keys)
    known = line.line.engine.registry.room("team")
    for shown in (json.dumps(events), json.dumps(line.room("team")), caplog.text, repr(known)):
        assert MODERATOR_PIN not in shown and "pressed" not in shown
    assert line.shown("team", ann)["role"] == "moderator"


def test_doctor_reports_whether_keys_of_callers_in_a_conference_come() -> None:
    none, some = "none of a caller in a conference", "the last one of a caller in a conference"
    with rooms_line(FILE) as line:
        ann, bob = line.comes("Ann", TEAM), line.comes("Bob", TEAM)
        talk(ann, bob)
        assert none in run(line.line, "doctor", "--live")[1]
        ann.presses("*#")
        output = run(line.line, "doctor", "--live")[1]
        assert none not in output and some in output


def test_without_a_rooms_file_keys_do_nothing() -> None:
    with rehearsal(control_token=TOKEN) as line:
        own = RoomsLine(line)
        ann, bob = own.comes("Ann", ""), own.comes("Bob", "")
        before = len(line.telnyx.requests)
        ann.presses("*6##*0")
        own.settles()
        assert not ann.leg.muted and len(line.telnyx.requests) == before
        own.acts("demo-conference", "mute", bob)
        assert bob.leg.muted
        sent = [request.path.rsplit("/", 1)[-1] for request in line.telnyx.requests[before:]]
        assert sorted(sent) == ["client_state_update", "mute"]
