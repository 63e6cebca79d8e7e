"""Single calls: answering, speech, ends."""

from __future__ import annotations

import pytest
from rigs.simulator import CONNECTION, Scene
from rigs.waiting import until

from conference.simulator import Leg

CALLEE = "+13125550199"


def hangup(scene: Scene, leg: Leg) -> tuple[str, str]:
    """Wait for the leg's call.hangup; return its cause and source."""

    def of_leg() -> list[dict[str, str]]:
        payloads = [webhook.payload for webhook in scene.receiver.of("call.hangup")]
        return [each for each in payloads if each["call_control_id"] == leg.call_control_id]

    until(of_leg)
    return of_leg()[0]["hangup_cause"], of_leg()[0]["hangup_source"]


def test_an_incoming_call_rings_until_it_is_answered(scene: Scene) -> None:
    leg = scene.ringing(11)
    assert scene.telnyx.idle(5)
    payload = scene.receiver.got[0].payload
    assert (payload["direction"], payload["state"]) == ("incoming", "parked")
    assert (payload["from"], payload["to"]) == ("+13125550111", "+13125550100")
    assert (leg.state, leg.number) == ("ringing", "+13125550111")
    assert scene.api.call(leg, "answer", client_state="aGk=").data == {"result": "ok"}
    until(lambda: leg.state == "answered")
    assert scene.telnyx.idle(5)
    assert scene.receiver.types == ["call.initiated", "call.answered"]
    answered = scene.receiver.got[1].payload
    assert answered["client_state"] == "aGk="
    assert "direction" not in answered


def test_a_command_is_answered_before_the_call_is_up(scene: Scene) -> None:
    scene.telnyx.speed = 0.1
    leg = scene.ringing(11)
    assert scene.api.call(leg, "answer").status == 200
    assert scene.api.create(leg).error["code"] == "90034"
    scene.telnyx.speed = 50
    until(lambda: leg.state == "answered")
    assert scene.api.create(leg).status == 200


def test_a_caller_gives_up_after_half_a_minute(scene: Scene) -> None:
    scene.telnyx.speed = 200
    leg = scene.ringing(11)
    assert hangup(scene, leg) == ("originator_cancel", "caller")
    assert 30 <= leg.hears.at < 60


def test_a_call_lasts_four_hours(scene: Scene) -> None:
    leg = scene.answered(11)
    scene.telnyx.speed = 100_000
    assert hangup(scene, leg) == ("time_limit", "unknown")
    assert leg.hears.at >= 4 * 3600


def test_who_hangs_up_is_the_source(scene: Scene) -> None:
    by_phone, by_application, refused = scene.answered(11), scene.answered(12), scene.ringing(13)
    scene.telnyx.phone(by_phone.number).hang_up()
    assert scene.api.call(by_application, "hangup").status == 200
    assert scene.api.call(refused, "hangup").status == 200
    assert hangup(scene, by_phone) == ("normal_clearing", "caller")
    assert hangup(scene, by_application) == ("normal_clearing", "callee")
    assert hangup(scene, refused) == ("call_rejected", "callee")


def test_an_outgoing_call_that_is_answered(scene: Scene) -> None:
    phone = scene.telnyx.phone(CALLEE)
    phone.when_called(answer_after=2.0)
    row = scene.api.dial(CALLEE, client_state="aGk=").data
    assert row["is_alive"] is False
    (leg,) = scene.telnyx.legs
    until(lambda: leg.state == "answered")
    assert scene.telnyx.idle(5)
    assert scene.receiver.types == ["call.initiated", "call.answered"]
    first = scene.receiver.got[0].payload
    assert (first["direction"], first["to"]) == ("outgoing", CALLEE)
    assert [webhook.payload["client_state"] for webhook in scene.receiver.got] == ["aGk="] * 2
    assert leg.call_control_id == row["call_control_id"]
    assert leg.number == CALLEE
    phone.hang_up()
    assert hangup(scene, leg) == ("normal_clearing", "callee")


@pytest.mark.parametrize("cause", ["user_busy", "call_rejected"])
def test_an_outgoing_call_that_is_refused(scene: Scene, cause: str) -> None:
    scene.telnyx.phone(CALLEE).when_called(refuse=cause)
    leg = scene.telnyx.place_call(CALLEE)
    assert hangup(scene, leg) == (cause, "callee")
    assert scene.telnyx.idle(5)
    assert scene.receiver.types == ["call.initiated", "call.hangup"]


def test_an_outgoing_call_to_an_unknown_number(scene: Scene) -> None:
    assert hangup(scene, scene.telnyx.place_call(CALLEE)) == ("not_found", "unknown")


@pytest.mark.parametrize(("retry", "cause"), [(True, "timeout"), (False, "no_answer")])
def test_an_outgoing_call_that_is_not_answered(scene: Scene, retry: bool, cause: str) -> None:
    scene.telnyx.phone(CALLEE).when_called(answer_after=None)
    assert scene.api.dial(CALLEE, timeout_secs=5, retry_on_timeout=retry).status == 200
    (leg,) = scene.telnyx.legs
    assert hangup(scene, leg) == (cause, "caller")
    assert leg.hears.at >= 5


