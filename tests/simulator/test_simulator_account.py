"""The account as a whole: its key, clock, ids and balance, and the account of a newcomer."""

from __future__ import annotations

import base64
import time
from email.utils import parsedate_to_datetime

import pytest
from rigs.simulator import CONNECTION, SIGNING_KEY, Api, Receiver, Scene
from rigs.waiting import until

from conference.simulator import SimulatedTelnyx

APPLICATION = f"/call_control_applications/{CONNECTION}"


def test_the_public_key_is_that_of_the_signatures(scene: Scene) -> None:
    text = scene.api.get("/public_key").data["public"]
    assert base64.b64decode(text) == bytes(SIGNING_KEY.verify_key)


def test_the_ids_of_the_user_and_the_organization(scene: Scene) -> None:
    row = scene.api.get("/whoami").data
    account = scene.telnyx.account
    assert row["user_id"] == account.user_id
    assert row["organization_id"] == account.organization_id != account.user_id
    assert scene.telnyx.texml.account_sid == account.organization_id


def test_the_balance(scene: Scene) -> None:
    scene.telnyx.account.balance = "0.13"
    row = scene.api.get("/balance").data
    assert (row["balance"], row["available_credit"], row["currency"]) == ("0.13", "0.13", "USD")


RECORDS = (
    APPLICATION,
    "/call_control_applications",
    "/texml_applications",
    "/phone_numbers",
    "/outbound_voice_profiles",
    "/webhook_deliveries",
    "/public_key",
    "/whoami",
    "/balance",
)


@pytest.mark.parametrize("path", RECORDS)
def test_every_record_needs_the_api_key(scene: Scene, path: str) -> None:
    assert scene.api.get(path).status == 200
    with Api(scene.telnyx.base_url, "KEY_wrong") as stranger:
        assert (stranger.get(path).status, stranger.get(path).error["code"]) == (401, "10009")


def test_a_revoked_key_is_refused_everywhere(scene: Scene) -> None:
    leg = scene.ringing(11)
    scene.telnyx.account.key_revoked = True
    assert {scene.api.get(path).status for path in RECORDS} == {401}
    assert scene.api.call(leg, "answer").error["code"] == "10009"
    scene.telnyx.account.key_revoked = False
    assert scene.api.call(leg, "answer").status == 200


def test_the_key_and_the_clock_of_the_account_can_be_changed(scene: Scene) -> None:
    account = scene.telnyx.account
    account.public_key = None
    account.ahead = 3600
    answer = scene.api.get(APPLICATION)
    assert scene.api.get("/public_key").status == 404
    ahead = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    assert ahead == pytest.approx(3600, abs=5)


def test_the_account_of_a_newcomer(receiver: Receiver) -> None:
    telnyx = SimulatedTelnyx(receiver.url, SIGNING_KEY)
    telnyx.account.empty(numbers=("+442071838750", "+13125550199"))
    with telnyx, Api(telnyx.base_url) as api:
        numbers = api.get("/phone_numbers").data
        assert [row["phone_number"] for row in numbers] == ["+442071838750", "+13125550199"]
        assert {row["connection_id"] for row in numbers} == {None}
        for path in ("/call_control_applications", "/texml_applications"):
            assert api.get(path).data == []
        assert api.get("/outbound_voice_profiles").data == []
        assert telnyx.number == "+442071838750"
        leg = telnyx.phone("+13125550111").dial()
        until(lambda: leg.state == "ended")
        assert (leg.hangup_cause, telnyx.webhooks) == ("not_found", [])
