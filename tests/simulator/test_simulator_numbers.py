"""The account's numbers, and the outbound voice profiles that dialling needs."""

from __future__ import annotations

from typing import Any

import pytest
from rigs.simulator import CONNECTION, Scene
from rigs.simulator_texml import TexmlScene
from rigs.waiting import until

NUMBER = "+13125550100"
LIST = "/outbound_voice_profiles"
PROFILE = "1293384261075731499"


def id_of(scene: Scene) -> str:
    return str(scene.telnyx.account.number["id"])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("?page[size]=1", 1),
        ("?filter[phone_number]=%2B13125550100", 1),
        ("?filter[phone_number]=13125550100", 1),
        ("?filter[phone_number]=555", 1),
        ("?filter[phone_number]=13125550199", 0),
        (f"?filter[connection_id]={CONNECTION}", 1),
        ("?filter[connection_id]=42", 0),
        ("?filter[status]=active", 1),
        ("?filter[status]=port-pending", 0),
        ("?filter[country_iso_alpha2]=GB", 0),
        ("?filter[voice.connection_name][contains]=line", 1),
        ("?filter[tag]=sales", 0),
        ("?sort=phone_number", 1),
    ],
)
def test_the_number_is_found(scene: Scene, query: str, count: int) -> None:
    answer = scene.api.get(f"/phone_numbers{query}")
    rows = [(row["phone_number"], row["connection_id"]) for row in answer.data]
    assert rows == [(NUMBER, CONNECTION)] * count
    assert answer.json["meta"]["total_results"] == count


def test_two_digits_are_too_few(scene: Scene) -> None:
    assert scene.api.get("/phone_numbers?filter[phone_number]=55").status == 422


def test_a_number_is_read_and_changed(scene: Scene) -> None:
    path = f"/phone_numbers/{id_of(scene)}"
    row = scene.api.get(path).data
    assert (row["phone_number"], row["connection_name"]) == (NUMBER, "conference line")
    changed = scene.api.request("PATCH", path, {"tags": ["sales"]}).data
    assert (changed["tags"], changed["connection_id"]) == (["sales"], CONNECTION)
    assert scene.api.get("/phone_numbers?filter[tag]=sales").data == [changed]
    assert scene.api.get(f"{path}/voice").data["connection_id"] == CONNECTION
    assert scene.api.get("/phone_numbers/1").status == 404


@pytest.mark.parametrize(("connection_id", "code"), [("1", "10015"), (None, "10015"), (5, "10015")])
def test_an_unknown_application_is_refused(scene: Scene, connection_id: Any, code: str) -> None:
    path = f"/phone_numbers/{id_of(scene)}"
    answer = scene.api.request("PATCH", path, {"connection_id": connection_id})
    assert (answer.status, answer.error["code"]) == (422, code)
    assert answer.error["source"] == {"pointer": "/connection_id"}
    assert scene.api.get(path).data["connection_id"] == CONNECTION


def test_a_number_on_no_application_refuses_its_calls(scene: Scene) -> None:
    path = f"/phone_numbers/{id_of(scene)}"
    row = scene.api.request("PATCH", path, {"connection_id": ""}).data
    assert (row["connection_id"], row["connection_name"]) == (None, None)
    leg = scene.ringing(11)
    until(lambda: leg.state == "ended")
    assert (leg.hangup_cause, leg.connection_id) == ("not_found", "")
    assert scene.receiver.got == []


def test_a_number_moves_to_a_texml_application(texml: TexmlScene) -> None:
    path = f"/phone_numbers/{texml.telnyx.account.number['id']}"
    body = {"connection_id": texml.telnyx.texml.connection_id}
    row = texml.api.request("PATCH", path, body).data
    assert row["connection_name"] == "conference line by TeXML"
    assert texml.telnyx.texml.takes(NUMBER)


# Outbound voice profiles


def test_the_first_application_has_a_profile(scene: Scene) -> None:
    row = scene.api.get(f"{LIST}/{PROFILE}").data
    assert (row["enabled"], row["connections_count"]) == (True, 1)
    assert scene.api.dial("+13125550111").status == 200


def test_profiles_are_created_changed_and_deleted(scene: Scene) -> None:
    answer = scene.api.request("POST", LIST, {"name": "dial-out"})
    row = answer.data
    assert (answer.status, row["record_type"]) == (201, "outbound_voice_profile")
    assert (row["traffic_type"], row["service_plan"]) == ("conversational", "global")
    assert (row["enabled"], row["connections_count"]) == (True, 0)
    path = f"{LIST}/{row['id']}"
    fields = {"name": "dial-out", "whitelisted_destinations": ["GB"]}
    assert scene.api.request("PATCH", path, fields).data["whitelisted_destinations"] == ["GB"]
    assert [each["name"] for each in scene.api.get(f"{LIST}?filter[name][contains]=DIAL").data] == [
        "dial-out"
    ]
    assert scene.api.request("POST", LIST, {}).error["source"] == {"pointer": "/name"}
    assert scene.api.request("DELETE", path).status == 200
    assert [each["id"] for each in scene.api.get(LIST).data] == [PROFILE]


def test_without_a_profile_there_is_no_dialling(scene: Scene) -> None:
    scene.telnyx.account.application["outbound"]["outbound_voice_profile_id"] = None
    answer = scene.api.dial("+13125550111")
    assert (answer.status, answer.error["code"]) == (403, "10010")
    assert answer.error["detail"] == "Connection has no Outbound Profile assigned D38."
    assert scene.telnyx.legs == []


def test_with_a_disabled_profile_there_is_no_dialling(scene: Scene) -> None:
    body = {"name": "conference line", "enabled": False}
    assert scene.api.request("PATCH", f"{LIST}/{PROFILE}", body).status == 200
    answer = scene.api.dial("+13125550111")
    assert (answer.status, answer.error["code"]) == (403, "10010")
    assert "disabled" in answer.error["detail"]


def test_an_application_without_a_webhook_url_cannot_dial(scene: Scene) -> None:
    scene.telnyx.account.application["webhook_event_url"] = None
    answer = scene.api.dial("+13125550111")
    assert (answer.status, answer.error["source"]) == (422, {"pointer": "/connection_id"})


def test_a_texml_application_needs_a_profile_to_dial(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    texml.telnyx.texml.application["outbound"]["outbound_voice_profile_id"] = None
    path = f"/Conferences/{leg.conference}/Participants"
    answer = texml.request("POST", path, To="+13125550144", From=texml.telnyx.texml.number)
    assert (answer.status, answer.error["code"]) == (403, "10010")
