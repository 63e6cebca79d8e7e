"""A moderator's requests over real HTTP: what callers hear, and what the API answers."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from urllib.parse import quote

import pytest
from rigs.lines import CONFERENCE, test_line
from rigs.moderator import ROOM, act, ask, send
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import dial, hears, rehearsal, room, settled
from rigs.waiting import until

from conference.core.commands import Command, Queue
from conference.core.events import Outcome
from conference.core.requests import passthrough
from conference.core.requests.verbs import VERBS
from conference.demo.rehearsal import Line
from conference.engine import dispatch
from conference.web import control

MANY = "must be a list of 1 to 800 participants; this verb never acts on everyone"
TEXTS = "must be call ids, member or phone numbers or labels, each a string"
TONES = "must be 1 to 128 of the characters 0123456789ABCD*#wW"
TIMES_PLAYED = "must be infinity, or a whole number from 1 to 100"
TIMES = ("since", "joined_at")
UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def test_mute_and_hold_are_heard_and_shown() -> None:
    with rehearsal(control_token=TOKEN) as line:
        a, b = dial(line, ANN), dial(line, BOB)
        hears(a, "conference")
        settled(line)
        answer = act(line, "mute", "0111")
        assert (sorted(answer["commands"]), [x["means"] for x in answer["answers"]]) == (
            ["mute", "remember"],
            ["done", "done"],
        )
        assert (a.muted, b.hears.others) == (True, ())
        assert act(line, "mute", ANN)["commands"] == [], "it is so already"
        act(line, "unmute", ANN)
        assert (a.muted, b.hears.others) == (False, (ANN,))
        act(line, "hold", a.call_control_id, audio_url="https://example.com/a.mp3")
        assert str(a.hears) == "music: https://example.com/a.mp3"
        hears(b, "music")  # alone now
        shown = ask(line, "/api/rooms/demo-conference/participants/0111")
        assert (shown["on_hold"], shown["hold_reason"]) == (True, "moderator")
        act(line, "unhold", "0111")
        hears(a, "conference")
        hears(b, "conference")


def test_kick_leave_join_move_rename_lock() -> None:
    with rehearsal(control_token=TOKEN) as line:
        a, b, c = dial(line, ANN), dial(line, BOB), dial(line, CLEO)
        settled(line)
        act(line, "rename", "0113", label="Cleo")
        act(line, "kick", "cleo", text="Out you go.")
        until(lambda: c.state == "ended", "it is hung up")
        assert "Out you go." in [h.detail for h in c.timeline]
        act(line, "leave", "0112")
        assert (b.state, b.conference) == ("answered", None)
        hears(a, "music")
        assert room(line).participants[b.call_control_id].status == "parked"
        act(line, "join", "0112")
        hears(a, "conference")
        act(line, "move", "0112", room="blue")
        hears(b, "music")
        hears(a, "music")
        blue = ask(line, "/api/rooms/blue")
        assert [p["number"] for p in blue["participants"]] == [BOB]
        act(line, "lock")
        late = line.telnyx.phone(CLEO).dial()
        until(lambda: late.state == "ended", "it is told and hung up")
        assert "locked" in " ".join(h.detail for h in late.timeline)
        act(line, "unlock")
        dial(line, "+13125550114")


# What is answered


def test_without_waiting_it_is_said_what_was_set_going() -> None:
    with rehearsal(control_token=TOKEN, latency=0.2) as line:
        a, _b = dial(line, ANN), dial(line, BOB)
        settled(line)
        status, answer = send(line, f"{ROOM}/participants/0111/actions/mute", {})
        assert status == 202
        assert len(answer.pop("id")) == 32
        assert answer == {
            "room": "demo-conference",
            "verb": "mute",
            "participants": [a.call_control_id],
            "commands": ["remember", "mute"],
            "answers": [],
        }
        assert not a.muted, "Telnyx takes its time"
        until(lambda: a.muted, "it is muted")


def test_what_must_wait_its_turn_is_said_and_answered_as_well() -> None:
    with rehearsal(control_token=TOKEN, latency=0.2) as line:
        dial(line, ANN)
        settled(line)
        send(line, f"{ROOM}/actions/speak", {"payload": "One"})
        _, answer = send(line, f"{ROOM}/actions/stop?wait=1", {})
        assert (answer["commands"], [x["command"] for x in answer["answers"]]) == (
            ["stop"],
            ["stop"],
        )


def test_waiting_ends_when_telnyx_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "PATIENCE", 0.3)
    with rehearsal(control_token=TOKEN) as line:
        a, _b = dial(line, ANN), dial(line, BOB)
        hears(a, "conference")
        settled(line)
        line.telnyx.fail_next(503, 2)
        began = time.monotonic()
        status, answer = send(line, f"{ROOM}/actions/speak?wait=1", {"payload": "Hello"})
        assert 0.3 <= time.monotonic() - began < 2
        assert (status, answer["commands"], answer["answers"]) == (202, ["speak"], [])
        until(lambda: "Hello" in [h.detail for h in a.timeline], "it is said all the same")


def test_it_is_not_waited_for_what_others_have_asked_for() -> None:
    with rehearsal(control_token=TOKEN) as line:
        dial(line, ANN)
        settled(line)
        line.telnyx.fail_next(503, 1000)
        send(line, f"{ROOM}/actions/speak", {"payload": "Hello"})
        began = time.monotonic()
        assert ask(line, f"{ROOM}/actions/unlock?wait=1", {})["commands"] == []
        assert time.monotonic() - began < 1


def test_what_telnyx_refuses_is_told_with_its_code_and_title() -> None:
    with rehearsal(control_token=TOKEN) as line:
        a, b = dial(line, ANN), dial(line, BOB)
        settled(line)
        line.telnyx.fail_next(422)
        status, problem = send(line, f"{ROOM}/actions/speak?wait=1", {"payload": "Hello"})
        assert (status, problem["type"]) == (502, "/problems/refused-by-telnyx")
        assert problem["code"] == "90017"
        assert problem["detail"].startswith("speak: 90017 Invalid value for client_state")
        assert [x["means"] for x in problem["answers"]] == ["refused"]
        line.telnyx.fail_next(422)
        both = {"participants": [ANN, BOB], "audio_url": "https://example.com/a.mp3"}
        status, problem = send(line, f"{ROOM}/actions/gather?wait=1", both)
        assert (status, [x["means"] for x in problem["answers"]]) == (502, ["refused", "done"])
        line.telnyx.webhook_url = line.url + "/nowhere"
        line.telnyx.phone(ANN).hang_up()
        assert line.telnyx.idle(10)
        status, problem = send(line, f"{ROOM}/participants/0111/actions/record-start?wait=1", {})
        assert (status, problem["code"]) == (502, "90018")
        assert "Call has already ended" in problem["detail"]
        status, problem = send(line, f"{ROOM}/actions/mute-all?wait=1", {})
        assert (status, problem["code"]) == (502, "90015"), "of one of two"
        assert b.muted
        until(lambda: a.call_control_id not in room(line).participants, "a look missed it")


def test_what_was_given_up_is_told() -> None:
    """A sound that may have been played is not played again."""
    with rehearsal(control_token=TOKEN) as line:
        dial(line, ANN)
        settled(line)
        play = {"audio_url": "https://example.com/a.mp3"}
        line.telnyx.fail_next(503)
        status, problem = send(line, f"{ROOM}/actions/play?wait=1", play)
        assert (status, problem["type"]) == (502, "/problems/refused-by-telnyx")
        assert [(x["command"], x["means"]) for x in problem["answers"]] == [("play", "busy")]
        with line.telnyx.outage():
            status, problem = send(line, f"{ROOM}/actions/play?wait=1", play)
        assert (status, problem["type"]) == (504, "/problems/no-answer-from-telnyx")
        assert re.fullmatch("play: .+; it may have been done all the same", problem["detail"])


def test_each_of_several_gets_a_command_of_its_own() -> None:
    """With one command_id for all, Telnyx would ignore the second as a repetition."""
    with rehearsal(control_token=TOKEN) as line:
        _a, _b, c = dial(line, ANN), dial(line, BOB), dial(line, CLEO)
        settled(line)
        answer = act(line, "supervise", ANN, BOB, supervisor_role="monitor")
        assert [x["means"] for x in answer["answers"]] == ["done", "done"]
        assert c.hears.others == ()


PROBLEMS: list[tuple[str, str, Any, int, str, dict[str, Any]]] = [
    *(
        (method, path, body, 404, "unknown-room", {"rooms": ["demo-conference"]})
        for method, path, body in [
            ("GET", "/api/rooms/blue", None),
            ("GET", "/api/rooms/blue/participants", None),
            ("GET", "/api/rooms/blue/participants/0111", None),
            ("POST", "/api/rooms/blue/actions/lock", {}),
            ("POST", "/api/rooms/blue/participants/0111/actions/mute", {}),
        ]
    ),
    *(
        (method, f"{ROOM}/{path}", body, 404, "unknown-participant", {})
        for method, path, body in [
            ("GET", "participants/0999", None),
            ("POST", "participants/0999/actions/mute", {}),
            ("POST", "actions/mute", {"participants": ["0111", "0999"]}),
            ("POST", "actions/supervise", {"participants": ["0111"], "supervisor_role": "whisper",
                                           "whisper_call_control_ids": ["0999"]}),
        ]
    ),
    ("POST", f"{ROOM}/participants/0112/actions/mute", {}, 409, "ambiguous-participant", {}),
    ("POST", f"{ROOM}/actions/mute", {"participants": ["0112"]}, 409, "ambiguous-participant", {}),
    *(
        ("POST", f"{ROOM}/{path}", {}, 404, "unknown-verb", {"verbs": list(VERBS)})
        for path in ("actions/shout", "actions/MUTE", "participants/0111/actions/shout")
    ),
    ("POST", f"{ROOM}/participants/0111/actions/lock", {}, 404, "unknown-verb", {}),
    *(
        (
            *("POST", f"{ROOM}/actions/{path}", body, 400, "invalid-body"),
            {"errors": [{"field": field, "problem": problem}]},
        )
        for path, body, field, problem in [
            ("mute", {}, "participants", MANY),
            ("mute", {"participants": []}, "participants", MANY),
            ("play", {"participants": [], "media_name": "a"}, "participants", MANY),
            ("stop", {"participants": None}, "participants", MANY),
            ("kick", {"participants": "0111"}, "participants", MANY),
            ("kick", {"participants": [1]}, "participants", TEXTS),
            ("unmute-all", {"participants": ["0111"]}, "participants", "is not known here"),
            ("speak", {}, "payload", "is required: text of 1 to 3000 printable characters"),
            ("lock", {"for": 5}, "for", "is not known here"),
            ("send-dtmf", {"digits": "x"}, "digits", TONES),
            ("play", {"media_name": "a", "loop": 0}, "loop", TIMES_PLAYED),
        ]
    ),
    ("POST", f"{ROOM}/actions/mute", b"{", 400, "invalid-body", {}),
    ("POST", f"{ROOM}/participants/0111/actions/join", {}, 409, "not-now", {}),
    ("GET", f"{ROOM}/actions/mute", None, 405, "wrong-method", {}),
    ("GET", f"{ROOM}/participants/0111/actions/mute", None, 405, "wrong-method", {}),
    ("POST", ROOM, {}, 405, "wrong-method", {}),
    ("DELETE", f"{ROOM}/participants/0111", None, 405, "wrong-method", {}),
]  # fmt: skip


def test_every_problem_says_what_is_wrong_and_changes_nothing() -> None:
    with rehearsal(control_token=TOKEN) as line:
        a = dial(line, ANN)
        others = [dial(line, number) for number in (BOB, "+351215550112")]
        settled(line)
        before, asked = room(line), len(line.telnyx.requests)
        for method, path, body, status, kind, more in PROBLEMS:
            said, problem = send(line, path, body, method)
            case = f"{method} {path} {body}"
            assert (said, problem["type"], problem["status"]) == (
                *(status, f"/problems/{kind}"),
                status,
            ), case
            assert problem["title"] and problem["detail"], case
            assert {name: problem[name] for name in more} == more, case
            if kind == "ambiguous-participant":
                assert problem["candidates"] == [leg.call_control_id for leg in others]
        assert replace(room(line), speaker=before.speaker) == before
        assert len(line.telnyx.requests) == asked
        assert a.muted is False


def test_where_no_conference_runs() -> None:
    with test_line(control_token=TOKEN) as line:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        for verb, body in [("mute-all", {}), ("end", {}), ("play", {"media_name": "a"})]:
            answer = line.client.post(f"{ROOM}/actions/{verb}", json=body, headers=headers)
            assert (answer.status_code, answer.json["type"]) == (409, "/problems/no-conference")
        answer = line.client.post(f"{ROOM}/actions/lock", headers=headers)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/nobody-here")
        assert not line.room.locked


def test_past_the_backlog_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "BACKLOG", 0)
    with test_line(control_token=TOKEN) as line:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = line.client.post(f"{ROOM}/actions/lock", headers=headers)
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/overloaded")
        assert answer.headers["Retry-After"] == "2"
        assert not line.room.locked


def test_where_too_many_wait_for_their_turn_requests_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with test_line(control_token=TOKEN) as line:
        line.happens("call.initiated", "call.answered", "call.speak.ended")
        line.happens("conference.created", "conference.participant.joined")
        headers = {"Authorization": f"Bearer {TOKEN}"}
        monkeypatch.setattr(passthrough, "MOST_WAITING", 0)
        answer = line.client.post(f"{ROOM}/actions/stop", headers=headers)
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/overloaded")
        assert answer.headers["Retry-After"] == "2"


def test_a_quarter_of_the_threads_may_wait_and_whoever_comes_then_is_answered_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control, "PATIENCE", 60)
    answers = Event()
    with test_line(control_token=TOKEN, threads=8) as line, ThreadPoolExecutor(3) as pool:
        line.happens("call.initiated", "call.answered", "call.speak.ended")
        line.happens("conference.created", "conference.participant.joined")
        willing, asked = line.api.send, len(line.api.sent)

        def slowly(command: Command) -> Outcome:
            answers.wait(30)
            return willing(command)

        monkeypatch.setattr(line.api, "send", slowly)
        app, headers = line.client.application, {"Authorization": f"Bearer {TOKEN}"}

        def ask(verb: str) -> Any:
            path = f"{ROOM}/actions/{verb}?wait=1"
            answer = app.test_client().post(path, headers=headers, json={})
            assert answer.status_code == 202
            return [each["command"] for each in answer.json["answers"]]

        def under_way() -> int:
            pending = line.engine.registry.room("demo-conference").pending
            return len(pending.get(Queue("requests", CONFERENCE), ()))

        try:
            two = [pool.submit(ask, verb) for verb in ("stop", "record-start")]
            until(lambda: under_way() == 2, "both wait")
            assert pool.submit(ask, "record-stop").result(10) == []
            assert (under_way(), len(line.api.sent)) == (3, asked), "it is done all the same"
        finally:
            answers.set()
        assert [each.result(10) for each in two] == [["stop"], ["record_start"]]
        assert ask("record-pause") == ["record_pause"], "their seats are free again"


# What is shown


OUTSIDE = {
    "has_lobby": False,
    "lobby": 0,
    "waiting_for_seat": 0,
    "kept_out": 0,
    "chimes": None,
    "host_left": False,
    "minutes_used_up_until": None,
    "hours": None,
}
"""What only a room of the rooms file can have otherwise, `kept_out` aside."""
EMPTY_ROOM = {
    "name": "demo-conference",
    "conference_id": None,
    "front": "call-control",
    "status": "empty",
    "reason": None,
    "locked": False,
    "newcomers_muted": False,
    "newcomers_on_hold": False,
    "recording": False,
    "version": 0,
    "summary": "empty",
    "opened_at": None,
    "ends_at": None,
    "speaker": None,
    "mode": "conversation",
    "hands": [],
    "called": None,
    **OUTSIDE,
    "participants": [],
}
POLLED = {"since": None, "left": []}
"""What one room has besides, with `at` and `next`, which change."""


def polled(line: Line) -> Any:
    """Return the room as a whole, without `at` and `next`."""
    status, answer = send(line, ROOM)
    assert status == 200
    del answer["at"], answer["next"]
    return answer


def test_rooms_and_participants_are_shown() -> None:
    with rehearsal(control_token=TOKEN) as line:
        assert send(line, "/api/rooms") == (200, {"rooms": [EMPTY_ROOM]})
        assert polled(line) == EMPTY_ROOM | POLLED
        assert send(line, f"{ROOM}/participants") == (200, {"participants": []})
        a, b = dial(line, ANN), dial(line, BOB)
        settled(line)
        for verb, values in [("rename", {"label": "Ann"}), ("record-start", {}), ("mute", {})]:
            act(line, verb, "0111", **values)
        for verb, who in [("record-start", ()), ("lock", ()), ("leave", ("0112",))]:
            act(line, verb, *who)
        hears(a, "music")
        settled(line)
        shown = polled(line)
        first, second = shown["participants"]
        assert shown == {
            "name": "demo-conference",
            "conference_id": a.conference,
            "front": "call-control",
            "status": "open",
            "reason": "music is on, because only Ann is here",
            "summary": "alone, on hold with music, 1 taken out",
            "version": room(line).version,
            "opened_at": shown["opened_at"],
            "ends_at": shown["ends_at"],
            "speaker": None,
            **{"mode": "conversation", "hands": [], "called": None},
            **OUTSIDE,
            "locked": True,
            "newcomers_muted": False,
            "newcomers_on_hold": False,
            "recording": True,
            "participants": [first, second],
            **POLLED,
        }
        opened_at, ends_at = (datetime.fromisoformat(shown[n]) for n in ("opened_at", "ends_at"))
        assert ends_at - opened_at == timedelta(hours=4)
        spoke_at = room(line).participants[a.call_control_id].spoke_at
        assert first.pop("spoke_at") == line.engine.clock.iso(spoke_at)
        assert first.pop("speaking") is False, "she is muted"
        assert [UTC.fullmatch(first.pop(when)) is not None for when in TIMES] == [True, True]
        assert first == {
            **{"member": 1, "call_control_id": a.call_control_id, "number": ANN, "label": "Ann"},
            **{"role": "participant", "direction": "incoming", "status": "joined"},
            **{"muted": True, "mute_reason": "moderator"},
            **{"on_hold": True, "hold_reason": "alone", "hand": None, "waits_in": None},
            "recording": True,
            "queue": None,
        }
        facts = ("number", "label", "status", "muted", "on_hold", "hold_reason", "recording")
        assert tuple(second[f] for f in facts) == (BOB, "", "parked", False, False, None, False)
        assert second["call_control_id"] == b.call_control_id
        assert [each | POLLED for each in send(line, "/api/rooms")[1]["rooms"]] == [polled(line)]
        assert send(line, f"{ROOM}/participants")[1]["participants"][1] == second
        for who in ("0112", BOB, quote(BOB), "%201" + BOB[2:], "00" + BOB[1:], b.call_control_id):
            assert send(line, f"{ROOM}/participants/{who}") == (200, second), who
        act(line, "hold", "Ann")
        assert send(line, f"{ROOM}/participants/ann")[1]["hold_reason"] == "moderator"
