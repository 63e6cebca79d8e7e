"""Sounds for calls and conferences: listeners, times, webhooks."""

from __future__ import annotations

import pytest
from rigs.simulator import Scene
from rigs.waiting import until

from conference.simulator import Leg

A, B = "http://127.0.0.1/a.wav", "http://127.0.0.1/b.wav"
HELLO = {"payload": "Hello.", "voice": "female"}


def all_heard(leg: Leg, since: int = 0) -> list[str]:
    return [str(heard) for heard in leg.timeline[since:]]


def ids(*legs: Leg) -> list[str]:
    return [leg.call_control_id for leg in legs]


# Calls


def test_audio_and_speech_on_a_call_wait_for_each_other(scene: Scene) -> None:
    leg = scene.answered(11)
    state = {"client_state": "aGk="}
    assert scene.api.call(leg, "playback_start", audio_url=A, loop="2", **state).status == 200
    assert scene.api.call(leg, "speak", **HELLO).status == 200
    assert scene.api.call(leg, "playback_start", media_name="jingle").status == 200
    until(lambda: len(scene.receiver.of("call.playback.ended")) == 2)
    assert all_heard(leg, 2) == [f"playback: {A}", "speech: Hello.", "playback: jingle", "silence"]
    heard = leg.timeline[2:]
    assert heard[1].at - heard[0].at >= 10  # twice
    assert 5 <= heard[3].at - heard[2].at < 10
    first, second = scene.receiver.of("call.playback.ended")
    assert first.payload["media_url"] == A
    assert (first.payload["status"], first.payload["overlay"]) == ("completed", False)
    assert second.payload["media_name"] == "jingle"
    assert scene.receiver.of("call.playback.started")[0].payload["client_state"] == "aGk="


@pytest.mark.parametrize(
    ("fields", "then"),
    [({}, "silence"), ({"stop": "all"}, "silence"), ({"stop": "current"}, f"playback: {B}")],
)
def test_audio_on_a_call_can_be_stopped(scene: Scene, fields: dict[str, str], then: str) -> None:
    leg = scene.answered(11)
    assert scene.api.call(leg, "playback_start", audio_url=A, loop="infinity").status == 200
    assert scene.api.call(leg, "playback_start", audio_url=B, loop="infinity").status == 200
    assert scene.api.call(leg, "playback_stop", **fields).status == 200
    assert str(leg.hears) == then
    assert scene.telnyx.idle(5)
    (ended,) = scene.receiver.of("call.playback.ended")
    assert ended.payload["status"] == "cancelled"


@pytest.mark.parametrize(("stop", "then"), [("current", A), ("all", B)])
def test_a_new_playback_may_take_the_place_of_others(scene: Scene, stop: str, then: str) -> None:
    leg = scene.answered(11)
    for _ in range(2):
        assert scene.api.call(leg, "playback_start", audio_url=A, loop="infinity").status == 200
    assert scene.api.call(leg, "playback_start", audio_url=B, stop=stop).status == 200
    assert leg.hears.detail == then


def test_stopping_the_playback_stops_speech_too(scene: Scene) -> None:
    leg = scene.answered(11)
    assert scene.api.call(leg, "speak", payload="x" * 300, voice="f", loop="infinity").status == 200
    assert scene.api.call(leg, "playback_stop").status == 200
    assert leg.hears.what == "silence"
    assert scene.api.call(leg, "playback_stop").status == 200  # there is nothing to stop
    assert scene.telnyx.idle(5)
    assert len(scene.receiver.of("call.speak.ended")) == 1


