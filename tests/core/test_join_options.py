"""The options of a join reach Telnyx, whether the call joins a conference or opens one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import NOW

from conference.core import commands as c
from conference.core.commands import CONFERENCE
from conference.core.events import HandedOver, Refused
from conference.core.parts import Asked
from conference.core.room import Room

OPTIONS = {
    "beep_enabled": "never",
    "end_conference_on_exit": True,
    "soft_end_conference_on_exit": False,
    "supervisor_role": "whisper",
    "whisper_call_control_ids": ["B"],
}
ALONE = rig.ringing(rig.parked(rig.inside()), "B")  # who is to hear the whisper
BOTH = rig.parked()
CHANGES = {n: v for n, v in OPTIONS.items() if not n.startswith(("super", "whisper"))}
ROLE = {n: v for n, v in OPTIONS.items() if n not in CHANGES}
ENTERED = rig.joined(conference="L", occurred_at="2026-7")


def follow(conference: str = "L", region: str = "", n: int = 3) -> list[c.PassThrough]:
    """Return the commands that follow when A has opened the conference."""
    where = {"region": region} if region else {}
    bodies = {"participants": CHANGES, "update": {**where, **ROLE}}
    return [
        c.PassThrough(
            "conference", conference, name, {"call_control_id": "A", **body}, f"join {n}", at=NOW
        )
        for name, body in bodies.items()
    ]


def opening(room: Room = ALONE, **options: Any) -> Room:
    return rig.after(room, rig.asks("join", "A", **options))


def sent_for(room: Room, conference: str = "L") -> list[c.Command]:
    return list(rig.pending(room, rig.requests(conference)))


def test_they_follow_when_the_call_has_opened_the_conference() -> None:
    room = opening(**OPTIONS)
    create = rig.head(room, CONFERENCE)
    assert (create.beep, create.options) == ("always", {}), "all the others would get its beep"
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}))
    assert sent_for(room) == []
    room, commands = rig.decide(room, ENTERED)
    assert sent_for(room) == follow()
    assert commands == (follow()[0], c.Hold("L", ("A",), music=rig.MUSIC, at=NOW))
    assert {each.request for each in sent_for(room)} == {"request"}
    room, commands = rig.decide(room, rig.answer(room, rig.requests("L")))
    assert commands == (follow()[1],)
    room = rig.after(room, rig.answer(room, rig.requests("L")), ENTERED)
    assert sent_for(room) == []


def test_they_follow_in_the_region_of_the_room() -> None:
    room = opening(
        rig.ringing(rig.parked(rig.inside(rig.with_settings(region="Europe"))), "B"), **OPTIONS
    )
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED)
    assert sent_for(room) == follow(region="Europe")


def test_they_follow_when_the_webhook_is_faster_than_the_response() -> None:
    room = opening(**OPTIONS)
    create = rig.answer(room, CONFERENCE, data={"id": "L"})
    room = rig.after(room, ENTERED, create)
    assert sent_for(room) == follow()


@pytest.mark.parametrize("given", [{}, {"mute": True}, {"start_conference_on_create": False}])
def test_nothing_follows_without_them(given: dict[str, Any]) -> None:
    room = opening(**given)
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED)
    assert sent_for(room) == []


def test_a_join_has_them_itself() -> None:
    room = opening(BOTH, **OPTIONS)
    assert rig.head(room, "A") == c.Join("A", "K", 3, options=OPTIONS, at=NOW)
    room = rig.after(room, rig.answer(room, "A"), rig.joined(occurred_at="2026-7"))
    assert sent_for(room, "K") == []


def lost_race(room: Room) -> Room:
    """Another program, or another server, has opened the conference in the meantime."""
    room = rig.after(room, rig.answer(room, CONFERENCE, 422, "90033"))
    return rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}))


def test_who_loses_the_race_for_the_name_joins_with_them_and_nothing_follows() -> None:
    room = lost_race(opening(**OPTIONS))
    assert rig.head(room, "A") == c.Join("A", "L", 4, options=OPTIONS, at=NOW)
    room = rig.after(room, rig.answer(room, "A"), ENTERED)
    assert sent_for(room) == []


def test_they_follow_if_the_name_was_taken_by_our_own_create_whose_response_was_lost() -> None:
    room = opening(**OPTIONS)
    room = rig.after(room, rig.answer(room, CONFERENCE, 0))
    room = lost_race(rig.after(room, rig.time(NOW + 5)))
    in_already = rig.answer(room, "A", 422, "90044")
    for events in ([ENTERED, in_already], [in_already, ENTERED]):
        assert sent_for(rig.after(room, *events)) == follow(n=4)


def test_they_follow_again_when_the_call_reopens_the_conference() -> None:
    room = opening(**OPTIONS)
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED)
    for _ in follow():
        room = rig.after(room, rig.answer(room, rig.requests("L")))
    room = rig.after(room, rig.answer(room, c.HOLD_AND_MUTE, 422, "90019"))
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "M"}))
    room = rig.after(room, rig.joined(conference="M", occurred_at="2026-8"))
    assert sent_for(room, "M") == follow("M", n=4)


def test_they_do_not_follow_when_the_call_comes_back_to_the_conference_it_has_opened() -> None:
    room = opening(**OPTIONS)
    room = rig.well(rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED))
    room = rig.well(rig.after(room, rig.hook("call.answered", "B")))
    room = rig.well(rig.after(room, rig.hook("call.speak.ended", "B")))
    room = rig.well(rig.after(room, rig.joined("B", conference="L")))
    room = rig.well(rig.after(room, rig.asks("leave", "A")))
    room = rig.well(rig.after(room, rig.left(conference="L", occurred_at="2026-8")))
    back = rig.joined(conference="L", occurred_at="2026-9")
    room = rig.after(room, rig.asks("join", "A", **OPTIONS), back)
    assert (rig.status(room)["A"], sent_for(room)) == ("joined", [])


# Options that are set inside


def reopened(room: Room) -> Room:
    """The conference is over, and A opens it again as L. The others join."""
    room = rig.after(room, rig.asks("hold", "A"))
    room = rig.after(room, rig.answer(room, c.HOLD_AND_MUTE, 422, "90019"))
    return rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}))


def having(room: Room, call: str, verb: str, **values: Any) -> Room:
    return rig.well(rig.after(room, rig.asks(verb, call, **values)))


THREE = rig.inside(rig.inside(rig.inside(), "B"), "C")
TO_B = {"supervisor_role": "whisper", "whisper_call_control_ids": ["B"]}


def test_what_is_set_inside_is_set_again_when_another_one_reopens_the_conference() -> None:
    room = having(having(THREE, "C", "adjust", **CHANGES), "C", "supervise", **TO_B)
    assert rig.head(reopened(room), "C").options == {**CHANGES, **TO_B}


def test_what_is_set_inside_is_set_again_by_the_one_who_reopens_the_conference() -> None:
    room = having(having(THREE, "A", "adjust", **CHANGES), "A", "supervise", **ROLE)
    assert sent_for(rig.after(reopened(room), ENTERED)) == follow(n=2)


def test_the_newest_role_counts_and_an_adjustment_changes_no_other_option() -> None:
    room = having(having(THREE, "C", "adjust", **CHANGES), "C", "supervise", **TO_B)
    room = having(room, "C", "adjust", beep_enabled="always")
    room = having(room, "C", "supervise", supervisor_role="none")
    expected = {**CHANGES, "beep_enabled": "always", "supervisor_role": "none"}
    assert rig.head(reopened(room), "C").options == expected


def test_what_telnyx_refuses_is_not_set_again() -> None:
    room = rig.after(THREE, rig.asks("supervise", "C", **TO_B))
    room = rig.after(room, rig.answer(room, rig.requests("K"), 422, "10015"))
    assert rig.head(reopened(room), "C").options == {}


def test_an_answer_that_is_late_changes_nothing_of_a_new_join() -> None:
    room = rig.after(THREE, rig.asks("supervise", "C", **TO_B))
    answer = rig.answer(room, rig.requests("K"))
    room = rig.well(rig.after(room, rig.asks("leave", "C")), only="C")
    room = rig.after(room, rig.left("C", occurred_at="2026-5"), rig.asks("join", "C"), answer)
    assert room.participants["C"].join_options == {}


@pytest.mark.parametrize(("hearers", "kept"), [(["B", "X"], TO_B), (["X"], {})])
def test_who_has_hung_up_hears_no_whisper_any_more(hearers: list[str], kept: Any) -> None:
    whispers = {"supervisor_role": "whisper", "whisper_call_control_ids": hearers}
    room = having(rig.inside(THREE, "X"), "C", "supervise", **whispers)
    room = reopened(rig.after(room, rig.hangup("X")))
    assert rig.head(room, "C").options == {"supervisor_role": "whisper", **kept}


def test_what_was_for_one_entry_is_not_set_again() -> None:
    once = {"hold": True, "mute": True, "start_conference_on_enter": True}
    room = having(rig.parked(rig.inside(rig.inside(), "B"), "B"), "B", "join", **once)
    room = rig.well(rig.after(room, rig.joined("B", occurred_at="2026-7")))
    room = having(having(room, "B", "unhold"), "B", "unmute")
    assert rig.head(reopened(room), "B").options == {}


def test_a_conference_that_reopens_starts_at_once() -> None:
    room = opening(start_conference_on_create=False)
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED)
    room = rig.well(rig.after(room, rig.hook("call.answered", "B")), only="B")
    room = rig.after(room, rig.hook("call.speak.ended", "B"))
    room = rig.after(room, rig.answer(room, "B", 422, "90019"))
    create = rig.head(room, CONFERENCE)
    assert (create.call, create.options) == ("A", {})


def test_another_caller_who_opens_instead_is_not_changed() -> None:
    """A, who asked for them, joins afterwards with them."""
    room = opening(**OPTIONS)
    room = rig.after(room, rig.asks("kick", "A"), rig.answer(room, CONFERENCE, 422, "99999"))
    assert sent_for(room) == []


@pytest.mark.parametrize("status", [0, 429, 503])
def test_they_are_repeated_till_telnyx_has_them(status: int) -> None:
    room = opening(**OPTIONS)
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED)
    for command in follow():
        room = rig.after(room, rig.answer(room, rig.requests("L"), status))
        assert rig.head(room, rig.requests("L")) == replace(command, attempt=2)
        room = rig.after(room, rig.time(NOW + 3))
        room = rig.after(room, rig.answer(room, rig.requests("L")))
    assert sent_for(room) == []


def test_they_are_repeated_for_some_seconds_if_telnyx_does_not_find_the_participant_yet() -> None:
    room = opening(**OPTIONS)
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED)
    room = rig.after(room, rig.answer(room, rig.requests("L"), 404, "10005"))
    assert rig.head(room, rig.requests("L")) == replace(follow()[0], attempt=2)
    room = rig.after(room, rig.time(NOW + 3), rig.answer(room, rig.requests("L"), at=NOW + 3))
    assert sent_for(room) == follow()[1:]
    room = rig.after(room, rig.answer(room, rig.requests("L"), 404, "10005", at=NOW + 4))
    assert sent_for(room) == []


def test_a_gather_too_is_repeated_if_telnyx_does_not_find_the_participant_yet() -> None:
    room = rig.after(THREE, rig.asks("gather", "C", audio_url="https://example.com/a.mp3"))
    room = rig.after(room, rig.answer(room, rig.requests("K"), 404, "10005"))
    assert rig.head(room, rig.requests("K")).attempt == 2


def test_a_participant_who_has_left_is_not_looked_for() -> None:
    room = rig.after(THREE, rig.asks("adjust", "C", **CHANGES), rig.hangup("C"))
    room = rig.after(room, rig.answer(room, rig.requests("K"), 404, "10005"))
    assert sent_for(room, "K") == []


def test_a_call_that_turns_out_to_ring_gets_them_with_its_join() -> None:
    room = rig.after(opening(**OPTIONS), rig.asks("hold", "A"))
    room = rig.after(room, rig.answer(room, CONFERENCE, 422, "90034"))
    assert room.status_of("A") == "ringing"
    room = rig.well(rig.after(room, rig.hook("call.answered", "B")), only="B")
    room = rig.after(room, rig.hook("call.speak.ended", "B"))
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}))
    room = rig.well(rig.after(room, rig.hook("call.answered")), only="A")
    room = rig.after(room, rig.hook("call.speak.ended"))
    assert rig.head(room, "A").options == OPTIONS
    assert sent_for(rig.after(room, ENTERED)) == []


def test_another_room_does_not_get_them() -> None:
    moved = rig.newcomer(status="parked", tries=3, join_options=OPTIONS, opens=True)
    room = rig.after(rig.EMPTY, HandedOver(NOW, moved, Asked()))
    assert rig.head(room, CONFERENCE).options == {}
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED)
    assert (sent_for(room), room.participants["A"].join_options) == ([], {})
    room = rig.after(rig.inside(call="B"), HandedOver(NOW, moved, Asked()))
    assert rig.head(room, "A").options == {}


# Options that cannot be done are refused


@pytest.mark.parametrize(
    ("room", "options", "why"),
    [
        (BOTH, {"start_conference_on_create": False}, "the conference is open already"),
        (BOTH, {"start_conference_on_create": True}, "the conference is open already"),
        (
            rig.waiting(rig.parked(rig.inside()), "B"),
            {"start_conference_on_create": False},
            "is open already, or opening",
        ),
        (
            ALONE,
            {"start_conference_on_create": False, "start_conference_on_enter": True},
            "exclude each other",
        ),
    ],
)
def test_these_are_refused(room: Room, options: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        opening(room, **options)
    assert refused.value.kind == "not-now"


def test_one_who_opens_and_starts_the_conference_finds_it_started() -> None:
    room = opening(start_conference_on_enter=True)
    assert rig.head(room, CONFERENCE).options == {}
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}), ENTERED)
    assert (room.waits_for_start, room.joined) == (False, frozenset("A"))
