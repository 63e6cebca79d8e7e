"""The header Idempotency-Key: a repeated request is made once, and events tell what came of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from rigs.moderator import ROOM, ask, send
from rigs.people import ANN, BOB, CLEO, NUMBER, TOKEN
from rigs.rehearsals import (
    MAY,
    calls,
    dial,
    forget_everything,
    hears,
    rehearsal,
    settled,
    texml,
)
from rigs.waiting import until

from conference.demo.rehearsal import Line

KEY = "Press_7-of-a-button"
DIAL = f"{ROOM}/participants"


def again(line: Line, path: str, body: Any, key: str = KEY) -> tuple[int, Any]:
    return send(line, path, body, Idempotency_Key=key)


def sent(line: Line, action: str) -> list[Any]:
    """The bodies of the requests to Telnyx whose path ends so."""
    return [r.body for r in line.telnyx.requests if r.path.endswith(action)]


def test_a_repeated_dial_calls_once_and_its_events_have_the_key() -> None:
    with rehearsal(**MAY) as line:
        a = dial(line, ANN)
        hears(a, "music")
        line.telnyx.phone(BOB).when_called()
        status, first = again(line, DIAL, {"to": BOB, "label": "Bob"})
        assert (status, first["id"], first["commands"]) == (202, KEY, ["dial"])
        hears(a, "conference")
        settled(line)
        status, second = again(line, DIAL, {"label": "Bob", "to": BOB})
        assert (status, second) == (
            202,
            {
                "id": KEY,
                "room": "demo-conference",
                "verb": "dial",
                "repeated": True,
                "commands": [],
                "answers": [],
            },
        )
        line.telnyx.phone(BOB).hang_up()
        settled(line)
        assert len(sent(line, "/calls")) == 1
        assert again(line, f"{ROOM}/actions/dial", {"to": BOB, "label": "Bob"})[1]["repeated"]
        assert len(sent(line, "/calls")) == 1
        events = ask(line, "/api/events")["events"]
        of_dial = [event for event in events if KEY in event["requests"]]
        assert [event["kind"] for event in of_dial][:2] == ["request", "command"]
        types = {event["event_type"] for event in of_dial}
        assert {"call.initiated", "call.answered", "call.hangup"} <= types
        assert {"conference.participant.joined", "conference.participant.left"} <= types
        (call,) = {call for event in of_dial for call in event["calls"]}
        assert call != a.call_control_id
        about = [e for e in events if call in e["calls"] and e["kind"] in ("webhook", "change")]
        assert [e["text"] for e in about if e["requests"] != [KEY]] == []


def test_after_a_restart_the_events_of_a_dialled_call_have_its_whole_key() -> None:
    key = "k" * 64
    with rehearsal(**MAY) as line:
        a = dial(line, ANN)
        line.telnyx.phone(BOB).when_called()
        again(line, DIAL, {"to": BOB, "label": "🙂" * 64}, key)
        until(lambda: len(ask(line, ROOM)["participants"]) == 2, "Bob is called")
        hears(line.telnyx.phone(BOB).legs[-1], "conference")
        settled(line)
        before = ask(line, "/api/events")["next"]
        forget_everything(line)
        line.engine.start()
        until(lambda: len(ask(line, ROOM)["participants"]) == 2, "both are found again")
        settled(line)
        line.telnyx.phone(BOB).hang_up()
        hears(a, "music")
        settled(line)
        events = ask(line, f"/api/events?after={before}")["events"]
        hangups = [e["requests"] for e in events if e["event_type"] == "call.hangup"]
        lefts = [e for e in events if e["event_type"] == "conference.participant.left"]
        assert (hangups, [e["requests"] for e in lefts]) == ([[key]], [[key]])


def test_by_texml_the_events_of_a_dialled_call_have_the_key() -> None:
    with texml(telnyx_number=NUMBER, dial_allow=("+1312",)) as line:
        calls(line, ANN)
        line.telnyx.phone(BOB).when_called()
        assert again(line, f"{DIAL}?wait=1", {"to": BOB})[0] == 202
        hears(line.telnyx.phone(BOB).legs[-1], "conference")
        settled(line)
        line.telnyx.phone(BOB).hang_up()
        until(lambda: len(ask(line, ROOM)["participants"]) == 1, "Bob is out")
        settled(line)
        events = ask(line, "/api/events")["events"]
        types = [e["event_type"] for e in events if e["requests"] == [KEY] and e["event_type"]]
        assert types == ["participant-join", "participant-leave"]


def test_twenty_repetitions_at_once_make_one_call_within_the_limits() -> None:
    with rehearsal(**MAY, dial_at_once=1, dial_per_hour=2, latency=0.2) as line:
        line.telnyx.phone(BOB).when_called()
        with ThreadPoolExecutor(20) as many:
            answers = list(many.map(lambda _: again(line, DIAL, {"to": BOB}), range(20)))
        assert {status for status, _ in answers} == {202}
        assert sum("repeated" not in answer for _, answer in answers) == 1
        until(lambda: bool(line.telnyx.phone(BOB).legs), "it rings")
        line.telnyx.phone(BOB).hang_up()
        settled(line)
        assert len(sent(line, "/calls")) == 1
        line.telnyx.phone(CLEO).when_called()
        assert again(line, DIAL, {"to": CLEO}, "next")[1]["commands"] == ["dial"], "2 an hour"


def test_a_key_of_another_request_is_refused_and_nothing_is_done() -> None:
    with rehearsal(control_token=TOKEN) as line:
        a, b = dial(line, ANN), dial(line, BOB)
        settled(line)
        send(line, f"{ROOM}/participants/0112/actions/move", {"room": "blue"})
        hears(b, "music")
        settled(line)
        path = f"{ROOM}/participants/0111/actions"
        assert again(line, f"{path}/hold", {})[0] == 202
        for other, body in (
            (f"{path}/unhold", {}),
            (f"{path}/hold", {"media_name": "jingle"}),
            (f"{ROOM}/actions/hold", {"participants": ["0111", "0112"]}),
            ("/api/rooms/blue/participants/0112/actions/hold", {}),
            ("/api/rooms/blue/actions/hold-all", {}),
            ("/api/rooms/blue/participants/0111/actions/hold", {}),
        ):
            status, problem = again(line, other, body)
            assert (status, problem["type"]) == (409, "/problems/key-reused"), other
        same = again(line, f"{ROOM}/actions/hold", {"participants": ["0111"]})
        assert (same[0], same[1]["repeated"]) == (202, True)
        settled(line)
        assert len(ask(line, ROOM)["participants"]) == 1
        assert ask(line, f"{ROOM}/participants/0111")["hold_reason"] == "moderator"
        assert a.hears.what == "music"


def test_a_repetition_needs_no_participant_who_has_left_meanwhile() -> None:
    with rehearsal(control_token=TOKEN) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        path = f"{ROOM}/participants/0112/actions/kick"
        assert "repeated" not in again(line, path, {})[1]
        until(lambda: len(ask(line, ROOM)["participants"]) == 1, "Bob is out")
        assert again(line, path, {})[1]["repeated"] is True
        assert send(line, path, {})[0] == 404, "without a key it is a new request"


def test_a_refused_request_may_be_tried_again_with_its_key() -> None:
    with rehearsal(control_token=TOKEN) as line:
        path = f"{ROOM}/actions/lock"
        assert again(line, path, {})[1]["type"] == "/problems/nobody-here"
        assert again(line, path, {"no": "such"})[0] == 400
        dial(line, ANN)
        settled(line)
        status, answer = again(line, path, {})
        assert (status, "repeated" in answer) == (202, False)
        assert again(line, path, {})[1]["repeated"] is True


def test_a_repetition_waits_for_the_same_answer() -> None:
    with rehearsal(control_token=TOKEN, latency=0.3) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        path = f"{ROOM}/participants/0111/actions/mute"
        assert again(line, path, {})[1]["answers"] == []
        _, second = again(line, f"{path}?wait=1", {})
        assert (second["repeated"], {each["means"] for each in second["answers"]}) == (
            True,
            {"done"},
        )
        assert "mute" in second["commands"]
        settled(line)
        assert len(sent(line, "/actions/mute")) == 1


def test_a_repetition_that_waits_gets_the_same_refusal() -> None:
    with rehearsal(control_token=TOKEN, latency=0.3) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        path = f"{ROOM}/actions/play"
        line.telnyx.fail_next(422)
        assert again(line, path, {"media_name": "jingle"})[0] == 202
        status, problem = again(line, f"{path}?wait=1", {"media_name": "jingle"})
        assert (status, problem["type"]) == (502, "/problems/refused-by-telnyx")


@pytest.mark.parametrize("key", ["", " ", "a" * 65, "a b", "a:b", '"a"', "caf\u00e9", "a,b"])
def test_a_malformed_key_is_refused(key: str) -> None:
    with rehearsal(control_token=TOKEN) as line:
        dial(line, ANN)
        settled(line)
        path = f"{ROOM}/participants/0111/actions/hold"
        status, problem = again(line, path, {}, key)
        assert (status, problem["type"]) == (400, "/problems/invalid-header")
        assert "1 to 64 of the characters A-Z a-z 0-9 _ -" in problem["detail"]
        assert ask(line, f"{ROOM}/participants/0111")["hold_reason"] == "alone"
        assert again(line, path, {}, "A-z_09" + "x" * 58)[0] == 202


def test_events_of_one_room_are_given_apart() -> None:
    with rehearsal(control_token=TOKEN) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        send(line, f"{ROOM}/participants/0112/actions/move", {"room": "blue"}, Idempotency_Key=KEY)
        until(lambda: ask(line, "/api/rooms/blue").get("status") == "open", "Bob is in blue")
        settled(line)
        whole = ask(line, "/api/events")
        blue = ask(line, "/api/events?room=blue")
        assert blue["events"] == [e for e in whole["events"] if e["room"] == "blue"]
        assert (blue["next"], blue["gap"]) == (whole["next"], False)
        assert [e["text"] for e in blue["events"] if e["requests"] == [KEY]][:2] == [
            "...0112: new -[moved here]> waiting, room blue, conference none",
            "we send remember",
        ]
        assert len(whole["events"]) > len(blue["events"]) > 3
        line.telnyx.phone(ANN).hang_up()
        settled(line)
        more = ask(line, f"/api/events?room=blue&after={blue['next']}")
        assert (more["events"], more["next"] > blue["next"]) == ([], True)
        assert ask(line, "/api/events?room=nobody")["events"] == []
        for wrong in ("", "a%20b", "status", "a" * 65):
            assert send(line, f"/api/events?room={wrong}")[0] == 400
