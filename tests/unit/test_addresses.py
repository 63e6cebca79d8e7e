"""Only signed content and PUBLIC_URL name our address: no header does, by either door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rigs.lines import TestLine, test_line
from rigs.recorded import make, post
from rigs.texml_forms import ANN, BOB, FETCH, HERE, JOIN, conference, read_xml, says, send, unsigned

from conference.core.commands import Dial, Hold
from conference.core.events import ModeratorRequest
from conference.reporting.rate_limited_log import RateLimitedLog

EVIL = "evil.example"
FORGED = {
    "Host": EVIL,
    "Forwarded": f"host={EVIL};proto=https",
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Server": EVIL,
    "X-Original-URL": f"https://{EVIL}/texml",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/texml",
}
RELAYS = [
    "https://relay.example/telnyx/voice",
    "https://relay.example/",
    "https://relay.example",
    "https://relay.example/webhook/forward",
    "https://relay.example/mywebhook",
    "https://relay.example/?to=/webhook",
    "https://relay.example/x#/webhook",
    "https:///webhook",
    "ftp://relay.example/webhook",
    "//relay.example/webhook",
    "/webhook",
    "https://[relay/webhook",
]


def delivered(event_type: str, to: Any, **payload: Any) -> dict[str, Any]:
    body = make(event_type, **payload)
    part = body if "meta" in body else body["data"]
    part["meta"] = {"attempt": 1, "delivered_to": to}
    return {"data": body.get("data", body), "meta": part["meta"]}


def alone(line: TestLine, to: Any, **headers: str) -> list[str]:
    """Let a caller in whose webhooks are delivered there. Return the music of each hold."""
    for event_type in ("initiated", "answered", "speak.ended"):
        body = delivered(f"call.{event_type}", to)
        assert post(line.client, body, headers=headers).status_code == 200
        assert line.engine.idle(5)
    for event_type in ("created", "participant.joined"):
        body = delivered(f"conference.{event_type}", to)
        assert post(line.client, body, headers=headers).status_code == 200
        assert line.engine.idle(5)
    return [command.music for command in line.api.sent if isinstance(command, Hold)]


@pytest.mark.parametrize("to", RELAYS)
def test_a_relays_address_names_no_music_and_the_log_asks_once(
    line: TestLine, caplog: pytest.LogCaptureFixture, to: str
) -> None:
    assert alone(line, to) == [""]
    assert line.room.origin == ""
    assert caplog.text.count("PUBLIC_URL") == 1
    assert "relay" not in caplog.text.replace("behind a relay", "")


def test_the_relays_address_stays_away_from_a_known_one(line: TestLine) -> None:
    assert alone(line, f"{HERE}/webhook") == [f"{HERE}/hold-music.wav"]
    post(line.client, delivered("call.initiated", RELAYS[0], call_control_id="v3:other"))
    assert line.room.origin == HERE


@pytest.mark.parametrize(
    ("to", "here"),
    [
        (f"{HERE}/webhook", HERE),
        (f"{HERE}/webhook/", HERE),
        (f"{HERE}:8443/line/webhook?x=1", f"{HERE}:8443/line"),
        ("http://127.0.0.1:5000/webhook", "http://127.0.0.1:5000"),
    ],
)
def test_our_own_path_names_the_address(
    line: TestLine, caplog: pytest.LogCaptureFixture, to: str, here: str
) -> None:
    assert alone(line, to, **FORGED) == [f"{here}/hold-music.wav"]
    assert "PUBLIC_URL" not in caplog.text


def test_with_public_url_nothing_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    with test_line(public_url=HERE) as line:
        assert alone(line, RELAYS[0]) == [f"{HERE}/hold-music.wav"]
    assert "PUBLIC_URL" not in caplog.text


def test_no_address_at_all_is_asked_for_too(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    body = make("call.initiated")
    body.pop("meta", None)
    body["data"].pop("meta", None)
    for _ in range(3):
        assert post(line.client, json.dumps(body).encode()).status_code == 200
    assert caplog.text.count("PUBLIC_URL") == 1


# TeXML


@pytest.mark.parametrize("host", [EVIL, "line.example:8443", "under_score.example", ""])
def test_without_an_address_nobody_is_let_in_nor_left_in_silence(
    line: TestLine, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    answer = send(line, "/texml/blue", FETCH, headers={**FORGED, "Host": host})
    assert "cannot be reached" in says(answer)
    assert EVIL not in answer.text
    assert "set PUBLIC_URL to the part of the voice URL before /texml" in caplog.text
    waiting = send(line, "/texml/wait/blue", FETCH, headers={**FORGED, "Host": host})
    assert [each.tag for each in read_xml(waiting.data)] == ["Say"]


def test_public_url_alone_names_the_addresses_of_a_document() -> None:
    with test_line(public_url=f"{HERE}/line", texml_secret="S" * 20, **RECORDED) as line:
        for answer in (
            send(line, "/texml/blue", FETCH, headers=FORGED),
            unsigned(line, f"/texml/{'S' * 20}/blue"),
        ):
            found = conference(answer).attrib
            addresses = [value for value in found.values() if "://" in value]
            assert len(addresses) == 3
            assert all(address.startswith(f"{HERE}/line/texml/") for address in addresses)
        waiting = send(line, "/texml/wait/blue", FETCH, headers=FORGED)
        assert read_xml(waiting.data).findtext("Play") == f"{HERE}/line/hold-music.wav"


RECORDED = {"texml_record": "record-from-start"}


def test_a_repeated_callback_with_another_host_gets_no_music_and_no_number() -> None:
    dials = {"dial_allow": ("+1",), "telnyx_number": "+13125550100"}
    with test_line(**dials) as line:
        for headers in ({}, FORGED, FORGED):
            joined = {**JOIN, "FriendlyName": "blue"}
            assert send(line, "/texml/status", joined, headers=headers).status_code == 204
            assert line.engine.idle(5)
        values = {"to": "+13125550142"}
        line.engine.moderate("blue", ModeratorRequest("dial", 1.0, "1", values=values))
        assert line.engine.idle(5)
        assert [x.music for x in line.api.sent if isinstance(x, Hold)] == [""]
        assert [x.callback for x in line.api.sent if isinstance(x, Dial)] == [""]
        assert EVIL not in repr(line.api.sent) + repr(line.engine.registry.rooms())


def test_a_signed_webhook_names_the_address_for_both_doors(line: TestLine) -> None:
    alone(line, f"{HERE}/webhook")
    answer = send(line, "/texml/blue", FETCH, headers=FORGED)
    assert conference(answer).attrib["statusCallback"] == f"{HERE}/texml/status"
    for call in (ANN, BOB):
        joined = {**JOIN, "FriendlyName": "blue", "CallSid": call}
        assert send(line, "/texml/status", joined, headers=FORGED).status_code == 204
        assert line.engine.idle(5)
    assert line.engine.registry.room("blue").music == f"{HERE}/hold-music.wav"


def test_a_fault_that_lasts_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    log = RateLimitedLog(lambda: now[0])
    for seconds in (0.0, 1.0, 1e6, 1e9):
        now[0] = seconds
        log.once("kind", "a line")
    assert [record.getMessage() for record in caplog.records] == ["a line"]
