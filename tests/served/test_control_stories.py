"""Stories of moderators: what they do by key and by the control API, and what callers notice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.rooms_line import Caller, RoomsLine, rooms_line, talk

from conference.core.announcements.recording_notice import ENDED, RECORDED
from conference.core.entering import LOCKED
from conference.core.requests.kicking import KICKED

SALES, OTHER = "+13125550101", "+13125550102"
MUTED = "You were muted by the moderator. Star six unmutes you."
UNMUTED = "You were unmuted by the moderator."
Meeting = tuple[Caller, Caller, Caller]

FILE = f"""
[defaults]
greeting_first = ""
greeting_next = ""

[rooms.sales]
numbers = ["{SALES}"]
moderator_pin = "907713"
roster = {{ "+13125550118" = {{ name = "Hana", role = "moderator" }} }}

[rooms.sales.keys]
"*10" = "kick-last"
"*1" = ""
"#6" = "hand"
"*9" = "record"

[rooms.other]
numbers = ["{OTHER}"]
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RoomsLine]:
    with rooms_line(FILE) as line:
        yield line


@pytest.fixture
def meeting(line: RoomsLine) -> Meeting:
    """Let the moderator Hana, Ann and Bob come in one after the other, and talk."""
    hana, ann, bob = (line.comes(name, SALES) for name in ("Hana", "Ann", "Bob"))
    talk(hana, ann, bob)
    return hana, ann, bob


# Keys


def test_the_room_has_a_key_map_of_its_own(meeting: Meeting) -> None:
    hana, ann, _ = meeting
    ann.presses("*9")
    ann.hears("Only a moderator can do this.")
    ann.presses("#6")
    ann.hears("Your hand is up. You are number 1 in the queue.")
    hana.presses("*6")
    hana.hears("Muted.")
    hana.presses("*6")
    hana.hears("Unmuted.")


def test_the_moderator_locks_mutes_all_and_takes_the_last_one_out_by_key(
    line: RoomsLine, meeting: Meeting
) -> None:
    hana, ann, bob = meeting
    hana.presses("*5")
    hana.hears("Locked.")
    cleo = line.dials("Cleo", SALES)
    cleo.hears(LOCKED)
    cleo.is_hung_up()

    hana.presses("##")
    hana.hears("Everyone is muted.")
    ann.hears(MUTED)
    bob.hears(MUTED)
    hana.hears_only()
    ann.hears_only(hana)
    hana.presses("##")
    hana.hears("Everyone can speak.")
    talk(hana, ann, bob)

    hana.presses("*10")
    hana.hears("The last caller is taken out.")
    bob.hears(KICKED)
    bob.is_hung_up()
    talk(hana, ann)
    hana.presses("*5")
    hana.hears("Unlocked.")
    cleo.dials(SALES)
    talk(hana, ann, cleo)


# Control


def test_one_is_muted_then_all_but_the_moderator(line: RoomsLine, meeting: Meeting) -> None:
    hana, ann, bob = meeting
    line.acts("sales", "mute", ann)
    ann.hears(MUTED)
    hana.hears_only(bob)
    assert line.shown("sales", ann)["mute_reason"] == "moderator"
    line.acts("sales", "unmute", ann)
    ann.hears(UNMUTED)
    talk(hana, ann, bob)

    line.acts("sales", "mute-all")
    hana.hears_only()
    bob.hears_only(hana)
    assert [line.shown("sales", each)["muted"] for each in meeting] == [False, True, True]
    bob.presses("*6")
    hana.hears_only(bob)
    line.acts("sales", "unmute-all")
    talk(hana, ann, bob)


def test_one_is_taken_out_and_the_meeting_ends_for_all(line: RoomsLine, meeting: Meeting) -> None:
    hana, ann, bob = meeting
    line.acts("sales", "kick", bob)
    bob.hears(KICKED)
    bob.is_hung_up()
    talk(hana, ann)
    line.acts("sales", "end")
    hana.is_hung_up()
    ann.is_hung_up()
    line.shows("sales", status="empty")


def test_a_lock_keeps_callers_out_until_it_is_lifted_or_the_meeting_is_over(
    line: RoomsLine, meeting: Meeting
) -> None:
    hana, ann, bob = meeting
    line.acts("sales", "lock")
    cleo = line.dials("Cleo", SALES)
    cleo.hears(LOCKED)
    cleo.is_hung_up()
    line.acts("sales", "unlock")
    cleo.dials(SALES)
    talk(hana, ann, bob, cleo)
    line.acts("sales", "lock")
    for caller in (hana, ann, bob, cleo):
        caller.hangs_up()
    line.shows("sales", locked=False)
    line.dials("Dan", SALES).hears_music()


def test_ann_is_moved_to_another_room_and_back(line: RoomsLine, meeting: Meeting) -> None:
    hana, ann, bob = meeting
    cleo = line.dials("Cleo", OTHER)
    cleo.hears_music()
    line.acts("sales", "move", ann, room="other")
    talk(ann, cleo)
    talk(hana, bob)
    line.acts("other", "move", ann, room="sales")
    talk(hana, ann, bob)
    cleo.hears_music()


# Record


def test_a_recording_begins_pauses_goes_on_and_ends_by_the_api(
    line: RoomsLine, meeting: Meeting
) -> None:
    hana, ann, bob = meeting
    line.acts("sales", "record-start", format="wav")
    for caller in meeting:
        caller.hears(RECORDED)
    line.shows("sales", recording=True)
    recording = line.telnyx.recordings[-1]
    assert recording.format == "wav"
    line.acts("sales", "record-pause")
    assert recording.paused_at is not None
    cleo = line.dials("Cleo", SALES)
    cleo.hears(RECORDED)
    line.acts("sales", "record-resume")
    assert recording.paused_at is None
    assert recording.ended_at is None
    line.acts("sales", "record-stop")
    assert recording.ended_at is not None
    line.shows("sales", recording=False)
    for caller in (*meeting, cleo):
        caller.hears(ENDED)
    assert [caller.told.count(RECORDED) for caller in (hana, ann, bob, cleo)] == [1] * 4
