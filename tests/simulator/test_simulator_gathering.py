"""Gathers: typed digits, and the result."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from rigs.simulator import Scene
from rigs.waiting import until

from conference.simulator import Leg, Phone

A, SORRY = "http://127.0.0.1/a.wav", "http://127.0.0.1/sorry.wav"


def phone(scene: Scene, leg: Leg) -> Phone:
    return scene.telnyx.phone(leg.number)


def ended(scene: Scene) -> dict[str, Any]:
    """Return the payload of the only call.gather.ended."""
    until(lambda: scene.receiver.of("call.gather.ended"))
    assert scene.telnyx.idle(5)
    (webhook,) = scene.receiver.of("call.gather.ended")
    return webhook.payload


def typed(scene: Scene) -> list[str]:
    got = sorted(scene.receiver.of("call.dtmf.received"), key=lambda each: each.data["occurred_at"])
    return [webhook.payload["digit"] for webhook in got]


@pytest.fixture
def slow(scene: Scene) -> Scene:
    """Use a speed at which a test can check something during a prompt or a wait."""
    scene.telnyx.speed = 5
    return scene


def heard(leg: Leg) -> list[str]:
    return [str(each) for each in leg.timeline if each.what in ("playback", "speech")]


def test_keys_are_reported_with_and_without_a_gather(scene: Scene) -> None:
    _, (leg,) = scene.room(11)
    phone(scene, leg).press("1*#")
    assert scene.telnyx.idle(5)
    assert typed(scene) == ["1", "*", "#"]
    first = scene.receiver.of("call.dtmf.received")[0].payload
    assert (first["from"], first["to"]) == (leg.number, scene.telnyx.number)
    assert leg.typed == "1*#"
    assert "call.gather.ended" not in scene.receiver.types


def test_keys_are_pressed_so_many_seconds_apart(scene: Scene) -> None:
    leg = scene.answered(11)
    phone(scene, leg).press("*66", apart=0.5)
    until(lambda: len(scene.receiver.of("call.dtmf.received")) == 3)
    assert typed(scene) == ["*", "6", "6"]
    got = [webhook.data["occurred_at"] for webhook in scene.receiver.of("call.dtmf.received")]
    times = [datetime.fromisoformat(at.replace("Z", "+00:00")) for at in sorted(got)]
    pauses = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert [pause >= 0.49 for pause in pauses] == [True, True]


def test_keys_after_the_end_of_the_call_are_not_pressed(scene: Scene) -> None:
    leg = scene.answered(11)
    phone(scene, leg).press("*6", apart=5)
    phone(scene, leg).hang_up()
    until(lambda: scene.telnyx.now() > (leg.ended_at or 0) + 5)
    assert scene.telnyx.idle(5)
    assert leg.typed == "*"


def test_only_keys_that_phones_have(scene: Scene) -> None:
    leg = scene.answered(11)
    with pytest.raises(ValueError, match="0123456789"):
        phone(scene, leg).press("1x")
    assert leg.typed == ""


def test_keys_count_only_in_answered_calls(scene: Scene) -> None:
    leg = scene.ringing(11)
    phone(scene, leg).press("1")
    assert leg.typed == ""


@pytest.mark.parametrize(
    ("fields", "keys", "digits", "status"),
    [
        ({}, "12#", "12", "valid"),
        ({"maximum_digits": 2}, "12", "12", "valid"),
        ({"terminating_digit": "*"}, "1#*", "1#", "valid"),
        ({"minimum_digits": 3}, "12#", "12", "invalid"),
        ({"valid_digits": "12"}, "13#", "13", "invalid"),
        ({}, "#", "", "invalid"),
        ({}, "12", "12", "valid"),  # ends by the time between digits
        ({"minimum_digits": 3}, "12", "12", "invalid"),
        ({}, "", "", "timeout"),
        ({"initial_timeout_millis": 60000, "timeout_millis": 2000}, "", "", "timeout"),
        ({"inter_digit_timeout_millis": 60000, "timeout_millis": 2000}, "1", "1", "valid"),
    ],
)
def test_digits_without_a_prompt(
    slow: Scene, fields: dict[str, Any], keys: str, digits: str, status: str
) -> None:
    scene, leg = slow, slow.answered(11)
    state = {"client_state": "aGk=", "gather_id": "pin"}
    assert scene.api.call(leg, "gather", **fields, **state).data == {"result": "ok"}
    phone(scene, leg).press(keys)
    scene.telnyx.speed = 50
    payload = ended(scene)
    assert (payload["digits"], payload["status"]) == (digits, status)
    assert (payload["client_state"], payload["gather_id"]) == ("aGk=", "pin")
    assert typed(scene) == list(keys)
    assert heard(leg) == []


def test_a_gather_without_an_id_gets_one(slow: Scene) -> None:
    scene, leg = slow, slow.answered(11)
    assert scene.api.call(leg, "gather").status == 200
    phone(scene, leg).press("1#")
    assert ended(scene)["gather_id"]


def test_a_prompt_is_played_and_cut_by_the_first_key(slow: Scene) -> None:
    scene, leg = slow, slow.answered(11)
    assert scene.api.call(leg, "gather_using_audio", audio_url=A).status == 200
    assert str(leg.hears) == f"playback: {A}"
    phone(scene, leg).press("1")
    assert leg.hears.what == "silence"
    phone(scene, leg).press("2#")
    assert ended(scene)["digits"] == "12"
    (cut,) = scene.receiver.of("call.playback.ended")
    assert (cut.payload["media_url"], cut.payload["status"]) == (A, "cancelled")


@pytest.mark.parametrize("tries", [1, 2])
def test_the_prompt_is_repeated_if_nobody_types(scene: Scene, tries: int) -> None:
    leg = scene.answered(11)
    fields = {"audio_url": A, "maximum_tries": tries, "timeout_millis": 3000}
    assert scene.api.call(leg, "gather_using_audio", **fields).status == 200
    payload = ended(scene)
    assert (payload["digits"], payload["status"]) == ("", "timeout")
    assert heard(leg) == [f"playback: {A}"] * tries
    times = [each.at for each in leg.timeline if each.what == "playback"]
    assert times[-1] - times[0] >= 8 * (tries - 1)


def test_after_a_wrong_input_both_prompts_are_played(slow: Scene) -> None:
    scene, leg = slow, slow.answered(11)
    fields = {"audio_url": A, "invalid_audio_url": SORRY, "minimum_digits": 4, "maximum_tries": 2}
    assert scene.api.call(leg, "gather_using_audio", **fields).status == 200
    phone(scene, leg).press("12#")
    assert str(leg.hears) == f"playback: {SORRY}"
    scene.telnyx.speed = 20
    until(lambda: heard(leg) == [f"playback: {each}" for each in (A, SORRY, A)])
    phone(scene, leg).press("1234#")
    payload = ended(scene)
    assert (payload["digits"], payload["status"]) == ("1234", "valid")


def test_the_last_wrong_input_is_the_end(scene: Scene) -> None:
    leg = scene.answered(11)
    fields = {"audio_url": A, "minimum_digits": 4, "maximum_tries": 2}
    assert scene.api.call(leg, "gather_using_audio", **fields).status == 200
    phone(scene, leg).press("12#13#")
    payload = ended(scene)
    assert (payload["digits"], payload["status"]) == ("13", "invalid")


def test_a_spoken_prompt(slow: Scene) -> None:
    scene, leg = slow, slow.answered(11)
    fields = {"payload": "Your PIN, please.", "invalid_payload": "Once more.", "voice": "f"}
    assert scene.api.call(leg, "gather_using_speak", minimum_digits=2, **fields).status == 200
    assert str(leg.hears) == "speech: Your PIN, please."
    phone(scene, leg).press("1#")
    assert str(leg.hears) == "speech: Once more."
    until(lambda: len(heard(leg)) == 3)
    phone(scene, leg).press("12#")
    assert ended(scene)["digits"] == "12"
    assert "call.speak.started" not in scene.receiver.types


def test_a_gather_can_be_stopped(slow: Scene) -> None:
    scene, leg = slow, slow.answered(11)
    assert scene.api.call(leg, "gather_using_audio", audio_url=A).status == 200
    phone(scene, leg).press("1")
    assert scene.api.call(leg, "gather_stop").status == 200
    assert ended(scene)["status"] == "cancelled"
    assert leg.hears.what == "silence"
    assert scene.api.call(leg, "gather_stop").status == 200  # nothing to stop
    phone(scene, leg).press("2")
    assert ended(scene)["digits"] == "1"


def test_another_gather_takes_its_place(slow: Scene) -> None:
    scene, leg = slow, slow.answered(11)
    assert scene.api.call(leg, "gather").status == 200
    assert scene.api.call(leg, "gather", maximum_digits=1).status == 200
    phone(scene, leg).press("5")
    until(lambda: len(scene.receiver.of("call.gather.ended")) == 2)
    payloads = [webhook.payload for webhook in scene.receiver.of("call.gather.ended")]
    assert {(each["status"], each["digits"]) for each in payloads} == {
        ("cancelled", ""),
        ("valid", "5"),
    }


def test_hanging_up_ends_a_gather(slow: Scene) -> None:
    scene, leg = slow, slow.answered(11)
    assert scene.api.call(leg, "gather_using_audio", audio_url=A).status == 200
    phone(scene, leg).press("12")
    phone(scene, leg).hang_up()
    payload = ended(scene)
    assert (payload["digits"], payload["status"]) == ("12", "call_hangup")


# In a conference


def gather(scene: Scene, id: str, leg: Leg, **fields: object) -> None:
    mine = {"call_control_id": leg.call_control_id, "audio_url": A}
    assert scene.api.room(id, "gather_using_audio", **mine, **fields).data == {"result": "ok"}


def test_a_gather_in_a_conference(slow: Scene) -> None:
    scene, (id, (other, leg)) = slow, slow.room(11, 12)
    gather(scene, id, leg, gather_id="pin", client_state="aGk=")
    assert (str(leg.hears), other.hears.what) == (f"playback: {A}", "conference")
    phone(scene, other).press("9")
    phone(scene, leg).press("1")
    assert leg.hears.others == (other.number,)
    phone(scene, leg).press("2#")
    payload = ended(scene)
    assert (payload["digits"], payload["status"], payload["gather_id"]) == ("12", "valid", "pin")
    assert payload["call_control_id"] == leg.call_control_id
    assert payload["client_state"] == "aGk="
    (cut,) = scene.receiver.of("conference.participant.playback.ended")
    assert cut.payload["call_control_id"] == leg.call_control_id


def test_a_gather_in_a_conference_ignores_other_digits(scene: Scene) -> None:
    id, (leg,) = scene.room(11)
    gather(scene, id, leg, valid_digits="12")
    phone(scene, leg).press("132#")
    assert ended(scene)["digits"] == "12"


def test_the_prompt_may_continue_after_a_key(slow: Scene) -> None:
    scene, (id, (leg,)) = slow, slow.room(11)
    gather(scene, id, leg, stop_playback_on_dtmf=False)
    phone(scene, leg).press("1")
    assert leg.hears.what == "playback"
    phone(scene, leg).press("#")
    assert ended(scene)["digits"] == "1"


def test_the_first_digit_may_have_a_time_of_its_own(scene: Scene) -> None:
    id, (leg,) = scene.room(11)
    since = scene.telnyx.now()
    gather(scene, id, leg, initial_timeout_millis=1000, timeout_millis=600000, maximum_tries=1)
    assert ended(scene)["status"] == "timeout"
    assert scene.telnyx.now() - since < 300


def test_leaving_the_conference_ends_a_gather(scene: Scene) -> None:
    id, (_, leg) = scene.room(11, 12)
    gather(scene, id, leg)
    assert scene.api.room(id, "leave", call_control_id=leg.call_control_id).status == 200
    assert ended(scene)["status"] == "cancelled"
    assert leg.hears.what == "silence"


def test_joining_a_conference_ends_a_gather_of_the_call(scene: Scene) -> None:
    leg = scene.answered(11)
    assert scene.api.call(leg, "gather_using_audio", audio_url=A).status == 200
    assert scene.api.create(leg).status == 200
    assert ended(scene)["status"] == "cancelled"
    assert leg.hears.what == "conference"