def test_an_overlay_needs_something_under_it(scene: Scene) -> None:
    leg = scene.answered(11)
    over = {"audio_url": B, "overlay": True}
    assert scene.api.call(leg, "playback_start", client_state="aGk=", **over).status == 422
    assert leg.client_state is None
    assert scene.api.call(leg, "playback_start", audio_url=A, loop="infinity").status == 200
    assert scene.api.call(leg, "playback_start", loop="infinity", **over).status == 200
    assert leg.hears.detail == B
    assert scene.api.call(leg, "playback_stop", overlay=True).status == 200
    assert leg.hears.detail == A
    assert scene.telnyx.idle(5)
    assert [each.payload["overlay"] for each in scene.receiver.of("call.playback.ended")] == [True]


def test_audio_in_the_command_has_no_address(scene: Scene) -> None:
    leg = scene.answered(11)
    assert scene.api.call(leg, "playback_start", playback_content="UklGRg==", loop=99).status == 200
    assert leg.hears.what == "playback"
    assert scene.telnyx.idle(5)
    (started,) = scene.receiver.of("call.playback.started")
    assert not {"media_url", "media_name"} & set(started.payload)


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({}, "10004", "/audio_url"),
        ({"audio_url": A, "media_name": "a"}, "10015", "/media_name"),
    ],
)
def test_audio_needs_one_source(scene: Scene, fields: object, code: str, pointer: str) -> None:
    id, (leg,) = scene.room(11)
    assert isinstance(fields, dict)
    mine = {"call_control_id": leg.call_control_id}
    answers = [
        scene.api.call(leg, "playback_start", **fields),
        scene.api.call(leg, "gather_using_audio", **fields),
        scene.api.room(id, "play", **fields),
        scene.api.room(id, "gather_using_audio", **mine, **fields),
    ]
    errors = [(each.error["code"], each.error["source"]["pointer"]) for each in answers]
    assert errors == [(code, pointer)] * 4
    assert leg.hears.what == "conference"


NOWHERE = ["http://files.invalid/a.wav", "https://x:y@a.b.INVALID:8080?x=1", "http://a.invalid"]


@pytest.mark.parametrize("url", NOWHERE)
def test_audio_of_an_unknown_host_fails(scene: Scene, url: str) -> None:
    leg = scene.answered(11)
    for each in (url, A):
        assert scene.api.call(leg, "playback_start", audio_url=each).status == 200
    until(lambda: len(scene.receiver.of("call.playback.ended")) == 2)
    assert all_heard(leg, 2) == [f"playback: {A}", "silence"]
    failed, played = (webhook.payload for webhook in scene.receiver.of("call.playback.ended"))
    assert (failed["media_url"], failed["status"]) == (url, "failed")
    assert failed["status_detail"] == "The file could not be fetched."
    assert (played["status"], "status_detail" in played) == ("completed", False)
    (started,) = scene.receiver.of("call.playback.started")
    assert started.payload["media_url"] == A


@pytest.mark.parametrize("url", ["http://invalid.example/a.wav", "http://a.example/.invalid"])
def test_other_audio_does_not_fail(scene: Scene, url: str) -> None:
    leg = scene.answered(11)
    assert scene.api.call(leg, "playback_start", audio_url=url, loop="infinity").status == 200
    assert leg.hears.detail == url


def test_a_gather_goes_on_without_its_prompt(scene: Scene) -> None:
    id, (leg,) = scene.room(11)
    fields = {"call_control_id": leg.call_control_id, "audio_url": NOWHERE[0]}
    assert scene.api.room(id, "gather_using_audio", **fields).status == 200
    scene.telnyx.phone(leg.number).press("12#")
    until(lambda: scene.receiver.of("call.gather.ended"))
    assert scene.receiver.of("call.gather.ended")[0].payload["digits"] == "12"


def test_hanging_up_ends_what_plays(scene: Scene) -> None:
    leg = scene.answered(11)
    assert scene.api.call(leg, "playback_start", audio_url=A, loop="infinity").status == 200
    scene.telnyx.phone(leg.number).hang_up()
    assert scene.telnyx.idle(5)
    (ended,) = scene.receiver.of("call.playback.ended")
    assert ended.payload["status"] == "call_hangup"


