"""The deliveries of webhooks, as the API shows them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from rigs.simulator import Scene
from rigs.waiting import until

LIST = "/webhook_deliveries"
SPACING = "conference.simulator.webhooks.delivery.SPACING"


def test_there_are_none_before_the_first_webhook(scene: Scene) -> None:
    assert scene.api.get(LIST).json["data"] == []


def test_what_was_delivered(scene: Scene) -> None:
    leg = scene.ringing(11)
    assert scene.telnyx.idle(5)  # else the two are delivered at once, and either may be the first
    scene.telnyx.phone(leg.number).hang_up()
    assert scene.telnyx.idle(5)
    newest, oldest = rows = scene.api.get(LIST).data
    assert [row["webhook"]["event_type"] for row in rows] == ["call.hangup", "call.initiated"]
    (sent,) = scene.receiver.of("call.initiated")
    assert (oldest["webhook"], oldest["id"]) == (sent.data, sent.data["id"])
    assert (oldest["status"], oldest["record_type"]) == ("delivered", "webhook_delivery")
    assert oldest["user_id"] == scene.telnyx.account.user_id
    assert oldest["started_at"] <= oldest["finished_at"]
    (attempt,) = oldest["attempts"]
    assert (attempt["status"], attempt["http"]["response"]["status"]) == ("delivered", 200)
    assert attempt["http"]["request"]["url"] == scene.receiver.url
    assert scene.api.get(f"{LIST}/{newest['id']}").data == newest
    assert scene.api.get(f"{LIST}/1").status == 404


def test_each_attempt_is_shown_the_newest_first(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SPACING, (0.01,) * 4)
    scene.receiver.answers = [500, 503]
    scene.telnyx.send("call.cost", {})
    until(lambda: len(scene.telnyx.webhooks) == 3)
    (row,) = scene.api.get(LIST).data
    statuses = [each["http"]["response"]["status"] for each in row["attempts"]]
    assert (row["status"], statuses) == ("delivered", [200, 503, 500])


def test_a_failed_delivery(scene: Scene) -> None:
    scene.receiver.answers = [401]
    scene.telnyx.send("call.cost", {})
    assert scene.telnyx.idle(5)
    (row,) = scene.api.get(f"{LIST}?filter[status][eq]=failed").data
    assert [each["status"] for each in row["attempts"]] == ["failed"]
    assert row["attempts"][0]["http"]["response"]["status"] == 401
    assert scene.api.get(f"{LIST}?filter[status][eq]=delivered").data == []


def test_no_answer_has_no_response(scene: Scene) -> None:
    scene.telnyx.webhook_url = "http://127.0.0.1:9/webhook"
    scene.telnyx.send("call.cost", {})
    assert scene.telnyx.idle(5)
    (row,) = scene.api.get(LIST).data
    assert (row["status"], row["attempts"][0]["http"]["response"]) == ("failed", None)


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("filter[event_type]=call.initiated", ["call.initiated"]),
        ("filter[event_type]=call.cost,call.hangup", ["call.hangup"]),
        ("filter[webhook][contains]=call.hangup", ["call.hangup"]),
        ("filter[attempts][contains]=/webhook", ["call.hangup", "call.initiated"]),
        ("filter[attempts][contains]=nowhere", []),
        ("filter[started_at][gte]=2999-01-01T00:00:00Z", []),
        ("filter[started_at][lte]=2999-01-01T00:00:00Z", ["call.hangup", "call.initiated"]),
        ("filter[finished_at][gte]=2999-01-01T00:00:00Z", []),
        ("filter[finished_at][lte]=1999-01-01T00:00:00Z", []),
        ("page[size]=1", ["call.hangup"]),
    ],
)
def test_deliveries_are_filtered(scene: Scene, query: str, types: list[str]) -> None:
    leg = scene.ringing(11)
    assert scene.telnyx.idle(5)
    scene.telnyx.phone(leg.number).hang_up()
    assert scene.telnyx.idle(5)
    rows = scene.api.get(f"{LIST}?{quote(query, safe='=&[]/')}").data
    assert [row["webhook"]["event_type"] for row in rows] == types
