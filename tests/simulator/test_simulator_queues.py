"""Queues: order, waiting times, ways to leave."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from rigs.simulator import Answer, Scene
from rigs.waiting import until

from conference.simulator import Leg


def enqueue(scene: Scene, *legs: Leg, name: str = "support", **fields: object) -> None:
    for leg in legs:
        answer = scene.api.call(leg, "enqueue", queue_name=name, **fields)
        assert answer.data == {"result": "ok"}
    assert scene.telnyx.idle(5)


def call(leg: Leg, name: str = "support") -> str:
    return f"/queues/{name}/calls/{quote(leg.call_control_id)}"


def dequeued(scene: Scene) -> dict[str, Any]:
    """Return the payload of the only call.dequeued."""
    until(lambda: scene.receiver.of("call.dequeued"))
    assert scene.telnyx.idle(5)
    (webhook,) = scene.receiver.of("call.dequeued")
    return webhook.payload


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.error["code"]


def test_a_queue_of_ones_own(scene: Scene) -> None:
    created = scene.api.request("POST", "/queues", {"queue_name": "support"}).data
    assert (created["name"], created["max_size"], created["current_size"]) == ("support", 300, 0)
    assert set(created) == {
        "record_type",
        "id",
        "name",
        "current_size",
        "max_size",
        "average_wait_time_secs",
        "created_at",
        "updated_at",
    }
    assert scene.api.get("/queues/support").data == created
    row = scene.api.request("POST", "/queues/support", {"max_size": 7}).data
    assert (row["id"], row["max_size"]) == (created["id"], 7)
    assert scene.api.get("/queues").data == [row]
    assert scene.api.request("POST", "/queues", {"queue_name": "sales"}).status == 200
    answer = scene.api.get("/queues?page[size]=1&page[number]=2")
    assert [each["name"] for each in answer.data] == ["sales"]
    assert answer.json["meta"]["total_results"] == 2
    deleted = scene.api.request("DELETE", "/queues/support")
    assert (deleted.status, deleted.json) == (204, {})
    assert [queue.name for queue in scene.telnyx.queues] == ["sales"]


def test_a_queue_of_that_name_exists(scene: Scene) -> None:
    body = {"queue_name": "support"}
    assert scene.api.request("POST", "/queues", body).status == 200
    assert refusal(scene.api.request("POST", "/queues", body)) == (422, "10012")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/queues/none"),
        ("POST", "/queues/none"),
        ("DELETE", "/queues/none"),
        ("GET", "/queues/none/calls"),
        ("GET", "/queues/none/calls/x"),
        ("PATCH", "/queues/none/calls/x"),
        ("DELETE", "/queues/none/calls/x"),
        ("GET", "/queues/support/calls/x"),
        ("PATCH", "/queues/support/calls/x"),
        ("DELETE", "/queues/support/calls/x"),
    ],
)
def test_no_such_queue_or_call(scene: Scene, method: str, path: str) -> None:
    assert scene.api.request("POST", "/queues", {"queue_name": "support"}).status == 200
    body = {"max_size": 1} if method == "POST" else None
    assert refusal(scene.api.request(method, path, body)) == (404, "10005")


def test_calls_wait_in_order(scene: Scene) -> None:
    legs = [scene.answered(last) for last in (11, 12, 13)]
    enqueue(scene, *legs, client_state="aGk=")
    payloads = [webhook.payload for webhook in scene.receiver.of("call.enqueued")]
    payloads.sort(key=lambda payload: int(payload["current_position"]))
    assert [each["current_position"] for each in payloads] == [1, 2, 3]
    assert {(each["queue"], each["client_state"]) for each in payloads} == {("support", "aGk=")}
    assert [each["call_control_id"] for each in payloads] == [leg.call_control_id for leg in legs]
    (queue,) = scene.telnyx.queues
    assert (queue.max_size, queue.calls) == (100, legs)
    rows = scene.api.get("/queues/support/calls").data
    assert [row["queue_position"] for row in rows] == [1, 2, 3]
    assert [row["from"] for row in rows] == [leg.number for leg in legs]
    assert scene.api.get("/queues/support").data["current_size"] == 3
    assert legs[0].hears.what == "silence"


def test_one_call_of_a_queue(scene: Scene) -> None:
    leg, other = scene.answered(11), scene.answered(12)
    enqueue(scene, leg)
    row = scene.api.get(call(leg)).data
    assert set(row) == {
        "record_type",
        "call_control_id",
        "call_leg_id",
        "call_session_id",
        "connection_id",
        "from",
        "to",
        "queue_id",
        "queue_position",
        "enqueued_at",
        "wait_time_secs",
        "is_alive",
    }
    assert (row["queue_id"], row["is_alive"]) == (scene.telnyx.queues[0].id, True)
    since = scene.telnyx.now()
    until(lambda: scene.telnyx.now() > since + 10)
    assert scene.api.get(call(leg)).data["wait_time_secs"] >= 10
    assert scene.api.get("/queues/support").data["average_wait_time_secs"] >= 10
    assert refusal(scene.api.get(call(other))) == (404, "10005")


def test_leaving_moves_the_others_up(scene: Scene) -> None:
    first, second = scene.answered(11), scene.answered(12)
    enqueue(scene, first, second)
    assert scene.api.call(first, "leave_queue", client_state="aGk=").data == {"result": "ok"}
    payload = dequeued(scene)
    assert payload["call_control_id"] == first.call_control_id
    assert (payload["queue"], payload["reason"]) == ("support", "leave")
    assert (payload["queue_position"], payload["client_state"]) == (1, "aGk=")
    assert payload["wait_time_secs"] >= 0
    assert scene.api.get(call(second)).data["queue_position"] == 1
    assert first.state == "answered"
    assert refusal(scene.api.call(first, "leave_queue")) == (422, "10015")


def test_waiting_has_a_limit(scene: Scene) -> None:
    leg = scene.answered(11)
    enqueue(scene, leg, max_wait_time_secs=20)
    payload = dequeued(scene)
    assert (payload["reason"], payload["call_control_id"]) == ("timeout", leg.call_control_id)
    assert payload["wait_time_secs"] >= 20
    assert (leg.state, scene.telnyx.queues[0].calls) == ("answered", [])


def test_a_call_that_comes_back_waits_anew(scene: Scene) -> None:
    leg = scene.answered(11)
    enqueue(scene, leg, max_wait_time_secs=20)
    assert scene.api.call(leg, "leave_queue").status == 200
    enqueue(scene, leg)
    since = scene.telnyx.now()
    until(lambda: scene.telnyx.now() > since + 25)
    assert scene.telnyx.queues[0].calls == [leg]


def test_hanging_up_leaves_the_queue(scene: Scene) -> None:
    leg = scene.answered(11)
    enqueue(scene, leg)
    scene.telnyx.phone(leg.number).hang_up()
    assert dequeued(scene)["reason"] == "hangup"
    assert scene.telnyx.queues[0].calls == []


@pytest.mark.parametrize("afterwards", [True, False])
def test_a_call_may_keep_its_place_after_its_end(scene: Scene, afterwards: bool) -> None:
    leg = scene.answered(11)
    enqueue(scene, leg, keep_after_hangup=not afterwards)
    if afterwards:
        patched = scene.api.request("PATCH", call(leg), {"keep_after_hangup": True})
        assert (patched.status, patched.json) == (204, {})
    scene.telnyx.phone(leg.number).hang_up()
    assert scene.api.get(call(leg)).data["is_alive"] is False
    assert scene.api.request("PATCH", call(leg), {}).status == 204
    removed = scene.api.request("DELETE", call(leg))
    assert (removed.status, removed.json) == (204, {})
    assert scene.telnyx.queues[0].calls == []
    assert scene.telnyx.idle(5)
    assert "call.dequeued" not in scene.receiver.types


def test_only_a_call_that_has_ended_can_be_removed(scene: Scene) -> None:
    leg = scene.answered(11)
    enqueue(scene, leg)
    assert refusal(scene.api.request("DELETE", call(leg))) == (422, "10015")
    assert scene.telnyx.queues[0].calls == [leg]


def test_a_full_queue(scene: Scene) -> None:
    first, second = scene.answered(11), scene.answered(12)
    enqueue(scene, first, max_size=1)
    fields = {"queue_name": "support", "max_size": 2, "client_state": "aGk="}
    answer = scene.api.call(second, "enqueue", **fields)
    assert refusal(answer) == (422, "90036")
    assert "'support'" in answer.error["detail"]
    assert second.client_state is None
    assert scene.api.request("POST", "/queues/support", {"max_size": 2}).status == 200
    enqueue(scene, second)


def test_a_call_waits_in_one_queue_only(scene: Scene) -> None:
    leg = scene.answered(11)
    enqueue(scene, leg)
    for name in ("support", "sales"):
        assert refusal(scene.api.call(leg, "enqueue", queue_name=name)) == (422, "90038")


def test_only_an_empty_queue_can_be_deleted(scene: Scene) -> None:
    leg = scene.answered(11)
    enqueue(scene, leg)
    assert refusal(scene.api.request("DELETE", "/queues/support")) == (400, "90050")
    assert scene.api.call(leg, "leave_queue").status == 200
    assert scene.api.request("DELETE", "/queues/support").status == 204


def test_a_caller_in_a_queue_hears_what_is_played(scene: Scene) -> None:
    leg = scene.answered(11)
    enqueue(scene, leg)
    music = {"audio_url": "http://127.0.0.1/a.wav", "loop": "infinity"}
    assert scene.api.call(leg, "playback_start", **music).status == 200
    assert str(leg.hears) == "playback: http://127.0.0.1/a.wav"


def test_from_a_conference_into_a_queue_and_back(scene: Scene) -> None:
    id, (_, leg) = scene.room(11, 12)
    enqueue(scene, leg)
    assert (leg.conference, leg.hears.what) == (None, "silence")
    assert len(scene.receiver.of("conference.participant.left")) == 1
    assert refusal(scene.api.join(id, leg)) == (422, "90038")
    assert refusal(scene.api.create(leg, "another")) == (422, "90038")
    assert scene.api.call(leg, "leave_queue").status == 200
    assert scene.api.join(id, leg).status == 200
    assert dequeued(scene)["reason"] == "leave"
