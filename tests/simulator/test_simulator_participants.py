"""Participants: supervisors, and what can be read and changed."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from rigs.simulator import Scene
from rigs.waiting import until

from conference.simulator import Leg

A = "http://127.0.0.1/a.wav"
FIELDS = {
    "id",
    "call_control_id",
    "call_leg_id",
    "conference_id",
    "label",
    "status",
    "muted",
    "on_hold",
    "whisper_call_control_ids",
    "end_conference_on_exit",
    "soft_end_conference_on_exit",
    "created_at",
    "updated_at",
}


def others(*legs: Leg) -> list[list[int]]:
    """Return whom each leg hears: the last two digits of the numbers."""
    return [[int(number[-2:]) for number in leg.hears.others] for leg in legs]


def supervise(scene: Scene, id: str, leg: Leg, role: str, *to: Leg) -> None:
    ids = {"whisper_call_control_ids": [each.call_control_id for each in to]} if to else {}
    fields = {"call_control_id": leg.call_control_id, "supervisor_role": role, **ids}
    assert scene.api.room(id, "update", **fields).data == {"result": "ok"}


def test_a_monitor_hears_and_is_not_heard(scene: Scene) -> None:
    id, legs = scene.room(11, 12, 13)
    supervise(scene, id, legs[2], "monitor")
    assert others(*legs) == [[12], [11], [11, 12]]
    assert "playback" not in {heard.what for heard in legs[2].timeline}


def test_a_whisperer_is_heard_by_those_named(scene: Scene) -> None:
    id, legs = scene.room(11, 12, 13)
    supervise(scene, id, legs[2], "whisper", legs[0])
    assert others(*legs) == [[12, 13], [11], [11, 12]]
    muted = {"call_control_ids": [legs[2].call_control_id]}
    assert scene.api.room(id, "mute", **muted).status == 200
    assert others(*legs) == [[12], [11], [11, 12]]
    assert scene.api.room(id, "unmute", **muted).status == 200
    assert others(*legs) == [[12, 13], [11], [11, 12]]


def test_a_whisperer_to_nobody_is_a_monitor(scene: Scene) -> None:
    id, legs = scene.room(11, 12)
    supervise(scene, id, legs[1], "whisper")
    assert others(*legs) == [[], [11]]


@pytest.mark.parametrize("role", ["barge", "none"])
def test_a_supervisor_can_be_a_participant_again(scene: Scene, role: str) -> None:
    id, legs = scene.room(11, 12)
    leg = scene.answered(13)
    to = [legs[0].call_control_id]
    fields = {"supervisor_role": "whisper", "whisper_call_control_ids": to}
    assert scene.api.join(id, leg, **fields).status == 200
    supervise(scene, id, leg, role)
    assert others(*legs, leg) == [[12, 13], [11, 13], [11, 12]]
    row = scene.api.get(f"/conferences/{id}/participants/{quote(leg.call_control_id)}").data
    assert row["whisper_call_control_ids"] == []
    until(lambda: leg.call_control_id in floor(scene))  # audible again, so it says hello


def floor(scene: Scene) -> list[str]:
    """Return the calls that had the floor, in order."""
    changed = scene.receiver.of("conference.floor.changed")
    return [webhook.payload["call_control_id"] for webhook in changed]


def test_joining_as_a_supervisor(scene: Scene) -> None:
    id, (first, second) = scene.room(11, 12)
    whisperer, monitor, barging = (scene.answered(last) for last in (13, 14, 15))
    to = [first.call_control_id]
    joined = [
        scene.api.join(id, whisperer, supervisor_role="whisper", whisper_call_control_ids=to),
        scene.api.join(id, monitor, supervisor_role="monitor"),
        scene.api.join(id, barging, supervisor_role="barge"),
    ]
    assert [answer.status for answer in joined] == [200] * 3
    assert others(first, second) == [[12, 15, 13], [11, 15]]
    assert others(whisperer, monitor, barging) == [[11, 12, 15], [11, 12, 15], [11, 12]]
    rows = scene.api.get(f"/conferences/{id}/participants?filter[whispering]=true").data
    assert [row["call_control_id"] for row in rows] == [whisperer.call_control_id]
    assert rows[0]["whisper_call_control_ids"] == to


def test_whispering_to_an_unknown_call_is_refused(scene: Scene) -> None:
    id, (_, leg) = scene.room(11, 12)
    late = scene.answered(13)
    fields = {"supervisor_role": "whisper", "whisper_call_control_ids": ["v3:nobody"]}
    answers = [
        scene.api.room(id, "update", call_control_id=leg.call_control_id, **fields),
        scene.api.join(id, late, **fields),
    ]
    assert [answer.error["code"] for answer in answers] == ["90015"] * 2
    assert answers[0].error["source"]["pointer"] == "/whisper_call_control_ids"
    assert (others(leg), late.conference) == ([[11]], None)


def test_one_participant(scene: Scene) -> None:
    id, (_, leg) = scene.room(11, 12)
    (listed,) = [
        row
        for row in scene.api.get(f"/conferences/{id}/participants").data
        if row["call_control_id"] == leg.call_control_id
    ]
    stay = scene.telnyx.conferences[0].participants[1]
    stay.label = "the guest"
    for name in (listed["id"], leg.call_control_id, "the guest"):
        row = scene.api.get(f"/conferences/{id}/participants/{quote(name)}").data
        assert set(row) == FIELDS
        assert (row["id"], row["conference_id"]) == (listed["id"], id)
        assert (row["label"], row["status"], row["muted"]) == ("the guest", "joined", False)


def test_a_participant_that_joined_again_is_its_last_stay(scene: Scene) -> None:
    id, (_, leg) = scene.room(11, 12)
    assert scene.api.room(id, "leave", call_control_id=leg.call_control_id).status == 200
    path = f"/conferences/{id}/participants"
    one = f"{path}/{quote(leg.call_control_id)}"
    assert scene.api.get(one).data["status"] == "left"
    assert scene.api.request("PATCH", one, {"beep_enabled": "never"}).error["code"] == "90015"
    assert scene.api.join(id, leg).status == 200
    rows = scene.api.get(path).data
    assert scene.api.get(one).data["id"] == rows[2]["id"]
    assert scene.api.get(f"{path}/{rows[1]['id']}").data["status"] == "left"


def test_an_unknown_participant_is_refused(scene: Scene) -> None:
    id, _ = scene.room(11)
    stranger = scene.answered(12)
    path = f"/conferences/{id}/participants/{quote(stranger.call_control_id)}"
    answers = [scene.api.get(path), scene.api.request("PATCH", path, {})]
    assert [(each.status, each.error["code"]) for each in answers] == [(404, "10005")] * 2
    assert scene.api.get("/conferences/nowhere/participants/x").error["code"] == "90058"


@pytest.mark.parametrize(
    ("field", "state"),
    [("end_conference_on_exit", "ended"), ("soft_end_conference_on_exit", "answered")],
)
def test_a_host_can_be_made_afterwards(scene: Scene, field: str, state: str) -> None:
    id, (guest, host) = scene.room(11, 12)
    path = f"/conferences/{id}/participants/{quote(host.call_control_id)}"
    row = scene.api.request("PATCH", path, {field: True, "beep_enabled": "always"}).data
    assert row[field] is True
    assert set(row) == FIELDS
    assert scene.telnyx.conferences[0].participants[1].beep == "always"
    scene.telnyx.phone(host.number).hang_up()
    assert (guest.state, guest.conference) == (state, None)


def test_a_patch_keeps_fields_that_it_does_not_name(scene: Scene) -> None:
    id, _ = scene.room(11)
    host = scene.answered(12)
    assert scene.api.join(id, host, end_conference_on_exit=True).status == 200
    path = f"/conferences/{id}/participants/{quote(host.call_control_id)}"
    assert scene.api.request("PATCH", path, {}).data["end_conference_on_exit"] is True
    row = scene.api.request("PATCH", path, {"end_conference_on_exit": False}).data
    assert row["end_conference_on_exit"] is False


def test_joining_may_hold_where_the_conference_did_not_start_at_once(scene: Scene) -> None:
    id, (first,) = scene.room(11, start_conference_on_create=False)
    with_audio, without, host, late = (scene.answered(last) for last in (12, 13, 14, 15))
    assert scene.api.join(id, with_audio, hold=True, hold_audio_url=A).status == 200
    assert scene.api.join(id, without, hold_audio_url=A).status == 200  # works only with hold
    assert [str(leg.hears) for leg in (with_audio, without)] == [f"music: {A}", "silence"]
    assert scene.api.join(id, host, start_conference_on_enter=True).status == 200
    assert first.hears.what == with_audio.hears.what == "conference"
    assert scene.api.join(id, late, hold=True, hold_media_name="jingle").status == 200
    assert str(late.hears) == "music: jingle"


def test_two_sounds_are_refused_before_anything_happens(scene: Scene) -> None:
    leg, other = scene.answered(11), scene.answered(12)
    both = {"hold_audio_url": A, "hold_media_name": "a", "client_state": "aGk="}
    refused = [scene.api.create(leg, **both)]
    id = scene.api.create(leg).data["id"]
    refused += [scene.api.join(id, other, **both)]
    refused += [scene.api.room(id, "hold", audio_url=A, media_name="a")]
    pointers = [answer.error["source"]["pointer"] for answer in refused]
    assert pointers == ["/hold_media_name", "/hold_media_name", "/media_name"]
    assert (leg.client_state, other.client_state, leg.on_hold) == (None, None, False)
    assert len(scene.telnyx.conferences) == 1


def test_conferences_of_a_connection(scene: Scene) -> None:
    id, (leg,) = scene.room(11)
    mine = f"/conferences?filter[connection_id]={leg.connection_id}"
    assert [row["id"] for row in scene.api.get(mine).data] == [id]
    assert scene.api.get("/conferences?filter[connection_id]=1").data == []
