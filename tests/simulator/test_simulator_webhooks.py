"""Webhooks: order, fields, signature, redelivery."""

from __future__ import annotations

import base64
import json
import socket
import time
from pathlib import Path
from types import ModuleType

import pytest
from nacl.signing import SigningKey
from rigs.recorded import EVENT_TYPES
from rigs.simulator import SIGNING_KEY, Receiver, Scene
from rigs.waiting import until

from conference import signature
from conference.signature import NotGenuine, public_key, verify
from conference.simulator import SimulatedTelnyx
from conference.simulator.webhooks import outgoing

SAMPLES = Path(__file__).parents[1] / "webhooks"
OTHERS = {"gather_id", "media_url", "queue_avg_wait_time_secs", "wait_time_secs"}
"""Fields that the samples lack: described by Telnyx, or caused by a parameter."""

ALONE = [
    "call.initiated",
    "call.answered",
    "conference.floor.changed",
    "conference.created",
    "conference.participant.joined",
    "call.hangup",
    "conference.participant.left",
    "conference.ended",
]


def test_the_order_for_a_lone_caller(scene: Scene) -> None:
    _, legs = scene.room(11)
    scene.telnyx.phone(legs[0].number).hang_up()
    assert scene.telnyx.idle(5)
    assert sorted(scene.receiver.types) == sorted(ALONE)  # they may overtake each other
    times = {webhook.type: webhook.data["occurred_at"] for webhook in scene.receiver.got}
    assert [times[each] for each in ALONE] == sorted(times.values())
    assert [each.status for each in scene.telnyx.webhooks] == [200] * len(ALONE)


def test_a_joiner_joins_and_then_has_the_floor(scene: Scene) -> None:
    id, legs = scene.room(11, 12)
    until(lambda: len(scene.receiver.of("conference.floor.changed")) == 2)
    for event_type in ("conference.participant.joined", "conference.floor.changed"):
        payloads = [webhook.payload for webhook in scene.receiver.of(event_type)]
        ids = {leg.call_control_id for leg in legs}
        assert {payload["call_control_id"] for payload in payloads} == ids
        assert {payload["conference_id"] for payload in payloads} == {id}


def test_conference_webhooks_carry_the_owners_client_state(scene: Scene) -> None:
    owner, guest = scene.answered(11), scene.answered(12)
    id = scene.api.create(owner, client_state="b3duZXI=").data["id"]
    assert scene.api.join(id, guest, client_state="Z3Vlc3Q=").status == 200
    scene.telnyx.phone(guest.number).hang_up()
    assert scene.telnyx.idle(5)
    (left,) = scene.receiver.of("conference.participant.left")
    (hangup,) = scene.receiver.of("call.hangup")
    assert left.payload["client_state"] == "b3duZXI="
    assert hangup.payload["client_state"] == "Z3Vlc3Q="


def test_webhooks_have_the_fields_of_recorded_ones(scene: Scene) -> None:
    id, legs = scene.room(11, 12)
    assert scene.api.room(id, "speak", payload="all", voice="f").status == 200
    until(lambda: scene.receiver.of("conference.speak.ended"))
    ids = [legs[0].call_control_id]
    assert scene.api.room(id, "speak", payload="one", voice="f", call_control_ids=ids).status == 200
    until(lambda: scene.receiver.of("conference.participant.speak.ended"))
    assert scene.api.call(legs[0], "speak", payload="me", voice="f").status == 200
    until(lambda: scene.receiver.of("call.speak.ended"))
    assert scene.api.room(id, "end").status == 200
    assert scene.telnyx.idle(5)
    assert len(set(scene.receiver.types)) == 14
    for webhook in scene.receiver.got:
        sample = json.loads((SAMPLES / f"{webhook.type}.json").read_bytes())["body"]
        assert set(webhook.payload) == set(sample["data"]["payload"]), webhook.type
        assert set(webhook.data) == set(sample["data"]) | {"occurred_at"}
        assert webhook.meta == {"attempt": 1, "delivered_to": scene.receiver.url}