def test_joining_ends_what_plays_to_the_call(scene: Scene) -> None:
    leg = scene.answered(11)
    assert scene.api.call(leg, "playback_start", audio_url=A, loop="infinity").status == 200
    assert scene.api.create(leg).status == 200
    assert all_heard(leg, 2) == [f"playback: {A}", "conference"]
    assert scene.telnyx.idle(5)
    assert scene.receiver.of("call.playback.ended")[0].payload["status"] == "cancelled"


def test_the_text_of_ssml_is_heard(scene: Scene) -> None:
    leg = scene.answered(11)
    text = "<speak>Please <break time='1s'/>hold on.</speak>"
    fields = {"payload": text, "payload_type": "ssml", "voice": "f", "loop": 100}
    assert scene.api.call(leg, "speak", **fields).status == 200
    assert leg.hears.detail == "Please hold on."


def test_tones_are_heard_at_once(scene: Scene) -> None:
    leg = scene.answered(11)
    assert scene.api.call(leg, "playback_start", audio_url=A, loop="infinity").status == 200
    assert scene.api.call(leg, "send_dtmf", digits="1w2#", duration_millis=500).status == 200
    until(lambda: leg.hears.what == "playback")
    assert all_heard(leg, 2) == [f"playback: {A}", "tones: 12#", f"playback: {A}"]
    assert leg.timeline[4].at - leg.timeline[3].at >= 2
    assert scene.telnyx.idle(5)
    assert "call.dtmf.received" not in scene.receiver.types


# Conferences


def test_audio_for_everyone_who_is_not_on_hold(scene: Scene) -> None:
    id, legs = scene.room(11, 12, 13)
    first, second, held = legs
    assert scene.api.room(id, "hold", call_control_ids=ids(held)).status == 200
    assert scene.api.room(id, "play", audio_url=A, loop=100).status == 200
    assert [str(leg.hears) for leg in legs] == [f"playback: {A}", f"playback: {A}", "silence"]
    late = scene.answered(14)
    assert scene.api.join(id, late).status == 200
    assert late.hears.what == "playback"
    scene.telnyx.speed = 1000
    until(lambda: scene.receiver.of("conference.playback.ended"))
    assert first.timeline[-1].at - first.timeline[-2].at >= 500
    assert [leg.hears.what for leg in (first, second, late)] == ["conference"] * 3
    (started,) = scene.receiver.of("conference.playback.started")
    assert (started.payload["conference_id"], started.payload["media_url"]) == (id, A)
    assert started.payload["creator_call_session_id"] == first.call_session_id
    assert "call_control_id" not in started.payload


def test_audio_for_some(scene: Scene) -> None:
    id, (first, held) = scene.room(11, 12)
    assert scene.api.room(id, "hold", call_control_ids=ids(held)).status == 200
    fields = {"call_control_ids": ids(held), "loop": "100"}
    assert scene.api.room(id, "play", media_name="jingle", **fields).status == 200
    assert (str(held.hears), first.hears.what) == ("playback: jingle", "conference")
    scene.telnyx.speed = 1000
    until(lambda: scene.receiver.of("conference.participant.playback.ended"))
    assert held.hears.what == "silence"
    (ended,) = scene.receiver.of("conference.participant.playback.ended")
    assert ended.payload["call_control_id"] == held.call_control_id
    assert (ended.payload["conference_id"], ended.payload["media_name"]) == (id, "jingle")
    assert "conference.playback.started" not in scene.receiver.types


def test_a_sound_for_one_does_not_delay_others(scene: Scene) -> None:
    id, (first, second) = scene.room(11, 12)
    mine = {"call_control_ids": ids(first)}
    assert scene.api.room(id, "play", audio_url=A, loop="infinity", **mine).status == 200
    scene.telnyx.speed = 1
    assert scene.api.room(id, "speak", **HELLO).status == 200
    assert (first.hears.detail, second.hears.detail) == (A, "Hello.")
    scene.telnyx.speed = 50
    until(lambda: second.hears.what == "conference")
    assert first.hears.detail == A


