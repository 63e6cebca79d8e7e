"""Posts of strangers and broken senders: a plain status, nothing changed, nothing leaked."""

import base64
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from nacl.signing import SigningKey
from rigs.lines import CALL, TestLine, test_line
from rigs.recorded import TEST_KEY, make, post

from conference.signature import SIGNATURE, TIMESTAMP, sign

DEEP = b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
EVENT = json.dumps(make("call.initiated")).encode()


def signed_at(timestamp: str, body: bytes = EVENT) -> dict[str, str]:
    """Sign the body with a timestamp in any form."""
    raw = TEST_KEY.sign(timestamp.encode() + b"|" + body).signature
    return {SIGNATURE: base64.b64encode(raw).decode(), TIMESTAMP: timestamp}


def ago(seconds: float) -> str:
    return str(int(time.time() - seconds))


BODIES = {
    "not JSON": (b"call.initiated", 400),
    "empty": (b"", 400),
    "no object": (b'["data"]', 400),
    "nested 100,000 deep": (DEEP, 400),
    "data missing": (b'{"meta": {}}', 400),
    "data a list": (b'{"data": []}', 400),
    "UTF-16": (EVENT.decode().encode("utf-16"), 400),
    "byte order mark": (b"\xef\xbb\xbf" + EVENT, 400),
    "not UTF-8": (EVENT[:-2] + b"\xff}", 400),
    "a number of 5,000 digits": (b'{"data": {"id": ' + b"9" * 5000 + b"}}", 400),
    "payload missing": (b'{"data": {"record_type": "event", "event_type": "call.initiated"}}', 200),
    "no event": (b'{"data": {"record_type": "message", "event_type": "call.initiated"}}', 200),
    "no event type": (b'{"data": {"record_type": "event", "payload": {}}}', 200),
    "unknown event type": (json.dumps(make("call.initiated")).replace(
        '"call.initiated"', '"call.teleported"').encode(), 200),
    "5 MB": (b'{"data": "' + b"x" * 5_000_000 + b'"}', 413),
}  # fmt: skip

HEADERS: dict[str, Callable[[], dict[str, str]]] = {
    "none": lambda: {SIGNATURE: "", TIMESTAMP: ""},
    "no signature": lambda: {SIGNATURE: ""},
    "no timestamp": lambda: {TIMESTAMP: ""},
    "timestamp of 400 digits": lambda: signed_at("1" * 400),
    "timestamp of 5,000 digits": lambda: signed_at("1" * 5000),
    "timestamp no number": lambda: signed_at("now"),
    "timestamp negative": lambda: signed_at("-" + ago(0)),
    "timestamp with a fraction": lambda: signed_at(ago(0) + ".5"),
    "signature not base64": lambda: {SIGNATURE: "*" * 88},
    "signature of 63 bytes": lambda: {SIGNATURE: base64.b64encode(b"x" * 63).decode()},
    "signature of other bytes": lambda: signed_at(ago(0), b"{}"),
    "signature not ASCII": lambda: {SIGNATURE: "é" * 88},
    "timestamp not ASCII": lambda: {TIMESTAMP: "²"},
    "another key": lambda: sign(EVENT, key=SigningKey.generate(), now=time.time()),
}

PAYLOADS: dict[str, dict[str, Any]] = {
    "fields of the wrong type": {"direction": 7, "from": [], "to": {}, "client_state": 1.5},
    "unknown enum value": {"direction": "sideways"},
    "no call_control_id": {"call_control_id": None},
    "call_control_id a list": {"call_control_id": ["v3:1"]},
    "call_control_id of 10,000 characters": {"call_control_id": "v" * 10_000},
    "call_control_id with a line break": {"call_control_id": "v3:1\nfake log line"},
}

STATES = {
    "not base64": "%%%",
    "not text": base64.b64encode(b"\xff\xfe\x00").decode(),
    "not ours": base64.b64encode(b'{"room": "demo-conference"}').decode(),
    "of a room that cannot be": base64.b64encode(b'{"line":1,"room":"../etc"}').decode(),
}


def nothing_has_happened(line: TestLine) -> bool:
    return line.engine.registry.rooms() == [] and line.api.sent == []


@pytest.mark.parametrize("name", BODIES)
def test_body(line: TestLine, name: str) -> None:
    body, status = BODIES[name]
    assert post(line.client, body).status_code == status
    assert nothing_has_happened(line)


@pytest.mark.parametrize("name", HEADERS)
def test_headers(line: TestLine, name: str) -> None:
    assert post(line.client, EVENT, headers=HEADERS[name]()).status_code == 401
    assert nothing_has_happened(line)


