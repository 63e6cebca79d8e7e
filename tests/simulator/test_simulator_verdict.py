"""The judges of big runs: silences, and commands executed twice."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from rigs.simulator import Answer, Scene

from conference.demo.repetitions import executed_again
from conference.demo.verdict import Silence, longest_silences
from conference.simulator import Conference, Leg, Participant, Request
from conference.simulator.network.sounds import Sound

LOCK = threading.RLock()
ANN, BOB = "+13125550111", "+13125550112"
HELLO = {"payload": "Hello.", "voice": "female"}
RINGING, SILENCE, SPEECH = Sound("ringing"), Sound("silence"), Sound("speech", "Hello.")
MUSIC, NOBODY, GONE = Sound("music", "http://m"), Sound("conference"), Sound("hung up")


def caller(number: str, *sounds: tuple[float, Sound]) -> Leg:
    leg = Leg(LOCK, number, "incoming", number, "+13125550100", "1", 0.0)
    leg.sounds = list(sounds)
    return leg


def conference(*stays: tuple[Leg, float, float | None]) -> Conference:
    """Make a conference with these stays: leg, from when, until when."""
    room = Conference("room", stays[0][0], 0, 0, 9999, 250, "US", True, None)
    for leg, since, until in sorted(stays, key=lambda stay: stay[1]):
        status = "joined" if until is None else "left"
        stay = Participant(leg, room, since, until or since, status=status)
        leg.stays.append(stay)
        room.participants.append(stay)
    return room


def longest(*legs: Leg, now: float = 100) -> list[tuple[float, float]]:
    """Return the longest silence of each leg: its beginning, and its length."""
    return [(each.since, each.lasted) for each in longest_silences(legs, now)]


def test_ringing_speech_music_and_others_are_not_silence() -> None:
    ann = caller(ANN, (0, RINGING), (5, SILENCE), (8, SPEECH), (12, SILENCE), (13, MUSIC))
    assert longest_silences([ann], 100) == [Silence(ANN, since=5, lasted=3)]
    ann.sounds += [(50, SILENCE), (60, GONE)]
    assert longest(ann) == [(50, 10)]


def test_silence_lasts_to_the_end() -> None:
    assert longest(caller(ANN, (0, RINGING), (90, SILENCE))) == [(90, 10)]
    assert longest(caller(ANN, (0, RINGING), (90, MUSIC)), caller(BOB, (0, RINGING))) == [
        (0, 0),
        (0, 0),
    ]


def test_spells_that_touch_are_one() -> None:
    ann = caller(
        ANN, (0, SILENCE), (4, NOBODY), (9, MUSIC), (20, NOBODY), (22, SILENCE), (28, GONE)
    )
    conference((ann, 4, 22))
    assert longest(ann) == [(0, 9)]


def test_a_lone_caller_without_music_is_in_silence() -> None:
    ann = caller(ANN, (0, SPEECH), (10, NOBODY))
    conference((ann, 10, None))
    assert longest(ann) == [(10, 90)]


def test_a_participant_that_is_muted_breaks_the_silence_too() -> None:
    ann, bob = caller(ANN, (0, SPEECH), (10, NOBODY)), caller(BOB, (0, SPEECH))
    conference((ann, 10, None), (bob, 30, 60))
    assert longest(ann, bob) == [(60, 40), (0, 0)]


def test_a_participant_on_hold_does_not() -> None:
    ann, bob = caller(ANN, (0, SPEECH), (10, NOBODY)), caller(BOB, (0, SPEECH), (40, MUSIC))
    conference((ann, 10, None), (bob, 30, None))
    assert longest(ann, bob) == [(40, 60), (0, 0)]
    bob.sounds.append((60, NOBODY))  # off hold again
    assert longest(ann, bob) == [(10, 20), (0, 0)]


def test_participants_may_join_and_leave() -> None:
    ann = caller(ANN, (0, NOBODY), (5, SPEECH), (6, NOBODY), (24, SPEECH), (25, NOBODY))
    bob = caller(BOB, (0, SPEECH), (10, GONE))
    conference((ann, 0, None), (bob, 2, 3), (bob, 10, 20), (bob, 30, 95))
    assert longest(ann, bob) == [(25, 5), (0, 0)]
    ann.sounds.append((97, MUSIC))
    assert longest(ann, now=200) == [(25, 5)]


def test_each_stay_counts_for_its_own_conference() -> None:
    ann = caller(ANN, (0, NOBODY), (5, SILENCE), (6, NOBODY), (40, GONE))
    bob = caller(BOB, (0, SPEECH))
    conference((ann, 0, 5), (bob, 0, None))
    conference((ann, 6, 40))
    assert longest(ann, bob) == [(5, 35), (0, 0)]


def test_a_participant_that_is_heard_breaks_the_silence() -> None:
    others = {"v3:bob": BOB}
    ann = caller(ANN, (0, Sound("conference", audible=others)), (70, GONE))
    ann.sounds.insert(0, (0, Sound("conference", audible={ann.call_control_id: ANN})))
    conference((ann, 0, 70))
    assert longest(ann) == [(0, 0)]


def test_a_thousand_callers_are_judged_in_no_time() -> None:
    legs = []
    for _ in range(50):
        room = [
            caller(ANN, *((n + i, NOBODY) for i in range(20)), (n + 50, GONE)) for n in range(20)
        ]
        conference(*((leg, n, n + 50) for n, leg in enumerate(room)))
        legs += room
    started = time.process_time()
    assert longest(*legs)[:2] == [(0, 1), (0, 0)]
    assert time.process_time() - started < 1


def test_what_the_simulator_records_is_judged(scene: Scene) -> None:
    id, (ann, bob) = scene.room(11, 12)
    assert scene.api.room(id, "mute", call_control_ids=[bob.call_control_id]).status == 200
    alone_at = scene.telnyx.now()
    scene.telnyx.phone(bob.number).hang_up()
    silence, _ = longest_silences([ann, bob], alone_at + 50)
    assert alone_at <= silence.since < alone_at + 10
    assert silence.lasted == pytest.approx(alone_at + 50 - silence.since)


# Commands


def again(scene: Scene, patience: float = 1e9) -> list[str]:
    found = executed_again(scene.telnyx.requests, scene.telnyx.legs, patience)
    return [text.split(" was executed at ")[0] for text in found]


def ok(*answers: Answer) -> None:
    assert [answer.status for answer in answers] == [200] * len(answers)


def test_a_good_run_has_none(scene: Scene) -> None:
    id, (ann, bob) = scene.room(11, 12)
    ok(scene.api.call(ann, "speak", **HELLO), scene.api.call(bob, "speak", **HELLO))
    ok(scene.api.call(ann, "speak", **HELLO | {"payload": "Goodbye."}))
    for action in ("hold", "unhold", "mute", "hold", "unmute"):
        ok(scene.api.room(id, action, call_control_ids=[ann.call_control_id]))
    ok(scene.api.room(id, "leave", call_control_id=ann.call_control_id), scene.api.join(id, ann))
    ok(scene.api.room(id, "hold", call_control_ids=[ann.call_control_id]))  # a new stay
    ok(scene.api.room(id, "leave", call_control_id=bob.call_control_id), scene.api.create(bob, "b"))
    assert again(scene) == []
    assert len([r for r in scene.telnyx.requests if r.executed]) == 17


def test_a_text_spoken_twice_is_found(scene: Scene) -> None:
    ann = scene.answered(11)
    ok(scene.api.call(ann, "speak", command_id="1", **HELLO))
    ok(scene.api.call(ann, "speak", command_id="1", **HELLO))
    assert again(scene) == []  # the same command
    ok(scene.api.call(ann, "speak", command_id="2", **HELLO))
    assert again(scene) == [f"{ANN}: SpeakCall"]
    (found,) = executed_again(scene.telnyx.requests, scene.telnyx.legs)
    first, _, second = [
        r for r in scene.telnyx.requests if r.operation == "SpeakCall" or not r.executed
    ]
    assert found.endswith(f"at {first.executed_at:.1f} s and again at {second.executed_at:.1f} s")


@pytest.mark.parametrize("action", ["hold", "mute"])
def test_a_repeated_hold_or_mute_is_found(scene: Scene, action: str) -> None:
    id, (ann, bob) = scene.room(11, 12)
    ok(scene.api.room(id, action, call_control_ids=[ann.call_control_id]))
    ok(scene.api.room(id, action, call_control_ids=[bob.call_control_id, ann.call_control_id]))
    operation = f"{action.title()}ConferenceParticipants"
    assert again(scene) == [f"{ANN}: {operation}"]
    assert again(scene, patience=0) == []  # the client may have given up
    ok(scene.api.room(id, f"un{action}", call_control_ids=[ann.call_control_id]))
    ok(scene.api.room(id, action, call_control_ids=[ann.call_control_id]))
    assert len(again(scene)) == 1


def test_other_music_is_another_hold(scene: Scene) -> None:
    id, _ = scene.room(11)
    ok(scene.api.room(id, "hold", audio_url="http://a"), scene.api.room(id, "hold"))
    assert again(scene) == []


@pytest.mark.parametrize("fate", ["hung", "dropped", "gone"])
def test_after_an_unseen_answer_a_hold_may_be_repeated(scene: Scene, fate: str) -> None:
    id, _ = scene.room(11)
    ok(scene.api.room(id, "hold"), scene.api.room(id, "hold"))
    *before, first, second = scene.telnyx.requests
    legs = scene.telnyx.legs
    assert executed_again([*before, replace(first, fate=fate), second], legs) == []
    assert len(executed_again([*before, first, replace(second, fate=fate)], legs)) == 1


def test_after_an_unseen_answer_nothing_else_may_be_repeated(scene: Scene) -> None:
    ann = scene.answered(11)
    ok(scene.api.call(ann, "speak", **HELLO), scene.api.create(ann))
    unseen = [replace(r, fate="hung") for r in scene.telnyx.requests if r.executed]
    found = executed_again(unseen * 2, scene.telnyx.legs)
    assert [text.split()[1] for text in found] == ["AnswerCall", "SpeakCall", "CreateConference"]


def test_commands_that_were_not_executed_do_not_count(scene: Scene) -> None:
    id, (ann,) = scene.room(11)
    assert [scene.api.join(id, ann).status, scene.api.call(ann, "answer").status] == [422, 422]
    assert again(scene) == []


def test_nobody_is_dialled_twice_at_once(scene: Scene) -> None:
    scene.telnyx.phone(BOB).when_called(answer_after=None)
    ok(scene.api.dial(BOB, client_state="YQ=="), scene.api.dial(BOB, client_state="Yg=="))
    assert again(scene) == []
    ok(scene.api.dial(BOB, client_state="YQ=="))
    assert again(scene) == [f"{BOB}: DialCall"]


def test_a_phone_that_has_hung_up_may_be_dialled_again(scene: Scene) -> None:
    for _ in range(2):
        scene.telnyx.phone(BOB).when_called(answer_after=None)
        ok(scene.api.dial(BOB))
        scene.telnyx.phone(BOB).hang_up()
    assert again(scene) == []
    assert [r.operation for r in scene.telnyx.requests] == ["DialCall"] * 2


def test_requests_without_a_body_are_judged_too(scene: Scene) -> None:
    id, _ = scene.room(11)
    for _ in range(2):
        ok(scene.api.request("POST", f"/conferences/{id}/actions/hold"))
    assert again(scene) == [f"{ANN}: HoldConferenceParticipants"]
    assert isinstance(scene.telnyx.requests[-1], Request)


def test_after_a_server_error_a_hold_may_be_repeated_once(scene: Scene) -> None:
    id, (leg,) = scene.room(11)
    ok(scene.api.room(id, "hold", call_control_ids=[leg.call_control_id]))
    hold = scene.telnyx.requests[-1]
    assert len(executed_again([hold, hold], [leg])) == 1
    failed = replace(hold, path=hold.path.replace("/hold", "/unhold"), status=503, executed_at=None)
    failed = replace(failed, operation="", calls=())
    hung = replace(failed, status=0, fate="hung")
    assert executed_again([hold, failed, hold], [leg]) == []
    assert executed_again([hold, hung, hold], [leg]) == []
    transient = replace(failed, status=409, code="10036")
    assert executed_again([hold, transient, hold], [leg]) == []
    refused = replace(failed, status=422, code="90018")
    assert len(executed_again([hold, refused, hold], [leg])) == 1
    assert len(executed_again([hold, failed, hold, hold], [leg])) == 1, "once"
    another = replace(failed, body={"call_control_ids": ["v3:another"]})
    assert len(executed_again([hold, another, hold], [leg])) == 1
    muted = replace(failed, path=failed.path.replace("/unhold", "/mute"))
    assert len(executed_again([hold, muted, hold], [leg])) == 1
