"""The traffic between phones, Telnyx and the application: its rows, and which led to which."""

from __future__ import annotations

import json

import pytest
from rigs.simulator import Scene
from rigs.simulator_texml import TexmlScene
from rigs.waiting import until

from conference.simulator import Chaos
from conference.simulator.network.traffic import MOST, Row, Traffic


def rows(scene: Scene | TexmlScene) -> list[Row]:
    assert scene.telnyx.idle(5)
    return list(scene.telnyx.traffic)


def names(some: list[Row]) -> list[str]:
    return [row.name for row in some]


def led_to(scene: Scene | TexmlScene, name: str) -> list[str]:
    """The names of the rows that the newest row of this name led to."""
    all_rows = rows(scene)
    cause = next(row for row in reversed(all_rows) if row.name == name)
    return names([row for row in all_rows if cause.n in row.causes])


def test_a_call_has_a_row_for_each_step_and_each_names_its_cause(scene: Scene) -> None:
    scene.room(11)
    scene.telnyx.phone("+13125550111").hang_up()
    found = [(row.kind, row.name, row.causes) for row in rows(scene)]
    assert found == [
        ("phone", "dials", ()),
        ("webhook", "call.initiated", (1,)),
        ("command", "AnswerCall", ()),
        ("webhook", "call.answered", (3,)),
        ("command", "CreateConference", ()),
        ("webhook", "conference.floor.changed", (5,)),
        ("webhook", "conference.created", (5,)),
        ("webhook", "conference.participant.joined", (5,)),
        ("phone", "hangs up", ()),
        ("webhook", "call.hangup", (9,)),
        ("webhook", "conference.participant.left", (9,)),
        ("webhook", "conference.ended", (9,)),
    ]


def test_a_row_holds_the_whole_request_and_answer(scene: Scene) -> None:
    leg = scene.answered(11)
    _, initiated, answer, _ = rows(scene)
    assert json.loads(initiated.sent())["data"]["payload"]["from"] == "+13125550111"
    assert (initiated.status, initiated.tries) == (200, 1)
    assert answer.detail == f"POST /calls/{leg.call_control_id}/actions/answer"
    assert json.loads(answer.answer) == {"data": {"result": "ok"}}
    assert (answer.calls, answer.numbers) == ((leg.call_control_id,), ("+13125550111",))


def test_a_text_belongs_to_its_own_command_also_while_it_waits_for_another(scene: Scene) -> None:
    leg = scene.answered(11)
    scene.api.call(leg, "speak", payload="one", voice="female", language="en-GB")
    scene.api.call(leg, "speak", payload="two", voice="female", language="en-GB")
    until(lambda: len(scene.receiver.of("call.speak.ended")) == 2)
    first, second = (row.n for row in rows(scene) if row.name == "SpeakCall")
    reported = [row.causes for row in rows(scene) if row.name.startswith("call.speak.")]
    assert reported == [(first,), (first,), (second,), (second,)]


def test_a_hangup_ends_a_text_so_both_led_to_its_end(scene: Scene) -> None:
    leg = scene.answered(11)
    scene.api.call(leg, "speak", payload="x" * 900, voice="female", language="en-GB")
    scene.telnyx.phone(leg.number).hang_up()
    ended = next(row for row in rows(scene) if row.name == "call.speak.ended")
    causes = [scene.telnyx.traffic.row(n) for n in ended.causes]
    assert names([row for row in causes if row]) == ["SpeakCall", "hangs up"]


def test_the_command_and_the_keys_led_to_the_end_of_a_gather(scene: Scene) -> None:
    leg = scene.answered(11)
    scene.api.call(leg, "gather", maximum_digits=1)
    scene.telnyx.phone(leg.number).press("5")
    assert led_to(scene, "presses") == ["call.dtmf.received", "call.gather.ended"]
    assert led_to(scene, "GatherCall") == ["call.gather.ended"]