def test_webhooks_of_sounds_digits_recordings_and_queues_do_too(scene: Scene) -> None:
    id, (leg, guest) = scene.room(11, 12)
    audio = {"audio_url": "http://127.0.0.1/a.wav"}
    some = {"call_control_ids": [guest.call_control_id]}
    record = {"format": "mp3", "channels": "single"}
    answers = [
        scene.api.room(id, "play", **audio),
        scene.api.room(id, "play", **audio, **some),
        scene.api.room(id, "record_start", **record),
        scene.api.call(leg, "record_start", **record),
        scene.api.call(leg, "playback_start", **audio),
        scene.api.call(leg, "gather"),
        scene.api.call(guest, "enqueue", queue_name="support"),
        scene.api.call(guest, "leave_queue"),
    ]
    assert [answer.status for answer in answers] == [200] * len(answers)
    scene.telnyx.phone(leg.number).press("1#")
    assert scene.api.room(id, "end").status == 200
    until(lambda: {"call.recording.saved", "conference.recording.saved"} <= {*scene.receiver.types})
    assert scene.telnyx.idle(5)
    words = ("playback", "record", "gather", "dtmf", "queued", "enqueued")
    got = [each for each in scene.receiver.got if any(word in each.type for word in words)]
    assert len({webhook.type for webhook in got}) == 12
    for webhook in got:
        sample = json.loads((SAMPLES / f"{webhook.type}.json").read_bytes())["body"]
        fields = set(sample["data"]["payload"]) - {"media_name"}  # here the audio has an address
        assert fields <= set(webhook.payload), webhook.type
        assert set(webhook.payload) <= fields | OTHERS, webhook.type


def test_every_type_but_these_is_sent_without_help(scene: Scene) -> None:
    """The simulator bridges no calls, detects no machines, and always has space to record."""
    by_hand = {"call.bridged", "call.recording.error"}
    by_hand |= {each for each in EVENT_TYPES if each.startswith("call.machine.")}
    scene.telnyx.account.application["call_cost_in_webhooks"] = True
    id, (leg, guest) = scene.room(11, 12)
    play, speak = {"audio_url": "http://127.0.0.1/a.wav"}, {"payload": "Hi.", "voice": "female"}
    some = {"call_control_ids": [guest.call_control_id]}
    answers = [
        *(scene.api.room(id, "play", **play, **to) for to in ({}, some)),
        *(scene.api.room(id, "speak", **speak, **to) for to in ({}, some)),
        scene.api.room(id, "record_start", format="mp3"),
        scene.api.call(leg, "record_start", format="mp3", channels="single"),
        scene.api.call(leg, "playback_start", **play),
        scene.api.call(leg, "speak", **speak),
        scene.api.call(leg, "gather"),
    ]
    phone = scene.telnyx.phone(leg.number)
    phone.press("1#")
    phone.hold()
    phone.hold(False)
    ends = {f"conference.{who}speak.ended" for who in ("", "participant.")} | {"call.speak.ended"}
    until(lambda: ends <= {*scene.receiver.types})
    answers += [
        scene.api.call(guest, "enqueue", queue_name="support"),
        scene.api.call(guest, "leave_queue"),
        scene.api.room(id, "end"),
    ]
    assert [answer.status for answer in answers] == [200] * len(answers)
    saved = {"call.recording.saved", "conference.recording.saved"}
    until(lambda: saved <= {*scene.receiver.types})
    assert scene.telnyx.idle(5)
    known = {name for name in EVENT_TYPES if not name.endswith(".unwrapped")}
    assert {*scene.receiver.types} == known - by_hand