@pytest.mark.parametrize(
    ("seconds", "status"), [(-301.5, 401), (-298, 200), (298, 200), (301.5, 401)]
)
def test_clock(line: TestLine, seconds: float, status: int) -> None:
    assert post(line.client, EVENT, now=time.time() + seconds).status_code == status
    assert nothing_has_happened(line) == (status == 401)


def test_a_header_twice(line: TestLine) -> None:
    signed = sign(EVENT, key=TEST_KEY, now=time.time())
    twice = [*signed.items(), (SIGNATURE, signed[SIGNATURE])]
    assert line.client.post("/webhook", data=EVENT, headers=twice).status_code == 401
    assert nothing_has_happened(line)


@pytest.mark.parametrize("name", PAYLOADS)
def test_payload(line: TestLine, name: str) -> None:
    event = make("call.initiated", **PAYLOADS[name])
    assert post(line.client, event).status_code == 200
    assert line.engine.idle(5)
    assert line.api.sent == []


@pytest.mark.parametrize("name", STATES)
def test_client_state_that_is_not_ours(line: TestLine, name: str) -> None:
    for event_type in ("call.answered", "call.speak.ended"):
        assert post(line.client, make(event_type, client_state=STATES[name])).status_code == 200
    outgoing = make("call.initiated", client_state=STATES[name], direction="outgoing")
    assert post(line.client, outgoing).status_code == 200
    assert nothing_has_happened(line)


def test_events_of_a_call_never_seen(line: TestLine) -> None:
    for event_type in ("call.answered", "conference.participant.joined", "call.speak.ended"):
        assert post(line.client, make(event_type, client_state=None)).status_code == 200
    assert nothing_has_happened(line)


def test_a_hangup_that_comes_first_is_remembered(line: TestLine) -> None:
    line.happens("call.hangup", "call.initiated", "call.answered")
    assert line.room.participants == {}
    assert line.api.sent == []


def test_get_and_redirects(line: TestLine) -> None:
    assert line.client.get("/webhook").status_code == 405
    assert post(line.client, EVENT, path="/webhook/").status_code == 404
    assert nothing_has_happened(line)


def test_without_a_public_key_nothing_is_believed() -> None:
    with test_line(key=None) as line:
        assert post(line.client, EVENT).status_code == 401
        assert nothing_has_happened(line)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (HEADERS["none"], "not sent by Telnyx"),
        (HEADERS["another key"], "another account's key?"),
        (lambda: signed_at(ago(412)), "the clock is 41"),
    ],
)
def test_a_refusal_says_what_is_likely_wrong(
    line: TestLine,
    caplog: pytest.LogCaptureFixture,
    headers: Callable[[], dict[str, str]],
    said: str,
) -> None:
    post(line.client, EVENT, headers=headers())
    assert said in caplog.text


@pytest.mark.parametrize(
    "path", ["/", "/webhooks", "/Callbacks/Voice/Inbound", "/telnyx-conf/start"]
)
def test_a_webhook_on_another_tutorials_path(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    assert post(line.client, EVENT, path=path).status_code == 404
    assert "must end in /webhook" in caplog.text


def test_api_v1_is_named(line: TestLine, caplog: pytest.LogCaptureFixture) -> None:
    assert post(line.client, b'{"record_type": "event", "payload": {}}').status_code == 400
    assert "API v2" in caplog.text


def test_refusals_are_logged_at_a_bounded_rate(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(200):
        post(line.client, EVENT, headers=HEADERS["another key"]())
    assert len(caplog.records) == 1


def test_the_log_shows_no_number_and_nothing_unverified(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "conference")
    post(line.client, b"secret-of-a-stranger", headers=HEADERS["another key"]())
    post(line.client, b"secret-of-a-stranger", path="/secret-path")
    line.happens("call.initiated", "call.answered", "call.speak.ended", "call.hangup")
    assert "...0142: ringing -[call.answered]> greeting" in caplog.text
    assert "+13125550142" not in caplog.text
    assert "secret" not in caplog.text
    assert CALL not in caplog.text


def test_genuine_webhooks_are_announced_once(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "conference")
    line.happens("call.initiated", "call.hangup")
    assert caplog.text.count("first genuine webhook received") == 1


def test_a_conferences_event_without_its_id_ends_nobodys_wait(line: TestLine) -> None:
    line.happens("call.initiated", "call.answered", "call.speak.ended")
    before = line.room
    for what in ("created", "participant.joined", "participant.left", "ended", "floor.changed"):
        line.happens(f"conference.{what}", conference_id=None)
    assert line.room == before
