"""The lists: filters, pages by number, pages by cursor, the rows' fields."""

from __future__ import annotations

from rigs.simulator import CONNECTION, Scene

CALLS = f"/connections/{CONNECTION}/active_calls"


def test_conferences_by_name_and_status(scene: Scene) -> None:
    first, legs = scene.room(11, name="board")
    scene.telnyx.phone(legs[0].number).hang_up()
    second, _ = scene.room(12, name="board")
    scene.room(13, name="other")
    named = scene.api.get("/conferences?filter[name]=board").data
    assert [row["id"] for row in named] == [second, first]
    active = scene.api.get("/conferences?filter[name]=board&filter[status]=in_progress").data
    assert [row["id"] for row in active] == [second]
    assert scene.api.get("/conferences?filter[name]=BOARD").data == []


def test_conferences_by_their_application(scene: Scene) -> None:
    id, _ = scene.room(11)
    for part, found in [("CONFERENCE", [id]), ("another", [])]:
        rows = scene.api.get(f"/conferences?filter[application_name][contains]={part}").data
        assert [row["id"] for row in rows] == found


def test_conferences_are_listed_by_expiry_the_latest_first(scene: Scene) -> None:
    scene.room(11, name="long")
    scene.room(12, name="short", duration_minutes=5)
    rows = scene.api.get("/conferences").data
    assert [row["name"] for row in rows] == ["long", "short"]


def test_pages_of_conferences(scene: Scene) -> None:
    for last in range(21):
        scene.room(last, name=str(last))
    answer = scene.api.get("/conferences")
    assert len(answer.data) == 20
    assert answer.json["meta"] == {
        "page_number": 1,
        "page_size": 20,
        "total_pages": 2,
        "total_results": 21,
    }
    answer = scene.api.get("/conferences?page[number]=2")
    assert [row["name"] for row in answer.data] == ["0"]
    assert scene.api.get("/conferences?page[number]=3").data == []
    assert len(scene.api.get("/conferences?page[size]=250").data) == 21


def test_participants_that_have_left_are_listed_too(scene: Scene) -> None:
    id, legs = scene.room(11, 12, 13)
    scene.telnyx.phone(legs[1].number).hang_up()
    ids = [legs[2].call_control_id]
    assert scene.api.room(id, "hold", call_control_ids=ids).status == 200
    path = f"/conferences/{id}/participants"
    answer = scene.api.get(path + "?page[size]=2")
    assert answer.json["meta"]["total_pages"] == 2
    rows = answer.data + scene.api.get(path + "?page[size]=2&page[number]=2").data
    assert [row["call_control_id"] for row in rows] == [leg.call_control_id for leg in legs]
    assert [row["status"] for row in rows] == ["joined", "left", "joined"]
    assert [row["on_hold"] for row in rows] == [False, False, True]
    assert [row["id"] for row in scene.api.get(path + "?filter[on_hold]=true").data] == [
        rows[2]["id"]
    ]


def test_the_fields_of_the_rows(scene: Scene) -> None:
    id, legs = scene.room(11)
    call = {
        "record_type",
        "call_control_id",
        "call_leg_id",
        "call_session_id",
        "client_state",
        "call_duration",
    }
    assert set(scene.api.get(CALLS).data[0]) == call
    row = scene.api.get(f"/calls/{legs[0].call_control_id}").data
    assert set(row) == call | {"is_alive", "start_time"}
    assert set(scene.api.get(f"/conferences/{id}").data) == {
        "record_type",
        "id",
        "name",
        "connection_id",
        "region",
        "status",
        "created_at",
        "updated_at",
        "expires_at",
        "end_reason",
        "ended_by",
    }
    participant = scene.api.get(f"/conferences/{id}/participants").data[0]
    assert participant["conference"] == {"id": id, "name": "room"}
    assert set(participant) == {
        "record_type",
        "id",
        "call_control_id",
        "call_leg_id",
        "conference",
        "status",
        "muted",
        "on_hold",
        "whisper_call_control_ids",
        "end_conference_on_exit",
        "soft_end_conference_on_exit",
        "created_at",
        "updated_at",
    }


def test_active_calls_by_cursor(scene: Scene) -> None:
    legs = [scene.ringing(last) for last in range(5)]
    first = scene.api.get(CALLS + "?page[limit]=2")
    meta = first.json["meta"]
    assert meta["total_items"] == 5
    scene.telnyx.phone(legs[0].number).hang_up()  # must not shift the second page
    second = scene.api.get(meta["next"].removeprefix("/v2"))
    third = scene.api.get(
        f"{CALLS}?page[limit]=2&page[after]={second.json['meta']['cursors']['after']}"
    )
    rows = first.data + second.data + third.data
    assert [row["call_control_id"] for row in rows] == [leg.call_control_id for leg in legs]
    assert third.json["meta"]["next"] is None
    assert third.json["meta"]["cursors"]["after"] is None


def test_active_calls_come_in_pages_of_20(scene: Scene) -> None:
    for last in range(21):
        scene.ringing(last)
    assert len(scene.api.get(CALLS).data) == 20
    assert len(scene.api.get(CALLS + "?page[limit]=250").data) == 21


def test_a_forged_cursor_is_refused(scene: Scene) -> None:
    answer = scene.api.get(CALLS + "?page[after]=next")
    assert answer.status == 422
    assert answer.error["source"] == {"parameter": "page[after]"}


def test_another_connection_has_no_calls_here(scene: Scene) -> None:
    assert scene.api.get("/connections/1/active_calls").status == 404