def test_costs_are_reported_if_the_application_wants_it(scene: Scene) -> None:
    scene.telnyx.speed = 1000
    leg = scene.answered(11)
    until(lambda: scene.telnyx.now() - (leg.answered_at or 0.0) > 61)
    scene.telnyx.speed = 1
    other = scene.ringing(12)
    scene.telnyx.account.application["call_cost_in_webhooks"] = True
    for each in (leg, other):
        scene.telnyx.phone(each.number).hang_up()
    assert scene.telnyx.idle(5)
    costs = {each.payload["call_control_id"]: each for each in scene.receiver.of("call.cost")}
    dear, free = costs[leg.call_control_id].payload, costs[other.call_control_id].payload
    billed, parts = dear["billed_duration_secs"], dear["cost_parts"]
    assert (billed >= 120, billed % 60) == (True, 0)
    assert dear["total_cost"] == parts[0]["cost"] == f"{billed / 60 * 0.002:.4f}"
    assert (free["billed_duration_secs"], free["total_cost"]) == (0, "0.0000")
    sample = json.loads((SAMPLES / "call.cost.json").read_bytes())["body"]["data"]["payload"]
    assert set(dear) == set(sample)
    assert set(parts[0]) == set(sample["cost_parts"][0])


def test_a_phone_puts_only_answered_calls_on_hold(scene: Scene) -> None:
    up, ringing = scene.answered(11), scene.ringing(12)
    for leg in (up, ringing):
        scene.telnyx.phone(leg.number).hold()
        scene.telnyx.phone(leg.number).hold(False)
    assert scene.telnyx.idle(5)
    for event_type in ("call.hold", "call.unhold"):
        (webhook,) = scene.receiver.of(event_type)
        sample = json.loads((SAMPLES / f"{event_type}.json").read_bytes())["body"]
        assert webhook.payload["call_control_id"] == up.call_control_id
        assert set(webhook.payload) == set(sample["data"]["payload"])


def test_webhooks_are_signed(scene: Scene) -> None:
    scene.ringing(11)
    assert scene.telnyx.idle(5)
    (webhook,) = scene.receiver.got
    key = SIGNING_KEY.verify_key
    verify(webhook.body, webhook.headers, key=key, now=time.time())
    with pytest.raises(NotGenuine):
        verify(webhook.body + b" ", webhook.headers, key=key, now=time.time())
    assert webhook.headers["User-Agent"] == "telnyx-webhooks"
    assert webhook.headers["Content-Type"] == "application/json"
    assert b'": ' not in webhook.body


# Made with OpenSSL 3.0: `openssl pkeyutl -sign -rawin` over b"1787324645|" + BODY with the key
# whose seed is bytes 0 to 31, and its public key by `openssl pkey -pubout`.
BODY = b'{"data":{"record_type":"event"}}'
AT = 1787324645
BY_OPENSSL = {
    "Telnyx-Signature-Ed25519": (
        "rUMCV5pYMjKU4vSJY4TUNrY17odgJSvDSO3LlhrY7o7zqerwTJ84LtrBjidz34gGnpVDCe6cUDNjMwJ5j8hlAQ=="
    ),
    "Telnyx-Timestamp": "1787324645",
}
KEY_BY_OPENSSL = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="


def test_the_signature_is_a_known_answer_and_the_line_accepts_it() -> None:
    signed = outgoing.signed(BODY, SIGNING_KEY, AT + 0.9)
    assert signed == BY_OPENSSL
    verify(BODY, signed, key=public_key(KEY_BY_OPENSSL), now=AT)


def _received(scene: Scene) -> None:
    """Deliver a webhook of the simulator, and verify it as the line does."""
    scene.telnyx.send("call.cost", {})
    until(lambda: scene.receiver.got)
    (webhook,) = scene.receiver.got
    verify(webhook.body, webhook.headers, key=SIGNING_KEY.verify_key, now=time.time())


def _signed_otherwise(body: bytes, key: SigningKey, now: float) -> dict[str, str]:
    """Sign with another separator than Telnyx's."""
    message = f"{int(now)}.".encode() + body
    text = base64.b64encode(key.sign(message).signature).decode()
    return {"Telnyx-Signature-Ed25519": text, "Telnyx-Timestamp": str(int(now))}


