"""The account's records: application, number, public key, clock."""

from __future__ import annotations

import base64
import time
from email.utils import parsedate_to_datetime

import pytest
from rigs.simulator import CONNECTION, SIGNING_KEY, Api, Scene

APPLICATION = f"/call_control_applications/{CONNECTION}"
NUMBER = "+13125550100"


def test_the_application_shows_the_webhook_address(scene: Scene) -> None:
    application = scene.api.get(APPLICATION).data
    assert application["webhook_event_url"] == scene.receiver.url
    assert application["webhook_api_version"] == "2"
    assert application["active"] is True
    assert (application["id"], application["record_type"]) == (
        CONNECTION,
        "call_control_application",
    )
    scene.telnyx.webhook_url = "http://127.0.0.1:9/webhook"
    assert scene.api.get(APPLICATION).data["webhook_event_url"] == "http://127.0.0.1:9/webhook"


def test_there_is_one_application(scene: Scene) -> None:
    answer = scene.api.get("/call_control_applications/1")
    assert (answer.status, answer.error["code"]) == (404, "10005")


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
    ],
)
def test_the_number_is_found(scene: Scene, query: str, count: int) -> None:
    answer = scene.api.get(f"/phone_numbers{query}")
    rows = [(row["phone_number"], row["connection_id"]) for row in answer.data]
    assert rows == [(NUMBER, CONNECTION)] * count
    assert answer.json["meta"]["total_results"] == count


def test_two_digits_are_too_few(scene: Scene) -> None:
    assert scene.api.get("/phone_numbers?filter[phone_number]=55").status == 422


def test_the_public_key_is_that_of_the_signatures(scene: Scene) -> None:
    text = scene.api.get("/public_key").data["public"]
    assert base64.b64decode(text) == bytes(SIGNING_KEY.verify_key)


def test_every_record_needs_the_api_key(scene: Scene) -> None:
    with Api(scene.telnyx.base_url, "KEY_wrong") as stranger:
        for path in (APPLICATION, "/phone_numbers", "/public_key"):
            assert stranger.get(path).status == 401


def test_a_test_may_change_the_records(scene: Scene) -> None:
    account = scene.telnyx.account
    account.application["active"] = False
    account.number["connection_id"] = None
    account.public_key = None
    account.ahead = 3600
    answer = scene.api.get(APPLICATION)
    assert answer.data["active"] is False
    assert scene.api.get("/phone_numbers").data[0]["connection_id"] is None
    assert scene.api.get(f"/phone_numbers?filter[connection_id]={CONNECTION}").data == []
    assert scene.api.get("/public_key").status == 404
    ahead = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    assert ahead == pytest.approx(3600, abs=5)
