"""Applications: their records, and the calls and webhooks that follow the records."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rigs.simulator import CONNECTION, Answer, Receiver, Scene
from rigs.simulator_texml import TexmlScene
from rigs.waiting import until

LIST = "/call_control_applications"
FIRST = f"{LIST}/{CONNECTION}"
URL = "https://conference.example.com/webhook"
NEEDED = {"application_name": "second line", "webhook_event_url": URL}
TEXML = {"friendly_name": "second line", "voice_url": "https://conference.example.com/texml"}


def change(scene: Scene, **fields: Any) -> Answer:
    """Change the first application; Telnyx wants its name and address each time."""
    kept = {name: scene.telnyx.account.application[name] for name in NEEDED}
    return scene.api.request("PATCH", FIRST, kept | fields)


def move_number(scene: Scene, application: str) -> None:
    (number,) = scene.telnyx.account.numbers
    body = {"connection_id": application}
    assert scene.api.request("PATCH", f"/phone_numbers/{number}", body).status == 200


# Records


def test_the_first_application_is_correct(scene: Scene) -> None:
    row = scene.api.get(FIRST).data
    assert (row["id"], row["record_type"]) == (CONNECTION, "call_control_application")
    assert row["webhook_event_url"] == scene.receiver.url == scene.telnyx.webhook_url
    assert (row["webhook_api_version"], row["active"]) == ("2", True)
    scene.telnyx.webhook_url = "http://127.0.0.1:9/webhook"
    assert scene.api.get(FIRST).data["webhook_event_url"] == "http://127.0.0.1:9/webhook"
    assert scene.api.get(LIST).data == [scene.api.get(FIRST).data]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (LIST, NEEDED),
        ("/texml_applications", TEXML),
        ("/outbound_voice_profiles", {"name": "red"}),
    ],
)
def test_unknown_records(scene: Scene, path: str, fields: dict[str, Any]) -> None:
    for answer in (
        scene.api.get(f"{path}/1"),
        scene.api.request("PATCH", f"{path}/1", fields),
        scene.api.request("DELETE", f"{path}/1"),
    ):
        assert (answer.status, answer.error["code"]) == (404, "10005")


def test_a_new_application_has_telnyx_defaults(scene: Scene) -> None:
    answer = scene.api.request("POST", LIST, NEEDED)
    assert answer.status == 201
    row = answer.data
    assert row["id"] not in (CONNECTION, "")
    assert {name: row[name] for name in NEEDED} == NEEDED
    assert row["webhook_api_version"] == "1"
    assert (row["webhook_event_failover_url"], row["webhook_timeout_secs"]) == ("", None)
    assert row["outbound"] == {"channel_limit": None, "outbound_voice_profile_id": None}
    assert scene.api.get(f"{LIST}/{row['id']}").data == row
    assert [each["id"] for each in scene.api.get(LIST).data] == [row["id"], CONNECTION]


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"application_name": ""}, "10004", "/application_name"),
        ({"application_name": None}, "10004", "/application_name"),
        ({"webhook_event_url": ""}, "10004", "/webhook_event_url"),
        ({"webhook_event_url": "conference.example.com"}, "10015", "/webhook_event_url"),
        ({"webhook_api_version": "3"}, "10032", "/webhook_api_version"),
        ({"webhook_timeout_secs": 31}, "10033", "/webhook_timeout_secs"),
        ({"webhook_event_failover_url": "nowhere"}, "10015", "/webhook_event_failover_url"),
        (
            {"outbound": {"outbound_voice_profile_id": "1"}},
            "10015",
            "/outbound/outbound_voice_profile_id",
        ),
        ({"colour": "red"}, "10015", "/colour"),
    ],
)
def test_a_wrong_application_is_refused(
    scene: Scene, fields: dict[str, Any], code: str, pointer: str
) -> None:
    wanted = {name: value for name, value in (NEEDED | fields).items() if value is not None}
    for method, path in (("POST", LIST), ("PATCH", FIRST)):
        answer = scene.api.request(method, path, wanted)
        assert (answer.status, answer.error["code"]) == (422, code)
        assert answer.error["source"] == {"pointer": pointer}
    assert len(scene.telnyx.account.applications) == 1
    assert scene.telnyx.webhook_url == scene.receiver.url


def test_an_application_is_changed_and_deleted(scene: Scene) -> None:
    second = scene.api.request("POST", LIST, NEEDED).data
    path = f"{LIST}/{second['id']}"
    fields = {"webhook_timeout_secs": 5, "outbound": {"channel_limit": 2}}
    row = scene.api.request("PATCH", path, NEEDED | fields).data
    assert row["webhook_timeout_secs"] == 5
    assert row["outbound"] == {"channel_limit": 2, "outbound_voice_profile_id": None}
    assert row["updated_at"] > row["created_at"]
    assert scene.api.request("PATCH", path, {"active": False}).error["code"] == "10004"
    assert scene.api.request("DELETE", path).data["id"] == second["id"]
    assert scene.api.get(path).status == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["second line", "conference line"]),
        ("?sort=created_at", ["conference line", "second line"]),
        ("?sort=-connection_name", ["second line", "conference line"]),
        ("?filter[application_name][contains]=SECOND", ["second line"]),
        ("?filter[application_name][contains]=third", []),
        ("?filter[outbound.outbound_voice_profile_id]=1293384261075731499", ["conference line"]),
        ("?page[size]=1&page[number]=2", ["conference line"]),
    ],
)
def test_applications_are_listed(scene: Scene, query: str, names: list[str]) -> None:
    scene.api.request("POST", LIST, NEEDED)
    rows = scene.api.get(f"{LIST}{query}").data
    assert [row["application_name"] for row in rows] == names


def test_the_filter_by_name_needs_three_characters(scene: Scene) -> None:
    assert scene.api.get(f"{LIST}?filter[application_name][contains]=co").status == 422


def test_texml_applications_are_created_changed_and_deleted(texml: TexmlScene) -> None:
    path = "/texml_applications"
    answer = texml.api.request("POST", path, TEXML)
    row = answer.data
    assert (answer.status, row["record_type"]) == (201, "texml_application")
    assert (row["voice_method"], row["status_callback_method"]) == ("post", "post")
    assert (row["active"], row["voice_fallback_url"]) == (True, None)
    changed = texml.api.request("PATCH", f"{path}/{row['id']}", TEXML | {"voice_method": "get"})
    assert changed.data["voice_method"] == "get"
    assert texml.api.request("POST", path, {"friendly_name": "red"}).error["source"] == {
        "pointer": "/voice_url"
    }
    assert texml.api.request("DELETE", f"{path}/{row['id']}").status == 200
    assert [each["id"] for each in texml.api.get(path).data] == [texml.telnyx.texml.connection_id]


# Calls and webhooks follow the records


def test_webhooks_go_where_the_record_of_the_numbers_application_says(scene: Scene) -> None:
    with Receiver() as other:
        fields = NEEDED | {"webhook_event_url": other.url, "webhook_api_version": "2"}
        second = scene.api.request("POST", LIST, fields).data["id"]
        before = scene.ringing(11)
        assert scene.telnyx.idle(5)
        move_number(scene, second)
        after = scene.ringing(12)
        assert scene.telnyx.idle(5)
        ours, others = scene.receiver.of("call.initiated"), other.of("call.initiated")
        assert [each.payload["call_control_id"] for each in ours] == [before.call_control_id]
        assert [each.payload["call_control_id"] for each in others] == [after.call_control_id]
        assert (before.connection_id, after.connection_id) == (CONNECTION, second)
        calls = scene.api.get(f"/connections/{second}/active_calls").data
        assert [each["call_control_id"] for each in calls] == [after.call_control_id]


def test_api_v1_has_bodies_of_its_own(scene: Scene) -> None:
    assert change(scene, webhook_api_version="1").status == 200
    leg = scene.ringing(11)
    assert scene.telnyx.idle(5)
    (webhook,) = scene.receiver.got
    body = json.loads(webhook.body)
    assert body.keys() == {"record_type", "id", "event_type", "created_at", "payload"}
    assert (body["record_type"], body["event_type"]) == ("event", "call_initiated")
    assert body["payload"]["call_control_id"] == leg.call_control_id
    assert change(scene, webhook_api_version="2").status == 200
    scene.telnyx.phone(leg.number).hang_up()
    assert scene.telnyx.idle(5)
    assert scene.receiver.got[-1].type == "call.hangup"


@pytest.mark.parametrize(
    ("primary", "attempts"),
    [
        ([404], ["primary 404", "failover 200"]),
        ([500], ["primary 500", "failover 200"]),
        ([200], ["primary 200"]),
    ],
)
def test_a_refused_webhook_goes_to_the_failover_url(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, primary: list[int | None], attempts: list[str]
) -> None:
    monkeypatch.setattr("conference.simulator.webhooks.delivery.SPACING", (0.01,) * 4)
    with Receiver() as failover:
        names = {scene.receiver.url: "primary", failover.url: "failover"}
        scene.receiver.answers = primary
        change(scene, webhook_event_failover_url=failover.url)
        id = scene.telnyx.send("call.cost", {})
        until(lambda: len(scene.telnyx.webhooks) == len(attempts))
        (delivery,) = scene.telnyx.account.deliveries
        made = [
            f"{names[each['http']['request']['url']]} {each['http']['response']['status']}"
            for each in reversed(delivery["attempts"])
        ]
        assert (delivery["id"], made) == (id, attempts)
        if len(attempts) == 2:
            assert failover.got[0].meta == {"attempt": 2, "delivered_to": failover.url}


def test_the_record_says_how_long_telnyx_waits(scene: Scene) -> None:
    assert scene.telnyx.account.route(CONNECTION).patience == 2.0
    change(scene, webhook_timeout_secs=5)
    assert scene.telnyx.account.route(CONNECTION).patience == 5.0
    change(scene, webhook_timeout_secs=0)
    assert scene.telnyx.account.route(CONNECTION).patience == 2.0


def test_a_deleted_application_gets_no_more_webhooks(scene: Scene) -> None:
    leg = scene.answered(11)
    before = len(scene.telnyx.webhooks)
    assert scene.api.request("DELETE", FIRST).status == 200
    scene.telnyx.phone(leg.number).hang_up()
    assert scene.telnyx.idle(5)
    assert len(scene.telnyx.webhooks) == before
    assert scene.api.get(f"/connections/{CONNECTION}/active_calls").status == 404


def test_an_application_that_is_switched_off_has_no_calls(scene: Scene) -> None:
    change(scene, active=False)
    leg = scene.ringing(11)
    until(lambda: leg.state == "ended")
    assert (leg.hangup_cause, scene.receiver.got) == ("not_found", [])
    answer = scene.api.dial("+13125550111")
    assert (answer.status, answer.error["code"]) == (403, "10010")
    assert "D18" in answer.error["detail"]


def test_a_texml_application_fetches_the_documents_of_its_numbers(texml: TexmlScene) -> None:
    """A second number on the TeXML application is answered by its documents."""
    number = next(iter(texml.telnyx.account.numbers.values()))
    texml.telnyx.account.assign(number, texml.telnyx.texml.application)
    leg = texml.telnyx.phone("+13125550111").dial(to=number["phone_number"])
    until(lambda: texml.telnyx.texml.fetches)
    assert leg.connection_id == texml.telnyx.texml.connection_id
    assert leg.texml


def test_a_texml_application_has_a_fallback_address(texml: TexmlScene) -> None:
    good = texml.telnyx.texml.url
    texml.telnyx.texml.url = f"{texml.app.url}/nothing-here"
    texml.telnyx.texml.application["voice_fallback_url"] = good
    texml.telnyx.phone("+13125550111").dial(to=texml.telnyx.texml.number)
    until(lambda: len(texml.telnyx.texml.fetches) >= 2)
    urls = [each.url for each in texml.telnyx.texml.fetches]
    assert urls[:2] == [f"{texml.app.url}/nothing-here", good]
