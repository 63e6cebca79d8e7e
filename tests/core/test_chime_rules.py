"""Newcomers are announced: one by one in a small room, together in a large one, never to many."""

from __future__ import annotations

from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, with_settings

from conference.core import commands as c
from conference.core.announcements.chimes import NEXT_CHIME, SUMMARY_EVERY, TONE_SECONDS
from conference.core.announcements.numbers import in_words
from conference.core.client_state import encode
from conference.core.events import Refused, SnapshotWanted
from conference.core.human_text import speech_seconds
from conference.core.members import skip_to
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.room_settings import RoleSettings
from conference.core.room_states import hold_reason
from conference.core.snapshot import Seen, Snapshot
from conference.core.transitions import change
from conference.reporting import public_view

CHIMES = with_settings(chimes=True)
NAMES = with_settings(CHIMES, announce_names=True)
LARGE = with_settings(CHIMES, chimes_up_to=1)
ONE_MORE = "A caller has joined."


def comes(room: Room, *calls: str, at: float = NOW) -> Room:
    """Let calls join at once. What is announced waits for Telnyx."""
    for call in calls:
        room = rig.let_in(room, call, at)
    return rig.after(room, *(rig.joined(call, at) for call in calls))


def labelled(room: Room, **labels: str) -> Room:
    """Give calls on the way in a name, and let them join in this order."""
    for call, label in labels.items():
        room = change(rig.let_in(room, call), call, label=label)
    return rig.after(room, *(rig.joined(call) for call in labels))


def heard(room: Room) -> list[tuple[str, list[str]]]:
    """The announcements that wait for Telnyx, with those who hear them."""
    waiting = room.pending.get(rig.requests("K"), ())
    found = [each for each in waiting if isinstance(each, c.PassThrough) and each.name == "speak"]
    return [(each.body["payload"], each.body["call_control_ids"]) for each in found]


def later(room: Room) -> Room:
    """Let Telnyx accept everything, and the next chime be due."""
    room = rig.well(room)
    return rig.after(room, rig.time(room.deadlines[NEXT_CHIME]))


ONE = rig.well(comes(CHIMES, "A"))
TWO = rig.well(comes(ONE, "B", at=T0))
QUIET = rig.after(TWO, rig.time(NOW + 99))  # the last announcement is over


def test_the_others_hear_that_somebody_has_joined() -> None:
    assert heard(comes(QUIET, "C")) == [(ONE_MORE, ["A", "B"])]
    assert heard(comes(CHIMES, "A")) == [], "nobody is there to hear it"


def test_one_who_waited_alone_hears_it_too() -> None:
    assert heard(comes(ONE, "B")) == [(ONE_MORE, ["A"])]


def test_one_who_hears_music_beside_others_on_hold_hears_no_chime() -> None:
    room = rig.well(rig.after(QUIET, rig.asks("hold-all", newcomers=True), rig.asks("unhold", "A")))
    assert hold_reason(room, "A") == "alone"
    assert heard(comes(room, "C")) == []


def test_one_announcement_at_a_time() -> None:
    room = comes(QUIET, "C", "D", "E")
    assert heard(room) == [(ONE_MORE, ["A", "B"])]
    assert room.deadlines[NEXT_CHIME] == NOW + speech_seconds(ONE_MORE)
    assert heard(later(room)) == [("Two people have joined.", ["A", "B", "C"])]
    quiet = later(later(room))
    assert NEXT_CHIME not in quiet.deadlines and quiet.newcomers == () and heard(quiet) == []


def played(room: Room) -> list[tuple[str, list[str]]]:
    """The sounds that wait for Telnyx, with those who hear them."""
    waiting = room.pending.get(rig.requests("K"), ())
    found = [each for each in waiting if isinstance(each, c.PassThrough) and each.name == "play"]
    return [(each.body["audio_url"], each.body["call_control_ids"]) for each in found]


def test_a_small_room_hears_a_tone_where_our_address_is_known() -> None:
    room = comes(with_settings(QUIET, public_url="https://line.example"), "C", "D")
    tone = "https://line.example/chime.wav"
    assert played(room) == [(tone, ["A", "B"])] and heard(room) == []
    assert room.deadlines[NEXT_CHIME] == NOW + TONE_SECONDS
    room = later(room)
    assert played(room) == [(tone, ["A", "B", "C"])] and heard(room) == []


