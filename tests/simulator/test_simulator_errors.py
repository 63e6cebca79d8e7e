"""Each refusal that Telnyx documents: its cause and its answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rigs.simulator import Answer, Api, Scene


def ended(scene: Scene) -> Answer:
    leg = scene.answered(11)
    scene.telnyx.phone(leg.number).hang_up()
    return scene.api.call(leg, "speak", payload="hello", voice="female")


def ended_before_joining(scene: Scene) -> Answer:
    id, _ = scene.room(11)
    leg = scene.answered(12)
    scene.telnyx.phone(leg.number).hang_up()
    return scene.api.join(id, leg)


def hung_up_twice(scene: Scene) -> Answer:
    leg = scene.answered(11)
    assert scene.api.call(leg, "hangup").status == 200
    return scene.api.call(leg, "hangup")


def unknown_call(scene: Scene) -> Answer:
    return scene.api.request("POST", "/calls/v3:nobody/actions/answer", {})


def unknown_call_read(scene: Scene) -> Answer:
    return scene.api.get("/calls/v3:nobody")


def unknown_call_creates(scene: Scene) -> Answer:
    body = {"call_control_id": "v3:nobody", "name": "room"}
    return scene.api.request("POST", "/conferences", body)


def speaking_unanswered(scene: Scene) -> Answer:
    return scene.api.call(scene.ringing(11), "speak", payload="hello", voice="female")


def creating_unanswered(scene: Scene) -> Answer:
    return scene.api.create(scene.ringing(11))


def joining_unanswered(scene: Scene) -> Answer:
    id, _ = scene.room(11)
    return scene.api.join(id, scene.ringing(12))


def conference_ended(scene: Scene) -> Answer:
    id, _ = scene.room(11)
    assert scene.api.room(id, "end").status == 200
    return scene.api.join(id, scene.answered(12))


def no_conference(scene: Scene) -> Answer:
    return scene.api.join("nowhere", scene.answered(11))


def no_conference_read(scene: Scene) -> Answer:
    return scene.api.get("/conferences/nowhere")


def read_by_name(scene: Scene) -> Answer:
    scene.room(11, name="board")
    return scene.api.get("/conferences/board/participants")


def ended_by_name(scene: Scene) -> Answer:
    scene.room(11, name="board")
    return scene.api.room("board", "end")


def name_taken(scene: Scene) -> Answer:
    scene.room(11, name="board")
    return scene.api.create(scene.answered(12), "board")


def room_full(scene: Scene) -> Answer:
    id, _ = scene.room(11, 12, max_participants=2)
    return scene.api.join(id, scene.answered(13))


def joined_twice(scene: Scene) -> Answer:
    id, legs = scene.room(11, 12)
    return scene.api.join(id, legs[1])


def answering_an_outgoing_call(scene: Scene) -> Answer:
    scene.telnyx.phone("+13125550111").when_called(answer_after=None)
    return scene.api.call(scene.telnyx.place_call("+13125550111"), "answer")


def answering_twice(scene: Scene) -> Answer:
    return scene.api.call(scene.answered(11), "answer")


def bad_client_state(scene: Scene) -> Answer:
    return scene.api.call(scene.ringing(11), "answer", client_state="not base64!")


def wrong_key(scene: Scene) -> Answer:
    with Api(scene.telnyx.base_url, key="KEY_of_another") as api:
        return api.get("/conferences")


def missing(scene: Scene) -> Answer:
    return scene.api.call(scene.answered(11), "speak", payload="hello")


def blank(scene: Scene) -> Answer:
    return scene.api.create(scene.answered(11), "")


def unhold_everyone(scene: Scene) -> Answer:
    return scene.api.room(scene.room(11)[0], "unhold", call_control_ids=[])


def unhold_without_list(scene: Scene) -> Answer:
    return scene.api.room(scene.room(11)[0], "unhold")


def not_listed(scene: Scene) -> Answer:
    return scene.api.create(scene.answered(11), region="Mars")


def too_many(scene: Scene) -> Answer:
    return scene.api.create(scene.answered(11), max_participants=801)


def wrong_type(scene: Scene) -> Answer:
    return scene.api.create(scene.answered(11), max_participants="12")


def null(scene: Scene) -> Answer:
    return scene.api.call(scene.ringing(11), "answer", client_state=None)


def unknown_field(scene: Scene) -> Answer:
    id, legs = scene.room(11)
    return scene.api.room(id, "mute", command_id="1", call_control_ids=[legs[0].call_control_id])


def stranger_in_the_list(scene: Scene) -> Answer:
    id, _ = scene.room(11)
    return scene.api.room(id, "hold", call_control_ids=[scene.answered(12).call_control_id])


def stranger_leaves(scene: Scene) -> Answer:
    id, _ = scene.room(11)
    return scene.api.room(id, "leave", call_control_id=scene.answered(12).call_control_id)


def other_connection(scene: Scene) -> Answer:
    return scene.api.dial("+13125550111", connection_id="1")


def no_number(scene: Scene) -> Answer:
    return scene.api.dial("5550111")


def no_json(scene: Scene) -> Answer:
    return scene.api.request("POST", "/conferences", b"name=room")


def no_object(scene: Scene) -> Answer:
    return scene.api.request("POST", "/conferences", b"[1]")


def no_address(scene: Scene) -> Answer:
    return scene.api.get("/brand_calls")


def rate_limited(scene: Scene) -> Answer:
    scene.telnyx.fail_next(429)
    return scene.api.get("/conferences")


def unavailable(scene: Scene) -> Answer:
    scene.telnyx.fail_next(503)
    return scene.api.get("/conferences")


def page_too_long(scene: Scene) -> Answer:
    return scene.api.get("/conferences?page[size]=251")


TABLE: list[tuple[Callable[[Scene], Answer], int, str, str | None]] = [
    (ended, 422, "90018", None),
    (ended_before_joining, 422, "90018", None),
    (hung_up_twice, 422, "90018", None),
    (unknown_call, 422, "90015", "/call_control_id"),
    (unknown_call_read, 404, "90015", None),
    (unknown_call_creates, 422, "90015", "/call_control_id"),
    (speaking_unanswered, 422, "90034", None),
    (creating_unanswered, 422, "90034", None),
    (joining_unanswered, 422, "90034", None),
    (conference_ended, 422, "90019", None),
    (no_conference, 404, "90058", None),
    (no_conference_read, 404, "90058", None),
    (read_by_name, 404, "90058", None),
    (ended_by_name, 404, "90058", None),
    (name_taken, 422, "90033", None),
    (room_full, 422, "90032", None),
    (joined_twice, 422, "90044", "/call_control_id"),
    (answering_an_outgoing_call, 422, "90102", None),
    (answering_twice, 422, "10015", None),
    (bad_client_state, 422, "90017", "/client_state"),
    (wrong_key, 401, "10009", None),
    (missing, 422, "10004", "/voice"),
    (blank, 422, "10004", "/name"),
    (unhold_everyone, 422, "10004", "/call_control_ids"),
    (unhold_without_list, 422, "10004", "/call_control_ids"),
    (not_listed, 422, "10032", "/region"),
    (too_many, 422, "10033", "/max_participants"),
    (wrong_type, 422, "10015", "/max_participants"),
    (null, 422, "10015", "/client_state"),
    (unknown_field, 422, "10015", "/command_id"),
    (stranger_in_the_list, 422, "90015", "/call_control_ids"),
    (stranger_leaves, 422, "90015", "/call_control_id"),
    (other_connection, 422, "10015", "/connection_id"),
    (no_number, 422, "10016", "/to"),
    (no_json, 400, "10015", None),
    (no_object, 400, "10015", None),
    (no_address, 404, "10005", None),
    (rate_limited, 429, "10011", None),
    (unavailable, 503, "10007", None),
]


@pytest.mark.parametrize(
    ("request_", "status", "code", "pointer"), TABLE, ids=[row[0].__name__ for row in TABLE]
)
def test_refusal(
    scene: Scene,
    request_: Callable[[Scene], Answer],
    status: int,
    code: str,
    pointer: str | None,
) -> None:
    answer = request_(scene)
    error = answer.error
    assert (answer.status, error["code"]) == (status, code)
    assert error.get("source", {}).get("pointer") == pointer
    assert error["title"] and error["detail"]
    last = scene.telnyx.requests[-1]
    assert (last.status, last.code) == (status, code)


def test_a_bad_query_parameter_is_named(scene: Scene) -> None:
    answer = page_too_long(scene)
    assert answer.status == 422
    assert answer.error["source"] == {"parameter": "page[size]"}


def test_a_rate_limit_has_a_retry_after(scene: Scene) -> None:
    answer = rate_limited(scene)
    assert answer.headers["Retry-After"] == answer.headers["x-ratelimit-reset"] == "1"
    assert scene.api.get("/conferences").status == 200


def test_all_problems_are_reported_at_once(scene: Scene) -> None:
    errors = scene.api.request("POST", "/conferences", {"nmae": "x"}).json["errors"]
    assert [error["source"]["pointer"] for error in errors] == [
        "/nmae",
        "/call_control_id",
        "/name",
    ]


def test_a_refused_command_changes_nothing(scene: Scene) -> None:
    id, legs = scene.room(11)
    stranger = scene.answered(12)
    ids = [legs[0].call_control_id, stranger.call_control_id]
    before = len(scene.receiver.got)
    assert scene.api.room(id, "hold", call_control_ids=ids, audio_url="http://m").status == 422
    assert scene.api.join(id, legs[0], client_state="bmV3").status == 422
    assert not legs[0].on_hold
    assert legs[0].client_state is None
    assert scene.telnyx.idle(5)
    assert scene.receiver.types[before:] == []