def test_a_dial_leads_to_the_ringing_and_with_the_answer_to_the_call(scene: Scene) -> None:
    phone = scene.telnyx.phone("+13125550142")
    scene.api.dial(phone.number)
    assert phone.legs[0].state == "ringing"
    phone.answer()
    assert phone.legs[0].state == "answered"
    assert led_to(scene, "DialCall") == ["call.initiated", "answers"]
    assert led_to(scene, "answers") == ["call.answered"]


def test_a_phone_refuses_a_call(scene: Scene) -> None:
    phone = scene.telnyx.phone("+13125550142")
    scene.api.dial(phone.number)
    phone.hang_up()
    assert led_to(scene, "refuses") == ["call.hangup"]
    assert phone.legs[0].hangup_cause == "call_rejected"


def test_the_floor_goes_to_who_begins_to_speak_while_nobody_does(scene: Scene) -> None:
    id, (ann, bob) = scene.room(11, 12)
    until(lambda: len(scene.receiver.of("conference.floor.changed")) == 2)  # both said hello
    ann_phone, bob_phone = (scene.telnyx.phone(leg.number) for leg in (ann, bob))

    def floors() -> list[str]:
        assert scene.telnyx.idle(5)
        changes = scene.receiver.of("conference.floor.changed")[2:]
        return [change.payload["call_control_id"] for change in changes]

    ann_phone.speak()
    ann_phone.speak()  # nothing new
    bob_phone.speak()
    assert floors() == [ann.call_control_id], "a speaker keeps the floor"
    ann_phone.speak(False)
    assert floors() == [ann.call_control_id, bob.call_control_id]
    bob_phone.speak(False)
    bob_phone.speak()
    assert len(floors()) == 2, "it is the same speaker"
    scene.api.room(id, "mute", call_control_ids=[ann.call_control_id])
    bob_phone.speak(False)
    ann_phone.speak()
    assert len(floors()) == 2, "nobody hears a muted participant"
    assert led_to(scene, "stops speaking") == []


def test_what_a_webhook_led_to_is_told_by_the_application(scene: Scene) -> None:
    leg = scene.ringing(11)
    initiated = next(row for row in rows(scene) if row.name == "call.initiated")
    hold = f"hold {leg.call_control_id}"
    scene.telnyx.reasons.led([scene.receiver.got[0].data["id"]], ["id-1", hold])
    scene.api.call(leg, "answer", command_id="id-1")
    assert led_to(scene, "call.initiated") == ["AnswerCall"]
    until(lambda: leg.state == "answered")
    id = scene.api.create(leg).data["id"]
    scene.api.room(id, "hold", call_control_ids=[leg.call_control_id])
    assert led_to(scene, "call.initiated") == ["AnswerCall", "HoldConferenceParticipants"]
    assert initiated.causes == (1,)


def test_an_answer_may_lead_to_the_next_command(scene: Scene) -> None:
    leg = scene.answered(11)
    scene.api.call(leg, "speak", payload="x", voice="a", language="en-GB", command_id="id-1")
    scene.telnyx.reasons.led(["id-1"], ["id-2"])
    scene.api.call(leg, "hangup", command_id="id-2")
    assert "HangupCall" in led_to(scene, "SpeakCall")


def test_a_decision_without_a_message_has_a_row_of_its_own(scene: Scene) -> None:
    leg = scene.ringing(11)
    scene.telnyx.reasons.decided(
        "ours", "a moderator asks: kick", [leg.call_control_id, "+1312", "x"]
    )
    scene.telnyx.reasons.led(["ours", "unknown"], ["id-1"])
    scene.api.call(leg, "hangup", command_id="id-1")
    assert led_to(scene, "a moderator asks: kick") == ["HangupCall"]
    row = scene.telnyx.traffic.named("ours")
    assert row is not None and row.numbers == ("+13125550111", "+1312")
    assert row.calls == (leg.call_control_id,)