@pytest.mark.parametrize("settings", [{"announce_names": True}, {"chimes_up_to": 2}])
def test_a_tone_is_no_name_and_no_summary(settings: dict[str, Any]) -> None:
    room = comes(with_settings(QUIET, public_url="https://line.example", **settings), "C")
    room = room if "announce_names" in settings else later(room)
    assert played(room) == [] and heard(room) == [(ONE_MORE, ["A", "B"])]


def test_a_large_room_hears_a_summary_at_most_every_thirty_seconds() -> None:
    two = later(later(comes(LARGE, "A", "B")))
    room = comes(two, "C", "D", "E", "F")
    assert heard(room) == [] and room.deadlines[NEXT_CHIME] == NOW + SUMMARY_EVERY
    assert heard(later(room)) == [("Four people have joined.", ["A", "B"])]
    assert heard(later(rig.after(room, rig.hangup("C")))) == [
        ("Three people have joined.", ["A", "B"])
    ]


@pytest.mark.parametrize(("n", "word"), [(1, "one"), (10, "ten"), (11, "11"), (800, "800")])
def test_numbers_are_spoken_as_words(n: int, word: str) -> None:
    assert in_words(rig.EMPTY, n) == word


def test_nobody_on_hold_hears_it() -> None:
    held = rig.well(rig.after(QUIET, rig.asks("hold", "B")))
    assert heard(comes(held, "C")) == [(ONE_MORE, ["A"])]
    all_held = rig.well(rig.after(QUIET, rig.asks("hold-all")))
    assert heard(comes(all_held, "C")) == []


def test_nobody_is_announced_in_a_lecture() -> None:
    lecture = rig.well(rig.after(QUIET, rig.asks("mode", mode="lecture")))
    assert heard(comes(lecture, "C")) == []
    assert heard(later(rig.after(comes(QUIET, "C", "D"), rig.asks("mode", mode="lecture")))) == []
    questions = rig.well(rig.after(QUIET, rig.asks("mode", mode="questions")))
    assert heard(comes(questions, "C")) == [(ONE_MORE, ["A", "B"])]


def test_while_the_room_waits_for_its_host_nobody_is_announced() -> None:
    waits = with_settings(CHIMES, roles={"participant": RoleSettings(starts=False)})
    assert heard(rig.inside(comes(waits, "A", "B"), "C")) == []
    hosted = rig.after(rig.let_in(rig.well(comes(waits, "A", "B")), "C"))
    hosted = rig.after(change(hosted, "C", role="moderator"), rig.joined("C"))
    assert heard(hosted) == [("The host has arrived.", ["A", "B"])]


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        ({"C": "Ann"}, "Ann has joined."),
        ({"C": ""}, ONE_MORE),
        ({"C": "+1 312 555-0142"}, ONE_MORE),
        ({"C": "0142"}, ONE_MORE),
        ({"C": "Ann, 312 555-0142"}, ONE_MORE),
        ({"C": "Room 1234"}, "Room 1234 has joined."),
    ],
)
def test_names_are_spoken_and_numbers_never(labels: dict[str, str], text: str) -> None:
    room = replace(QUIET, settings=NAMES.settings)
    assert heard(labelled(room, **labels)) == [(text, ["A", "B"])]
    assert heard(labelled(QUIET, **labels)) == [(ONE_MORE, ["A", "B"])], "on request only"


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        ({"D": "Ann", "E": "Bob"}, "Ann and Bob have joined."),
        ({"D": "Ann", "E": "Bob", "F": "Cleo"}, "Ann, Bob and Cleo have joined."),
        ({"D": "Ann", "E": ""}, "Two people have joined."),
        ({"D": "A", "E": "B", "F": "C", "G": "D"}, "Four people have joined."),
    ],
)
def test_several_names_are_one_sentence(labels: dict[str, str], text: str) -> None:
    room = replace(QUIET, settings=NAMES.settings)
    room = labelled(room, C="Zoe", **labels)
    assert heard(later(room)) == [(text, ["A", "B", "C"])]


def test_telnyx_does_not_beep_in_a_room_with_chimes() -> None:
    def beep(room: Room) -> str:
        return str(rig.head(rig.waiting(room), c.CONFERENCE).beep)

    assert (beep(CHIMES), beep(EMPTY)) == ("never", "always")


@pytest.mark.parametrize("room", [EMPTY, with_settings(announce_names=True)])
def test_without_the_setting_nobody_is_announced(room: Room) -> None:
    room = comes(rig.well(comes(room, "A", "B")), "C")
    assert heard(room) == [] and room.newcomers == ()