def test_a_phone_refuses_only_as_phones_do(scene: Scene) -> None:
    with pytest.raises(ValueError, match="user_busy"):
        scene.telnyx.phone(CALLEE).when_called(refuse="not_found")


def test_a_call_to_the_applications_number_has_a_second_leg(scene: Scene) -> None:
    out = scene.telnyx.place_call(scene.telnyx.number)
    _, incoming = scene.telnyx.legs
    assert incoming.direction == "incoming"
    assert scene.api.call(incoming, "answer").status == 200
    until(lambda: out.state == "answered")
    assert scene.api.call(out, "hangup").status == 200
    assert incoming.state == "ended"


def test_speech_lasts_and_waits_for_earlier_speech(scene: Scene) -> None:
    leg = scene.answered(11)
    texts = ["Welcome to the conference.", "You are the first."]
    for text in texts:
        assert scene.api.call(leg, "speak", payload=text, voice="female").status == 200
    until(lambda: len(scene.receiver.of("call.speak.ended")) == 2)
    said = [heard for heard in leg.timeline if heard.what == "speech"]
    assert [heard.detail for heard in said] == texts
    assert said[1].at - said[0].at >= len(texts[0]) / 15 + 0.5
    assert leg.hears.what == "silence"
    ended = scene.receiver.of("call.speak.ended")
    assert [webhook.payload["status"] for webhook in ended] == ["completed"] * 2


def test_joining_cuts_the_greeting(scene: Scene) -> None:
    scene.telnyx.speed = 5
    leg = scene.answered(11)
    assert scene.api.call(leg, "speak", payload="x" * 300, voice="female").status == 200
    assert scene.api.create(leg).status == 200
    assert scene.telnyx.idle(5)
    (ended,) = scene.receiver.of("call.speak.ended")
    assert ended.payload["status"] == "call_hangup"
    assert leg.hears.what == "conference"


@pytest.mark.parametrize(("stop", "next_"), [("current", "second"), ("all", "third")])
def test_speech_can_be_stopped(scene: Scene, stop: str, next_: str) -> None:
    scene.telnyx.speed = 1
    leg = scene.answered(11)
    for text in ("first", "second"):
        assert scene.api.call(leg, "speak", payload=text, voice="female").status == 200
    assert leg.hears.detail == "first"
    assert scene.api.call(leg, "speak", payload="third", voice="f", stop=stop).status == 200
    assert leg.hears.detail == next_


def test_a_command_id_counts_once_in_a_minute(scene: Scene) -> None:
    scene.telnyx.phone(CALLEE).when_called()
    first = scene.api.dial(CALLEE, command_id="1").data
    assert scene.api.dial(CALLEE, command_id="1").data == first
    assert len(scene.telnyx.legs) == 1
    assert scene.api.dial(CALLEE, command_id="2").data != first
    scene.telnyx.speed = 1000
    start = scene.telnyx.now()
    until(lambda: scene.telnyx.now() > start + 60)
    scene.telnyx.speed = 50
    assert scene.api.dial(CALLEE, command_id="1").data != first
    assert len(scene.telnyx.legs) == 3


def test_a_repeated_command_gets_the_first_answer(scene: Scene) -> None:
    leg = scene.ringing(11)
    for _ in range(2):
        assert scene.api.call(leg, "answer", command_id="1").data == {"result": "ok"}
    for _ in range(2):
        assert scene.api.call(leg, "hangup", command_id="2").data == {"result": "ok"}
    assert scene.api.call(leg, "hangup", command_id="3").error["code"] == "90018"


def test_a_refused_command_may_be_repeated(scene: Scene) -> None:
    leg = scene.ringing(11)
    assert scene.api.create(leg, command_id="1").status == 422
    assert scene.api.call(leg, "answer").status == 200
    until(lambda: leg.state == "answered")
    assert scene.api.create(leg, command_id="1").status == 200


def test_a_calls_status(scene: Scene) -> None:
    leg = scene.answered(11)
    path = f"/calls/{leg.call_control_id}"
    state = {"client_state": "aGk="}
    assert scene.api.request("PUT", f"{path}/actions/client_state_update", state).status == 200
    row = scene.api.get(path).data
    assert (row["is_alive"], row["client_state"]) == (True, "aGk=")
    assert "end_time" not in row
    scene.telnyx.phone(leg.number).hang_up()
    row = scene.api.get(path).data
    assert row["is_alive"] is False
    assert row["end_time"] >= row["start_time"]
    assert scene.api.get(f"/connections/{CONNECTION}/active_calls").data == []
    scene.telnyx.speed = 10_000  # a call is known for ten minutes after its end
    until(lambda: scene.api.get(path).status == 404)
