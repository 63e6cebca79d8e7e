"""All operations on conferences and queues: parameters, and the common refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from rigs.operations import OPERATIONS
from rigs.simulator import Scene

from conference.simulator import Leg
from conference.simulator.api.description import BY_NAME, Operation, operation_of, problems

ROWS = [
    (each.name, each.method, re.sub(r"{\w+}", "x", each.path), {*each.required}, {*each.optional})
    for each in OPERATIONS
]
NAMES = [row[0] for row in ROWS]
CALL_ACTIONS = {"StopCallGather": "gather_stop", "SendDTMF": "send_dtmf"} | {
    name: each.path.rsplit("/", 1)[-1]
    for name, each in BY_NAME.items()
    if "/calls/{call_control_id}/actions/" in each.path
}
CONFERENCE_ACTIONS = {
    name: each.path.rsplit("/", 1)[-1]
    for name, each in BY_NAME.items()
    if each.path.startswith("/conferences/{id}/actions/")
}
FORMATS = {"base64": "aGk=", "loop": 3, "dtmf": "12w#"}
TYPES = {"string": "text", "integer": 1, "boolean": True, "object": {}, "array": ["text"]}


def sample(field: Mapping[str, Any]) -> Any:
    """Return a value that the description allows."""
    if "choices" in field:
        return field["choices"][0]
    if "format" in field:
        return FORMATS[field["format"]]
    if field["type"] == "integer":
        return field.get("min", 1)
    return TYPES[field["type"]] if isinstance(field["type"], str) else "text"


def whole(operation: Operation, **fields: object) -> dict[str, Any]:
    """Return a body with every parameter, except those that exclude another one."""
    body = {name: sample(field) for name, field in operation.body.items()} | fields
    for url in [name for name in body if name.endswith("audio_url")]:
        body.pop(url.replace("audio_url", "media_name"), None)
    return body


def least(operation: Operation, **fields: object) -> dict[str, Any]:
    """Return a body with the required fields, and those of `fields` that the operation has."""
    body = {name: sample(field) for name, field in operation.body.items() if field.get("required")}
    return body | {name: value for name, value in fields.items() if name in operation.body}


def test_there_are_all_34() -> None:
    assert len(set(NAMES)) == 34


@pytest.mark.parametrize(("name", "method", "path", "required", "optional"), ROWS, ids=NAMES)
def test_parameters(
    name: str, method: str, path: str, required: set[str], optional: set[str]
) -> None:
    operation = operation_of(method, path)
    assert operation is not None
    assert operation.name == name
    assert set(operation.body) == required | optional
    assert {each for each, field in operation.body.items() if field.get("required")} == required
    body = {each: sample(field) for each, field in operation.body.items()}
    assert problems(method, path, body) == []
    assert problems(method, path, {each: body[each] for each in required}) == []
    unknown = problems(method, path, body | {"unknown": 1})
    assert [(each.pointer, each.code) for each in unknown] == [("/unknown", "10015")]
    missing = problems(method, path, {each: body[each] for each in optional})
    assert {(each.pointer, each.code) for each in missing} == {(f"/{r}", "10004") for r in required}


@pytest.mark.parametrize("name", NAMES)
def test_types(name: str) -> None:
    operation = BY_NAME[name]
    for field, rules in operation.body.items():
        wrong = 7 if rules["type"] in ("object", "boolean", "string") else {"a": 1}
        found = problems(operation.method, operation.path, least(operation) | {field: wrong})
        assert [(each.pointer, each.code) for each in found] == [(f"/{field}", "10015")]


@pytest.mark.parametrize(
    ("name", "field", "value", "code"),
    [
        ("UpdateConference", "supervisor_role", "boss", "10032"),
        ("StartConferenceRecording", "format", "ogg", "10032"),
        ("StartConferenceRecording", "channels", "both", "10032"),
        ("StartConferenceRecording", "custom_file_name", "x" * 41, "10033"),
        ("StartCallRecord", "max_length", 14401, "10033"),
        ("PlayConferenceAudio", "loop", 0, "10033"),
        ("PlayConferenceAudio", "loop", "101", "10033"),
        ("PlayConferenceAudio", "loop", "forever", "10033"),
        ("ConferenceSendDTMF", "digits", "12x", "90014"),
        ("ConferenceSendDTMF", "duration_millis", 501, "10033"),
        ("SendDTMF", "digits", "E", "90014"),
        ("ConferenceGatherUsingAudio", "maximum_digits", 129, "10033"),
        ("ConferenceGatherUsingAudio", "gather_id", "x" * 101, "10033"),
        ("GatherCall", "gather_id", "", "10033"),
        ("GatherUsingSpeak", "payload", "x" * 3001, "10033"),
        ("StopCallPlayback", "stop", "now", "10032"),
        ("CreateQueue", "queue_name", "x" * 256, "10033"),
        ("CreateQueue", "max_size", 0, "10033"),
        ("EnqueueCall", "client_state", "?", "90017"),
    ],
)
def test_values(name: str, field: str, value: object, code: str) -> None:
    operation = BY_NAME[name]
    found = problems(operation.method, operation.path, least(operation) | {field: value})
    assert [(each.pointer, each.code) for each in found] == [(f"/{field}", code)]


@pytest.mark.parametrize("value", [1, 100, "1", "100", "infinity"])
def test_loops(value: object) -> None:
    assert problems("POST", "/conferences/x/actions/play", {"loop": value}) == []


def outcome(
    scene: Scene, operation: Operation, target: str, body: object = None
) -> tuple[int, str]:
    path = operation.path.replace("{id}", target).replace("{call_control_id}", target)
    answer = scene.api.request(operation.method, path, body)
    return answer.status, "" if answer.status < 300 else answer.error["code"]


def ended(scene: Scene, last: int) -> Leg:
    leg = scene.answered(last)
    scene.telnyx.phone(leg.number).hang_up()
    return leg


def test_commands_on_calls_that_cannot_take_them(scene: Scene) -> None:
    ringing, over = scene.ringing(11), ended(scene, 12)
    for name in CALL_ACTIONS:
        operation = BY_NAME[name]
        body = least(operation, audio_url="http://a")
        assert outcome(scene, operation, "v3:nobody", body) == (422, "90015"), name
        assert outcome(scene, operation, over.call_control_id, body) == (422, "90018"), name
        if name not in ("AnswerCall", "HangupCall", "UpdateClientState"):
            assert outcome(scene, operation, ringing.call_control_id, body) == (422, "90034"), name
    assert ringing.state == "ringing"


def test_commands_on_conferences_that_cannot_take_them(scene: Scene) -> None:
    over, (leg,) = scene.room(11, name="over")
    assert scene.api.room(over, "end").status == 200
    for name in CONFERENCE_ACTIONS:
        operation = BY_NAME[name]
        body = least(operation, call_control_id=leg.call_control_id)
        assert outcome(scene, operation, "nowhere", body) == (404, "90058"), name
        assert outcome(scene, operation, over, body) == (422, "90019"), name
    patch = BY_NAME["UpdateConferenceParticipant"]
    for target, found in (("nowhere", (404, "90058")), (over, (422, "90019"))):
        path = f"/conferences/{target}/participants/{leg.call_control_id}"
        answer = scene.api.request(patch.method, path, {})
        assert (answer.status, answer.error["code"]) == found


def test_commands_for_calls_that_are_not_in_the_conference(scene: Scene) -> None:
    id, _ = scene.room(11)
    stranger, over = scene.answered(12), ended(scene, 13)
    for name in CONFERENCE_ACTIONS:
        operation = BY_NAME[name]
        listing = "call_control_ids" in operation.body
        if name == "JoinConference" or not (listing or "call_control_id" in operation.body):
            continue
        for leg, code in ((stranger, "90015"), (over, "90018")):
            named = leg.call_control_id
            body = least(operation, call_control_id=named, call_control_ids=[named], audio_url="a")
            assert outcome(scene, operation, id, body) == (422, "90015" if listing else code), name
    assert stranger.conference is None


def test_conferences_are_known_by_name_to_most_commands(scene: Scene) -> None:
    _, (leg,) = scene.room(11, name="board")
    by_id_alone = {"EndConference", "ConferenceGatherUsingAudio", "ConferenceSendDTMF"}
    refused = set()
    for name in CONFERENCE_ACTIONS:
        operation = BY_NAME[name]
        body = least(operation, call_control_id=leg.call_control_id, audio_url="http://a")
        if outcome(scene, operation, "board", body)[1] == "90058":
            refused.add(name)
        if name == "LeaveConference":
            assert scene.api.create(leg, "board").status == 200
    assert refused == by_id_alone


def test_every_parameter_at_once(scene: Scene) -> None:
    leg, guest = scene.answered(11), scene.answered(12)
    mine = {"call_control_id": leg.call_control_id, "client_state": "aGk="}
    body = whole(BY_NAME["CreateConference"], name="all", **mine)
    id = scene.api.request("POST", "/conferences", body).data["id"]
    order = ["JoinConference", "PlayConferenceAudio", "StopConferenceAudio"]
    order += ["ConferenceGatherUsingAudio", "StartConferenceRecording", "PauseConferenceRecording"]
    order += ["ResumeConferenceRecording", "StopConferenceRecording", "ConferenceSendDTMF"]
    order += ["SpeakTextToConference", "UpdateConference", "MuteConferenceParticipants"]
    order += ["UnmuteConferenceParticipants", "HoldConferenceParticipants"]
    order += ["UnholdConferenceParticipants", "LeaveConference"]
    assert {*order, "EndConference"} == set(CONFERENCE_ACTIONS)
    own = {"call_control_ids": [guest.call_control_id]} | {
        "call_control_id": guest.call_control_id,
        "whisper_call_control_ids": [leg.call_control_id],
    }
    for name in order:
        operation = BY_NAME[name]
        body = whole(operation) | {key: own[key] for key in own.keys() & operation.body.keys()}
        if "recording_id" in body:
            body["recording_id"] = scene.telnyx.recordings[0].id
        body.pop("command_id", None)
        assert outcome(scene, operation, id, body) == (200, ""), name
    assert scene.telnyx.conferences[0].end_reason == "host_left"


def test_a_command_id_is_executed_once_where_it_is_accepted(scene: Scene) -> None:
    leg = scene.answered(11)
    path = f"/calls/{quote(leg.call_control_id)}/actions"
    body = {"queue_name": "support", "command_id": "1"}
    for _ in range(2):
        assert scene.api.request("POST", f"{path}/enqueue", body).status == 200
    assert scene.api.call(leg, "enqueue", queue_name="support").error["code"] == "90038"
    id, _ = scene.room(12)
    for _ in range(2):
        assert scene.api.room(id, "record_start", format="wav", command_id="1").status == 200
    assert len(scene.telnyx.recordings) == 1
    assert [each.executed for each in scene.telnyx.requests[-2:]] == [True, False]


def test_the_ledger_has_what_a_command_concerned(scene: Scene) -> None:
    id, (leg, other) = scene.room(11, 12, name="support")
    assert scene.api.call(leg, "playback_start", audio_url="http://a").status == 200
    assert scene.api.room(id, "play", audio_url="http://a").status == 200
    path = f"/conferences/{id}/participants"
    row = scene.api.get(f"{path}/{quote(other.call_control_id)}").data
    assert (
        scene.api.request("PATCH", f"{path}/{row['id']}", {"beep_enabled": "always"}).status == 200
    )
    assert scene.api.request("POST", "/queues", {"queue_name": "support"}).status == 200
    assert scene.api.get("/queues/support/calls").data == []
    both = (leg.call_control_id, other.call_control_id)
    noted = [(each.operation, each.calls, each.conference) for each in scene.telnyx.requests[-6:]]
    assert noted == [
        ("StartCallPlayback", both[:1], ""),
        ("PlayConferenceAudio", both, id),
        ("RetrieveConferenceParticipant", both[1:], id),
        ("UpdateConferenceParticipant", both[1:], id),
        ("CreateQueue", (), ""),
        ("ListQueueCalls", (), ""),  # the name of a conference, not of a queue
    ]