@pytest.mark.parametrize(
    ("module", "name", "fault"),
    [
        (outgoing, "signed", _signed_otherwise),
        (signature, "SIGNATURE", "Telnyx-Signature"),
        (signature, "TIMESTAMP", "Telnyx-Time"),
    ],
    ids=["the simulator signs wrongly", "the line reads a wrong header", "and a wrong time"],
)
def test_a_fault_on_one_side_shows(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, fault: object
) -> None:
    monkeypatch.setattr(module, name, fault)
    with pytest.raises(NotGenuine):
        _received(scene)


def test_a_fault_in_the_lines_own_sign_does_not_reach_the_simulator(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The product's `sign` returns no headers here, for every importer."""
    nothing = (lambda body, *, key, now, headers: {}).__code__
    monkeypatch.setattr(signature.sign, "__code__", nothing)
    assert signature.sign(BODY, key=SIGNING_KEY, now=AT) == {}
    _received(scene)


def test_any_event_can_be_sent(scene: Scene) -> None:
    id = scene.telnyx.send("call.cost", {"call_control_id": "v3:x"})
    assert scene.telnyx.idle(5)
    (webhook,) = scene.receiver.got
    assert (webhook.type, webhook.data["id"]) == ("call.cost", id)
    assert webhook.payload == {"call_control_id": "v3:x"}


@pytest.mark.parametrize("status", [503, 408, 429])
def test_redelivery_after_a_refusal_for_now(
    scene: Scene, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference.simulator.webhooks.delivery.SPACING", (0.05,))
    scene.receiver.answers = [status]
    scene.telnyx.send("call.cost", {})
    until(lambda: len(scene.telnyx.webhooks) == 2)
    first, second = scene.receiver.got
    assert first.data == second.data
    assert (first.meta["attempt"], second.meta["attempt"]) == (1, 2)
    assert [each.status for each in scene.telnyx.webhooks] == [status, 200]


@pytest.mark.parametrize("status", [302, 400, 404, 410])
def test_other_refusals_are_final(scene: Scene, status: int) -> None:
    scene.receiver.answers = [status]
    scene.ringing(11)
    assert scene.telnyx.idle(5)
    scene.ringing(12)
    assert scene.telnyx.idle(5)
    assert [each.status for each in scene.telnyx.webhooks] == [status, 200]
    assert scene.telnyx._deliverer._real.quiet()


def test_redelivery_after_silence(scene: Scene) -> None:
    scene.telnyx.speed = 1
    scene.receiver.answers = [None]
    started = time.monotonic()
    scene.ringing(11)
    until(lambda: len(scene.telnyx.webhooks) == 2)
    assert time.monotonic() - started >= 3  # 2 s without an answer, then 1 s of pause
    assert [each.status for each in scene.telnyx.webhooks] == [None, 200]
    assert {each.event_id for each in scene.telnyx.webhooks} == {scene.receiver.got[0].data["id"]}


def test_redelivery_after_a_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/webhook"
    with SimulatedTelnyx(url, SIGNING_KEY) as telnyx:
        telnyx.phone("+13125550111").dial()
        assert telnyx.idle(5)
        assert [each.status for each in telnyx.webhooks] == [None]
        with Receiver() as receiver:
            telnyx.webhook_url = receiver.url
            until(lambda: receiver.got)
            assert receiver.got[0].meta == {"attempt": 2, "delivered_to": receiver.url}
            assert telnyx.idle(5)


def test_five_attempts(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conference.simulator.webhooks.delivery.SPACING", (0.01, 0.02, 0.04, 0.08))
    scene.receiver.answers = [500] * 9
    scene.telnyx.send("call.cost", {})
    until(lambda: len(scene.telnyx.webhooks) == 5)
    assert [each.attempt for each in scene.telnyx.webhooks] == [1, 2, 3, 4, 5]
    assert scene.telnyx._deliverer._real.quiet()


def test_webhooks_are_delivered_concurrently(scene: Scene) -> None:
    scene.receiver.answers = [None] * 10
    for last in range(10):
        scene.ringing(last)
    until(lambda: len(scene.receiver.got) == 10, within=10)
    scene.receiver.release.set()