def test_one_who_is_back_is_no_newcomer() -> None:
    out = rig.well(rig.after(QUIET, rig.asks("leave", "B")))
    out = rig.after(out, rig.left("B", occurred_at="2026-5"))
    back = rig.well(rig.after(out, rig.asks("join", "B")))
    assert heard(rig.after(back, rig.joined("B", occurred_at="2026-6"))) == []


def test_those_inside_at_a_restart_are_no_newcomers() -> None:
    waits = rig.after(with_settings(CHIMES, announce_count=True), SnapshotWanted(NOW))
    seen = dict.fromkeys("AB", Seen(held=False, muted=False))
    calls = {call: rig.state(call) for call in "AB"}
    lists = Snapshot(conference="K", joined=seen, calls=calls)
    room = rig.after(waits, rig.answer(waits, c.SNAPSHOT, data=lists))
    assert room.joined == {"A", "B"} and heard(room) == []


# Chimes on and off


def test_a_moderator_turns_them_off_for_the_meeting() -> None:
    off = rig.after(QUIET, rig.asks("chimes", on=False))
    assert off.chimes_off and heard(comes(rig.well(off), "C")) == []
    on = rig.after(rig.well(off), rig.asks("chimes", on=True))
    assert heard(comes(rig.well(on), "C")) == [(ONE_MORE, ["A", "B"])]
    over = rig.after(rig.well(off), rig.hangup("A"), rig.hangup("B"))
    assert not over.chimes_off


def test_newcomers_who_wait_are_not_announced_after_that() -> None:
    room = comes(QUIET, "C", "D")
    assert heard(later(rig.after(room, rig.asks("chimes", on=False)))) == []


def test_a_restart_keeps_them_off() -> None:
    off = rig.after(QUIET, rig.asks("chimes", on=False))
    (kept,) = [each for each in rig.pending(off, c.memory("A")) if isinstance(each, c.Remember)]
    assert kept.client_state.chimes_off
    assert encode(kept.client_state) != encode(replace(kept.client_state, chimes_off=False))


def test_a_room_without_chimes_cannot_turn_them_on() -> None:
    with pytest.raises(Refused, match="has no chimes"):
        rig.after(rig.inside(), rig.asks("chimes", on=True))
    with pytest.raises(Refused, match="lasts as long as the meeting"):
        rig.after(CHIMES, rig.asks("chimes", on=False))


# The count


def counts(**settings: Any) -> Room:
    return rig.well(comes(with_settings(announce_count=True, **settings), "A", "B"))


def test_a_newcomer_hears_in_private_how_many_are_there() -> None:
    assert heard(comes(counts(), "C")) == [("There are 3 people in the conference.", ["C"])]
    alone = comes(with_settings(announce_count=True), "A")
    assert heard(alone) == [], "the greeting says so"


def test_one_on_hold_does_not_hear_it() -> None:
    waits = counts(roles={"participant": RoleSettings(starts=False)})
    assert heard(comes(waits, "C")) == []
    held = rig.well(rig.after(counts(), rig.asks("hold-all", newcomers=True)))
    assert heard(comes(held, "C")) == []


def test_all_that_a_newcomer_hears_is_one_speech() -> None:
    room = rig.well(rig.after(counts(announce_recording=True), rig.asks("record-start")))
    text = "This conference is recorded. There are 3 people in the conference."
    assert heard(comes(room, "C")) == [(text, ["C"])]


def test_a_late_deadline_finds_an_empty_room() -> None:
    room = rig.after(comes(QUIET, "C", "D"), *(rig.hangup(call) for call in "ABCD"), rig.ended())
    room = rig.after(room, rig.time(NOW + SUMMARY_EVERY))
    assert room.newcomers == () and NEXT_CHIME not in room.deadlines


def test_members_are_announced_in_the_order_of_their_coming() -> None:
    room = skip_to(replace(QUIET, settings=NAMES.settings), 7)
    room = labelled(room, Z="Zoe", D="Dan", C="Cleo")
    assert heard(later(room)) == [("Dan and Cleo have joined.", ["A", "B", "Z"])]


def test_the_view_shows_whether_chimes_are_on() -> None:
    room = rig.well(rig.inside(rig.inside(CHIMES), "B"))
    assert public_view.about(room)["chimes"] is True
    off = rig.after(room, rig.asks("chimes", on=False))
    assert public_view.since(off, room.version)["chimes"] is False, "those who poll see it"
    assert public_view.about(EMPTY)["chimes"] is None, "the room has none"
