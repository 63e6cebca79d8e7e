"""`flask doctor`: faults of the account's records, its limits, and deliveries that failed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from rigs import doctor as rig
from rigs.doctor import NUMBER, Scene, found
from rigs.odd_server import Odd

from conference.doctor import deliveries
from conference.doctor.phrases import PHRASES
from conference.settings import Settings
from conference.simulator import CONNECTION_ID
from conference.telnyx_api import ApiResponse

OTHER = "1494404757140299999"
APPLICATION = f"/call_control_applications/{CONNECTION_ID}"


@pytest.fixture(scope="module")
def running() -> Iterator[rig.Running]:
    with rig.running() as found:
        yield found


@pytest.fixture
def scene(running: rig.Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with rig.scene_of(running, monkeypatch) as found:
        yield found


def names(scene: Scene, kind: str, path: str) -> Settings:
    """Settings whose TELNYX_CONNECTION_ID names a record of this kind."""
    record = Odd(body=json.dumps({"data": {"id": OTHER, "record_type": kind}}).encode())
    return scene.odd_telnyx({f"{path}/{OTHER}": record}, telnyx_connection_id=OTHER)


def balance(scene: Scene, amount: str) -> Settings:
    scene.account.balance = amount
    return scene.settings()


def revoked(scene: Scene) -> Settings:
    scene.account.key_revoked = True
    return scene.settings()


def dials(scene: Scene, allow: str = "+1", **profile: Any) -> Settings:
    """Settings of a line that dials, and these fields of the outbound voice profile."""
    for row in scene.account.profiles.values():
        row.update(profile)
    return scene.settings(dial_allow=tuple(allow.split(",")))


def without_profile(scene: Scene) -> Settings:
    scene.account.application["outbound"] = {"outbound_voice_profile_id": None}
    return dials(scene)


def without_profile_for_texml(scene: Scene) -> Settings:
    for row in scene.account.texml_applications.values():
        row["outbound"] = {"outbound_voice_profile_id": None}
    return scene.settings(telnyx_connection_id="", dial_allow=("+1",))


def lost_profile(scene: Scene) -> Settings:
    """The application names a profile that Telnyx does not show."""
    scene.account.profiles.clear()
    return dials(scene)


def failed(scene: Scene, code: int = 0, seconds: float = 0.1, **fields: Any) -> Settings:
    """Settings of a line to which a webhook was not delivered just now."""
    began = datetime.now(UTC)
    row = {
        "status": "failed",
        "webhook": {"event_type": "call.initiated", "payload": {"from": NUMBER}},
        "started_at": stamp(began.timestamp()),
        "attempts": [attempt(scene.line.url, code, began.timestamp(), seconds)],
    }
    answer = Odd(body=json.dumps({"data": [row | fields]}).encode())
    return scene.odd_telnyx({"/webhook_deliveries": answer, APPLICATION: works(scene)})


def attempt(url: str, status: int, began: float, seconds: float) -> dict[str, Any]:
    response = {"status": status, "headers": [], "body": "secret"} if status else None
    return {
        "status": "failed",
        "started_at": stamp(began),
        "finished_at": stamp(began + seconds),
        "http": {"request": {"url": f"{url}/webhook", "headers": []}, "response": response},
    }


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def works(scene: Scene) -> Odd:
    return Odd(body=json.dumps({"data": scene.account.application}).encode())


CASES: list[tuple[str, Callable[[Scene], Settings], str, str]] = [
    # an application of the wrong kind
    ("TeXML", lambda s: s.settings(telnyx_connection_id=next(iter(s.account.texml_applications))),
     "application.is-texml", "names a TeXML application: conference line by TeXML"),
    ("SIP", lambda s: names(s, "ip_connection", "/connections"), "application.other-kind",
     "no Call Control application, but a ip connection"),
    ("messages", lambda s: names(s, "messaging_profile", "/messaging_profiles"),
     "application.other-kind", "messaging profile"),
    ("no kind", lambda s: names(s, "", "/connections"), "application.missing", "none with this ID"),
    ("another account's", lambda s: s.settings(telnyx_connection_id=OTHER), "application.missing",
     "none with this ID (404)"),
    # what else the application says
    ("failover", lambda s: s.application(webhook_event_failover_url="https://x.com/webhook?a=s3cret"),
     "application.failover", "go to https://x.com/webhook, which"),
    ("few lines", lambda s: s.application(inbound={"channel_limit": 10}),
     "application.channel-limit", "takes 10 calls for it at a time, and rooms may have 250"),
    ("digits in the sound", lambda s: s.application(dtmf_type="Inband"), "application.dtmf",
     "Inband"),
    ("a path of PUBLIC_URL", lambda s: s.settings(public_url=f"{s.line.url}/line"),
     "application.elsewhere", "not at PUBLIC_URL"),
    # the number
    ("deleted", lambda s: s.number(status="deleted"), "number.gone", "no calls: it is deleted"),
    ("moved away", lambda s: s.number(status="ported-out"), "number.gone", "it is ported-out"),
    ("messages only", lambda s: s.number(features=["sms", "mms"]), "number.no-voice",
     "...0100 cannot take calls: Telnyx lists sms, mms"),
    ("nothing", lambda s: s.number(features=[]), "number.no-voice", "lists nothing"),
    ("not shown", lambda s: s.number(features=None), "number.features-not-shown", "...0100"),
    ("forwarded", lambda s: s.number(
        call_forwarding={"forwards_to": "+12025550177", "forwarding_type": "always"}
    ), "number.forwarded", "to ...0100 are forwarded"),
    ("screened", lambda s: s.number(inbound_call_screening="reject_calls"), "number.screened",
     "rejects calls to ...0100"),
    ("no voice settings", lambda s: s.odd_telnyx({"/phone_numbers": Odd(body=json.dumps(
        {"data": [s.account.number]}).encode())}), "number.voice-unreadable", "answered 404"),
    ("TeXML that leads nowhere", lambda s: (
        s.number(connection_id=next(iter(s.account.texml_applications))), s.texml(url="/webhook"),
        s.settings(),
    )[2], "number.on-texml", "...0100 is assigned to a TeXML application whose voice URL"),
    ("a list that breaks off", lambda s: (s.no_texml(), s.odd_telnyx({
        "/texml_applications": Odd(body=b'{"data": [], "meta": {"total_pages": 2}}')
    }))[1], "texml.unreadable", "answered 200"),
    # money
    ("revoked", revoked, "api-key.refused", "(401)"),
    ("no credit", lambda s: balance(s, "0.00"), "balance.none", "no credit"),
    ("debts", lambda s: balance(s, "-3.10"), "balance.none", "no credit"),
    ("odd", lambda s: balance(s, "much"), "balance.unreadable", "answered 200"),
    ("not shown", lambda s: s.odd_telnyx({}), "balance.unreadable", "answered 404"),
    ("no key", lambda s: s.settings(telnyx_api_key="wrong"), "balance.not-checked", "not checked"),
    # outgoing calls
    ("no number", lambda s: s.settings(telnyx_number="", dial_allow=("+1",)), "outbound.not-set",
     "DIAL_ALLOW is set, and TELNYX_NUMBER is not"),
    ("neither", lambda s: s.no_texml(
        telnyx_number="", telnyx_connection_id="", dial_allow=("+1",)
    ), "outbound.not-set", "TELNYX_NUMBER and TELNYX_CONNECTION_ID is not"),
    ("no application", lambda s: s.settings(telnyx_connection_id=OTHER, dial_allow=("+1",)),
     "outbound.not-checked", "not checked"),
    ("no profile", without_profile, "outbound.no-profile", "no outbound voice profile"),
    ("no profile for TeXML", without_profile_for_texml, "outbound.no-profile",
     "no outbound voice profile"),
    ("lost", lost_profile, "outbound.unreadable", "answered 404"),
    ("off", lambda s: dials(s, enabled=False), "outbound.disabled", "switched off"),
    ("one at once", lambda s: dials(s, concurrent_call_limit=1), "outbound.concurrent",
     "the profile allows 1 calls at once, and DIAL_AT_ONCE is 5"),
    ("few lines", lambda s: (s.application(outbound=s.account.application["outbound"] | {
        "channel_limit": 2}), dials(s))[1], "outbound.concurrent", "the application allows 2"),
    ("abroad", lambda s: dials(s, "us-canada,+351,+4930"), "outbound.destinations",
     "DIAL_ALLOW has +351, +49, and"),
    ("at home", lambda s: dials(s, whitelisted_destinations=["PT"]), "outbound.destinations",
     "DIAL_ALLOW has +1, and"),
    ("the Bahamas", lambda s: dials(s, "+1242"), "outbound.destinations-not-known", "+1242"),
    ("far away", lambda s: dials(s, "+1,+6881"), "outbound.destinations-not-known", "+688"),
    # deliveries
    ("401", lambda s: failed(s, 401), "deliveries.not-genuine", "1, with 401; the last call.init"),
    ("404", lambda s: failed(s, 404), "deliveries.no-path", "with 404"),
    ("405", lambda s: failed(s, 405), "deliveries.method", "with 405"),
    ("302", lambda s: failed(s, 302), "deliveries.redirected", "with 302"),
    ("400", lambda s: failed(s, 400), "deliveries.refused", "with 400"),
    ("502", lambda s: failed(s, 502), "deliveries.server-error", "with 502"),
    ("slow", lambda s: failed(s, 0, 2.0), "deliveries.no-answer", "no answer in time"),
    ("no way", lambda s: failed(s, 0, 0.2), "deliveries.no-connection", "no connection"),
    ("no list", lambda s: s.odd_telnyx({APPLICATION: works(s)}), "deliveries.unreadable", "404"),
    ("no address", lambda s: s.no_texml(telnyx_connection_id="", public_url=""),
     "deliveries.not-checked", "not checked"),
    ("no server", lambda s: s.health(Odd(404)), "self-test.not-checked", "not checked"),
    # music
    ("redirected", lambda s: s.music(
        Odd(302, headers={"Location": f"{s.line.url}/hold-music.wav?a=s3cret"})
    ), "music.redirected", "/hold-music.wav: Telnyx may not follow"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bring_about", "fact", "words"),
    [case[1:] for case in CASES],
    ids=[f"{case[2]}: {case[0]}" for case in CASES],
)
def test_what_is_wrong_is_found(
    scene: Scene, bring_about: Callable[[Scene], Settings], fact: str, words: str
) -> None:
    findings = found(bring_about(scene))
    shown = [each.what for each in findings if each.fact == fact]
    assert any(words in text for text in shown), findings
    assert PHRASES[fact].state != "ok"


GOOD: list[tuple[str, Callable[[Scene], Settings], str]] = [
    ("failover to itself", lambda s: s.application(
        webhook_event_failover_url=f"{s.line.url}/webhook"), "application.ok"),
    ("many lines", lambda s: s.application(inbound={"channel_limit": 250}), "application.ok"),
    ("forwarded on failure", lambda s: s.number(
        call_forwarding={"forwards_to": "+12025550177", "forwarding_type": "on-failure"}
    ), "number.ok"),
    ("no longer forwarded", lambda s: s.number(call_forwarding={
        "forwards_to": "+12025550177", "forwarding_type": "always",
        "call_forwarding_enabled": False}), "number.ok"),
    ("outgoing calls", dials, "outbound.ok"),
    ("by TeXML alone", lambda s: s.settings(telnyx_connection_id="", dial_allow=("+1",)),
     "outbound.ok"),
    ("to the whole world", lambda s: dials(s, "+351", whitelisted_destinations=[]), "outbound.ok"),
    ("a limit that is off", lambda s: dials(s, daily_spend_limit="5.00"), "outbound.ok"),
    ("delivered in the end", lambda s: failed(s, 503, status="delivered"), "deliveries.ok"),
    ("long ago", lambda s: failed(s, 401, attempts=[
        attempt(s.line.url, 401, time.time() - 90_000, 0.1)]), "deliveries.ok"),
    ("of another server", lambda s: failed(s, 401, attempts=[
        attempt("https://x.com", 401, time.time(), 0.1)]), "deliveries.ok"),
    ("odd rows", lambda s: failed(s, 401, attempts=[7, {"http": None}]), "deliveries.ok"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bring_about", "fact"),
    [case[1:] for case in GOOD],
    ids=[f"{case[2]}: {case[0]}" for case in GOOD],
)
def test_what_is_as_good_is_found_good(
    scene: Scene, bring_about: Callable[[Scene], Settings], fact: str
) -> None:
    check = PHRASES[fact].check
    assert [e.fact for e in found(bring_about(scene)) if e.check == check] == [fact]


def test_a_limit_of_spending_is_shown_and_no_fault(scene: Scene) -> None:
    settings = dials(scene, daily_spend_limit="5.00", daily_spend_limit_enabled=True)
    shown = {each.fact: each.what for each in found(settings) if each.check == "dial-out"}
    assert shown.keys() == {"outbound.ok", "outbound.spend-limit"}
    assert "once 5.00 USD" in shown["outbound.spend-limit"]


def test_limits_of_a_new_account_are_named_where_the_line_dials(scene: Scene) -> None:
    (shown,) = (each for each in found(dials(scene)) if each.fact == "outbound.ok")
    assert "2 outgoing calls at once" in shown.what
    assert "dial-out" not in {each.check for each in found(scene.settings())}


def test_deliveries_that_failed_are_grouped_by_cause() -> None:
    def row(status: int, at: float, event: str) -> dict[str, Any]:
        tries = [attempt("https://x.com", status, at, 0.1)]
        return {"status": "failed", "webhook": {"event_type": event}, "attempts": tries}

    rows = [row(401, 10, "a"), row(401, 30, "c"), row(401, 20, "b"), row(502, 5, "d")]
    shown = [*deliveries.examine(ApiResponse(200, rows), "x.com", 40.0)]
    assert [(each.name, each.values["count"], each.values["event"]) for each in shown] == [
        ("deliveries.not-genuine", "3", "c"),
        ("deliveries.server-error", "1", "d"),
    ]
    (many,) = deliveries.examine(ApiResponse(200, rows[:1] * deliveries.MOST), "x.com", 40.0)
    assert many.values["count"] == "100 or more"
    assert shown[0].values["at"] == "1970-01-01 00:00:30 UTC"


def test_a_webhook_that_telnyx_could_not_deliver_is_read_from_its_list(scene: Scene) -> None:
    """With the simulated account's own list, for a line that refused a call's webhook."""
    account, line = scene.account, scene.line
    account.application["webhook_event_url"] = f"{line.url}/wrong"
    leg = line.telnyx.phone("+13125550111").dial()
    assert line.telnyx.idle(5)
    account.application["webhook_event_url"] = f"{line.url}/webhook"
    facts = [each.fact for each in found(scene.settings())]
    assert "deliveries.no-path" in facts, leg
