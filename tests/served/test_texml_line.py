"""The whole line by TeXML, over real HTTP against the simulated Telnyx: what callers experience."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rigs.moderator import act, ask, run, send
from rigs.people import ANN, BOB, CLEO
from rigs.rehearsals import calls, hears, room, settled, texml
from rigs.waiting import until

from conference.core.commands import Kick
from conference.core.entering import HELD_ELSEWHERE, LOCKED
from conference.core.fronts import account
from conference.demo.rehearsal import API_KEY, Line
from conference.simulator import Chaos, Leg
from conference.telnyx_api import TelnyxApi

SECRET = "a-secret-of-the-tests"
MAY_CALL: dict[str, Any] = {"dial_allow": ("+1",), "telnyx_number": "+13125550100"}


def heard(leg: Leg) -> list[str]:
    return [x.detail for x in leg.timeline if x.what == "speech"]


def dialled_in_vain(line: Line, number: str, **to: str) -> list[str]:
    leg = line.telnyx.phone(number).dial(**to)
    until(lambda: leg.state == "ended", f"{number} is hung up")
    settled(line)
    return heard(leg)


def test_three_come_and_go() -> None:
    with texml(greeting_first="First.", greeting_next="Next.") as line:
        a = calls(line, ANN)
        hears(a, "music")
        b = calls(line, BOB)
        hears(a, "conference")
        c = calls(line, CLEO)
        assert c.hears.others == (ANN, BOB)
        assert [heard(x) for x in (a, b, c)] == [["First."], ["Next."], ["Next."]]
        for leg in (a, c):
            line.telnyx.phone(leg.number).hang_up()
            settled(line)
        hears(b, "music")
        shown = ask(line, "/api/rooms/demo-conference")
        assert (shown["front"], [p["number"] for p in shown["participants"]]) == ("texml", [BOB])
        line.telnyx.phone(BOB).hang_up()
        settled(line)
        shown = ask(line, "/api/rooms/demo-conference")
        assert (shown["status"], shown["participants"]) == ("empty", [])


def test_both_numbers_lead_to_two_rooms_at_once() -> None:
    with texml("/texml/blue") as line:
        a, b = calls(line, ANN), calls(line, BOB)
        other = line.telnyx.phone(CLEO).dial()
        hears(other, "music")
        assert (a.hears.others, b.hears.others) == ((BOB,), (ANN,))
        settled(line)
        rooms = ask(line, "/api/rooms")["rooms"]
        shown = {r["name"]: (r["front"], len(r["participants"])) for r in rooms}
        assert shown == {"blue": ("texml", 2), "demo-conference": ("call-control", 1)}
        listed = line.app.test_cli_runner().invoke(args=["rooms", "--url", line.url]).output
        assert [x.split()[:4] for x in listed.splitlines()[1:]] == [
            ["blue", "texml", "open", "2"],
            ["demo-conference", "call-control", "open", "1"],
        ]


def test_what_a_moderator_asks_for_is_heard() -> None:
    with texml(**MAY_CALL) as line:
        a, b = calls(line, ANN), calls(line, BOB)
        act(line, "mute", ANN)
        assert (a.muted, b.hears.others) == (True, ())
        act(line, "unmute", "0111")
        assert b.hears.others == (ANN,)
        act(line, "hold", ANN, audio_url=f"{line.url}/hold-music.wav?mine")
        assert str(a.hears) == f"music: {line.url}/hold-music.wav?mine"
        act(line, "unhold", ANN)
        hears(a, "conference")
        act(line, "play", audio_url=f"{line.url}/hold-music.wav")
        assert any("hold-music" in str(x) for x in b.timeline)
        line.telnyx.phone(CLEO).when_called(answer_after=1)
        answer = send(line, "/api/rooms/demo-conference/participants", {"to": CLEO, "label": "Cy"})
        assert answer[0] == 202
        until(lambda: "Cy" in {p.label for p in room(line).participants.values()}, "Cleo is called")
        until(lambda: len(room(line).joined) == 3, "Cleo is in")
        settled(line)
        shown = ask(line, "/api/rooms/demo-conference/participants/Cy")
        assert (shown["number"], shown["direction"]) == (CLEO, "outgoing")
        kicked = act(line, "kick", "Cy")
        assert kicked["commands"] == ["kick"], kicked
        # That Cleo has left may be told before the answer is, which is not awaited any more then.
        assert {x["means"] for x in kicked["answers"]} <= {"done"}
        until(lambda: len(room(line).joined) == 2, "Cleo is put out")
        act(line, "hold-all")
        assert (a.hears.what, b.hears.what) == ("music", "music")
        refused = act(line, "leave", ANN)
        assert (refused["status"], refused["type"]) == (409, "/problems/not-in-texml")
        act(line, "end")
        until(lambda: (a.state, b.state) == ("ended", "ended"), "all are hung up")
        settled(line)
        assert room(line).participants == {}


def test_a_coach_is_heard_by_one_and_again_by_all() -> None:
    with texml() as line:
        a, b, c = (calls(line, number) for number in (ANN, BOB, CLEO))
        roles = {"supervisor_role": "whisper", "whisper_call_control_ids": [BOB]}
        assert act(line, "supervise", ANN, **roles)["commands"] == ["update"]
        assert (b.hears.others, c.hears.others) == ((ANN, CLEO), (BOB,))
        assert act(line, "supervise", ANN, supervisor_role="none")["commands"] == ["update"]
        assert c.hears.others == (ANN, BOB)
        status, printed = run(line, "supervise", ANN, "--supervisor-role", "monitor")
        assert status != 0 and "use mute" in printed
        assert a.hears.others == (BOB, CLEO)


def test_the_conference_ends_when_somebody_leaves_for_whom_it_is_set() -> None:
    with texml() as line:
        a, b = calls(line, ANN), calls(line, BOB)
        act(line, "adjust", ANN, end_conference_on_exit=True, beep_enabled="on_exit")
        sent = [
            r for r in line.telnyx.requests if r.operation.startswith("UpdateTexmlConferencePart")
        ]
        assert sent[-1].body == {"EndConferenceOnExit": True, "BeepOnExit": True}
        line.telnyx.phone(ANN).hang_up()
        until(lambda: b.state == "ended", "the conference has ended for all")
        assert a.state == "ended"


def test_a_kick_is_answered_with_nothing_which_is_an_answer(
    connect: Callable[..., TelnyxApi],
) -> None:
    with texml() as line:
        a, known = calls(line, ANN), room(line)
        api = connect(API_KEY, line.telnyx.base_url)
        kick = Kick(a.call_control_id, known.conference, account=account(known))
        assert api.send(kick).status == 200
        until(lambda: a.state == "ended", "Ann is put out")


def called(line: Line, number: str, **given: Any) -> Leg:
    """Whom we call into the conference that is running, once it is in."""
    line.telnyx.phone(number).when_called(answer_after=1)
    before = len(room(line).joined)
    status, said = send(line, "/api/rooms/demo-conference/participants", {"to": number, **given})
    assert status == 202, said
    until(lambda: len(room(line).joined) > before, f"{number} is in")
    settled(line)
    (leg,) = (leg for leg in line.telnyx.legs if leg.number == number)
    return leg


def test_who_is_called_comes_in_muted_or_not_and_only_a_moderator_starts_it() -> None:
    settings = {"texml_muted": "true", "texml_start_conference_on_enter": "false"}
    with texml(**settings, **MAY_CALL, alone_minutes=0) as line:
        a = calls(line, ANN)
        b = called(line, BOB)
        hears(a, "music")
        hears(b, "music")
        c = called(line, CLEO, role="moderator")
        until(lambda: not room(line).waits_for_start, "the moderator starts it")
        settled(line)
        hears(a, "conference")
        assert (a.muted, b.muted, c.muted) == (True, True, False)
        assert (a.hears.others, c.hears.others) == ((CLEO,), ())
        muted = ask(line, "/api/rooms/demo-conference/participants")["participants"]
        assert {p["number"]: p["muted"] for p in muted} == {ANN: True, BOB: True, CLEO: False}
        act(line, "unmute", BOB)
        assert c.hears.others == (BOB,)


def test_by_texml_nobody_is_called_who_is_here_or_is_being_called() -> None:
    path = "/api/rooms/demo-conference/participants"
    with texml(**MAY_CALL) as line:
        calls(line, ANN)
        status, said = send(line, path, {"to": ANN})
        assert (status, said["type"]) == (409, "/problems/already-here")
        called(line, BOB, label="Bob")
        status, said = send(line, path, {"to": BOB})
        assert (status, said["detail"].split(";")[0]) == (409, "Bob is in the conference already")
        line.telnyx.phone(CLEO).when_called(refuse="user_busy")
        assert send(line, path, {"to": CLEO})[0] == 202
        assert send(line, path, {"to": CLEO})[0] == 409
        assert send(line, path, {"to": CLEO, "force": True})[0] == 202


def test_without_an_application_of_call_controls_nobody_is_called_into_an_empty_room() -> None:
    with texml(**MAY_CALL) as line:
        status, said = send(line, "/api/rooms/demo-conference/participants", {"to": BOB})
        assert (status, said["type"]) == (403, "/problems/dial-is-off")
        assert "TELNYX_CONNECTION_ID" in said["detail"] and "by TeXML" in said["detail"]


def test_a_room_has_callers_of_one_door_at_a_time() -> None:
    with texml() as line:
        calls(line, ANN)
        assert dialled_in_vain(line, BOB) == [HELD_ELSEWHERE]
        line.telnyx.phone(ANN).hang_up()
        settled(line)
        first = line.telnyx.phone(BOB).dial()
        hears(first, "music")
        assert dialled_in_vain(line, ANN, to=line.telnyx.texml.number) == [HELD_ELSEWHERE]
        hears(first, "music")


def test_nobody_is_taken_out_to_be_moved_to_where_he_cannot_stay() -> None:
    with texml("/texml/blue") as line:
        calls(line, ANN)
        other = line.telnyx.phone(BOB).dial()
        hears(other, "music")
        refused = act(line, "move", BOB, room="blue")
        assert (refused["status"], refused["type"]) == (409, "/problems/not-now")
        hears(other, "music")
        assert room(line).participants.keys() == {other.call_control_id}


def test_who_is_taking_leave_by_one_door_does_not_shut_the_other() -> None:
    with texml() as line:
        calls(line, ANN)
        leaves = line.telnyx.phone(BOB).dial()
        until(lambda: HELD_ELSEWHERE in heard(leaves), "Bob is told so")
        line.telnyx.phone(ANN).hang_up()
        until(lambda: not room(line).joined, "Ann has gone")
        hears(calls(line, CLEO), "music")


def test_a_locked_room_says_so() -> None:
    with texml() as line:
        calls(line, ANN)
        act(line, "lock")
        assert dialled_in_vain(line, BOB, to=line.telnyx.texml.number) == [LOCKED]


def test_who_comes_before_the_start_is_told_why_it_waits() -> None:
    with texml(texml_start_conference_on_enter="false", alone_minutes=0) as line:
        a, b = calls(line, ANN), calls(line, BOB)
        until(lambda: any("not started" in text for text in heard(b)), "Bob is told why")
        hears(b, "music")
        assert a.hears.others == ()
        shown = ask(line, "/api/rooms/demo-conference")
        assert "waits for somebody to start it" in shown["reason"]
        held = {(p["on_hold"], p["hold_reason"]) for p in shown["participants"]}
        assert held == {(True, "not-started")}
        assert [p["on_hold"] for p in shown["participants"]] == [True, True]
        assert [r.path for r in line.telnyx.requests if r.method == "POST"] == []


def test_muted_callers_can_be_unmuted() -> None:
    with texml(texml_muted="true") as line:
        a, b = calls(line, ANN), calls(line, BOB)
        assert (a.muted, b.muted) == (True, True)
        shown = ask(line, "/api/rooms/demo-conference/participants")["participants"]
        assert [p["muted"] for p in shown] == [True, True]
        act(line, "unmute", ANN)
        assert (a.muted, b.hears.others) == (False, (ANN,))


def test_the_recording_is_shown() -> None:
    with texml(texml_record="record-from-start") as line:
        calls(line, ANN)
        until(lambda: bool(room(line).recordings.going_on), "it is known that it is recorded")
        assert ask(line, "/api/rooms/demo-conference")["recording"] is True
        shown = line.app.test_cli_runner().invoke(args=["participants", "--url", line.url]).output
        id = line.telnyx.conferences[0].id
        assert shown.splitlines()[0] == f"Conference ID: {id}, by TeXML, recorded"


@pytest.mark.parametrize("path", [f"/texml/{SECRET}", f"/texml/{SECRET}/demo-conference"])
def test_unsigned_fetches_are_good_with_the_secret_only(path: str) -> None:
    with texml(path, texml_secret=SECRET) as line:
        line.telnyx.texml.signs_fetches = False
        hears(calls(line, ANN), "music")
        line.telnyx.texml.url = f"{line.url}/texml"
        assert dialled_in_vain(line, BOB, to=line.telnyx.texml.number) == []
        (problem,) = line.telnyx.texml.problems
        assert problem == "the answer was 401, not 200"
        line.telnyx.texml.fetches.clear()


def test_lost_callbacks_are_made_up_for() -> None:
    with texml(reconcile_seconds=5, alone_minutes=0) as line:
        line.telnyx.texml.dates = "rfc2822"
        a, b = calls(line, ANN), calls(line, BOB)
        line.telnyx.chaos = Chaos(lose=1.0)
        line.telnyx.phone(BOB).hang_up()
        settled(line)
        c = line.telnyx.phone(CLEO).dial(to=line.telnyx.texml.number)
        until(lambda: c.conference is not None, "Cleo is in")
        line.telnyx.phone(CLEO).hang_up()
        until(lambda: c.state == "ended", "Cleo has gone")
        line.telnyx.chaos = None
        assert len(room(line).joined) == 2, "nobody has said so"
        hears(a, "music")
        until(lambda: [p.number for p in room(line).participants.values()] == [ANN], "Bob is out")
        assert b.state == "ended"
