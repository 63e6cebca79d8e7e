"""Conferences: participants, the targets of commands, ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from rigs.simulator import Scene
from rigs.waiting import until


@pytest.mark.parametrize("listed", [{}, {"call_control_ids": []}])
def test_no_list_means_everyone(scene: Scene, listed: dict[str, list[str]]) -> None:
    id, legs = scene.room(11, 12)
    assert scene.api.room(id, "mute", **listed).status == 200
    assert [leg.muted for leg in legs] == [True, True]
    assert scene.api.room(id, "unmute", **listed).status == 200
    assert [leg.muted for leg in legs] == [False, False]
    assert scene.api.room(id, "hold", **listed).status == 200
    assert [leg.on_hold for leg in legs] == [True, True]


def test_a_list_means_only_the_calls_in_it(scene: Scene) -> None:
    id, legs = scene.room(11, 12)
    ids = [legs[1].call_control_id]
    assert scene.api.room(id, "hold", call_control_ids=ids, audio_url="http://m").status == 200
    assert [leg.on_hold for leg in legs] == [False, True]
    assert legs[1].hold_audio == "http://m"
    assert scene.api.room(id, "unhold", call_control_ids=ids).status == 200
    assert [leg.on_hold for leg in legs] == [False, False]


def test_a_conference_is_found_by_name_as_well(scene: Scene) -> None:
    _, (first,) = scene.room(11, name="all/hands & more")
    second = scene.answered(12)
    room = "all/hands & more"
    assert scene.api.join(room, second).status == 200
    for action in ("hold", "mute", "unmute"):
        assert scene.api.room(room, action).status == 200
    ids = [first.call_control_id]
    assert scene.api.room(room, "unhold", call_control_ids=ids).status == 200
    assert scene.api.room(room, "speak", payload="hello", voice="female").status == 200
    assert scene.api.room(room, "leave", call_control_id=ids[0]).status == 200
    assert scene.telnyx.requests[-1].path == f"/conferences/{room}/actions/leave"


def test_leaving_parks_the_call(scene: Scene) -> None:
    id, (first, second) = scene.room(11, 12)
    assert scene.api.room(id, "leave", call_control_id=second.call_control_id).status == 200
    assert (second.state, second.conference, second.hears.what) == ("answered", None, "silence")
    assert (first.conference, first.hears.others) == (id, ())
    assert scene.api.join(id, second).status == 200
    assert second.conference == id
    rows = scene.api.get(f"/conferences/{id}/participants").data
    assert [row["status"] for row in rows] == ["joined", "left", "joined"]


def test_a_conference_ends_with_its_last_caller(scene: Scene) -> None:
    id, legs = scene.room(11, 12)
    for leg in legs:
        scene.telnyx.phone(leg.number).hang_up()
    assert scene.telnyx.idle(5)
    (ended,) = scene.receiver.of("conference.ended")
    assert ended.payload["reason"] == "all_left"
    row = scene.api.get(f"/conferences/{id}").data
    assert (row["status"], row["end_reason"]) == ("completed", "all_left")
    assert row["ended_by"]["call_control_id"] == legs[1].call_control_id
    (conference,) = scene.telnyx.conferences
    assert (conference.status, conference.members) == ("completed", [])


def test_the_name_of_an_ended_conference_is_free_again(scene: Scene) -> None:
    first, legs = scene.room(11, name="board")
    scene.telnyx.phone(legs[0].number).hang_up()
    second, legs = scene.room(12, name="board")
    assert first != second
    assert scene.telnyx.conferences[1].members == legs


def test_ending_hangs_up_everyone_and_the_creator_who_left(scene: Scene) -> None:
    id, legs = scene.room(11, 12, 13)
    parked = scene.answered(14)
    assert scene.api.room(id, "leave", call_control_id=legs[0].call_control_id).status == 200
    assert scene.api.room(id, "end").data == {"result": "ok"}
    assert [leg.state for leg in legs] == ["ended"] * 3
    assert parked.state == "answered"
    assert scene.telnyx.idle(5)
    (ended,) = scene.receiver.of("conference.ended")
    assert ended.payload["reason"] == "ended_via_api"


def test_a_conference_lasts_as_long_as_it_was_given(scene: Scene) -> None:
    _, legs = scene.room(11, 12, duration_minutes=1)
    until(lambda: legs[0].state == legs[1].state == "ended")
    assert 60 <= legs[1].hears.at < 90
    assert scene.telnyx.idle(5)
    (ended,) = scene.receiver.of("conference.ended")
    assert ended.payload["reason"] == "time_exceeded"


def test_four_hours_at_most(scene: Scene) -> None:
    id, _ = scene.room(11)
    late = scene.answered(12)
    assert scene.api.join(id, late).status == 200
    scene.telnyx.speed = 100_000
    until(lambda: late.state == "ended")
    assert scene.telnyx.conferences[0].status == "completed"


@pytest.mark.parametrize(
    ("field", "state"),
    [("end_conference_on_exit", "ended"), ("soft_end_conference_on_exit", "answered")],
)
def test_a_host_who_leaves_may_end_the_conference(scene: Scene, field: str, state: str) -> None:
    id, (guest,) = scene.room(11)
    host = scene.answered(12)
    assert scene.api.join(id, host, **{field: True}).status == 200
    scene.telnyx.phone(host.number).hang_up()
    assert (guest.state, guest.conference) == (state, None)
    assert scene.telnyx.idle(5)
    (ended,) = scene.receiver.of("conference.ended")
    assert ended.payload["reason"] == "host_left"


def test_a_conference_that_has_not_started_holds_its_callers(scene: Scene) -> None:
    fields = {"start_conference_on_create": False, "hold_audio_url": "http://m"}
    id, legs = scene.room(11, 12, **fields)
    assert scene.api.get(f"/conferences/{id}").data["status"] == "init"
    assert [str(leg.hears) for leg in legs] == ["music: http://m"] * 2
    host = scene.answered(13)
    assert scene.api.join(id, host, start_conference_on_enter=True).status == 200
    assert scene.api.get(f"/conferences/{id}").data["status"] == "in_progress"
    assert legs[0].hears.others == ("+13125550112", "+13125550113")


def test_joining_holds_nobody_where_the_conference_has_started(scene: Scene) -> None:
    id, _ = scene.room(11)
    leg = scene.answered(12)
    assert scene.api.join(id, leg, hold=True, hold_audio_url="http://m", mute=True).status == 200
    assert (leg.on_hold, leg.muted) == (False, True)


def test_a_leg_is_in_one_conference_only(scene: Scene) -> None:
    _, legs = scene.room(11, name="one")
    scene.room(12, name="two")
    assert scene.api.join("two", legs[0]).error["code"] == "90044"
    assert scene.api.create(legs[0], "three").error["code"] == "90044"


def test_time_that_is_skipped_makes_everything_older_at_an_unchanged_date(scene: Scene) -> None:
    first = scene.answered(11)
    room = scene.api.create(first).data
    created = datetime.fromisoformat(room["created_at"])
    scene.telnyx.skip(2 * 3600)
    second = scene.answered(12)
    assert scene.api.join(room["id"], second).status == 200
    (listed,) = scene.api.get("/conferences?filter[status]=in_progress").data
    assert created - datetime.fromisoformat(listed["created_at"]) == timedelta(hours=2)
    scene.telnyx.skip(2 * 3600)
    until(lambda: scene.telnyx.conferences[0].end_reason == "time_exceeded")
    assert first.state == "ended"
    kinds = ("conference.participant.joined", "conference.ended")
    until(lambda: scene.receiver.of(kinds[1]), "the end is reported")
    events = [scene.receiver.of(kind)[-1].data for kind in kinds]
    joined, ended = (datetime.fromisoformat(each["occurred_at"]) for each in events)
    assert timedelta(0) < ended - joined < timedelta(minutes=10)
