"""What callers hear, and what a spectator sees."""

from __future__ import annotations

from rigs.simulator import SIGNING_KEY, Api, Receiver, Scene
from rigs.waiting import until

from conference.simulator import Happened, Leg, SimulatedTelnyx


def all_heard(leg: Leg) -> list[str]:
    return [str(heard) for heard in leg.timeline]


def test_a_story(scene: Scene) -> None:
    first, second = scene.answered(11), scene.answered(12)
    hello = {"payload": "Welcome.", "voice": "female"}
    assert scene.api.call(first, "speak", **hello).status == 200
    until(lambda: scene.receiver.of("call.speak.ended"))
    id = scene.api.create(first).data["id"]
    alone = [first.call_control_id]
    music = "http://127.0.0.1/music.wav"
    assert scene.api.room(id, "hold", call_control_ids=alone, audio_url=music).status == 200
    assert scene.api.join(id, second).status == 200
    assert second.hears.others == ()  # the other caller is still on hold
    assert scene.api.room(id, "unhold", call_control_ids=alone).status == 200
    assert first.hears.others == ("+13125550112",)
    scene.telnyx.phone(first.number).hang_up()
    assert all_heard(first) == [
        "ringing",
        "silence",
        "speech: Welcome.",
        "silence",
        "conference",
        f"music: {music}",
        "conference with +13125550112",
        "hung up: normal_clearing",
    ]
    assert all_heard(second) == [
        "ringing",
        "silence",
        "conference",
        "conference with +13125550111",
        "conference",
    ]
    times = [heard.at for heard in first.timeline]
    assert times == sorted(times)
    assert first.hears == first.timeline[-1]


def test_three_in_a_room(scene: Scene) -> None:
    id, legs = scene.room(11, 12, 13)
    first, second, third = legs
    assert first.hears.others == ("+13125550112", "+13125550113")
    muted = [second.call_control_id]
    assert scene.api.room(id, "mute", call_control_ids=muted).status == 200
    assert first.hears.others == ("+13125550113",)
    assert second.hears.others == ("+13125550111", "+13125550113")  # a muted participant hears
    assert scene.api.room(id, "hold", call_control_ids=[third.call_control_id]).status == 200
    assert third.hears.what == "silence"  # on hold without music
    assert first.hears.others == ()
    assert second.hears.others == ("+13125550111",)


def test_repeating_a_hold_changes_nothing(scene: Scene) -> None:
    id, (leg,) = scene.room(11)
    for _ in range(3):
        assert scene.api.room(id, "hold", audio_url="http://m").status == 200
    assert all_heard(leg)[-2:] == ["conference", "music: http://m"]


def test_an_announcement_reaches_those_who_are_not_held(scene: Scene) -> None:
    scene.telnyx.speed = 5
    id, legs = scene.room(11, 12, 13)
    held = [legs[2].call_control_id]
    assert scene.api.room(id, "hold", call_control_ids=held).status == 200
    assert scene.api.room(id, "speak", payload="Ten minutes left.", voice="f").status == 200
    assert [leg.hears.what for leg in legs] == ["speech", "speech", "silence"]
    until(lambda: scene.receiver.of("conference.speak.ended"))
    assert [leg.hears.what for leg in legs] == ["conference", "conference", "silence"]


def test_an_announcement_to_some(scene: Scene) -> None:
    scene.telnyx.speed = 5
    id, legs = scene.room(11, 12)
    ids = [legs[1].call_control_id]
    assert scene.api.room(id, "speak", payload="Hi.", voice="f", call_control_ids=ids).status == 200
    assert [leg.hears.what for leg in legs] == ["conference", "speech"]
    until(lambda: scene.receiver.of("conference.participant.speak.ended"))
    (ended,) = scene.receiver.of("conference.participant.speak.ended")
    assert ended.payload["call_control_id"] == ids[0]


def test_a_spectator_gets_events_in_order(receiver: Receiver) -> None:
    seen: list[Happened] = []
    receiver.answers = [404]
    telnyx = SimulatedTelnyx(receiver.url, SIGNING_KEY, speed=50, on_event=seen.append)
    with telnyx, Api(telnyx.base_url) as api:
        _have_a_short_call(Scene(telnyx, receiver, api))
    kinds = ["dials", "hears", "webhook refused", "command", "answered", "hears", "refused"]
    assert [each.kind for each in seen] == [*kinds, "hangs up", "hears"]
    assert {each.number for each in seen} == {"+13125550111"}
    assert [each.at for each in seen] == sorted(each.at for each in seen)


def _have_a_short_call(scene: Scene) -> None:
    leg = scene.ringing(11)
    assert scene.telnyx.idle(5)
    assert scene.api.call(leg, "answer").status == 200
    until(lambda: leg.state == "answered")
    assert scene.api.create(leg, "").status == 422
    scene.telnyx.phone(leg.number).hang_up()


def test_a_spectator_sees_what_each_request_is_about(receiver: Receiver) -> None:
    seen: list[Happened] = []
    telnyx = SimulatedTelnyx(receiver.url, SIGNING_KEY, speed=50, on_event=seen.append)
    with telnyx, Api(telnyx.base_url) as api:
        scene = Scene(telnyx, receiver, api)
        id, legs = scene.room(11, 12)
        ids = [leg.call_control_id for leg in legs]
        scene.api.room(id, "mute", call_control_ids=ids)
        scene.api.room(id, "speak", payload="Hello.", voice="f")
        scene.api.call(legs[0], "enqueue", queue_name="support")
        scene.api.request("DELETE", f"/queues/support/calls/{ids[0]}")
        scene.api.room(id, "hold", call_control_ids=["v3:nobody"])
        scene.api.room(id, "mute", call_control_ids="all")
        scene.api.request("POST", "/nowhere/{id}")
        scene.api.dial("+13125550142")
    one, two = (leg.number for leg in legs)
    commands = [(each.operation, each.numbers) for each in seen if each.kind == "command"]
    assert commands[4:] == [
        ("MuteConferenceParticipants", (one, two)),
        ("SpeakTextToConference", ()),
        ("EnqueueCall", (one,)),
        ("RemoveQueueCall", (one,)),
        ("HoldConferenceParticipants", ()),
        ("DialCall", ("+13125550142",)),
    ]
    refused = [(e.operation, e.numbers, e.detail[:9]) for e in seen if e.kind == "refused"]
    assert refused == [
        ("RemoveQueueCall", (one,), "422 10015"),
        ("HoldConferenceParticipants", (), "422 90015"),
        ("MuteConferenceParticipants", (), "422 10015"),
        ("POST /nowhere/{id}", (), "404 10005"),
    ]