def test_audio_and_speech_in_a_conference_come_in_turn(scene: Scene) -> None:
    id, (leg,) = scene.room(11)
    before = len(leg.timeline)
    assert scene.api.room(id, "play", audio_url=A).status == 200
    assert scene.api.room(id, "speak", **HELLO).status == 200
    until(lambda: scene.receiver.of("conference.speak.ended"))
    assert all_heard(leg, before) == [f"playback: {A}", "speech: Hello.", "conference"]
    got = sorted(scene.receiver.got, key=lambda webhook: str(webhook.data["occurred_at"]))
    assert [each.type for each in got if "play" in each.type or "speak" in each.type] == [
        "conference.playback.started",
        "conference.playback.ended",
        "conference.speak.started",
        "conference.speak.ended",
    ]


@pytest.mark.parametrize("listed", [{}, {"call_control_ids": []}])
def test_stopping_for_everyone_stops_all_of_it(scene: Scene, listed: dict[str, list[str]]) -> None:
    id, legs = scene.room(11, 12)
    for fields in ({}, {}, {"call_control_ids": ids(legs[1])}):
        assert scene.api.room(id, "play", audio_url=A, loop="infinity", **fields).status == 200
    assert scene.api.room(id, "stop", **listed).status == 200
    assert [leg.hears.what for leg in legs] == ["conference"] * 2
    assert scene.telnyx.idle(5)
    assert len(scene.receiver.of("conference.playback.ended")) == 1
    assert len(scene.receiver.of("conference.participant.playback.ended")) == 1
    assert scene.api.room(id, "stop").status == 200
    assert scene.telnyx.idle(5)
    assert len(scene.receiver.of("conference.playback.ended")) == 1


def test_stopping_for_some(scene: Scene) -> None:
    id, (first, second) = scene.room(11, 12)
    assert scene.api.room(id, "play", audio_url=A, loop="infinity").status == 200
    assert scene.api.room(id, "stop", call_control_ids=ids(first)).status == 200
    assert (first.hears.what, second.hears.what) == ("conference", "playback")
    assert scene.telnyx.idle(5)
    assert "conference.playback.ended" not in scene.receiver.types


def test_a_participant_who_leaves_hears_no_more_of_a_sound(scene: Scene) -> None:
    id, (_, leg) = scene.room(11, 12)
    mine = {"call_control_ids": ids(leg)}
    assert scene.api.room(id, "play", audio_url=A, loop="infinity", **mine).status == 200
    assert scene.api.room(id, "leave", call_control_id=leg.call_control_id).status == 200
    assert leg.hears.what == "silence"
    assert scene.api.join(id, leg).status == 200
    assert leg.hears.what == "conference"
    assert scene.telnyx.idle(5)
    assert len(scene.receiver.of("conference.participant.playback.ended")) == 1


def test_the_end_of_a_conference_ends_what_plays(scene: Scene) -> None:
    id, _ = scene.room(11)
    assert scene.api.room(id, "play", audio_url=A, loop="infinity").status == 200
    assert scene.api.room(id, "end").status == 200
    assert scene.telnyx.idle(5)
    assert len(scene.receiver.of("conference.playback.ended")) == 1


@pytest.mark.parametrize("listed", [True, False])
def test_tones_in_a_conference(scene: Scene, listed: bool) -> None:
    scene.telnyx.speed = 5
    id, legs = scene.room(11, 12)
    some = {"call_control_ids": ids(legs[0])} if listed else {}
    fields = {"digits": "12", "client_state": "aGk=", **some}
    assert scene.api.room(id, "send_dtmf", **fields).status == 200
    assert [leg.hears.what for leg in legs] == ["tones", "conference" if listed else "tones"]
    assert [leg.client_state for leg in legs] == ["aGk=", None if listed else "aGk="]
    until(lambda: legs[0].hears.what == "conference")
