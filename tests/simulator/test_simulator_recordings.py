"""Recordings of calls and conferences, from the start until they are saved."""

from __future__ import annotations

from typing import Any

import pytest
from rigs.simulator import Scene
from rigs.waiting import until

ROW = {
    "record_type",
    "id",
    "call_control_id",
    "call_leg_id",
    "call_session_id",
    "conference_id",
    "connection_id",
    "from",
    "to",
    "source",
    "initiated_by",
    "status",
    "channels",
    "duration_millis",
    "download_urls",
    "recording_started_at",
    "recording_ended_at",
    "created_at",
    "updated_at",
}


def saved(scene: Scene, of: str = "conference") -> dict[str, Any]:
    """Return the payload of the only recording.saved."""
    until(lambda: scene.receiver.of(f"{of}.recording.saved"))
    assert scene.telnyx.idle(5)
    (webhook,) = scene.receiver.of(f"{of}.recording.saved")
    return webhook.payload


def test_a_conference_is_recorded(scene: Scene) -> None:
    id, (owner, _) = scene.room(11, 12)
    fields = {"format": "mp3", "channels": "dual", "custom_file_name": "board"}
    assert scene.api.room(id, "record_start", **fields).data == {"result": "ok"}
    (recording,) = scene.telnyx.recordings
    assert recording.ended_at is None
    assert scene.api.room(id, "record_stop", client_state="aGk=").data == {"result": "ok"}
    payload = saved(scene)
    assert (payload["conference_id"], payload["recording_id"]) == (id, recording.id)
    assert (payload["format"], payload["channels"]) == ("mp3", "dual")
    assert (payload["call_control_id"], payload["client_state"]) == (owner.call_control_id, "aGk=")
    assert payload["recording_started_at"] <= payload["recording_ended_at"]
    assert "/board-" in payload["recording_urls"]["mp3"]
    assert payload["public_recording_urls"] == {}
    assert "call_leg_id" not in payload


def test_a_call_is_recorded(scene: Scene) -> None:
    leg = scene.answered(11)
    fields = {"format": "wav", "channels": "single", "client_state": "aGk="}
    assert scene.api.call(leg, "record_start", **fields).status == 200
    assert scene.api.call(leg, "record_stop").status == 200
    payload = saved(scene, "call")
    assert (payload["call_leg_id"], payload["client_state"]) == (leg.call_leg_id, "aGk=")
    assert set(payload["recording_urls"]) == {"wav"}
    assert not {"call_control_id", "recording_id", "conference_id"} & set(payload)


def test_the_end_of_a_conference_is_the_end_of_its_recording(scene: Scene) -> None:
    id, _ = scene.room(11)
    assert scene.api.room(id, "record_start", format="wav").status == 200
    assert scene.api.room(id, "end").status == 200
    assert saved(scene)["conference_id"] == id
    (ended,) = scene.receiver.of("conference.ended")
    (webhook,) = scene.receiver.of("conference.recording.saved")
    assert webhook.data["occurred_at"] > ended.data["occurred_at"]


def test_hanging_up_is_the_end_of_a_calls_recording(scene: Scene) -> None:
    _, (leg, _) = scene.room(11, 12)
    fields = {"format": "wav", "channels": "single"}
    assert scene.api.call(leg, "record_start", **fields).status == 200
    scene.telnyx.phone(leg.number).hang_up()
    assert saved(scene, "call")["call_leg_id"] == leg.call_leg_id


def test_a_calls_recording_has_its_limit(scene: Scene) -> None:
    leg = scene.answered(11)
    fields = {"format": "wav", "channels": "single", "max_length": 10}
    assert scene.api.call(leg, "record_start", **fields).status == 200
    saved(scene, "call")
    assert 10 <= scene.telnyx.recordings[0].lasted < 20


def test_pauses_are_not_recorded(scene: Scene) -> None:
    id, _ = scene.room(11)
    started = scene.telnyx.now()
    assert scene.api.room(id, "record_start", format="wav").status == 200
    for _ in range(2):
        assert scene.api.room(id, "record_pause").status == 200
    paused = scene.telnyx.now()
    until(lambda: scene.telnyx.now() > paused + 20)
    for _ in range(2):
        assert scene.api.room(id, "record_resume").status == 200
    assert scene.api.room(id, "record_stop").status == 200
    (recording,) = scene.telnyx.recordings
    assert recording.ended_at is not None
    assert recording.ended_at - started > 20
    assert recording.lasted < recording.ended_at - started - 20