def test_the_try_before_led_to_a_repetition(scene: Scene) -> None:
    leg = scene.answered(11)
    id = scene.api.create(leg).data["id"]
    hold = f"hold {leg.call_control_id}"
    for decision in ("first", "second"):
        scene.telnyx.reasons.decided(decision, decision)
        scene.telnyx.reasons.led([decision], [hold])
        scene.api.room(id, "hold", call_control_ids=[leg.call_control_id])
        scene.telnyx.reasons.repeated([hold])
        scene.api.room(id, "hold", call_control_ids=[leg.call_control_id])
    holds = [row for row in rows(scene) if row.name == "HoldConferenceParticipants"]
    decisions = [row.n for row in rows(scene) if row.kind == "line"]
    assert [row.causes for row in holds] == [
        (decisions[0],),
        (holds[0].n,),
        (decisions[1],),
        (holds[2].n,),
    ]


def test_a_try_that_has_not_arrived_is_no_older_request(scene: Scene) -> None:
    leg = scene.answered(11)
    id = scene.api.create(leg).data["id"]
    scene.api.room(id, "hold", call_control_ids=[leg.call_control_id])
    scene.telnyx.reasons.decided("later", "a moderator asks: hold")
    hold = f"hold {leg.call_control_id}"
    scene.telnyx.reasons.led(["later"], [hold])
    scene.telnyx.reasons.repeated([hold])  # the first try met an outage
    scene.api.room(id, "hold", call_control_ids=[leg.call_control_id])
    assert led_to(scene, "a moderator asks: hold") == ["HoldConferenceParticipants"]


def test_a_repetition_and_a_refusal_are_marked(scene: Scene) -> None:
    leg = scene.ringing(11)
    scene.api.call(leg, "answer", command_id="id-1")
    scene.api.call(leg, "answer", command_id="id-1")
    scene.api.call(leg, "answer", command_id="id-2")
    scene.telnyx.fail_next(503)
    scene.api.get("/conferences")
    commands = [row for row in rows(scene) if row.kind in ("command", "look-up")]
    assert [(row.status, row.fault) for row in commands] == [
        (200, ""),
        (200, "its command_id is known: not executed again"),
        (422, ""),
        (503, "refused"),
    ]


def test_chaos_is_marked(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(lose=1, error=1)
    leg = scene.ringing(11)
    scene.api.call(leg, "answer")
    _, initiated, answer = rows(scene)
    assert (initiated.status, initiated.fault, initiated.tries) == (None, "chaos: lost", 0)
    assert answer.fault == "chaos: refused"


def test_a_failed_delivery_and_its_repetition_are_one_row(scene: Scene) -> None:
    scene.receiver.answers = [503]
    scene.ringing(11)
    initiated = rows(scene)[1]
    assert (initiated.status, initiated.tries) == (503, 1)
    until(lambda: (initiated.status, initiated.tries) == (200, 2))


def test_a_document_leads_to_what_it_asks_for(texml: TexmlScene) -> None:
    leg = texml.joins(11, statusCallback=texml.status_url, statusCallbackEvent="start join")
    found = rows(texml)
    assert [(row.kind, row.causes) for row in found] == [
        ("phone", ()),
        ("document", (1,)),
        ("callback", (2,)),
        ("callback", (2,)),
    ]
    assert found[1].answer.startswith("<Response>")
    assert names(found[2:]) == ["conference-start", "participant-join"]
    joined = texml.telnyx.traffic.named(f"participant-join {leg.conference} 1")
    assert joined is found[3], "the application knows it by this key"


@pytest.mark.parametrize("keys", [["a"], []])
def test_the_rows_are_bounded(keys: list[str]) -> None:
    traffic = Traffic()
    for at in range(MOST + 10):
        traffic.identify(traffic.note(at, "command", "x"), keys)
    assert [row.n for row in traffic] == list(range(11, MOST + 11))
    assert traffic.row(10) is None
    newest = traffic.named("a")
    assert (newest.n if newest else None) == (MOST + 10 if keys else None)