def test_a_recording_may_end_in_a_pause(scene: Scene) -> None:
    leg = scene.answered(11)
    fields = {"format": "wav", "channels": "single"}
    for action in ("record_start", "record_pause", "record_resume", "record_pause"):
        assert scene.api.call(leg, action, **(fields if action == "record_start" else {})).data
    paused = scene.telnyx.now()
    until(lambda: scene.telnyx.now() > paused + 20)
    assert scene.api.call(leg, "record_stop").status == 200
    (recording,) = scene.telnyx.recordings
    assert recording.ended_at is not None
    assert recording.lasted < recording.ended_at - recording.started_at - 20


def test_one_of_several_can_be_named(scene: Scene) -> None:
    id, _ = scene.room(11)
    for format in ("wav", "mp3"):
        assert scene.api.room(id, "record_start", format=format).status == 200
    first, second = scene.telnyx.recordings
    assert scene.api.room(id, "record_stop", recording_id=second.id).status == 200
    assert first.ended_at is None
    assert saved(scene)["format"] == "mp3"


@pytest.mark.parametrize("fields", [{}, {"recording_id": "none"}])
def test_without_a_recording_nothing_can_be_stopped(scene: Scene, fields: dict[str, str]) -> None:
    id, (leg,) = scene.room(11)
    if fields:
        assert scene.api.room(id, "record_start", format="wav").status == 200
    answers = [scene.api.room(id, f"record_{each}", **fields) for each in ("pause", "resume")]
    answers += [scene.api.room(id, "record_stop", **fields), scene.api.call(leg, "record_stop")]
    assert [each.status for each in answers] == [404] * 4
    errors = [(each.error["code"], each.error["source"]["pointer"]) for each in answers]
    assert errors == [("10005", "/recording_id")] * 4


def test_recordings_are_listed_once_they_are_saved(scene: Scene) -> None:
    scene.telnyx.speed = 1
    id, (leg,) = scene.room(11)
    assert scene.api.room(id, "record_start", format="wav").status == 200
    assert scene.api.room(id, "record_stop").status == 200
    (recording,) = scene.telnyx.recordings
    path = f"/recordings/{recording.id}"
    assert scene.api.get("/recordings").data == []
    assert scene.api.get(path).status == 404
    scene.telnyx.speed = 50
    saved(scene)
    (row,) = scene.api.get("/recordings").data
    assert set(row) == ROW
    assert (row["id"], row["conference_id"]) == (recording.id, id)
    assert (row["source"], row["status"]) == ("conference", "completed")
    assert (row["from"], row["duration_millis"]) == (leg.number, int(recording.lasted * 1000))
    again = scene.api.get(path).data
    assert again["download_urls"].keys() == {"wav"}
    assert again["download_urls"] != row["download_urls"]  # each answer has new addresses


def test_recordings_can_be_searched(scene: Scene) -> None:
    id, (leg, other) = scene.room(11, 12)
    assert scene.api.room(id, "record_start", format="wav").status == 200
    fields = {"format": "wav", "channels": "single"}
    assert scene.api.call(other, "record_start", **fields).status == 200
    assert scene.api.room(id, "end").status == 200
    saved(scene)
    until(lambda: scene.receiver.of("call.recording.saved"))
    mine = {
        f"filter[conference_id]={id}": ["conference"],
        f"filter[call_leg_id]={other.call_leg_id}": ["call"],
        f"filter[call_leg_id]={leg.call_leg_id}": ["conference"],
        "filter[conference_id]=none": [],
        "filter[created_at][gte]=2000-01-01T00:00:00Z": ["call", "conference"],
        "filter[created_at][lte]=2000-01-01T00:00:00Z": [],
        "filter[end_time][gte]=2999-01-01T00:00:00Z": [],
        "page[size]=1": ["call"],
    }
    for query, sources in mine.items():
        rows = scene.api.get(f"/recordings?{query}").data
        assert [row["source"] for row in rows] == sources, query


def test_recordings_can_be_deleted(scene: Scene) -> None:
    id, _ = scene.room(11)
    assert scene.api.room(id, "record_start", format="wav").status == 200
    assert scene.api.room(id, "record_stop").status == 200
    path = f"/recordings/{saved(scene)['recording_id']}"
    deleted = scene.api.request("DELETE", path).data
    assert path.endswith(deleted["id"])
    assert [scene.api.request(method, path).status for method in ("GET", "DELETE")] == [404, 404]
    assert scene.telnyx.recordings == []
    noted = scene.telnyx.requests[-3]
    assert (noted.operation, noted.conference) == ("DeleteRecording", id)
